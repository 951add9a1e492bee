package org.berth.offheap.placement;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * The limit of memory for this process, and how much of it is used: of the control groups that contain it (a
 * container's, for example) and of the machine, that with least left.
 *
 * <p>Needs no native access. {@link org.berth.offheap.Region} asks before it allocates; ask yourself to choose a size.
 * Limits of the JVM ({@code -Xmx}, {@code -XX:MaxDirectMemorySize}) are not included, and swap does not count as
 * memory.
 *
 * @param bytes  the limit, in bytes
 * @param used   what all processes of the group, or of the machine, use, in bytes, without the page cache, which the
 *               kernel reclaims
 * @param source the file that has the limit
 */
public record MemoryLimit(long bytes, long used, String source) {

    private static final String MACHINE = "proc/meminfo";

    /**
     * Reads the limit: some files under {@code /proc} and {@code /sys}, each time, which takes a fraction of a
     * millisecond.
     *
     * @return the limit as it is now; empty if it or the use is unknown, as it is where this is not Linux
     */
    public static Optional<MemoryLimit> current() {
        return read(Path.of("/"));
    }

    static Optional<MemoryLimit> read(Path root) {
        KernelFiles files = new KernelFiles(root);
        return Stream.of(new Cgroups(files).memoryLimit(), machine(files))
                .flatMap(Optional::stream)
                .min(Comparator.comparingLong(MemoryLimit::left));
    }

    private static Optional<MemoryLimit> machine(KernelFiles files) {
        OptionalLong total = kilobytes(files, "MemTotal:");
        OptionalLong available = kilobytes(files, "MemAvailable:");
        if (total.isEmpty() || available.isEmpty()) {
            return Optional.empty();
        }
        long used = Math.max(0, total.getAsLong() - available.getAsLong());
        return Optional.of(new MemoryLimit(1024 * total.getAsLong(), 1024 * used, "/" + MACHINE));
    }

    private static OptionalLong kilobytes(KernelFiles files, String name) {
        for (String line : files.lines(MACHINE)) {
            if (line.startsWith(name) && line.endsWith(" kB")) {
                return KernelFiles.parseNumber(
                        line.substring(name.length(), line.length() - 3).strip());
            }
        }
        return OptionalLong.empty();
    }

    /**
     * Returns how much can still be allocated.
     *
     * @return the bytes that are left; 0 if more is used than the limit
     */
    public long left() {
        return Math.max(0, bytes - used);
    }
}
