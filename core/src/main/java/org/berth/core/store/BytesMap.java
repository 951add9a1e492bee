package org.berth.core.store;

import static java.lang.ref.Reference.reachabilityFence;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.berth.core.internal.Cleaning;
import org.berth.core.map.LongLongMap;
import org.berth.core.map.MapFullException;
import org.berth.core.store.RecordMap.Change;
import org.berth.offheap.OffHeapBuffer;
import org.berth.offheap.internal.MemoryBudget;
import org.jspecify.annotations.Nullable;

/**
 * A concurrent map from byte strings to byte strings, off the heap: for any keys and values that can be written as
 * bytes, and for more of them than a heap should hold.
 *
 * <p>Keys and values are ranges of Agrona buffers: over arrays, {@code ByteBuffer}s or memory off the heap. They are
 * copied in and out, so that nothing refers to the caller's buffers afterwards. Reads of a key do not allocate on the
 * heap. Updates do so only where they take a new segment of memory, which most are without: segments are used again.
 *
 * <p>Use this for keys or values that are not {@code long}: sessions, documents, messages by an identifier. Prefer
 * {@link org.berth.core.map.LongLongMap} where both are, which is several times as fast and smaller; a slot table where
 * each key has one writer; and {@link java.util.concurrent.ConcurrentHashMap} for objects that are few enough for the
 * heap: it hands out a reference where this map copies.
 *
 * <p><b>Thread-safety:</b> any number of threads may call all methods. A buffer that is an argument must not change
 * during the call.
 *
 * <p><b>Memory order:</b> every method for one key is linearizable. A read has the effects of an acquire read and an
 * update those of a volatile one: what a thread did before it stored a value is visible to a thread that has read it. A
 * reader sees one value as a whole, never a part of one and of another.
 *
 * <p><b>Progress:</b> reads store to no shared word, and are wait-free unless the map's memory is recycled under them
 * again and again; updates are lock-free. There are two exceptions. At the limit of its memory, a call that needs some
 * makes room for it before it throws: for a twentieth of a second in which no room appears, and for a second at most;
 * the index may wait as {@link org.berth.core.map.LongLongMap} says. And memory that is freed, as that of a value
 * larger than a segment, is unmapped once every thread of the JVM has polled for a safepoint.
 *
 * <p><b>Memory:</b> records are appended to segments of a megabyte, in a small map of less, and never changed; an
 * update writes a new record. Updates copy what is live out of segments that are mostly dead, so that these are used
 * again: the segments take about 1.4 times what is live in them and some segments more, for each processor one. A
 * record has 8 bytes besides its key and its value, each rounded up to 8, and its place in the index takes 30 to 70.
 * {@link #close} frees the records before it returns, and the index as {@link org.berth.core.map.LongLongMap#close}
 * does.
 *
 * <p><b>Errors:</b> an index or a length outside a buffer throws {@link IndexOutOfBoundsException}, as that buffer
 * does; a call after {@link #close} throws {@link IllegalStateException}; one that finds no memory throws {@link
 * MapFullException}. A call that throws has changed nothing, unless it ran at the same time as {@code close}.
 */
public final class BytesMap implements AutoCloseable {

    /** What {@link #get} returns for a key without a mapping. Negative, unlike any length. */
    public static final int MISSING = RecordMap.MISSING;

    final RecordMap records;

    BytesMap(RecordMap records) {
        this.records = records;
    }

    /** {@return a new map with the default settings} */
    public static BytesMap create() {
        return builder().build();
    }

