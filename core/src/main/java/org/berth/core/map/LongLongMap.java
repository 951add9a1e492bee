package org.berth.core.map;

import java.util.Objects;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongBinaryOperator;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;
import org.agrona.collections.LongLongConsumer;
import org.berth.offheap.Words;
import org.berth.offheap.placement.Placement;
import org.jspecify.annotations.Nullable;

/**
 * A dictionary from {@code long} to {@code long} that any number of threads read and update at once, off the heap. It grows and
 * shrinks while it is in use, and no operation allocates on the heap.
 *
 * <p><b>Keys and values.</b> Every {@code long} is a legal key. Two values are reserved and cannot be stored: {@link #MISSING}, which
 * stands for "no mapping" in results and in what functions return, and {@code Long.MIN_VALUE + 1}. A method that is asked to store
 * one throws {@link IllegalArgumentException}; an addition that would arrive at one throws {@link ArithmeticException}.
 *
 * <p><b>Thread-safety and memory order.</b> Safe for use by any number of threads. Each operation on one key is atomic and
 * linearizable: it takes effect at one moment between its call and its return. A read sees all that a thread did before it stored
 * the value that is read; a successful update has volatile order. What takes several steps is not atomic as a whole: the methods
 * on arrays, {@link #clear}, {@link #forEach}, {@link #size} and the statistics.
 *
 * <p><b>Progress.</b> Reads never write and never help; they are wait-free while the map does not grow, and lock-free while it does.
 * Updates are lock-free: no thread waits for another, a suspended one included. A writer that meets a growing map moves a small
 * part of it before it does its own work. The thread that begins a growth allocates the new memory, zero-filled, and that call takes
 * so much longer: one to three milliseconds per megabyte. Functions given to {@link #update}, {@link #merge} and {@link
 * #computeIfAbsent} may be called several times for one operation, so they should have no effects; one that throws changes nothing. A
 * writer that is suspended while it moves a part holds up nobody, but until it goes on no table after its own is given back.
 *
 * <p><b>Memory.</b> 16 bytes per place, in tables of a power of two of places, of which between some 23 and 75 percent are taken, so
 * about 21 to 70 bytes per mapping. A removed key keeps its place until the next growth, which drops it. While the map grows,
 * both tables are there. Tables that were left are freed by the garbage collector, and count against the limit of direct memory
 * ({@code -XX:MaxDirectMemorySize}) until then; see {@link MapStatistics#retiredBytes()}.
 *
 * <p><b>Errors.</b> After {@link #close} every method but {@code close}, {@code isClosed} and {@code toString} throws {@link
 * IllegalStateException}; an operation that is under way then may still take effect. An operation that needs a place for a new
 * key throws {@link MapFullException} if there is none and no memory for more. Nothing is changed by a call that throws, except by
 * the methods on arrays, which may have done a part.
 *
 * <p><b>Source.</b> Open addressing in cache lines, with a table-by-table move in which each mapping has one mover and lives in
 * exactly one table at any time; see the package's description. The idea of growing by moving slots to a next table, and of marking
 * what has moved, is Cliff Click's.
 */
public final class LongLongMap extends TableList implements AutoCloseable {

    /** What stands for "no mapping"; not a legal value. */
    public static final long MISSING = Long.MIN_VALUE;

    /** The keys that collide with the states of a key word have a table each. */
    private final Table keyZero;

    private final Table keyOne;

    private final Batch batch = new Batch();

    LongLongMap(
            LongFunction<Words> memory,
            LongSupplier seeds,
            Transfer mover,
            long lines,
            long minimumLines,
            long maximumBytes) {
        super(memory, seeds, mover, lines, minimumLines, maximumBytes);
        keyZero = Table.ofReservedKey(this, memory.apply(Table.bytes(1)), Table.EMPTY);
        keyOne = Table.ofReservedKey(this, memory.apply(Table.bytes(1)), Table.CLOSED);
    }

