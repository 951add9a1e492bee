package org.berth.core.slots;

import org.berth.offheap.OffHeapBuffer;

/**
 * A copy of the bytes of a field, off the heap: code that is written against Agrona's buffers may copy through the
 * address of a buffer, and memory on the heap has none.
 */
final class ScratchBytes {

    /** The whole words of the field. */
    private final OffHeapBuffer words;

    private final int length;

    ScratchBytes(int length) {
        this.words = OffHeapBuffer.ofAuto((length + Long.BYTES - 1) & -Long.BYTES);
        this.length = length;
    }

    /** Returns a new buffer over exactly the bytes of the field. */
    OffHeapBuffer buffer(boolean readOnly) {
        OffHeapBuffer buffer = words.asReadOnly();
        buffer.wrap(readOnly ? buffer : words, 0, length);
        return buffer;
    }

    int words() {
        return words.capacity() / Long.BYTES;
    }

    long get(int word) {
        return words.getLong(word * Long.BYTES);
    }

    void set(int word, long value) {
        words.putLong(word * Long.BYTES, value);
    }
}
