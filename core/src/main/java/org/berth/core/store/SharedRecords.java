package org.berth.core.store;

import org.agrona.DirectBuffer;
import org.berth.core.map.LongLongMap;
import org.jspecify.annotations.Nullable;

/** Changes records of several keys, which have one hash: by a copy with the other keys' entries. */
final class SharedRecords {

    private final Log log;
    private final LongLongMap index;
    private final RecordWriter writer;
    private final Removals removals;

    SharedRecords(Log log, LongLongMap index, RecordWriter writer, Removals removals) {
        this.log = log;
        this.index = index;
        this.writer = writer;
        this.removals = removals;
    }

    /**
     * Replaces the record of a hash by one with the entries of the other keys and, unless the value is null, the key's.
     *
     * @return false if the record is not the one of the reference any more
     */
    boolean change(
            long keyHash,
            long reference,
            long entry,
            DirectBuffer key,
            int keyOffset,
            int keyLength,
            @Nullable DirectBuffer value,
            int valueOffset,
            int valueLength,
            long deadline) {
        Segment from = log.segment(reference);
        long generation = Reference.generation(reference);
        long begin;
        long end;
        long cut;
        boolean alone;
        long firstHeader;
        try {
            long at = Reference.offset(reference);
            long header = from.words.get(at);
            begin = (header & Records.SHARED) == 0 ? at : at + Records.HEADER;
            end = at + Records.size(header);
            cut = entry < 0 ? 0 : Records.size(from.words.get(entry));
            long first = entry == begin ? begin + cut : begin;
            firstHeader = from.words.get(first) & ~Records.DEAD;
            // One entry that is left becomes a record like any other.
            alone = value == null && Records.size(firstHeader) == end - begin - cut;
        } catch (IllegalStateException | IndexOutOfBoundsException e) {
            if (from.isCurrent(generation)) {
                throw e;
            }
            return false;
        }
        if (!from.isCurrent(generation)) {
            return false;
        }
        long cutAt = entry < 0 ? end : entry;
        long kept = end - begin - cut;
        long added = value == null ? 0 : writer.size(keyLength, valueLength);
        long bytes = alone ? kept : Records.HEADER + kept + added;
        if (bytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("values of keys that have one hash are too long together: bytes=" + bytes
                    + " maximum=" + Integer.MAX_VALUE + "; store less under these keys");
        }
        long record = writer.append(bytes);
        Segment to = log.segment(record);
        long recordAt = Reference.offset(record);
        boolean owned = true;
        try {
            boolean whole = false;
            try {
                long at = alone ? recordAt : recordAt + Records.HEADER;
                Records.copy(from.words, begin, to.words, at, cutAt - begin);
                Records.copy(from.words, cutAt + cut, to.words, at + cutAt - begin, end - cutAt - cut);
                to.words.set(at, firstHeader);
                if (value != null) {
                    writer.writeEntry(
                            to, at + kept, key, keyOffset, keyLength, value, valueOffset, valueLength, deadline);
                }
                whole = from.isCurrent(generation);
            } catch (IllegalStateException e) {
                if (from.isCurrent(generation)) {
                    throw e;
                }
            } finally {
                // Who walks by must find the end, and may not look at entries that are anything.
                long header = alone ? firstHeader : Records.SHARED | (kept + added);
                to.words.set(recordAt, whole ? header : header | Records.DEAD);
                to.settle(bytes);
            }
            if (!whole) {
                return false;
            }
            if (index.compareAndSet(keyHash, reference, record)) {
                owned = false;
                if ((entry < 0) != (value == null)) {
                    removals.shared(value == null ? -1 : 1);
                }
                removals.declareDead(reference);
                return true;
            }
            return false;
        } finally {
            if (owned) {
                log.declareDead(to, bytes);
            }
        }
    }
}
