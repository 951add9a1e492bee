package org.berth.core.slots;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.berth.offheap.OffHeapBuffer;

/**
 * The buffers over a record that a handle has given out: one object for each range, made when it is first asked for.
 * When the handle is closed, all of them become unusable, as another owner may have the record then.
 */
final class RecordBuffers {

    private final TableMemory memory;
    private final long base;
    private final boolean readOnly;
    private final OffHeapBuffer closed;

    /** By the number of the range. Set while the monitor is held, read without it. */
    private final AtomicReferenceArray<OffHeapBuffer> buffers;

    /** Guarded by this object's monitor. */
    private boolean isClosed;

    RecordBuffers(TableMemory memory, long base, boolean readOnly) {
        RecordLayout layout = memory.descriptor.layout;
        this.memory = memory;
        this.base = base;
        this.readOnly = readOnly;
        this.closed = ClosedBuffer.atLeast(layout.ownedBytes());
        // The last one is for the whole owned area.
        this.buffers = new AtomicReferenceArray<>(layout.bytesFields() + 1);
    }

    /**
     * Returns the buffer over a range of the record.
     *
     * @param number of the range
     * @param offset from the slot's base
     */
    OffHeapBuffer get(int number, long offset, int length) {
        // Acquire: pairs with the release below, as the fields of a buffer are not final.
        OffHeapBuffer buffer = buffers.getAcquire(number);
        return buffer != null ? buffer : make(number, offset, length);
    }

    private synchronized OffHeapBuffer make(int number, long offset, int length) {
        if (isClosed) {
            throw new IllegalStateException("handle is closed; claim the key or open a view of it again");
        }
        OffHeapBuffer buffer = buffers.getPlain(number);
        if (buffer == null) {
            buffer = memory.buffer(base + offset, length);
            if (readOnly) {
                buffer = buffer.asReadOnly();
            }
            buffers.setRelease(number, buffer);
        }
        return buffer;
    }

    /** Makes every buffer unusable. Allocates nothing, and may be called again after an error. */
    synchronized void close() {
        isClosed = true;
        for (int i = 0; i < buffers.length(); i++) {
            OffHeapBuffer buffer = buffers.getPlain(i);
            if (buffer != null) {
                buffer.wrap(closed);
            }
        }
    }
}
