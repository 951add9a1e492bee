package org.berth.core.store;

import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.berth.core.internal.StackSpace;
import org.berth.core.map.LongLongMap;
import org.berth.core.store.RecordReader.Match;
import org.berth.offheap.OffHeapBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A map from bytes to bytes: an index from the hash of each key to its record, and the log that has the records.
 *
 * <p>Every method takes a key that its caller has checked. See the package description for the protocol.
 */
final class RecordMap implements AutoCloseable {

    /** What {@link #get} returns for a key without a mapping. */
    static final int MISSING = -1;

    private static final long NO_RECORD = -1;

    /** What an update does with the mapping that it finds. */
    enum Change {
        PUT,
        PUT_IF_ABSENT,
        REPLACE,
        REMOVE
    }

    final LongLongMap index;
    final Log log;
    private final KeyHash hash;
    private final Evacuator evacuator;
    final Expiry expiry;
    private final Removals removals;
    private final RecordWriter writer;
    private final SharedRecords shared;
    private final RecordReader reader;
    final RecordTraversal traversal;
    private final @Nullable Reads reads;

    /** Counts reads, if that is wanted: it costs each some nanoseconds. */
    private record Reads(LongAdder hit, LongAdder missed) {
        long hits() {
            return hit.sum();
        }

        long misses() {
            return missed.sum();
        }
    }

    RecordMap(LongLongMap index, Log log, KeyHash hash, int slack) {
        this(index, log, hash, new Evacuator(log, index, hash, slack));
    }

    RecordMap(LongLongMap index, Log log, KeyHash hash, Evacuator evacuator) {
        this(index, log, hash, evacuator, false);
    }

    RecordMap(LongLongMap index, Log log, KeyHash hash, Evacuator evacuator, boolean countingReads) {
        this.index = index;
        this.log = log;
        this.hash = hash;
        this.evacuator = evacuator;
        removals = evacuator.removals;
        expiry = removals.expiry;
        traversal = new RecordTraversal(index, log, removals);
        reader = new RecordReader(expiry);
        writer = new RecordWriter(log, evacuator);
        shared = new SharedRecords(log, index, writer, removals);
        reads = countingReads ? new Reads(new LongAdder(), new LongAdder()) : null;
    }

    /** Whether mappings expire. */
    boolean expires() {
        return expiry.isUsed();
    }

    void removeExpired() {
        evacuator.removeExpired();
    }

    int get(DirectBuffer key, int keyOffset, int keyLength, MutableDirectBuffer into, int offset) {
        long keyHash = hash.hash(key, keyOffset, keyLength);
        while (true) {
            long reference = index.get(keyHash);
            if (reference == LongLongMap.MISSING) {
                return MISSING;
            }
            Segment segment = log.segment(reference);
            long entry = RecordReader.entry(segment, reference, key, keyOffset, keyLength);
            if (entry == Records.NOT_FOUND) {
                return MISSING;
            }
            if (entry != RecordReader.STALE) {
                int length = reader.copyValue(segment, reference, entry, keyLength, into, offset);
                if (length != RecordReader.STALE) {
                    return length;
                }
            }
        }
    }

    /** Returns a copy of a value, or null. */
    @Nullable
    OffHeapBuffer copy(DirectBuffer key, int offset, int length) {
        long keyHash = hash.hash(key, offset, length);
        while (true) {
            long reference = index.get(keyHash);
            if (reference == LongLongMap.MISSING) {
                return null;
            }
            Segment segment = log.segment(reference);
            long entry = RecordReader.entry(segment, reference, key, offset, length);
            if (entry == Records.NOT_FOUND) {
                return null;
            }
            long header = entry == RecordReader.STALE ? entry : RecordReader.word(segment, reference, entry);
            if (header != RecordReader.STALE) {
                int bytes = Records.valueLength(header) - expiry.deadlineBytes;
                OffHeapBuffer copy = OffHeapBuffer.ofAuto(Math.max(1, bytes));
                int copied = reader.copyValue(segment, reference, entry, length, copy, 0);
                if (copied != RecordReader.STALE) {
                    copy.wrap(copy, 0, Math.max(0, copied));
                    return copied == MISSING ? null : copy;
                }
            }
        }
    }

    /** Counts a read of a key. */
    void count(boolean found) {
        if (reads != null) {
            (found ? reads.hit : reads.missed).increment();
        }
    }