    /**
     * Creates a map that is small at first.
     *
     * @return an empty map
     */
    public static LongLongMap create() {
        return builder().build();
    }

    /**
     * Begins to describe a map.
     *
     * @return a builder with the defaults
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Reads a value.
     *
     * @param key any
     * @return the value, or {@link #MISSING}
     */
    public long get(long key) {
        @Nullable Table table = first(key);
        do {
            long word = table.read(key);
            if (word != Table.MOVED) {
                return ValueCodec.value(word);
            }
            table = table.followingOrNull();
        } while (table != null);
        return MISSING;
    }

    /**
     * Reads a value.
     *
     * @param key          any
     * @param defaultValue any, also one that cannot be stored
     * @return the value, or the default if there is none
     */
    public long getOrDefault(long key, long defaultValue) {
        long value = get(key);
        return value == MISSING ? defaultValue : value;
    }

    /**
     * Whether there is a mapping.
     *
     * @param key any
     * @return true if there is
     */
    public boolean containsKey(long key) {
        return get(key) != MISSING;
    }

    /**
     * Sets a value, whether or not there is one.
     *
     * @param key   any
     * @param value to store
     * @return the value before, or {@link #MISSING}
     * @throws IllegalArgumentException if the value is reserved
     * @throws MapFullException         if the key is new and there is no place for it
     */
    public long put(long key, long value) {
        long word = ValueCodec.word(key, value);
        Table table = first(key);
        while (true) {
            long before = table.exchange(key, word);
            if (before != Table.MOVED) {
                return ValueCodec.value(before);
            }
            table = table.following();
        }
    }

    /**
     * Sets a value, whether or not there is one: {@link #put} by the name that the JDK's atomics have for it.
     *
     * @param key   any
     * @param value to store
     * @return the value before, or {@link #MISSING}
     * @throws IllegalArgumentException if the value is reserved
     * @throws MapFullException         if the key is new and there is no place for it
     */
    public long getAndSet(long key, long value) {
        return put(key, value);
    }

    /**
     * Sets a value if there is none.
     *
     * @param key   any
     * @param value to store
     * @return the value that is there, which is left as it is, or {@link #MISSING} if there was none and this one was stored
     * @throws IllegalArgumentException if the value is reserved
     * @throws MapFullException         if the key is new and there is no place for it
     */
    public long putIfAbsent(long key, long value) {
        return ValueCodec.value(exchangeWord(key, Table.ABSENT, ValueCodec.word(key, value)));
    }

    /**
     * Sets a value if there is one.
     *
     * @param key   any
     * @param value to store
     * @return the value before, or {@link #MISSING} if there was none and nothing was stored
     * @throws IllegalArgumentException if the value is reserved
     */
    public long replace(long key, long value) {
        long word = ValueCodec.word(key, value);
        long before = get(key);
        while (before != MISSING) {
            long seen = ValueCodec.value(exchangeWord(key, ValueCodec.unchecked(before), word));
            if (seen == before) {
                break;
            }
            before = seen;
        }
        return before;
    }

    /**
     * Sets a value if it is the expected one: {@link #compareAndSet} by the name that {@link ConcurrentMap} has for it.
     *
     * @param key      any
     * @param expected the value that must be there
     * @param value    to store
     * @return true if it was there and was replaced
     * @throws IllegalArgumentException if one of the values is reserved
     */
    public boolean replace(long key, long expected, long value) {
        return compareAndSet(key, expected, value);
    }

    /**
     * Sets a value if it is the expected one; false for a key without a mapping.
     *
     * @param key      any
     * @param expected the value that must be there; for none see {@link #putIfAbsent}
     * @param value    to store
     * @return true if it was there and was replaced
     * @throws IllegalArgumentException if one of the values is reserved
     */
    public boolean compareAndSet(long key, long expected, long value) {
        return compareAndExchange(key, expected, value) == expected;
    }

