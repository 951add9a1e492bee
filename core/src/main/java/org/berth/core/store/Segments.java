package org.berth.core.store;

import java.util.concurrent.atomic.AtomicBoolean;
import org.berth.offheap.Region;
import org.berth.offheap.internal.LazyMemory;
import org.berth.offheap.internal.MemoryBudget;
import org.berth.offheap.placement.Placement;
import org.jspecify.annotations.Nullable;

/** How large the segments of a log are, and what they are made of. */
final class Segments {

    /** The smallest limit of a log. */
    static final long MIN_BYTES = 1 << 20;

    private static final int MIN_SEGMENT = 1 << 12;

    /** More threads than that seldom append at the same moment, and each point has a segment of its own. */
    private static final int MAX_POINTS = 16;

    /** Below this size, mapping pages costs more than zeroing them. */
    private static final long LAZY_FROM = 1 << 18;

    private Segments() {}

    /** Makes a log within a limit. */
    static Log log(long maximumBytes) {
        int processors = Runtime.getRuntime().availableProcessors();
        int points = Math.min(MAX_POINTS, Integer.highestOneBit(2 * processors - 1));
        // A small log has small segments, so that those that are partly filled are a small part of it.
        long part = maximumBytes / (4L * (points + Log.RESERVE));
        int segmentBytes = Math.clamp(Long.highestOneBit(part), MIN_SEGMENT, Reference.MAX_SEGMENT);
        boolean lazy = LazyMemory.isAvailable();
        Placement local = Placement.local();
        return new Log(
                bytes -> region(bytes, lazy && bytes >= LAZY_FROM ? local : null),
                segmentBytes,
                maximumBytes,
                points,
                Reference.LAST_GENERATION);
    }

    @SuppressWarnings("MustBeClosed") // the segment closes it
    private static Segment.Memory region(long bytes, @Nullable Placement placement) {
        MemoryBudget.PROCESS.reserve(bytes);
        Region region = null;
        boolean made = false;
        try {
            region = placement == null ? Region.anonymous(bytes) : Region.anonymous(bytes, placement);
            Segment.Memory memory = memory(region, bytes);
            made = true;
            return memory;
        } finally {
            if (!made) {
                if (region != null) {
                    free(region, bytes);
                } else {
                    MemoryBudget.PROCESS.unreserve(bytes);
                }
            }
        }
    }

    private static Segment.Memory memory(Region region, long bytes) {
        AtomicBoolean freed = new AtomicBoolean();
        return new Segment.Memory(region.words(), region.buffer(0, (int) bytes), () -> {
            if (freed.compareAndSet(false, true)) {
                free(region, bytes);
            }
        });
    }

    private static void free(Region region, long bytes) {
        try {
            region.close();
        } finally {
            MemoryBudget.PROCESS.unreserve(bytes);
        }
    }
}