    boolean containsKey(DirectBuffer key, int offset, int length) {
        long keyHash = hash.hash(key, offset, length);
        while (true) {
            long reference = index.get(keyHash);
            if (reference == LongLongMap.MISSING) {
                return false;
            }
            Segment segment = log.segment(reference);
            long entry = RecordReader.entry(segment, reference, key, offset, length);
            if (entry == Records.NOT_FOUND) {
                return false;
            }
            if (entry != RecordReader.STALE) {
                Match match = reader.match(segment, reference, entry, length, null, 0, 0);
                if (match != Match.STALE) {
                    return match == Match.YES;
                }
            }
        }
    }

    /** Shows a value where it is; returns whether there is one. */
    boolean read(DirectBuffer key, int offset, int length, ValueVisitor visitor) {
        long keyHash = hash.hash(key, offset, length);
        while (true) {
            long reference = index.get(keyHash);
            if (reference == LongLongMap.MISSING) {
                count(false);
                return false;
            }
            // Before the pin: an error between it and its end would keep the segment for ever.
            StackSpace.ensure();
            Segment segment = log.segment(reference);
            if (segment.pin()) {
                try {
                    // Of which generation the segment is does not change from here on.
                    if (segment.isCurrent(Reference.generation(reference))) {
                        long entry = Records.find(segment.words, Reference.offset(reference), key, offset, length);
                        boolean found = entry >= 0 && !expiry.isExpired(segment.words, Records.valueAt(entry, length));
                        count(found);
                        if (found) {
                            show(segment, entry, length, visitor);
                        }
                        return found;
                    }
                } finally {
                    log.unpin(segment);
                }
            } else if (index.isClosed()) {
                throw closed();
            }
        }
    }

    private void show(Segment segment, long entry, int keyLength, ValueVisitor visitor) {
        int at = (int) Records.valueAt(entry, keyLength) + expiry.deadlineBytes;
        int length = Records.valueLength(segment.words.get(entry)) - expiry.deadlineBytes;
        visitor.visit(Objects.requireNonNull(segment.readOnly), at, length);
    }

    /** The same as the other one, for mappings without a lifetime of their own. */
    boolean update(
            Change change,
            DirectBuffer key,
            int keyOffset,
            int keyLength,
            @Nullable DirectBuffer expected,
            int expectedOffset,
            int expectedLength,
            @Nullable DirectBuffer value,
            int valueOffset,
            int valueLength) {
        return update(
                change,
                key,
                keyOffset,
                keyLength,
                expected,
                expectedOffset,
                expectedLength,
                value,
                valueOffset,
                valueLength,
                expiry.lifetime);
    }

    /** Returns whether there was a mapping, with the expected value if there is one. */
    boolean update(
            Change change,
            DirectBuffer key,
            int keyOffset,
            int keyLength,
            @Nullable DirectBuffer expected,
            int expectedOffset,
            int expectedLength,
            @Nullable DirectBuffer value,
            int valueOffset,
            int valueLength,
            long lifetime) {
        // This thread will own a record, and an error between two steps would lose its memory.
        StackSpace.ensure();
        help(keyLength, value == null ? MISSING : valueLength);
        long keyHash = hash.hash(key, keyOffset, keyLength);
        long record = NO_RECORD;
        try {
            while (true) {
                long reference = index.get(keyHash);
                long entry = Records.NOT_FOUND;
                boolean found = false;
                if (reference != LongLongMap.MISSING) {
                    Segment segment = log.segment(reference);
                    entry = RecordReader.entry(segment, reference, key, keyOffset, keyLength);
                    Match match = entry == RecordReader.STALE ? Match.STALE : Match.NO;
                    if (entry >= 0) {
                        match = reader.match(
                                segment, reference, entry, keyLength, expected, expectedOffset, expectedLength);
                    }
                    if (match == Match.STALE) {
                        continue;
                    }
                    found = match == Match.YES;
                }
                if (found ? change == Change.PUT_IF_ABSENT : change == Change.REPLACE || change == Change.REMOVE) {
                    return found;
                }
                if (isShared(reference, entry)) {
                    if (shared.change(
                            keyHash,
                            reference,
                            entry,
                            key,
                            keyOffset,
                            keyLength,
                            value,
                            valueOffset,
                            valueLength,
                            expiry.deadline(lifetime))) {
                        return found;
                    }
                    continue;
                }
                if (value != null && record == NO_RECORD) {
                    record = writer.write(
                            key, keyOffset, keyLength, value, valueOffset, valueLength, expiry.deadline(lifetime));
                }
                if (set(keyHash, reference, record)) {
                    record = NO_RECORD;
                    replaced(reference, entry, found);
                    return found;
                }
            }
        } finally {
            if (record != NO_RECORD) {
                writer.discard(record, writer.size(keyLength, valueLength));
            }
        }
    }