    /**
     * Sets a value if it is the expected one, and returns what was found.
     *
     * @param key      any
     * @param expected the value that must be there; for none see {@link #putIfAbsent}
     * @param value    to store
     * @return the value before, or {@link #MISSING}; the value was stored if and only if this is {@code expected}
     * @throws IllegalArgumentException if one of the values is reserved
     */
    public long compareAndExchange(long key, long expected, long value) {
        return ValueCodec.value(exchangeWord(key, ValueCodec.word(key, expected), ValueCodec.word(key, value)));
    }

    /**
     * Takes a mapping away.
     *
     * @param key any
     * @return the value before, or {@link #MISSING}
     */
    public long remove(long key) {
        @Nullable Table table = first(key);
        do {
            long before = table.remove(key);
            if (before != Table.MOVED) {
                return ValueCodec.value(before);
            }
            table = table.followingOrNull();
        } while (table != null);
        return MISSING;
    }

    /**
     * Takes a mapping away if its value is the expected one.
     *
     * @param key      any
     * @param expected the value that must be there
     * @return true if it was there, and the mapping is gone
     * @throws IllegalArgumentException if the value is reserved
     */
    public boolean remove(long key, long expected) {
        long word = ValueCodec.word(key, expected);
        return exchangeWord(key, word, Table.ABSENT) == word;
    }

    /**
     * Adds to a value; a missing one counts as 0, and there is a mapping afterwards. Overflow wraps around.
     *
     * @param key   any
     * @param delta to add
     * @return the value before, 0 if there was none
     * @throws ArithmeticException   if the sum is a reserved value
     * @throws MapFullException      if the key is new and there is no place for it
     */
    public long getAndAdd(long key, long delta) {
        Table table = first(key);
        while (true) {
            long before = table.add(key, delta);
            if (before != Table.MOVED) {
                return before == Table.ABSENT ? 0 : ValueCodec.value(before);
            }
            table = table.following();
        }
    }

    /**
     * Adds to a value; a missing one counts as 0, and there is a mapping afterwards. Overflow wraps around.
     *
     * @param key   any
     * @param delta to add
     * @return the sum
     * @throws ArithmeticException   if the sum is a reserved value
     * @throws MapFullException      if the key is new and there is no place for it
     */
    public long addAndGet(long key, long delta) {
        return getAndAdd(key, delta) + delta;
    }

    /**
     * Replaces a value by what a function makes of it.
     *
     * @param key      any
     * @param function from the value, {@link #MISSING} if there is none, to the new one, {@code MISSING} if there is to be none; may
     *                 be called several times
     * @return the new value, or {@code MISSING}
     * @throws IllegalArgumentException if the function returned {@code Long.MIN_VALUE + 1}
     * @throws MapFullException         if the key is new and there is no place for it
     */
    public long update(long key, LongUnaryOperator function) {
        long before = get(key);
        while (true) {
            long after = function.applyAsLong(before);
            long seen = exchange(key, before, after);
            if (seen == before) {
                return after;
            }
            before = seen;
        }
    }

    /**
     * Stores a value if there is none, else what a function makes of the two.
     *
     * @param key      any
     * @param value    to store, or to merge with what is there
     * @param function from the value that is there and the given one to the new one, {@link #MISSING} if there is to be none; may be
     *                 called several times
     * @return the new value, or {@code MISSING}
     * @throws IllegalArgumentException if the value is reserved, or the function returned {@code Long.MIN_VALUE + 1}
     * @throws MapFullException         if the key is new and there is no place for it
     */
    public long merge(long key, long value, LongBinaryOperator function) {
        ValueCodec.word(key, value);
        Objects.requireNonNull(function, "function");
        long before = get(key);
        while (true) {
            long after = before == MISSING ? value : function.applyAsLong(before, value);
            long seen = exchange(key, before, after);
            if (seen == before) {
                return after;
            }
            before = seen;
        }
    }

