package org.berth.core.store;

import java.util.Objects;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.jspecify.annotations.Nullable;

/** Reads records that may be recycled meanwhile: each answer counts only if it is not {@link #STALE}. */
final class RecordReader {

    /** What a look at a record returns if it was recycled meanwhile. */
    static final int STALE = -2;

    private final Expiry expiry;

    RecordReader(Expiry expiry) {
        this.expiry = expiry;
    }

    /** How a key's entry compares with what an update expects. */
    enum Match {
        YES,
        NO,
        STALE
    }

    /** Returns where the key's entry is, {@link Records#NOT_FOUND} or {@link #STALE}. */
    static long entry(Segment segment, long reference, DirectBuffer key, int offset, int length) {
        long generation = Reference.generation(reference);
        try {
            long entry = Records.find(segment.words, Reference.offset(reference), key, offset, length);
            return segment.isCurrent(generation) ? entry : STALE;
        } catch (IllegalStateException | IndexOutOfBoundsException e) {
            return stale(segment, reference, e);
        }
    }

    /**
     * Copies the value of an entry that was found.
     *
     * @return its length, {@link RecordMap#MISSING} if it has expired, or {@link #STALE}
     */
    int copyValue(Segment segment, long reference, long entry, int keyLength, MutableDirectBuffer into, int offset) {
        long generation = Reference.generation(reference);
        try {
            int length = Records.valueLength(segment.words.get(entry)) - expiry.deadlineBytes;
            long at = Records.valueAt(entry, keyLength);
            boolean expired = expiry.isExpired(segment.words, at);
            // Before the buffer is asked for room: the length must be that of this value.
            if (!segment.isCurrent(generation)) {
                return STALE;
            }
            if (expired) {
                return RecordMap.MISSING;
            }
            checkRoom(into, offset, length);
            Records.copyOut(segment.words, segment.buffer, at + expiry.deadlineBytes, length, into, offset);
            return segment.isCurrent(generation) ? length : STALE;
        } catch (IllegalStateException e) {
            return stale(segment, reference, e);
        }
    }

    /** Says that a record was recycled while it was read, or throws what its reading has thrown. */
    private static int stale(Segment segment, long reference, RuntimeException thrown) {
        if (segment.isCurrent(Reference.generation(reference))) {
            throw thrown;
        }
        // The memory is freed, or what was read is of another record.
        return STALE;
    }

    private static void checkRoom(MutableDirectBuffer into, int offset, int length) {
        if (into.isExpandable()) {
            // Checked without a capacity: it grows to the limit that it is given.
            Objects.checkFromIndexSize(offset, length, Integer.MAX_VALUE);
            into.checkLimit(offset + length);
        }
        into.boundsCheck(offset, length);
    }

    /** Returns whether an entry has not expired and, if one is expected, has that value. */
    Match match(
            Segment segment,
            long reference,
            long entry,
            int keyLength,
            @Nullable DirectBuffer expected,
            int offset,
            int length) {
        if (expected == null && !expiry.isUsed()) {
            return Match.YES;
        }
        try {
            long at = Records.valueAt(entry, keyLength);
            boolean matches = !expiry.isExpired(segment.words, at);
            if (expected != null && matches) {
                matches = Records.valueLength(segment.words.get(entry)) == length + expiry.deadlineBytes
                        && Records.equal(segment.words, at + expiry.deadlineBytes, expected, offset, length);
            }
            if (!segment.isCurrent(Reference.generation(reference))) {
                return Match.STALE;
            }
            return matches ? Match.YES : Match.NO;
        } catch (IllegalStateException | IndexOutOfBoundsException e) {
            stale(segment, reference, e);
            return Match.STALE;
        }
    }

    /** Returns the number of keys of a record, or {@link #STALE}. */
    static int entries(Segment segment, long reference) {
        try {
            int entries = Records.entries(segment.words, Reference.offset(reference));
            return segment.isCurrent(Reference.generation(reference)) ? entries : STALE;
        } catch (IllegalStateException | IndexOutOfBoundsException e) {
            return stale(segment, reference, e);
        }
    }

    /** Returns a word of a record, or {@link #STALE}; that can be the word, too, if it is no header. */
    static long word(Segment segment, long reference, long at) {
        try {
            long word = segment.words.get(at);
            return segment.isCurrent(Reference.generation(reference)) ? word : STALE;
        } catch (IllegalStateException | IndexOutOfBoundsException e) {
            return stale(segment, reference, e);
        }
    }
}