    private void help(int keyLength, int valueLength) {
        if (valueLength == MISSING) {
            writer.help();
        } else {
            writer.help(keyLength, valueLength);
        }
    }

    /** Whether a change concerns a record of other keys, too. */
    private static boolean isShared(long reference, long entry) {
        return reference != LongLongMap.MISSING && entry != Reference.offset(reference);
    }

    /** Sets the index to another record, or to none, if it still has what was seen. */
    private boolean set(long keyHash, long seen, long record) {
        return record == NO_RECORD ? index.remove(keyHash, seen) : index.compareAndSet(keyHash, seen, record);
    }

    /** The record that was seen is this thread's now, if there was one. */
    private void replaced(long reference, long entry, boolean found) {
        if (entry < 0) {
            return;
        }
        try {
            if (!found && expiry.isUsed()) {
                removals.replacedExpired(reference, entry);
            }
        } finally {
            removals.declareDead(reference);
        }
    }

    /** Returns the length of the new value, or {@link #MISSING}. */
    int update(DirectBuffer key, int keyOffset, int keyLength, MutableDirectBuffer buffer, BytesUpdate function) {
        long keyHash = hash.hash(key, keyOffset, keyLength);
        while (true) {
            long reference = index.get(keyHash);
            long entry = Records.NOT_FOUND;
            int length = MISSING;
            if (reference != LongLongMap.MISSING) {
                Segment segment = log.segment(reference);
                entry = RecordReader.entry(segment, reference, key, keyOffset, keyLength);
                if (entry >= 0) {
                    length = reader.copyValue(segment, reference, entry, keyLength, buffer, 0);
                }
                if (entry == RecordReader.STALE || length == RecordReader.STALE) {
                    continue;
                }
            }
            int newLength = function.apply(buffer, length);
            if (newLength == MISSING && length == MISSING) {
                return MISSING;
            }
            if (newLength != MISSING) {
                checkNewLength(buffer, newLength);
            }
            if (replace(keyHash, reference, entry, length != MISSING, key, keyOffset, keyLength, buffer, newLength)) {
                return newLength;
            }
        }
    }

    private static void checkNewLength(MutableDirectBuffer buffer, int length) {
        if (length < 0 || length > Records.MAX_VALUE) {
            throw new IllegalArgumentException("a function has returned no length: length=" + length + " maximum="
                    + Records.MAX_VALUE + "; return MISSING for no value");
        }
        buffer.boundsCheck(0, length);
    }

    /** Replaces the entry that was seen by a value in a buffer, or by none; false if it is another by now. */
    private boolean replace(
            long keyHash,
            long reference,
            long entry,
            boolean found,
            DirectBuffer key,
            int keyOffset,
            int keyLength,
            MutableDirectBuffer buffer,
            int length) {
        StackSpace.ensure();
        DirectBuffer value = length == MISSING ? null : buffer;
        int valueLength = Math.max(0, length);
        help(keyLength, value == null ? MISSING : valueLength);
        long deadline = expiry.deadline(expiry.lifetime);
        if (isShared(reference, entry)) {
            return shared.change(keyHash, reference, entry, key, keyOffset, keyLength, value, 0, valueLength, deadline);
        }
        long record = NO_RECORD;
        if (value != null) {
            record = writer.write(key, keyOffset, keyLength, value, 0, valueLength, deadline);
        }
        boolean set = false;
        try {
            set = set(keyHash, reference, record);
        } finally {
            if (!set && record != NO_RECORD) {
                writer.discard(record, writer.size(keyLength, valueLength));
            }
        }
        if (set) {
            replaced(reference, entry, found);
        }
        return set;
    }

