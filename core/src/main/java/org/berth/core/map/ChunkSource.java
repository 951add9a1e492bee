package org.berth.core.map;

import org.berth.offheap.Region;
import org.berth.offheap.internal.LazyMemory;
import org.berth.offheap.internal.MemoryBudget;
import org.berth.offheap.placement.Placement;
import org.jspecify.annotations.Nullable;

/** Allocates zeroed memory for tables. Safe for use by any number of threads. */
@FunctionalInterface
interface ChunkSource {

    /**
     * A table above this size consists of several chunks, so that no call has to zero a large table at once, nor to
     * free one.
     */
    long EAGER_CHUNK = 2 << 20;

    /** Where the kernel zeroes a page when it is first touched, no table is too large for one chunk. */
    long LAZY_CHUNK = 1L << 56;

    /** Below this size, mapping pages costs more than zeroing them. */
    long LAZY_FROM = 1 << 18;

    /**
     * Allocates a chunk.
     *
     * @throws OutOfMemoryError              beyond a limit, or if the system refuses the memory
     * @throws UnsupportedOperationException if a placement is refused
     */
    Chunk allocate(long bytes);

    /** Memory that is freed by hand, within the limit of {@link MemoryBudget}. */
    static ChunkSource regions(@Nullable Placement placement) {
        boolean lazy = LazyMemory.isAvailable();
        Placement local = Placement.local();
        return bytes -> {
            if (placement != null) {
                return region(bytes, placement);
            }
            return region(bytes, lazy && bytes >= LAZY_FROM ? local : null);
        };
    }

    /** Returns the largest chunk, a power of two. */
    static long chunkBytes() {
        return LazyMemory.isAvailable() ? LAZY_CHUNK : EAGER_CHUNK;
    }

    private static void free(Region region, long bytes) {
        try {
            region.close();
        } finally {
            MemoryBudget.PROCESS.unreserve(bytes);
        }
    }

    @SuppressWarnings("MustBeClosed") // the chunk closes it
    private static Chunk region(long bytes, @Nullable Placement placement) {
        MemoryBudget.PROCESS.reserve(bytes);
        try {
            Region region = placement == null ? Region.anonymous(bytes) : Region.anonymous(bytes, placement);
            return new Chunk(region.words(), () -> free(region, bytes));
        } catch (Throwable failure) {
            MemoryBudget.PROCESS.unreserve(bytes);
            throw failure;
        }
    }
}
