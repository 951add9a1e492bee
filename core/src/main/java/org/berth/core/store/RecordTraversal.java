package org.berth.core.store;

import org.berth.core.map.LongLongMap;
import org.berth.offheap.OffHeapBuffer;

/** Goes through all records: each that is in the index throughout, once. */
final class RecordTraversal {

    private final LongLongMap index;
    private final Log log;
    private final Removals removals;
    private final Expiry expiry;

    RecordTraversal(LongLongMap index, Log log, Removals removals) {
        this.index = index;
        this.log = log;
        this.removals = removals;
        expiry = removals.expiry;
    }

    void forEach(BytesVisitor visitor) {
        Copy copy = new Copy();
        index.forEach((keyHash, reference) -> {
            long seen = reference;
            while (!copyRecord(seen, copy)) {
                // It was moved, replaced or removed meanwhile.
                seen = index.get(keyHash);
                if (seen == LongLongMap.MISSING) {
                    return;
                }
            }
            copy.visit(visitor, expiry);
        });
    }

    /** A copy of a record, in memory that is used for the next one. */
    private static final class Copy {

        private static final int FIRST_BYTES = 1 << 10;

        private OffHeapBuffer buffer = OffHeapBuffer.ofAuto(FIRST_BYTES);
        private int size;

        private OffHeapBuffer buffer(int bytes) {
            if (bytes > buffer.capacity()) {
                buffer = OffHeapBuffer.ofAuto(Math.max(bytes, 2 * Math.min(buffer.capacity(), Records.MAX_VALUE / 2)));
            }
            size = bytes;
            return buffer;
        }

        private void visit(BytesVisitor visitor, Expiry expiry) {
            boolean shared = (buffer.getLong(0) & Records.SHARED) != 0;
            int entry = shared ? Records.HEADER : 0;
            while (entry < size) {
                long header = buffer.getLong(entry);
                int keyLength = Records.keyLength(header);
                int valueAt = (int) Records.valueAt(entry, keyLength);
                if (!expiry.isUsed() || buffer.getLong(valueAt) > expiry.now()) {
                    visitor.visit(
                            buffer,
                            entry + Records.HEADER,
                            keyLength,
                            valueAt + expiry.deadlineBytes,
                            Records.valueLength(header) - expiry.deadlineBytes);
                }
                entry += (int) Records.size(header);
            }
        }
    }

    /** Copies a record with its header; returns false if it was recycled meanwhile. */
    private boolean copyRecord(long reference, Copy copy) {
        Segment segment = log.segment(reference);
        long generation = Reference.generation(reference);
        long at = Reference.offset(reference);
        try {
            long header = segment.words.get(at) & ~Records.DEAD;
            if (!segment.isCurrent(generation)) {
                return false;
            }
            int size = (int) Records.size(header);
            OffHeapBuffer buffer = copy.buffer(size);
            Records.copyOut(segment.words, segment.buffer, at, size, buffer, 0);
            buffer.putLong(0, header);
            return segment.isCurrent(generation);
        } catch (IllegalStateException e) {
            if (segment.isCurrent(generation)) {
                throw e;
            }
            return false;
        }
    }

    void clear() {
        index.forEach((keyHash, reference) -> {
            long seen = reference;
            while (seen != LongLongMap.MISSING) {
                int entries = RecordReader.entries(log.segment(seen), seen);
                if (entries > 0 && removals.remove(keyHash, seen, entries, null)) {
                    return;
                }
                seen = index.get(keyHash);
            }
        });
    }
}
