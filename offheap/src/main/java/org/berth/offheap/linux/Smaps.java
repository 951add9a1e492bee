package org.berth.offheap.linux;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code /proc/self/smaps}, the kernel's statistics of this process's mappings. */
public final class Smaps {

    private static final Pattern HEAD = Pattern.compile("([0-9a-f]+)-([0-9a-f]+) .*");
    private static final Pattern HUGE = Pattern.compile("AnonHugePages:\\s+(\\d+) kB");

    private Smaps() {}

    /**
     * Returns the bytes of a range that lie in transparent huge pages.
     *
     * @param address of the first byte
     * @param length  in bytes
     * @return the bytes; empty if the file cannot be read, or if the range is a part of a mapping that has huge pages,
     *         because the file counts them by mapping
     */
    public static OptionalLong hugeBytes(long address, long length) {
        try (BufferedReader lines = Files.newBufferedReader(Path.of("/proc/self/smaps"), StandardCharsets.ISO_8859_1)) {
            return hugeBytes(lines, address, length);
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    static OptionalLong hugeBytes(BufferedReader lines, long address, long length) throws IOException {
        long sum = 0;
        boolean whole = false;
        boolean overlaps = false;
        boolean found = false;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Matcher head = HEAD.matcher(line);
            Matcher huge = HUGE.matcher(line);
            if (head.matches()) {
                long from = Long.parseUnsignedLong(head.group(1), 16);
                long to = Long.parseUnsignedLong(head.group(2), 16);
                overlaps = from < address + length && to > address;
                // The last page may extend beyond the range.
                whole = from >= address && to - SystemCalls.PAGE_SIZE < address + length;
            } else if (overlaps && huge.matches()) {
                found = true;
                long bytes = Long.parseLong(huge.group(1)) << 10;
                if (bytes != 0 && !whole) {
                    return OptionalLong.empty();
                }
                sum += bytes;
            }
        }
        return found ? OptionalLong.of(sum) : OptionalLong.empty();
    }
}
