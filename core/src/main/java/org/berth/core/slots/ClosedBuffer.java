package org.berth.core.slots;

import org.berth.offheap.OffHeapBuffer;
import org.berth.offheap.Region;

/**
 * A buffer over memory that is closed: what a buffer is made to wrap when its time is over. Every access then throws
 * {@link IllegalStateException}, as after the end of its own memory.
 */
final class ClosedBuffer {

    /** The largest so far. Volatile: the buffers themselves do not change, and any thread may replace this by one. */
    private static volatile OffHeapBuffer largest = create(RecordLayout.Builder.MAX_LENGTH);

    private ClosedBuffer() {}

    /** Returns a closed buffer that is large enough for an index to be found in bounds first. */
    static OffHeapBuffer atLeast(int bytes) {
        OffHeapBuffer closed = largest;
        if (closed.capacity() < bytes) {
            closed = create(bytes);
            largest = closed;
        }
        return closed;
    }

    private static OffHeapBuffer create(int bytes) {
        try (Region region = Region.anonymous(bytes)) {
            return region.buffer(0, bytes);
        }
    }
}
