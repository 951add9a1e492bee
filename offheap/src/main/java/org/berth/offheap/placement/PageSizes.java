package org.berth.offheap.placement;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the page sizes from the kernel's files. */
record PageSizes(
        OptionalInt bytes, List<Long> hugeBytes, Optional<String> transparentMode, OptionalLong transparentBytes) {

    static final PageSizes NONE = new PageSizes(OptionalInt.empty(), List.of(), Optional.empty(), OptionalLong.empty());

    private static final String TRANSPARENT = "sys/kernel/mm/transparent_hugepage";
    private static final Pattern CHOSEN = Pattern.compile("\\[([a-z_+]+)]");
    private static final Pattern HUGE = Pattern.compile("hugepages-(\\d{1,12})kB");
    private static final int KIB_SHIFT = 10;

    /** The kernel's key of the page size in the auxiliary vector, which it gives to every program. */
    private static final long AT_PAGESZ = 6;

    private static final int MIN_PAGE = 1 << 12;
    private static final int MAX_PAGE = 1 << 20;

    static PageSizes read(KernelFiles files) {
        Matcher mode = CHOSEN.matcher(String.valueOf(files.text(TRANSPARENT + "/enabled")));
        boolean known = mode.find();
        if (!known) {
            files.unknown("transparent huge pages: no mode in /" + TRANSPARENT + "/enabled");
        }
        return new PageSizes(
                pageBytes(files),
                hugeBytes(files),
                known ? Optional.of(mode.group(1)) : Optional.empty(),
                powerOfTwo(files.number(TRANSPARENT + "/hpage_pmd_size")));
    }

    private static OptionalInt pageBytes(KernelFiles files) {
        ByteBuffer vector = ByteBuffer.wrap(files.bytes("proc/self/auxv")).order(ByteOrder.nativeOrder());
        while (vector.remaining() >= 2 * Long.BYTES) {
            long key = vector.getLong();
            long value = vector.getLong();
            if (key == AT_PAGESZ && value >= MIN_PAGE && value <= MAX_PAGE && Long.bitCount(value) == 1) {
                return OptionalInt.of((int) value);
            }
        }
        files.unknown("page size: no AT_PAGESZ in /proc/self/auxv");
        return OptionalInt.empty();
    }

    private static List<Long> hugeBytes(KernelFiles files) {
        TreeSet<Long> sizes = new TreeSet<>();
        for (String name : files.names("sys/kernel/mm/hugepages")) {
            Matcher huge = HUGE.matcher(name);
            if (huge.matches()) {
                sizes.add(Long.parseLong(huge.group(1)) << KIB_SHIFT);
            }
        }
        return List.copyOf(sizes);
    }

    private static OptionalLong powerOfTwo(OptionalLong bytes) {
        return bytes.isPresent() && Long.bitCount(bytes.getAsLong()) == 1 ? bytes : OptionalLong.empty();
    }
}
