package org.berth.core.store;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.berth.core.internal.StackSpace;
import org.berth.core.map.LongLongMap;
import org.berth.core.map.MapFullException;
import org.berth.offheap.OffHeapBuffer;
import org.berth.offheap.internal.MemoryBudget;
import org.jspecify.annotations.Nullable;

/**
 * A map from bytes to bytes: an index from the hash of each key to its record, and the log that has the records.
 *
 * <p>Every method takes a key that its caller has checked. See the package description for the protocol.
 */
final class RecordMap implements AutoCloseable {

    /** What {@link #get} returns for a key without a mapping. */
    static final int MISSING = -1;

    /** What a look at a record returns if it was recycled meanwhile. */
    private static final int STALE = -2;

    private static final long NO_RECORD = -1;

    /** How long a writer that finds no memory makes room, and no segment is recycled, before it is refused. */
    private static final long PATIENCE_NANOS = 50_000_000;

    /** How long it does so at most. */
    private static final long LONGEST_PATIENCE_NANOS = 1_000_000_000;

    private static final long PAUSE_NANOS = 100_000;

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

    /** Entries of shared records beyond the first of each. */
    private final AtomicLong sharing = new AtomicLong();

    /** Makes an empty map whose records take at most so many bytes. */
    static RecordMap create(long expectedSize, long maximumBytes) {
        LongLongMap index = LongLongMap.builder()
                .expectedSize(expectedSize)
                .maximumBytes(MemoryBudget.PROCESS.limit())
                .build();
        return new RecordMap(index, Segments.log(maximumBytes), Xxh3.ofRandomSeed(), Evacuator.SLACK);
    }

    RecordMap(LongLongMap index, Log log, KeyHash hash, int slack) {
        this(index, log, hash, new Evacuator(log, index, hash, slack));
    }

    RecordMap(LongLongMap index, Log log, KeyHash hash, Evacuator evacuator) {
        this.index = index;
        this.log = log;
        this.hash = hash;
        this.evacuator = evacuator;
    }

    int get(DirectBuffer key, int keyOffset, int keyLength, MutableDirectBuffer into, int offset) {
        long keyHash = hash.hash(key, keyOffset, keyLength);
        while (true) {
            long reference = index.get(keyHash);
            if (reference == LongLongMap.MISSING) {
                return MISSING;
            }
            Segment segment = log.segment(reference);
            long entry = entry(segment, reference, key, keyOffset, keyLength);
            if (entry == Records.NOT_FOUND) {
                return MISSING;
            }
            if (entry != STALE) {
                int length = copyValue(segment, reference, entry, keyLength, into, offset);
                if (length != STALE) {
                    return length;
                }
            }
        }
    }

    private static int copyValue(
            Segment segment, long reference, long entry, int keyLength, MutableDirectBuffer into, int offset) {
        long generation = Reference.generation(reference);
        try {
            int length = Records.valueLength(segment.words.get(entry));
            // Before the buffer is asked for room: the length must be that of this value.
            if (!segment.isCurrent(generation)) {
                return STALE;
            }
            checkRoom(into, offset, length);
            long at = Records.valueAt(entry, keyLength);
            Records.copyOut(segment.words, segment.buffer, at, length, into, offset);
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

    boolean containsKey(DirectBuffer key, int offset, int length) {
        long keyHash = hash.hash(key, offset, length);
        while (true) {
            long reference = index.get(keyHash);
            if (reference == LongLongMap.MISSING) {
                return false;
            }
            long entry = entry(log.segment(reference), reference, key, offset, length);
            if (entry != STALE) {
                return entry != Records.NOT_FOUND;
            }
        }
    }

    /** Returns where the key's entry is, {@link Records#NOT_FOUND} or {@link #STALE}. */
    private static long entry(Segment segment, long reference, DirectBuffer key, int offset, int length) {
        long generation = Reference.generation(reference);
        try {
            long entry = Records.find(segment.words, Reference.offset(reference), key, offset, length);
            return segment.isCurrent(generation) ? entry : STALE;
        } catch (IllegalStateException | IndexOutOfBoundsException e) {
            return stale(segment, reference, e);
        }
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
            int valueLength) {
        evacuator.help(evacuatedFor(value == null ? 0 : Records.size(Records.header(keyLength, valueLength))));
        long keyHash = hash.hash(key, keyOffset, keyLength);
        boolean ensured = false;
        long record = NO_RECORD;
        try {
            while (true) {
                long reference = index.get(keyHash);
                long entry = Records.NOT_FOUND;
                if (reference != LongLongMap.MISSING) {
                    Segment segment = log.segment(reference);
                    entry = entry(segment, reference, key, keyOffset, keyLength);
                    if (entry >= 0 && expected != null) {
                        entry = ifEqual(segment, reference, entry, keyLength, expected, expectedOffset, expectedLength);
                    }
                    if (entry == STALE) {
                        continue;
                    }
                }
                boolean found = entry >= 0;
                if (found ? change == Change.PUT_IF_ABSENT : change == Change.REPLACE || change == Change.REMOVE) {
                    return found;
                }
                if (!ensured) {
                    // Once, as it takes long: from here on this thread may own a record, and an error between two steps
                    // would lose its memory.
                    StackSpace.ensure();
                    ensured = true;
                }
                if (reference != LongLongMap.MISSING && entry != Reference.offset(reference)) {
                    if (changeShared(
                            keyHash, reference, entry, key, keyOffset, keyLength, value, valueOffset, valueLength)) {
                        return found;
                    }
                    continue;
                }
                if (value != null && record == NO_RECORD) {
                    record = write(key, keyOffset, keyLength, value, valueOffset, valueLength);
                }
                if (value == null
                        ? index.remove(keyHash, reference)
                        : index.compareAndSet(keyHash, reference, record)) {
                    record = NO_RECORD;
                    if (found) {
                        declareDead(reference);
                    }
                    return found;
                }
            }
        } finally {
            if (record != NO_RECORD) {
                Segment segment = log.segment(record);
                log.declareDead(segment, Records.size(Records.header(keyLength, valueLength)));
            }
        }
    }

    /** A record with a segment of its own makes no other sparse. */
    private long evacuatedFor(long bytes) {
        return bytes > log.segmentBytes() ? 0 : bytes;
    }

    /** Returns the entry if it has this value, {@link Records#NOT_FOUND} if not, or {@link #STALE}. */
    private static long ifEqual(
            Segment segment, long reference, long entry, int keyLength, DirectBuffer expected, int offset, int length) {
        long generation = Reference.generation(reference);
        try {
            boolean equal = Records.valueLength(segment.words.get(entry)) == length
                    && Records.equal(segment.words, Records.valueAt(entry, keyLength), expected, offset, length);
            if (!segment.isCurrent(generation)) {
                return STALE;
            }
            return equal ? entry : Records.NOT_FOUND;
        } catch (IllegalStateException | IndexOutOfBoundsException e) {
            return stale(segment, reference, e);
        }
    }

    /**
     * Replaces the record of a hash by one with the entries of the other keys and, unless the value is null, the key's.
     *
     * @return false if the record is not the one of the reference any more
     */
    private boolean changeShared(
            long keyHash,
            long reference,
            long entry,
            DirectBuffer key,
            int keyOffset,
            int keyLength,
            @Nullable DirectBuffer value,
            int valueOffset,
            int valueLength) {
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
        long added = value == null ? 0 : Records.size(Records.header(keyLength, valueLength));
        long bytes = alone ? kept : Records.HEADER + kept + added;
        if (bytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("values of keys that have one hash are too long together: bytes=" + bytes
                    + " maximum=" + Integer.MAX_VALUE + "; store less under these keys");
        }
        long record = append(bytes);
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
                    Records.write(
                            to.words, to.buffer, at + kept, key, keyOffset, keyLength, value, valueOffset, valueLength);
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
                declareDead(reference);
                if ((entry < 0) != (value == null)) {
                    sharing.addAndGet(value == null ? -1 : 1);
                }
                return true;
            }
            return false;
        } finally {
            if (owned) {
                log.declareDead(to, bytes);
            }
        }
    }