    /**
     * Stores what a function makes of the key, if there is no value.
     *
     * @param key      any
     * @param function from the key to the value, {@link #MISSING} if there is to be none; is not called if there is a value; may be
     *                 called for nothing if another thread stores one meanwhile
     * @return the value that is there now, or {@code MISSING}
     * @throws IllegalArgumentException if the function returned {@code Long.MIN_VALUE + 1}
     * @throws MapFullException         if the key is new and there is no place for it
     */
    public long computeIfAbsent(long key, LongUnaryOperator function) {
        Objects.requireNonNull(function, "function");
        long present = get(key);
        if (present != MISSING) {
            return present;
        }
        long value = function.applyAsLong(key);
        if (value == MISSING) {
            return MISSING;
        }
        long before = putIfAbsent(key, value);
        return before == MISSING ? value : before;
    }

    /** Exchanges values, either of which may be that there is none. */
    private long exchange(long key, long expected, long value) {
        long word = value == MISSING ? Table.ABSENT : ValueCodec.word(key, value);
        if (expected == MISSING && value == MISSING) {
            // What was read is the answer. Claiming the key would be for nothing.
            return MISSING;
        }
        return ValueCodec.value(exchangeWord(key, ValueCodec.unchecked(expected), word));
    }

    private long exchangeWord(long key, long expected, long word) {
        @Nullable Table table = first(key);
        do {
            long seen = table.compareAndExchange(key, expected, word);
            if (seen != Table.MOVED) {
                return seen;
            }
            table = table.followingOrNull();
        } while (table != null);
        return Table.ABSENT;
    }

    /** The table in which to begin. */
    private Table first(long key) {
        Table first = open();
        return (key & ~1) != 0 ? first : key == Table.EMPTY ? keyZero : keyOne;
    }

    /**
     * Reads the values of many keys. Faster than one by one where the map is larger than the cache, as the misses overlap.
     *
     * @param keys   any
     * @param values gets the value of each key, or {@link #MISSING}, at the index of the key
     * @throws IllegalArgumentException if the arrays are of different lengths
     */
    public void getAll(long[] keys, long[] values) {
        Batch.requireSameLength(keys, values);
        open();
        for (int from = 0, to; from < keys.length; from = to) {
            to = batch.prefetch(open(), keys, from);
            for (int i = from; i < to; i++) {
                values[i] = get(keys[i]);
            }
        }
    }

    /**
     * Sets the values of many keys, in the order of the array. Faster than one by one where the map is larger than the cache.
     *
     * @param keys   any
     * @param values the value to store for the key at the same index
     * @throws IllegalArgumentException if the arrays are of different lengths or a value is reserved; nothing was stored
     * @throws MapFullException         if a key is new and there is no place for it; those before it in the array were stored
     */
    public void putAll(long[] keys, long[] values) {
        Batch.requireSameLength(keys, values);
        open();
        for (int i = 0; i < keys.length; i++) {
            ValueCodec.word(keys[i], values[i]);
        }
        for (int from = 0, to; from < keys.length; from = to) {
            to = batch.prefetch(open(), keys, from);
            for (int i = from; i < to; i++) {
                put(keys[i], values[i]);
            }
        }
    }

    /**
     * Adds to the values of many keys, in the order of the array; see {@link #getAndAdd}. Faster than one by one where the map is
     * larger than the cache.
     *
     * @param keys   any
     * @param deltas to add to the value of the key at the same index
     * @throws IllegalArgumentException if the arrays are of different lengths; nothing was added
     * @throws ArithmeticException      if a sum is a reserved value; those before it in the array were added
     * @throws MapFullException         if a key is new and there is no place for it; those before it in the array were added
     */
    public void addAll(long[] keys, long[] deltas) {
        Batch.requireSameLength(keys, deltas);
        open();
        for (int from = 0, to; from < keys.length; from = to) {
            to = batch.prefetch(open(), keys, from);
            for (int i = from; i < to; i++) {
                getAndAdd(keys[i], deltas[i]);
            }
        }
    }

