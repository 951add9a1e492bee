package org.berth.core.store;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Treiber's stack of segments. The head counts the changes beside the id, so that a segment that was popped and pushed
 * again is not taken for the one that a slow thread has seen. A segment is in one stack at the most. The links are in
 * the segments, which are objects, and so to push one allocates nothing.
 */
final class SegmentStack {

    private static final int NONE = -1;
    private static final int COUNT_SHIFT = Integer.SIZE;

    private final AtomicReferenceArray<@Nullable Segment> segments;
    private final AtomicLong head = new AtomicLong(word(0, NONE));

    SegmentStack(AtomicReferenceArray<@Nullable Segment> segments) {
        this.segments = segments;
    }

    private static long word(long count, int id) {
        return count << COUNT_SHIFT | (id & 0xffff_ffffL);
    }

    void push(Segment segment) {
        while (true) {
            long first = head.get();
            segment.setNext((int) first);
            // Volatile CAS: releases the link.
            if (head.compareAndSet(first, word((first >>> COUNT_SHIFT) + 1, segment.id))) {
                return;
            }
        }
    }

    @Nullable
    Segment pop() {
        while (true) {
            long first = head.get();
            if ((int) first == NONE) {
                return null;
            }
            Segment segment = segments.get((int) first);
            // It may be in another stack by now; then the head has changed.
            if (segment != null && head.compareAndSet(first, word((first >>> COUNT_SHIFT) + 1, segment.next()))) {
                return segment;
            }
        }
    }
}
