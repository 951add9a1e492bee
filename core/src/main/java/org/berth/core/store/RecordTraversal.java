package org.berth.core.store;

import org.berth.core.map.LongLongMap;

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
        RecordCopy copy = new RecordCopy(expiry);
        index.forEach((keyHash, reference) -> {
            copyTo(copy, keyHash, reference);
            while (copy.next()) {
                visitor.visit(copy.bytes(), copy.keyOffset(), copy.keyLength(), copy.valueOffset(), copy.valueLength());
            }
        });
    }

    /** Copies the record of a hash, which had a reference just now; nothing if there is none any more. */
    void copyTo(RecordCopy copy, long keyHash, long reference) {
        long seen = reference;
        while (seen != LongLongMap.MISSING && !copy.copy(log.segment(seen), seen)) {
            // It was moved, replaced or removed meanwhile.
            seen = index.get(keyHash);
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
