package org.berth.offheap.placement;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.berth.offheap.placement.Topology.Cache;
import org.jspecify.annotations.Nullable;

/** The caches of the CPUs. */
record Caches(List<Cache> all, OptionalInt lineBytes) {

    static final Caches NONE = new Caches(List.of(), OptionalInt.empty());

    private static final String CPUS = "sys/devices/system/cpu";
    private static final int LEAST_LINE = 8;
    private static final int MOST_LINE = 4096;

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

    /** One cache; null if it makes no sense, or is among those that were seen from another CPU. */
    private static @Nullable Cache cache(KernelFiles files, String folder, int cpu, CpuSet online, List<Cache> seen) {
        OptionalLong level = files.number(folder + "/level");
        String type = files.text(folder + "/type");
        if (level.isEmpty() || level.getAsLong() < 1 || level.getAsLong() > Byte.MAX_VALUE || type == null) {
            return null;
        }
        for (Cache cache : seen) {
            // Not to read the rest of its files again for each of many CPUs.
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

    /** Kernels write {@code 32K}. */
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
        return line >= LEAST_LINE && line <= MOST_LINE && Long.bitCount(line) == 1
                ? OptionalInt.of((int) line)
                : OptionalInt.empty();
    }

    /** The longest: where cores differ, records must keep apart on all of them. */
    private static OptionalInt line(KernelFiles files, List<Cache> caches) {
        OptionalInt longest = caches.stream()
                .flatMapToInt(cache -> cache.lineBytes().stream())
                .max();
        // Where the caches are hidden, x86 still tells this.
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