    /** {@return a builder of maps} */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Copies the value of a key into a buffer.
     *
     * @param key       has the key
     * @param keyOffset of the key
     * @param keyLength of the key
     * @param into      gets the value; grows if it can. It must not overlap the key. If there is no value, or it is
     *                  replaced meanwhile by one for which there is no room, other bytes may be there
     * @param offset    where the value is to begin
     * @return the length of the value, or {@link #MISSING}
     * @throws IndexOutOfBoundsException if the buffer is too small for the value and cannot grow
     */
    public int get(DirectBuffer key, int keyOffset, int keyLength, MutableDirectBuffer into, int offset) {
        int length = look(key, keyOffset, keyLength, into, offset);
        records.count(length != MISSING);
        return length;
    }

    /** The same, without counting it as a read. */
    int look(DirectBuffer key, int keyOffset, int keyLength, MutableDirectBuffer into, int offset) {
        checkKey(key, keyOffset, keyLength);
        try {
            return records.get(key, keyOffset, keyLength, into, offset);
        } finally {
            reachabilityFence(this);
        }
    }

    /**
     * Returns the value of a key in memory of its own. It does not change, it outlives the mapping and the map, and
     * nobody has to release it: the garbage collector frees it, as it does all memory of
     * {@link OffHeapBuffer#ofAuto}. Such memory has a limit, that of the JVM for direct memory.
     *
     * <p>Use this to keep a value or to hand it on. Prefer {@link #get}, with a buffer that is used again, to look at
     * one: this allocates.
     *
     * @param key    has the key
     * @param offset of the key
     * @param length of the key
     * @return a read-only buffer of the length of the value, or null if there is none
     * @throws OutOfMemoryError as {@link OffHeapBuffer#ofAuto}
     */
    public @Nullable OffHeapBuffer copyOf(DirectBuffer key, int offset, int length) {
        checkKey(key, offset, length);
        try {
            OffHeapBuffer copy = records.copy(key, offset, length);
            records.count(copy != null);
            return copy == null ? null : copy.asReadOnly();
        } finally {
            reachabilityFence(this);
        }
    }

    /**
     * {@return whether the key has a mapping}
     *
     * @param key    has the key
     * @param offset of the key
     * @param length of the key
     */
    public boolean containsKey(DirectBuffer key, int offset, int length) {
        checkKey(key, offset, length);
        try {
            return records.containsKey(key, offset, length);
        } finally {
            reachabilityFence(this);
        }
    }

    /**
     * Associates a value with a key.
     *
     * @param key         has the key
     * @param keyOffset   of the key
     * @param keyLength   of the key
     * @param value       has the value
     * @param valueOffset of the value
     * @param valueLength of the value
     * @return true if another value was replaced, false if the mapping is new
     * @throws MapFullException if there is no memory for it
     */
    public boolean put(
            DirectBuffer key, int keyOffset, int keyLength, DirectBuffer value, int valueOffset, int valueLength) {
        return update(Change.PUT, key, keyOffset, keyLength, value, valueOffset, valueLength);
    }

    /**
     * Associates a value with a key, for a time of its own, see {@link Builder#expireAfterWrite}.
     *
     * @param key         has the key
     * @param keyOffset   of the key
     * @param keyLength   of the key
     * @param value       has the value
     * @param valueOffset of the value
     * @param valueLength of the value
     * @param lifetime    of the mapping, positive; {@link Builder#FOREVER} for no end
     * @return true if another value was replaced, false if the mapping is new
     * @throws MapFullException              if there is no memory for it
     * @throws UnsupportedOperationException if the map was built without lifetimes
     */
    public boolean put(
            DirectBuffer key,
            int keyOffset,
            int keyLength,
            DirectBuffer value,
            int valueOffset,
            int valueLength,
            Duration lifetime) {
        if (!records.expires()) {
            throw new UnsupportedOperationException("mappings of this map do not expire: lifetime=" + lifetime
                    + "; build it with expireAfterWrite, of Builder.FOREVER if only some are to");
        }
        long nanos = Builder.nanos(lifetime);
        checkKey(key, keyOffset, keyLength);
        checkValue(value, valueOffset, valueLength);
        try {
            return records.update(
                    Change.PUT, key, keyOffset, keyLength, null, 0, 0, value, valueOffset, valueLength, nanos);
        } finally {
            reachabilityFence(this);
        }
    }

    /**
     * Associates a value with a key that has none.
     *
     * @param key         has the key
     * @param keyOffset   of the key
     * @param keyLength   of the key
     * @param value       has the value
     * @param valueOffset of the value
     * @param valueLength of the value
     * @return true if it is stored, false if the key had a mapping, which is unchanged
     * @throws MapFullException if there is no memory for it
     */
    public boolean putIfAbsent(
            DirectBuffer key, int keyOffset, int keyLength, DirectBuffer value, int valueOffset, int valueLength) {
        return !update(Change.PUT_IF_ABSENT, key, keyOffset, keyLength, value, valueOffset, valueLength);
    }

    /**
     * Associates another value with a key that has one.
     *
     * @param key         has the key
     * @param keyOffset   of the key
     * @param keyLength   of the key
     * @param value       has the value
     * @param valueOffset of the value
     * @param valueLength of the value
     * @return true if the value was replaced, false if there was none
     * @throws MapFullException if there is no memory for it
     */
    public boolean replace(
            DirectBuffer key, int keyOffset, int keyLength, DirectBuffer value, int valueOffset, int valueLength) {
        return update(Change.REPLACE, key, keyOffset, keyLength, value, valueOffset, valueLength);
    }

    private boolean update(
            Change change,
            DirectBuffer key,
            int keyOffset,
            int keyLength,
            DirectBuffer value,
            int valueOffset,
            int valueLength) {
        checkKey(key, keyOffset, keyLength);
        checkValue(value, valueOffset, valueLength);
        try {
            return records.update(change, key, keyOffset, keyLength, null, 0, 0, value, valueOffset, valueLength);
        } finally {
            reachabilityFence(this);
        }
    }

    /**
     * Associates another value with a key if its value is the expected one, byte by byte.
     *
     * @param key            has the key
     * @param keyOffset      of the key
     * @param keyLength      of the key
     * @param expected       has the expected value
     * @param expectedOffset of the expected value
     * @param expectedLength of the expected value
     * @param value          has the new value
     * @param valueOffset    of the new value
     * @param valueLength    of the new value
     * @return true if the value was the expected one and is replaced
     * @throws MapFullException if there is no memory for it
     */
    public boolean compareAndSet(
            DirectBuffer key,
            int keyOffset,
            int keyLength,
            DirectBuffer expected,
            int expectedOffset,
            int expectedLength,
            DirectBuffer value,
            int valueOffset,
            int valueLength) {
        checkKey(key, keyOffset, keyLength);
        checkValue(expected, expectedOffset, expectedLength);
        checkValue(value, valueOffset, valueLength);
        try {
            return records.update(
                    Change.REPLACE,
                    key,
                    keyOffset,
                    keyLength,
                    expected,
                    expectedOffset,
                    expectedLength,
                    value,
                    valueOffset,
                    valueLength);
        } finally {
            reachabilityFence(this);
        }
    }

    /**
     * Replaces the value of a key by what a function makes of it, in one step: no other update comes between.
     *
     * @param key       has the key
     * @param keyOffset of the key
     * @param keyLength of the key
     * @param buffer    where the function finds the value and leaves the new one, from index 0 on. It must be large
     *                  enough for both or grow, not overlap the key, and belong to this call
     * @param function  computes the new value; called again if another thread was faster. It must not update this key:
     *                  then it would never end
     * @return the length of the new value, which is in the buffer, or {@link #MISSING}
     * @throws IndexOutOfBoundsException if the buffer is too small for the value and cannot grow
     * @throws IllegalArgumentException  if the function returns neither a length nor {@link #MISSING}
     * @throws MapFullException          if there is no memory for the new value
     */
    public int update(
            DirectBuffer key, int keyOffset, int keyLength, MutableDirectBuffer buffer, BytesUpdate function) {
        checkKey(key, keyOffset, keyLength);
        try {
            return records.update(key, keyOffset, keyLength, buffer, function);
        } finally {
            reachabilityFence(this);
        }
    }

    /**
     * Adds to a {@code long} in the value of a key. A key without a value counts as one whose value is zeros, up to the
     * end of that {@code long}.
     *
     * @param key       has the key
     * @param keyOffset of the key
     * @param keyLength of the key
     * @param index     of the {@code long} in the value, a multiple of 8; in native byte order
     * @param delta     is added
     * @return the {@code long} before
     * @throws IndexOutOfBoundsException if the value is too short
     * @throws MapFullException          if there is no memory for the new value
     */
    public long getAndAdd(DirectBuffer key, int keyOffset, int keyLength, int index, long delta) {
        checkKey(key, keyOffset, keyLength);
        if (index < 0 || index > Records.MAX_VALUE - Long.BYTES || (index & (Long.BYTES - 1)) != 0) {
            throw new IllegalArgumentException(
                    "not the index of a long in a value: index=" + index + "; it must be a multiple of 8, at least 0");
        }
        try {
            return records.getAndAdd(key, keyOffset, keyLength, index, delta);
        } finally {
            reachabilityFence(this);
        }
    }

    /**
     * Shows a visitor the value of a key where it is, without a copy. The memory around the value is not used again
     * until the visitor returns. Prefer {@link #get} for values of up to some hundred bytes: to copy them costs less
     * than to keep their memory, for which this updates a word that is shared with other readers.
     *
     * @param key     has the key
     * @param offset  of the key
     * @param length  of the key
     * @param visitor looks at the value; it may use the map, but should be short
     * @return whether there is a value
     */
    public boolean read(DirectBuffer key, int offset, int length, ValueVisitor visitor) {
        checkKey(key, offset, length);
        try {
            return records.read(key, offset, length, visitor);
        } finally {
            reachabilityFence(this);
        }
    }

    /**
     * Removes a mapping. Needs no memory, unless another key has the same 64-bit hash.
     *
     * @param key    has the key
     * @param offset of the key
     * @param length of the key
     * @return true if there was one
     */
    public boolean remove(DirectBuffer key, int offset, int length) {
        checkKey(key, offset, length);
        try {
            return records.update(Change.REMOVE, key, offset, length, null, 0, 0, null, 0, 0);
        } finally {
            reachabilityFence(this);
        }
    }

    /**
     * Removes a mapping if its value is the expected one, byte by byte. Needs no memory, unless another key has
     * the same 64-bit hash.
     *
     * @param key            has the key
     * @param keyOffset      of the key
     * @param keyLength      of the key
     * @param expected       has the expected value
     * @param expectedOffset of the expected value
     * @param expectedLength of the expected value
     * @return true if the value was the expected one, and the mapping is removed
     */
    public boolean remove(
            DirectBuffer key,
            int keyOffset,
            int keyLength,
            DirectBuffer expected,
            int expectedOffset,
            int expectedLength) {
        checkKey(key, keyOffset, keyLength);
        checkValue(expected, expectedOffset, expectedLength);
        try {
            return records.update(
                    Change.REMOVE, key, keyOffset, keyLength, expected, expectedOffset, expectedLength, null, 0, 0, 0);
        } finally {
            reachabilityFence(this);
        }
    }

    /**
     * Shows a visitor each mapping, in no order: each that exists throughout the call once, and of those that come or
     * go meanwhile some. The visitor may update the map.
     *
     * @param visitor gets each key and its value
     */
    public void forEach(BytesVisitor visitor) {
        try {
            records.forEach(visitor);
        } finally {
            reachabilityFence(this);
        }
    }

    /** {@return the number of mappings, counted one by one} Exact if no thread updates the map meanwhile. */
    public long size() {
        try {
            return records.size();
        } finally {
            reachabilityFence(this);
        }
    }

    /** Removes each mapping that exists throughout, and perhaps some that come meanwhile. Not atomic. */
    public void clear() {
        try {
            records.clear();
        } finally {
            reachabilityFence(this);
        }
    }

    /**
     * Removes the mappings whose lifetime is over, for a map that is seldom updated: updates do it by the way, a part
     * each. In time proportional to the memory that the map uses.
     */
    public void removeExpired() {
        try {
            records.removeExpired();
        } finally {
            reachabilityFence(this);
        }
    }

    /**
     * Saves a snapshot of the map to a file, while other threads use the map. Each value is saved as a whole.
     *
     * <p>Use this to have the mappings again after a restart. Prefer a {@code SlotTable} in a file where every single
     * update must survive the end of the process.
     *
     * <p><b>What is in it:</b> each mapping that exists throughout the call, once, with a value that its key had at a
     * moment during the call. Of those that come or go meanwhile, some. It is not the map of one instant.
     *
     * <p><b>The file</b> is written under another name in the same directory, forced to the device, and then given its
     * name, in place of a file that has it. So a process that is killed while it saves leaves the older file as it was.
     * What it leaves of the new one is deleted by the next save to this path. The file can be read and written by its
     * owner only. The format, which every machine can read, is in {@code docs/snapshot-format.md}.
     *
     * <p><b>Thread-safety:</b> any number of threads may call it, also for one path: the last to end wins. The call
     * takes the time that the device takes, holds up no other thread, and needs some 64 KiB and a copy of the
     * longest record.
     *
     * @param path of the file; its directory must exist
     * @throws IOException           if the file cannot be written, as the device is full, or if the thread is
     *                               interrupted. An older file is unchanged, and nothing else is left
     * @throws IllegalStateException if the map is closed before the end of the call; as there
     */
    public void save(Path path) throws IOException {
        BytesSnapshot.save(this, path);
    }

    /**
     * Puts the mappings of a file that {@link #save} has written into this map. A mapping whose key the map has is
     * replaced, and what else is in the map stays. In a map whose mappings expire, the lifetime of each begins anew.
     *
     * <p>The file is read twice: first it is checked from its begin to its end, and then its mappings are put one by
     * one, as {@link #put} does it, so that other threads see them come. A file that is damaged, cut off or no snapshot
     * is refused with the offset of what is wrong, and nothing is put.
     *
     * <p><b>Thread-safety:</b> other threads may use the map. The call takes the time that the device takes, and an
     * interruption does not end it. It needs memory for the longest mapping.
     *
     * @param path of the file
     * @return the number of mappings of the file
     * @throws IOException              if the file cannot be read, or is refused. Nothing was put, unless the message
     *                                  has {@code loaded=}: the file has changed, or the device failed, between the
     *                                  two readings
     * @throws IllegalArgumentException if it is of another kind of map; nothing was put
     * @throws MapFullException         if there is no memory for a mapping. Those before it, whose number is in the
     *                                  message, were put, and the map stays usable
     * @throws IllegalStateException    if the map is closed before the end of the call
     */
    public long load(Path path) throws IOException {
        return BytesSnapshot.load(this, path);
    }

    /** {@return statistics, in time proportional to the size} */
    public BytesMapStatistics statistics() {
        try {
            return records.statistics();
        } finally {
            reachabilityFence(this);
        }
    }

    /**
     * Frees all memory. Calls that are under way in other threads throw {@link
     * IllegalStateException}, or have been completed. Closing again has no effect.
     */
    @Override
    public void close() {
        records.close();
    }

    boolean isClosed() {
        return records.isClosed();
    }

    @Override
    public String toString() {
        return "BytesMap[" + (records.isClosed() ? "closed" : statistics()) + "]";
    }

    private static void checkKey(DirectBuffer key, int offset, int length) {
        key.boundsCheck(offset, length);
        if (length > Records.MAX_KEY) {
            throw new IllegalArgumentException("key is too long: length=" + length + " maximum=" + Records.MAX_KEY);
        }
    }

    private static void checkValue(DirectBuffer value, int offset, int length) {
        value.boundsCheck(offset, length);
        if (length > Records.MAX_VALUE) {
            throw new IllegalArgumentException("value is too long: length=" + length + " maximum=" + Records.MAX_VALUE);
        }
    }

    /** Builds maps. */
    public static final class Builder {

        /** The lifetime of mappings that do not expire: as good as for ever, some 292 years. */
        public static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

        private long expectedSize;
        private long maximumBytes = MemoryBudget.PROCESS.limit();
        private @Nullable Duration lifetime;
        private boolean evicting;
        private boolean countingReads;
        private @Nullable RemovalListener listener;
        private LongSupplier nanoTime = System::nanoTime;

        private Builder() {}

        /**
         * Makes room in the index for so many mappings, so that it does not grow until then.
         *
         * @param size at least 0
         * @return this
         */
        public Builder expectedSize(long size) {
            if (size < 0) {
                throw new IllegalArgumentException("a size is not negative: expectedSize=" + size);
            }
            expectedSize = size;
            return this;
        }

        /**
         * Limits the memory of the records, with three segments that are kept for moving some; for a moment it may be
         * some segments more. By default the limit is that of the process. The index comes on top.
         *
         * @param bytes at least a megabyte
         * @return this
         */
        public Builder maximumBytes(long bytes) {
            if (bytes < Segments.MIN_BYTES) {
                throw new IllegalArgumentException(
                        "too little memory for a map: maximumBytes=" + bytes + " minimum=" + Segments.MIN_BYTES);
            }
            maximumBytes = Math.min(bytes, MemoryBudget.PROCESS.limit());
            return this;
        }

        /**
         * Lets mappings expire so long after they were written last. From then on each call finds them missing; their
         * memory is used again, and the listener is told, some time after: updates look for them, a part each, see
         * {@link BytesMap#removeExpired}. {@link BytesMap#size} counts them until then. It costs 8 bytes for each
         * mapping, and each read a look at the clock.
         *
         * @param duration the lifetime, positive; {@link #FOREVER} if only those are to expire that are put with
         *                 another one
         * @return this
         */
        public Builder expireAfterWrite(Duration duration) {
            nanos(duration);
            lifetime = duration;
            return this;
        }

        /**
         * Lets the map, where memory is short, remove what was written longest ago instead of refusing what is new: a
         * cache. The order is that of segments, and so approximate: by some megabytes, or a part of a small map.
         *
         * @return this
         */
        public Builder evictOldest() {
            evicting = true;
            return this;
        }

        /**
         * Tells a listener of each mapping that expires or is evicted.
         *
         * @param removalListener is told
         * @return this
         */
        public Builder removalListener(RemovalListener removalListener) {
            listener = Objects.requireNonNull(removalListener);
            return this;
        }

        /**
         * Counts reads that find a value and reads that find none, see {@link BytesMap#statistics}. It costs each read
         * an addition to a counter.
         *
         * @return this
         */
        public Builder recordReads() {
            countingReads = true;
            return this;
        }

        /** Sets the clock, for tests. */
        Builder nanoTime(LongSupplier clock) {
            nanoTime = clock;
            return this;
        }

        /** Returns a lifetime in nanoseconds. */
        static long nanos(Duration duration) {
            if (duration.isZero() || duration.isNegative()) {
                throw new IllegalArgumentException("a lifetime is positive: lifetime=" + duration);
            }
            return duration.compareTo(FOREVER) >= 0 ? Long.MAX_VALUE : duration.toNanos();
        }

        /** {@return a new, empty map} */
        public BytesMap build() {
            Expiry expiry = lifetime == null ? Expiry.NEVER : Expiry.after(nanos(lifetime), nanoTime);
            LongLongMap index = LongLongMap.builder()
                    .expectedSize(expectedSize)
                    .maximumBytes(MemoryBudget.PROCESS.limit())
                    .build();
            Log log = Segments.log(maximumBytes);
            KeyHash hash = Xxh3.ofRandomSeed();
            Removals removals = new Removals(log, index, expiry, listener);
            Evacuator evacuator = new Evacuator(log, index, hash, Evacuator.SLACK, removals, evicting);
            RecordMap records = new RecordMap(index, log, hash, evacuator, countingReads);
            BytesMap map = new BytesMap(records);
            // A map that is lost without being closed.
            boolean registered = false;
            try {
                Cleaning.CLEANER.register(map, records::close);
                registered = true;
                return map;
            } finally {
                if (!registered) {
                    records.close();
                }
            }
        }
    }
}
