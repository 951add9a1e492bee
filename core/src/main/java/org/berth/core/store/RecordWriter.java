package org.berth.core.store;

import java.util.concurrent.locks.LockSupport;
import org.agrona.DirectBuffer;
import org.berth.core.map.MapFullException;
import org.berth.offheap.internal.MemoryBudget;

/** Appends records to the log, and makes room for them where there is none. */
final class RecordWriter {

    /** How long a writer that finds no memory makes room, and no segment is recycled, before it is refused. */
    private static final long PATIENCE_NANOS = 50_000_000;

    /** How long it does so at most. */
    private static final long LONGEST_PATIENCE_NANOS = 1_000_000_000;

    private static final long PAUSE_NANOS = 100_000;

    private final Log log;
    private final Evacuator evacuator;
    private final int deadlineBytes;

    RecordWriter(Log log, Evacuator evacuator) {
        this.log = log;
        this.evacuator = evacuator;
        deadlineBytes = evacuator.removals.expiry.deadlineBytes;
    }

    /** Does a part of the evacuations, for a record that is to be written. */
    void help(int keyLength, int valueLength) {
        long bytes = size(keyLength, valueLength);
        // A record with a segment of its own makes no other sparse.
        evacuator.help(bytes > log.segmentBytes() ? 0 : bytes);
    }

    /** Does the same for a removal. */
    void help() {
        evacuator.help(0);
    }

    /** Returns the size of a record or an entry. */
    long size(int keyLength, int valueLength) {
        return Records.size(Records.header(keyLength, valueLength + deadlineBytes));
    }

    /** Appends a record of one key; returns its reference. The caller has ensured its stack, and owns the record. */
    long write(
            DirectBuffer key,
            int keyOffset,
            int keyLength,
            DirectBuffer value,
            int valueOffset,
            int valueLength,
            long deadline) {
        long bytes = size(keyLength, valueLength);
        long record = append(bytes);
        Segment segment = log.segment(record);
        boolean written = false;
        try {
            writeEntry(
                    segment,
                    Reference.offset(record),
                    key,
                    keyOffset,
                    keyLength,
                    value,
                    valueOffset,
                    valueLength,
                    deadline);
            written = true;
        } finally {
            segment.settle(bytes);
            if (!written) {
                log.declareDead(segment, bytes);
            }
        }
        return record;
    }

    /**
     * Appends a copy of a record of one key that has another word and another deadline. The caller has ensured its
     * stack, and owns the copy.
     *
     * @param valueOffset of the value in the record
     * @param wordOffset  of the word in the record
     * @return the copy's reference, or {@link RecordReader#STALE} if the record was recycled meanwhile
     */
    long copyWith(
            Segment from, long reference, long header, long valueOffset, long deadline, long wordOffset, long word) {
        long bytes = Records.size(header);
        long copy = append(bytes);
        Segment to = log.segment(copy);
        long at = Reference.offset(copy);
        boolean whole = false;
        try {
            Records.copy(from.words, Reference.offset(reference), to.words, at, bytes);
            if (deadlineBytes != 0) {
                to.words.set(at + valueOffset, deadline);
                to.noteDeadline(deadline);
            }
            to.words.set(at + wordOffset, word);
            whole = from.isCurrent(Reference.generation(reference));
        } catch (IllegalStateException e) {
            if (from.isCurrent(Reference.generation(reference))) {
                throw e;
            }
        } finally {
            // Who walks by must find the end, and may not look at an entry that is anything.
            to.words.set(at, whole ? header : header | Records.DEAD);
            to.settle(bytes);
            if (!whole) {
                log.declareDead(to, bytes);
            }
        }
        return whole ? copy : RecordReader.STALE;
    }

    /** Writes an entry where memory for it is reserved. */
    void writeEntry(
            Segment segment,
            long at,
            DirectBuffer key,
            int keyOffset,
            int keyLength,
            DirectBuffer value,
            int valueOffset,
            int valueLength,
            long deadline) {
        // The header comes first: an error leaves a record that can be walked.
        segment.words.set(at, Records.header(keyLength, valueLength + deadlineBytes));
        Records.copyIn(segment.words, segment.buffer, at + Records.HEADER, key, keyOffset, keyLength);
        long valueAt = Records.valueAt(at, keyLength);
        if (deadlineBytes != 0) {
            segment.words.set(valueAt, deadline);
            segment.noteDeadline(deadline);
        }
        Records.copyIn(segment.words, segment.buffer, valueAt + deadlineBytes, value, valueOffset, valueLength);
    }

    /** Declares a record of this thread dead that the index never had. */
    void discard(long record, long bytes) {
        log.declareDead(log.segment(record), bytes);
    }

    /** Reserves memory for a record; makes room for it for a while, if there is none. */
    long append(long bytes) {
        int point = (int) Thread.currentThread().threadId() & (log.points() - 1);
        long record = log.append(bytes, point);
        return record != Log.NONE ? record : appendToFull(bytes, point);
    }

    private long appendToFull(long bytes, int point) {
        if (bytes > log.writableBytes()) {
            throw full(bytes);
        }
        long begun = System.nanoTime();
        long progress = begun;
        long recycled = log.recycled();
        while (true) {
            if (log.isClosed()) {
                throw RecordMap.closed();
            }
            evacuator.makeRoom();
            long record = log.append(bytes, point);
            if (record != Log.NONE) {
                return record;
            }
            long now = System.nanoTime();
            boolean recycling = recycled != log.recycled();
            if (recycling) {
                recycled = log.recycled();
                progress = now;
            }
            if (now - progress > PATIENCE_NANOS || now - begun > LONGEST_PATIENCE_NANOS) {
                throw full(bytes);
            }
            if (!recycling) {
                // Other threads may be about to publish what they wrote, and to take out what was there before.
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private MapFullException full(long bytes) {
        return new MapFullException(
                "no memory for a record within the limit: bytes=" + bytes + " usedBytes=" + log.usedBytes()
                        + " maximumBytes=" + log.maximumBytes() + " reservedForEvacuation="
                        + (long) Log.RESERVE * log.segmentBytes() + " process=" + MemoryBudget.PROCESS
                        + "; remove mappings, or build the map with a larger maximumBytes",
                null);
    }
}
