package org.berth.core.internal;

import java.util.concurrent.atomic.AtomicBoolean;
import org.berth.offheap.OffHeapBuffer;
import org.berth.offheap.Region;
import org.berth.offheap.Words;
import org.berth.offheap.internal.LazyMemory;
import org.berth.offheap.internal.MemoryBudget;
import org.berth.offheap.placement.Placement;
import org.jspecify.annotations.Nullable;

/** Zeroed memory that a structure frees by hand, within the limit of {@link MemoryBudget}. Any thread may use it. */
public final class OwnedMemory {

    /** Below this size, mapping pages costs more than zeroing them. */
    private static final long LAZY_FROM = 1 << 18;

    private final Region region;
    private final AtomicBoolean freed = new AtomicBoolean();

    private OwnedMemory(Region region) {
        this.region = region;
    }

    /**
     * Allocates memory. If it is large and native access is granted, the kernel zeroes its pages when they are touched.
     *
     * @param bytes     the size
     * @param placement of the memory, or null
     * @return the memory
     * @throws OutOfMemoryError              beyond a limit, or if the system refuses the memory
     * @throws UnsupportedOperationException if the placement is refused
     */
    @SuppressWarnings("MustBeClosed") // this closes it
    public static OwnedMemory allocate(long bytes, @Nullable Placement placement) {
        Placement lazy = bytes >= LAZY_FROM && LazyMemory.isAvailable() ? Placement.local() : null;
        Placement chosen = placement != null ? placement : lazy;
        MemoryBudget.PROCESS.reserve(bytes);
        Region region = null;
        boolean made = false;
        try {
            region = chosen == null ? Region.anonymous(bytes) : Region.anonymous(bytes, chosen);
            OwnedMemory memory = new OwnedMemory(region);
            made = true;
            return memory;
        } finally {
            if (!made) {
                if (region != null) {
                    region.close();
                }
                MemoryBudget.PROCESS.unreserve(bytes);
            }
        }
    }

    /**
     * Returns the memory as words.
     *
     * @return the words; each access throws {@link IllegalStateException} once the memory is freed
     */
    public Words words() {
        return region.words();
    }

    /**
     * Returns the memory as a buffer.
     *
     * @return a buffer over all of it, which is at most {@link Integer#MAX_VALUE} bytes
     */
    public OffHeapBuffer buffer() {
        return region.buffer(0, Math.toIntExact(region.size()));
    }

    /** Frees the memory. To free it again has no effect. */
    public void free() {
        if (freed.compareAndSet(false, true)) {
            long bytes = region.size();
            try {
                region.close();
            } finally {
                MemoryBudget.PROCESS.unreserve(bytes);
            }
        }
    }
}