    /** The record is this thread's now, as it has taken the reference out of the index. */
    private void declareDead(long reference) {
        Segment segment = log.segment(reference);
        long at = Reference.offset(reference);
        long header = segment.words.get(at);
        // So that who walks by need not look into the index; the cache line is at hand.
        segment.words.set(at, header | Records.DEAD);
        log.declareDead(segment, Records.size(header));
    }

    private long write(
            DirectBuffer key, int keyOffset, int keyLength, DirectBuffer value, int valueOffset, int valueLength) {
        long bytes = Records.size(Records.header(keyLength, valueLength));
        long record = append(bytes);
        Segment segment = log.segment(record);
        boolean written = false;
        try {
            Records.write(
                    segment.words,
                    segment.buffer,
                    Reference.offset(record),
                    key,
                    keyOffset,
                    keyLength,
                    value,
                    valueOffset,
                    valueLength);
            written = true;
        } finally {
            segment.settle(bytes);
            if (!written) {
                log.declareDead(segment, bytes);
            }
        }
        return record;
    }

    /** Reserves memory for a record; makes room for it for a while, if there is none. */
    private long append(long bytes) {
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
            if (isClosed()) {
                throw closed();
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

    private static IllegalStateException closed() {
        return new IllegalStateException("map is closed; close it after its last use");
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
            copy.visit(visitor);
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

        private void visit(BytesVisitor visitor) {
            boolean shared = (buffer.getLong(0) & Records.SHARED) != 0;
            int entry = shared ? Records.HEADER : 0;
            while (entry < size) {
                long header = buffer.getLong(entry);
                int keyLength = Records.keyLength(header);
                int valueAt = (int) Records.valueAt(entry, keyLength);
                visitor.visit(buffer, entry + Records.HEADER, keyLength, valueAt, Records.valueLength(header));
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

    long size() {
        return Math.max(0, index.size() + sharing.get());
    }

    void clear() {
        index.forEach((keyHash, reference) -> {
            long seen = reference;
            while (seen != LongLongMap.MISSING) {
                int entries = entries(seen);
                StackSpace.ensure();
                if (entries > 0 && index.remove(keyHash, seen)) {
                    declareDead(seen);
                    sharing.addAndGet(1 - entries);
                    return;
                }
                seen = index.get(keyHash);
            }
        });
    }

    /** Returns the number of keys of a record, or {@link #STALE}. */
    private int entries(long reference) {
        Segment segment = log.segment(reference);
        try {
            int entries = Records.entries(segment.words, Reference.offset(reference));
            return segment.isCurrent(Reference.generation(reference)) ? entries : STALE;
        } catch (IllegalStateException | IndexOutOfBoundsException e) {
            return stale(segment, reference, e);
        }
    }

    BytesMapStatistics statistics() {
        return new BytesMapStatistics(
                size(),
                log.usedBytes(),
                log.allocatedBytes(),
                index.memoryBytes(),
                log.taken(),
                log.recycled(),
                evacuator.evacuated());
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
