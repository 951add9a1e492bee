package org.berth.offheap.placement;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The limit of memory that a control group (a container's, for example) sets for this process, and how much of it is
 * used. Where several groups that contain this process have a limit, it is that of the group with least left.
 *
 * <p>Needs no native access. {@link org.berth.offheap.Region} asks before it allocates; ask yourself to choose a size.
 * Limits of the JVM ({@code -Xmx}, {@code -XX:MaxDirectMemorySize}) and of the whole machine are not included, and swap
 * does not count as memory.
 *
 * @param bytes  the limit, in bytes
 * @param used   what all processes of the group use, in bytes, without the page cache, which the kernel reclaims
 * @param source the file that has the limit
 */
public record MemoryLimit(long bytes, long used, String source) {

    /**
     * Reads the limit: some files under {@code /proc} and {@code /sys}, each time, which takes a fraction of a
     * millisecond.
     *
     * @return the limit as it is now; empty if there is none, or if it or the use is unknown
     */
    public static Optional<MemoryLimit> current() {
        return read(Path.of("/"));
    }

    static Optional<MemoryLimit> read(Path root) {
        return new Cgroups(new KernelFiles(root)).memoryLimit();
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
