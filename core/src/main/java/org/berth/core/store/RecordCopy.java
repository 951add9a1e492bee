package org.berth.core.store;

import org.berth.offheap.OffHeapBuffer;

/** A copy of a record, in memory that is used for the next one. Shows one entry at a time. For one thread. */
final class RecordCopy {

    private static final int FIRST_BYTES = 1 << 10;

    private final Expiry expiry;
    private OffHeapBuffer buffer = OffHeapBuffer.ofAuto(FIRST_BYTES);

    /** Of the record, 0 while there is none as a whole. */
    private int size;

    /** Where the entry begins that is shown, and where the one after it does. */
    private int entry;

    private int next;

    RecordCopy(Expiry expiry) {
        this.expiry = expiry;
    }

    /** Copies a record; returns false, and has none, if it was recycled meanwhile. */
    boolean copy(Segment segment, long reference) {
        size = 0;
        next = 0;
        long generation = Reference.generation(reference);
        long at = Reference.offset(reference);
        try {
            long header = segment.words.get(at) & ~Records.DEAD;
            if (!segment.isCurrent(generation)) {
                return false;
            }
            int bytes = (int) Records.size(header);
            grow(bytes);
            Records.copyOut(segment.words, segment.buffer, at, bytes, buffer, 0);
            buffer.putLong(0, header);
            if (!segment.isCurrent(generation)) {
                return false;
            }
            size = bytes;
            next = (header & Records.SHARED) != 0 ? Records.HEADER : 0;
            return true;
        } catch (IllegalStateException e) {
            if (segment.isCurrent(generation)) {
                throw e;
            }
            return false;
        }
    }

    private void grow(int bytes) {
        if (bytes > buffer.capacity()) {
            buffer = OffHeapBuffer.ofAuto(Math.max(bytes, 2 * Math.min(buffer.capacity(), Records.MAX_VALUE / 2)));
        }
    }

    /** Advances to the next entry that has not expired; false if there is none. */
    boolean next() {
        while (next < size) {
            entry = next;
            next += (int) Records.size(header());
            if (!expiry.isUsed() || buffer.getLong((int) Records.valueAt(entry, keyLength())) > expiry.now()) {
                return true;
            }
        }
        return false;
    }

    private long header() {
        return buffer.getLong(entry);
    }

    OffHeapBuffer bytes() {
        return buffer;
    }

    int keyOffset() {
        return entry + Records.HEADER;
    }

    int keyLength() {
        return Records.keyLength(header());
    }

    int valueOffset() {
        return (int) Records.valueAt(entry, keyLength()) + expiry.deadlineBytes;
    }

    int valueLength() {
        return Records.valueLength(header()) - expiry.deadlineBytes;
    }
}
