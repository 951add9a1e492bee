package org.berth.core.map;

import org.berth.core.internal.OwnedMemory;
import org.berth.offheap.internal.LazyMemory;
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

    /**
     * Allocates a chunk.
     *
     * @throws OutOfMemoryError              beyond a limit, or if the system refuses the memory
     * @throws UnsupportedOperationException if a placement is refused
     */
    Chunk allocate(long bytes);

    /** Memory that is freed by hand, within the limit of the process. */
    static ChunkSource regions(@Nullable Placement placement) {
        return bytes -> {
            OwnedMemory memory = OwnedMemory.allocate(bytes, placement);
            boolean made = false;
            try {
                Chunk chunk = new Chunk(memory.words(), memory::free);
                made = true;
                return chunk;
            } finally {
                if (!made) {
                    memory.free();
                }
            }
        };
    }

    /** Returns the largest chunk, a power of two. */
    static long chunkBytes() {
        return LazyMemory.isAvailable() ? LAZY_CHUNK : EAGER_CHUNK;
    }
}