    /**
     * Takes many mappings away. Faster than one by one where the map is larger than the cache.
     *
     * @param keys any
     * @return how many there were
     */
    public int removeAll(long[] keys) {
        open();
        int removed = 0;
        for (int from = 0, to; from < keys.length; from = to) {
            to = batch.prefetch(open(), keys, from);
            for (int i = from; i < to; i++) {
                removed += remove(keys[i]) == MISSING ? 0 : 1;
            }
        }
        return removed;
    }

    /**
     * Visits the mappings, in no order. One that is there throughout is visited exactly once, also while the map grows; one that
     * comes or goes meanwhile is visited at most once.
     *
     * @param action gets each key and its value; may update the map
     */
    public void forEach(LongLongConsumer action) {
        Objects.requireNonNull(action, "action");
        Traversal mappings = new Traversal(this);
        while (mappings.advance()) {
            action.accept(mappings.key(), mappings.value());
        }
    }

    /**
     * Counts the mappings, by looking at every place: some milliseconds per million. Exact if nobody updates the map meanwhile.
     *
     * @return how many there are
     */
    public long size() {
        long size = 0;
        Traversal mappings = new Traversal(this);
        while (mappings.advance()) {
            size++;
        }
        return size;
    }

    /**
     * Whether there is no mapping, found by looking for the first one. Exact if nobody updates the map meanwhile.
     *
     * @return true if there is none
     */
    public boolean isEmpty() {
        return !new Traversal(this).advance();
    }

    /**
     * Takes away each mapping that it meets: all that are there throughout, not those that come meanwhile. Not one atomic step.
     */
    public void clear() {
        Traversal mappings = new Traversal(this);
        while (mappings.advance()) {
            remove(mappings.key());
        }
    }

    /**
     * Moves all that a growth has left to move, and lets the map shrink if it is sparse. For a time without writers, who do this as
     * they go: then reads need not look at two tables, and memory is freed.
     *
     * @return true if no growth is under way any more; false if other threads are about to finish one
     * @throws MapFullException      if the growth cannot be finished for want of memory
     */
    public boolean finishResize() {
        return finish();
    }

    /**
     * The places of the newest table.
     *
     * @return places; not all of them can be taken, as growth begins before
     */
    public long capacity() {
        return open().newest().lines() * Table.SLOTS_PER_LINE;
    }

    /**
     * Looks at every place of the map and counts, for monitoring and for tests.
     *
     * @return figures of about this moment
     */
    public MapStatistics statistics() {
        return MapStatistics.of(this);
    }

    /**
     * This map as the JDK's interface, for code that asks for one: a view, with the boxes that this costs. Null keys and values are
     * refused, reserved values as here. Iterators are weakly consistent, as {@link #forEach} is; {@code size} is as here.
     *
     * @return a view
     */
    public ConcurrentMap<Long, Long> asConcurrentMap() {
        return new ConcurrentMapView(this);
    }

    /**
     * Whether {@link #close} was called.
     *
     * @return true after close
     */
    public boolean isClosed() {
        return root == null;
    }

    /**
     * Lets go of the memory: later calls throw {@link IllegalStateException}, and the collector frees it when the operations that
     * are under way have ended. Closing again does nothing.
     */
    @Override
    public void close() {
        drop();
    }

    @Override
    public String toString() {
        Table table = root;
        return table == null
                ? "LongLongMap[closed]"
                : "LongLongMap[capacity=" + table.newest().lines() * Table.SLOTS_PER_LINE + " bytes=" + chainBytes()
                        + "]";
    }

    /** Describes a {@link LongLongMap} that is to be built. Not thread-safe. */
    public static final class Builder {

        /** A page's worth: a smaller table would save little, and be renewed often. */
        private static final long SMALLEST_LINES = 64;

        /** So that bytes do not overflow; no machine has as much memory. */
        private static final long LARGEST_SIZE = 1L << 48;

        private long expectedSize;
        private long minimumSize = -1;
        private long maximumBytes = Runtime.getRuntime().maxMemory();
        private LongFunction<Words> memory = Words::ofAuto;

