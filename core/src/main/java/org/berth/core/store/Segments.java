package org.berth.core.store;

import org.berth.core.internal.OwnedMemory;

/** How large the segments of a log are, and what they are made of. */
final class Segments {

    /** The smallest limit of a log. */
    static final long MIN_BYTES = 1 << 20;

    private static final int MIN_SEGMENT = 1 << 12;

    /** More threads than that seldom append at the same moment, and each point has a segment of its own. */
    private static final int MAX_POINTS = 16;

    private Segments() {}

    /** Makes a log within a limit. */
    static Log log(long maximumBytes) {
        int processors = Runtime.getRuntime().availableProcessors();
        int points = Math.min(MAX_POINTS, Integer.highestOneBit(2 * processors - 1));
        // A small log has small segments, so that those that are partly filled are a small part of it.
        long part = maximumBytes / (4L * (points + Log.RESERVE));
        int segmentBytes = Math.clamp(Long.highestOneBit(part), MIN_SEGMENT, Reference.MAX_SEGMENT);
        return new Log(Segments::memory, segmentBytes, maximumBytes, points, Reference.LAST_GENERATION);
    }

    private static Segment.Memory memory(long bytes) {
        OwnedMemory memory = OwnedMemory.allocate(bytes, null);
        boolean made = false;
        try {
            Segment.Memory granted = new Segment.Memory(memory.words(), memory.buffer(), memory::free);
            made = true;
            return granted;
        } finally {
            if (!made) {
                memory.free();
            }
        }
    }
}
