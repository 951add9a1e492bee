package org.berth.offheap.placement;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.berth.offheap.placement.Topology.Cache;
import org.jspecify.annotations.Nullable;

/**
 * Reads the caches of the CPUs from the kernel's files.
 *
 * @param all            the caches, each once, by ascending level
 * @param cacheLineBytes the length of a cache line, the longest where caches differ
 */
record Caches(List<Cache> all, OptionalInt cacheLineBytes) {

    static final Caches NONE = new Caches(List.of(), OptionalInt.empty());

    private static final String CPUS = "sys/devices/system/cpu";
    private static final int MIN_LINE = 8;
    private static final int MAX_LINE = 4096;

    static Caches read(KernelFiles files, CpuSet online) {
        List<Cache> all = new ArrayList<>();
        for (int cpu : online.stream().toArray()) {
            String folder = CPUS + "/cpu" + cpu + "/cache";
            for (int index : files.numbered(folder, "index")) {
                Cache cache = cache(files, folder + "/index" + index, cpu, online, all);
                if (cache != null) {
                    all.add(cache);
                }
            }
        }
        if (all.isEmpty()) {
            files.unknown("caches: no /" + CPUS + "/cpu*/cache");
        }
        all.sort(Comparator.comparingInt(Cache::level).thenComparing(Cache::type));
        return new Caches(List.copyOf(all), line(files, all));
    }

    /** One cache; null if its files are malformed, or if it was read already for another CPU. */
    private static @Nullable Cache cache(KernelFiles files, String folder, int cpu, CpuSet online, List<Cache> seen) {
        OptionalLong level = files.number(folder + "/level");
        String type = files.text(folder + "/type");
        if (level.isEmpty() || level.getAsLong() < 1 || level.getAsLong() > Byte.MAX_VALUE || type == null) {
            return null;
        }
        for (Cache cache : seen) {
            // Avoids reading the rest of its files again for each of many CPUs.
            if (cache.level() == level.getAsLong()
                    && cache.type().equals(type)
                    && cache.cpus().contains(cpu)) {
                return null;
            }
        }
        CpuSet shared = files.set(folder + "/shared_cpu_list");
        return new Cache(
                (int) level.getAsLong(),
                type,
                size(files.text(folder + "/size")),
                lineBytes(files.number(folder + "/coherency_line_size")),
                shared == null || !shared.contains(cpu) ? CpuSet.of(cpu) : shared.and(online));
    }

    /** Parses the kernel's format, {@code 32K} for example. */
    private static OptionalLong size(@Nullable String text) {
        if (text == null || !text.matches("\\d{1,9}[KMG]?")) {
            return OptionalLong.empty();
        }
        int last = text.length() - 1;
        int shift = switch (text.charAt(last)) {
            case 'K' -> 10;
            case 'M' -> 20;
            case 'G' -> 30;
            default -> 0;
        };
        return OptionalLong.of(Long.parseLong(shift == 0 ? text : text.substring(0, last)) << shift);
    }

    private static OptionalInt lineBytes(OptionalLong bytes) {
        long line = bytes.orElse(0);
        return line >= MIN_LINE && line <= MAX_LINE && Long.bitCount(line) == 1
                ? OptionalInt.of((int) line)
                : OptionalInt.empty();
    }

    /** The longest line: where cores differ, padding must suffice on all of them. */
    private static OptionalInt line(KernelFiles files, List<Cache> caches) {
        OptionalInt longest = caches.stream()
                .flatMapToInt(cache -> cache.lineBytes().stream())
                .max();
        // x86 kernels tell it here as well, which helps where the caches are hidden.
        OptionalInt line = longest.isPresent()
                ? longest
                : lineBytes(KernelFiles.parseNumber(files.value("proc/cpuinfo", "cache_alignment")));
        if (line.isEmpty()) {
            files.unknown("length of a cache line: no /" + CPUS
                    + "/cpu*/cache/index*/coherency_line_size and no cache_alignment in /proc/cpuinfo");
        }
        return line;
    }
}