    /** Returns the 8 bytes at an index of the value, before the addition; those of no value are zeros. */
    long getAndAdd(DirectBuffer key, int keyOffset, int keyLength, int valueIndex, long delta) {
        long keyHash = hash.hash(key, keyOffset, keyLength);
        while (true) {
            long reference = index.get(keyHash);
            if (reference == LongLongMap.MISSING) {
                if (!putSum(key, keyOffset, keyLength, valueIndex, delta)) {
                    return 0;
                }
                continue;
            }
            Segment segment = log.segment(reference);
            long entry = RecordReader.entry(segment, reference, key, keyOffset, keyLength);
            if (entry == RecordReader.STALE) {
                continue;
            }
            Match match = entry < 0 ? Match.NO : reader.match(segment, reference, entry, keyLength, null, 0, 0);
            if (match == Match.NO && !putSum(key, keyOffset, keyLength, valueIndex, delta)) {
                return 0;
            }
            if (match != Match.YES) {
                continue;
            }
            long header = RecordReader.word(segment, reference, entry);
            if (header == RecordReader.STALE) {
                continue;
            }
            checkIndex(valueIndex, Records.valueLength(header) - expiry.deadlineBytes);
            long wordAt = Records.valueAt(entry, keyLength) + expiry.deadlineBytes + valueIndex;
            long before = RecordReader.word(segment, reference, wordAt);
            if (!segment.isCurrent(Reference.generation(reference))) {
                continue;
            }
            if (isShared(reference, entry)
                    ? addShared(keyHash, reference, entry, key, keyOffset, keyLength, valueIndex, before + delta)
                    : add(keyHash, reference, header & ~Records.DEAD, keyLength, wordAt - entry, before + delta)) {
                return before;
            }
        }
    }

    private static void checkIndex(int valueIndex, int length) {
        if (valueIndex > length - Long.BYTES) {
            throw new IndexOutOfBoundsException(
                    "the value has no 8 bytes there: index=" + valueIndex + " length=" + length);
        }
    }

    /** Puts a value of zeros and, at its end, the sum, if there is none; returns whether there was one. */
    private boolean putSum(DirectBuffer key, int keyOffset, int keyLength, int valueIndex, long sum) {
        int length = valueIndex + Long.BYTES;
        OffHeapBuffer value = OffHeapBuffer.ofAuto(length);
        value.putLong(valueIndex, sum);
        return update(Change.PUT_IF_ABSENT, key, keyOffset, keyLength, null, 0, 0, value, 0, length);
    }

    /** Replaces a record of one key by a copy with another word; false if it is another by now. */
    private boolean add(long keyHash, long reference, long header, int keyLength, long wordOffset, long word) {
        StackSpace.ensure();
        help(keyLength, Records.valueLength(header) - expiry.deadlineBytes);
        long valueOffset = Records.valueAt(0, keyLength);
        long deadline = expiry.deadline(expiry.lifetime);
        long copy = writer.copyWith(log.segment(reference), reference, header, valueOffset, deadline, wordOffset, word);
        if (copy == RecordReader.STALE) {
            return false;
        }
        boolean set = false;
        try {
            set = set(keyHash, reference, copy);
        } finally {
            if (!set) {
                writer.discard(copy, Records.size(header));
            }
        }
        if (set) {
            removals.declareDead(reference);
        }
        return set;
    }

    /** Does the same for a key that shares its record, which happens next to never. */
    private boolean addShared(
            long keyHash,
            long reference,
            long entry,
            DirectBuffer key,
            int keyOffset,
            int keyLength,
            int valueIndex,
            long word) {
        Segment segment = log.segment(reference);
        // As records do not change, this is the length of that value, or anything, if it is of another by now.
        long header = RecordReader.word(segment, reference, entry);
        int length = Records.valueLength(header) - expiry.deadlineBytes;
        if (!segment.isCurrent(Reference.generation(reference))) {
            return false;
        }
        OffHeapBuffer value = OffHeapBuffer.ofAuto(length);
        if (reader.copyValue(segment, reference, entry, keyLength, value, 0) != length) {
            return false;
        }
        value.putLong(valueIndex, word);
        return replace(keyHash, reference, entry, true, key, keyOffset, keyLength, value, length);
    }

    static IllegalStateException closed() {
        return new IllegalStateException("map is closed; close it after its last use");
    }

    void forEach(BytesVisitor visitor) {
        traversal.forEach(visitor);
    }

    void clear() {
        traversal.clear();
    }

    long size() {
        return Math.max(0, index.size() + removals.sharing());
    }

    BytesMapStatistics statistics() {
        return new BytesMapStatistics(
                size(),
                log.usedBytes(),
                log.allocatedBytes(),
                index.memoryBytes(),
                log.taken(),
                log.recycled(),
                evacuator.evacuated(),
                removals.evicted(),
                removals.expired(),
                reads == null ? 0 : reads.hits(),
                reads == null ? 0 : reads.misses());
    }

    boolean isClosed() {
        // It is closed first.
        return index.isClosed();
    }

    @Override
    public void close() {
        try {
            index.close();
        } finally {
            log.close();
        }
    }
}
