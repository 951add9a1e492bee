package org.berth.core.map;

import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongFunction;
import org.berth.offheap.Words;
import org.berth.offheap.placement.Placement;

/** Describes a {@link LongLongMap} that is to be created. Not thread-safe. */
public final class LongLongMapBuilder {

    /** A page's worth: a smaller table would save little, and be renewed often. */
    private static final long SMALLEST_LINES = 64;

    /** So that bytes do not overflow; no machine has as much memory. */
    private static final long LARGEST_SIZE = 1L << 48;

    private long expectedSize;
    private long minimumSize = -1;
    private long maximumBytes = Runtime.getRuntime().maxMemory();
    private LongFunction<Words> memory = Words::ofAuto;

    LongLongMapBuilder() {}

    /**
     * How many mappings the map is to hold without growing.
     *
     * @param size 0 or more; 0 by default
     * @return this
     * @throws IllegalArgumentException if it is negative, or more than 2^48
     */
    public LongLongMapBuilder expectedSize(long size) {
        expectedSize = requireSize("expectedSize", size);
        return this;
    }

    /**
     * How many mappings there is always room for: the map does not shrink below. If that is less than the expected size, the map may
     * shrink at the first removal.
     *
     * @param size 0 or more; the expected size by default
     * @return this
     * @throws IllegalArgumentException if it is negative, or more than 2^48
     */
    public LongLongMapBuilder minimumSize(long size) {
        minimumSize = requireSize("minimumSize", size);
        return this;
    }

    /**
     * How much memory the tables of the map may take together, those included between which a growth moves mappings. A growth that
     * would take more does not happen; see {@link MapFullException}. Counted are 16 bytes for each place. Dead keys are dropped by
     * moving the others to another table, so give at least twice what the map takes by itself.
     *
     * @param bytes 1 or more; by default as much as the heap may have, which is also what the JVM by default allows all direct
     *              memory together ({@code -XX:MaxDirectMemorySize})
     * @return this
     * @throws IllegalArgumentException if it is not positive
     */
    public LongLongMapBuilder maximumBytes(long bytes) {
        if (bytes <= 0) {
            throw new IllegalArgumentException("maximumBytes must be positive: maximumBytes=" + bytes);
        }
        maximumBytes = bytes;
        return this;
    }

    /**
     * Asks for a place for the memory of each table, also of those that come with growth: huge pages, which spare large maps much of
     * each access's cost, or the nodes of memory in turn ({@link Placement#interleaved()}), which spreads the load. Needs native
     * access. The memory counts against a limit of its own then, see {@link Words#ofAuto(long, Placement)}; and its pages are
     * made when they are first touched, unless they are {@linkplain Placement#preTouched() pre-touched}, so that who begins a
     * growth does not wait for all of them. A map reads a place before it writes there, so huge pages are to be had from many
     * kernels only pre-touched, see {@link Placement#hugePages()}.
     *
     * @param placement of each table, without stripes. Where it cannot be had any more when the map is to grow, the map goes on at its
     *                  size and says so ({@link MapFullException}), unless it is a {@linkplain Placement#bestEffort() best effort}
     * @return this
     */
    public LongLongMapBuilder placement(Placement placement) {
        Objects.requireNonNull(placement, "placement");
        memory = bytes -> Words.ofAuto(bytes, placement);
        return this;
    }

    /**
     * Creates the map.
     *
     * @return an empty map
     * @throws IllegalArgumentException if the first table would take more than {@link #maximumBytes(long)}
     * @throws OutOfMemoryError         if the memory is not to be had; see {@code -XX:MaxDirectMemorySize}
     * @throws UnsupportedOperationException if a place is asked for and cannot be had
     */
    public LongLongMap create() {
        long minimum = lines(minimumSize < 0 ? expectedSize : minimumSize);
        long lines = Math.max(minimum, lines(expectedSize));
        if (Table.bytes(lines) > maximumBytes) {
            throw new IllegalArgumentException(
                    "maximumBytes is too small for the first table: maximumBytes=" + maximumBytes + " needed="
                            + Table.bytes(lines) + " expectedSize=" + expectedSize + " minimumSize=" + minimumSize);
        }
        // Whoever chooses keys must not be able to choose colliding ones: each table of each map has a hash of its own.
        return new LongLongMap(
                memory, () -> ThreadLocalRandom.current().nextLong(), new Transfer(), lines, minimum, maximumBytes);
    }

    private static long lines(long size) {
        return Math.max(SMALLEST_LINES, Table.linesFor(size));
    }

    private static long requireSize(String name, long size) {
        if (size < 0 || size > LARGEST_SIZE) {
            throw new IllegalArgumentException(name + " must be from 0 to 2^48: " + name + '=' + size);
        }
        return size;
    }
}