        Builder() {}

        /**
         * How many mappings the map is to hold without growing.
         *
         * @param size 0 or more; 0 by default
         * @return this
         * @throws IllegalArgumentException if it is negative, or more than 2^48
         */
        public Builder expectedSize(long size) {
            expectedSize = requireSize("expectedSize", size);
            return this;
        }

        /**
         * How many mappings there is always room for: the map does not shrink below. If that is less than the expected size, the map may
         * shrink at the first removal.
         *
         * @param size 0 or more; the expected size by default
         * @return this
         * @throws IllegalArgumentException if it is negative, or more than 2^48
         */
        public Builder minimumSize(long size) {
            minimumSize = requireSize("minimumSize", size);
            return this;
        }

        /**
         * How much memory the tables of the map may take together, those included between which a growth moves mappings. A growth that
         * would take more does not happen; see {@link MapFullException}. Counted are 16 bytes for each place. Dead keys are dropped by
         * moving the others to another table, so give at least twice what the map takes by itself.
         *
         * @param bytes 1 or more; by default as much as the heap may have, which is also what the JVM by default allows all direct
         *              memory together ({@code -XX:MaxDirectMemorySize})
         * @return this
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder maximumBytes(long bytes) {
            if (bytes <= 0) {
                throw new IllegalArgumentException("maximumBytes must be positive: maximumBytes=" + bytes);
            }
            maximumBytes = bytes;
            return this;
        }

        /**
         * Asks for a place for the memory of each table, also of those that come with growth: huge pages, which spare large maps much of
         * each access's cost, or the nodes of memory in turn ({@link Placement#interleaved()}), which spreads the load. Needs native
         * access. The memory counts against a limit of its own then, see {@link Words#ofAuto(long, Placement)}; and its pages are
         * made when they are first touched, unless they are {@linkplain Placement#preTouched() pre-touched}, so that who begins a
         * growth does not wait for all of them. A map reads a place before it writes there, so huge pages are to be had from many
         * kernels only pre-touched, see {@link Placement#hugePages()}.
         *
         * @param placement of each table, without stripes. Where it cannot be had any more when the map is to grow, the map goes on at its
         *                  size and says so ({@link MapFullException}), unless it is a {@linkplain Placement#bestEffort() best effort}
         * @return this
         */
        public Builder placement(Placement placement) {
            Objects.requireNonNull(placement, "placement");
            memory = bytes -> Words.ofAuto(bytes, placement);
            return this;
        }

        /**
         * Creates the map.
         *
         * @return an empty map
         * @throws IllegalArgumentException if the first table would take more than {@link #maximumBytes(long)}
         * @throws OutOfMemoryError         if the memory is not to be had; see {@code -XX:MaxDirectMemorySize}
         * @throws UnsupportedOperationException if a place is asked for and cannot be had
         */
        public LongLongMap build() {
            long minimum = lines(minimumSize < 0 ? expectedSize : minimumSize);
            long lines = Math.max(minimum, lines(expectedSize));
            if (Table.bytes(lines) > maximumBytes) {
                throw new IllegalArgumentException(
                        "maximumBytes is too small for the first table: maximumBytes=" + maximumBytes + " needed="
                                + Table.bytes(lines) + " expectedSize=" + expectedSize + " minimumSize=" + minimumSize);
            }
            // Whoever chooses keys must not be able to choose colliding ones: each table of each map has a hash of its own.
            return new LongLongMap(
                    memory, () -> ThreadLocalRandom.current().nextLong(), new Transfer(), lines, minimum, maximumBytes);
        }

        private static long lines(long size) {
            return Math.max(SMALLEST_LINES, Table.linesFor(size));
        }

        private static long requireSize(String name, long size) {
            if (size < 0 || size > LARGEST_SIZE) {
                throw new IllegalArgumentException(name + " must be from 0 to 2^48: " + name + '=' + size);
            }
            return size;
        }
    }
}
