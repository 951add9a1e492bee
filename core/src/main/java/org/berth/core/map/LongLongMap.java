package org.berth.core.map;

import static org.berth.core.map.ValueCodec.ABSENT;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongBinaryOperator;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;
import org.agrona.collections.Long2LongHashMap;
import org.agrona.collections.LongLongConsumer;
import org.berth.core.internal.Cleaning;
import org.berth.core.reclaim.Reclaimer;
import org.berth.core.snapshot.Kind;
import org.berth.offheap.Words;
import org.berth.offheap.placement.Placement;
import org.berth.offheap.placement.PlacementReport;
import org.jspecify.annotations.Nullable;

/**
 * A lock-free, resizable hash map from {@code long} to {@code long}, off the heap.
 *
 * <p><b>Memory order: reads such as {@link #get} are acquire; an update that changes a mapping is volatile.</b>
 *
 * <p>Use this when many threads read and update {@code long} values under {@code long} keys, such as counters,
 * balances, stock or an index: no operation boxes, allocates on the heap, or blocks. Prefer {@link LongDoubleMap} for
 * {@code double} values; {@link ConcurrentHashMap} for objects; {@link LongAdder} for one counter, or {@code PerThread}
 * for counters with one writer per thread; {@link Long2LongHashMap} for a map of one thread.
 *
 * <p><b>Keys and values.</b> Every {@code long} is a legal key. Two values are reserved and cannot be stored: {@link
 * #missingValue}, which stands for "no mapping" in results, and its neighbour {@code missingValue() ^ 1}. They are
 * {@code Long.MIN_VALUE} and {@code Long.MIN_VALUE + 1} unless {@link Builder#missingValue} says otherwise. A method
 * throws {@link IllegalArgumentException} for an argument that is reserved, and {@link ArithmeticException} if a sum or
 * a function's result is. Only {@code remove}, {@code clear}, {@link #compute} and {@link #computeIfPresent} remove.
 *
 * <p><b>Functions.</b> A method that takes a function may call it several times, so it should have no side effects; one
 * that throws changes nothing. A function may update other keys and maps. One that changes the key that it is called
 * for would be called again for ever; its second change throws {@link IllegalStateException}.
 *
 * <p><b>Thread-safety.</b> Safe for use by any number of threads. Each operation on one key is atomic and linearizable.
 * A read that returns a value sees everything that the thread which stored it did before. Not atomic as a whole are the
 * methods on arrays, {@link #clear}, {@link #forEach}, {@link #size} and the statistics.
 *
 * <p><b>Progress.</b> Reads never write and never help a resize: they are wait-free outside a resize, and lock-free
 * during one. Updates are lock-free: no thread waits for another, not even for a suspended one, but in two cases. A
 * thread that finds no slot for a new key lets the threads that allocate the next table go first, for five
 * milliseconds; and one that finds no memory tries to get some back for a twentieth of a second, or a fifth while
 * another thread is about to free some, and is then refused. During a resize, a writer transfers a small range of the
 * table before its own work, or allocates a chunk of the next table, of two megabytes at most.
 *
 * <p>Once a megabyte of old tables has come together in the process, the writer that notices it frees them. For that it
 * makes a barrier for all threads, which takes some ten to a hundred microseconds. But where native access is not
 * granted, it waits until each thread of the JVM polls: one that copies or allocates an array of some hundred megabytes
 * meanwhile holds it up for up to a second. The system property {@code org.berth.barrier=fence} avoids that, at the
 * cost of some nanoseconds in each update.
 *
 * <p><b>Memory.</b> 16 bytes per slot, in tables of a power of two of slots. Mappings take between some 11 and 75
 * percent of them: about 21 to 145 bytes per mapping, and never more than 70 once {@link #finishResize} was called. A
 * removed key leaves a tombstone, which the next resize drops. During a resize both tables are allocated. Memory is
 * bounded by what is live, whatever the garbage collector does: beside the tables there is a megabyte of old tables in
 * the process or, of a map that is larger, one table that is spare; and one table for each thread that is stopped
 * inside an operation, and what open iterators hold ({@link MapStatistics#pinnedBytes()}). All maps together have the
 * limit {@code org.berth.maxMemoryBytes}, a system property, by default the JVM's {@code -XX:MaxDirectMemorySize}, or
 * the maximum size of the heap, or what the container allows if that is less. A map that is lost without being closed
 * is freed by the garbage collector.
 *
 * <p><b>Errors.</b> After {@link #close} every method that looks at the mappings throws {@link IllegalStateException};
 * an operation that is running meanwhile may still take effect. An operation on a new key throws {@link
 * MapFullException} if there is no free slot and no memory to grow. A call that throws changes nothing, except that the
 * methods on arrays may have done a part.
 *
 * <p><b>Source.</b> The description of the package gives the algorithm. Resizing by a transfer to a next table, with a
 * mark in each slot that is transferred, is Cliff Click's idea.
 */
public final class LongLongMap extends TableList implements AutoCloseable {

    /** The default of {@link #missingValue}: stands for "no mapping", and is not a legal value. */
    public static final long MISSING = Long.MIN_VALUE;

    private final Batch batch = new Batch();

    LongLongMap(MapMemory memory, Transfer transfer, MapOptions options) {
        super(memory, transfer, options);
    }

    /** {@return an empty map with the builder's defaults; small at first} */
    public static LongLongMap create() {
        return builder().build();
    }

    /** {@return a builder with the defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return the value that stands for "no mapping"; {@link #MISSING} by default} */
    public long missingValue() {
        return codec.missing;
    }

    /**
     * {@return the value associated with {@code key}, or {@link #missingValue}}
     *
     * @param key any
     */
    public long get(long key) {
        return codec.decode(getWord(key));
    }

    /**
     * {@return the value associated with {@code key}, or {@code defaultValue}}
     *
     * @param key          any
     * @param defaultValue any, reserved values included
     */
    public long getOrDefault(long key, long defaultValue) {
        long word = getWord(key);
        return word == ABSENT ? defaultValue : codec.decode(word);
    }

    /**
     * {@return whether there is a mapping for {@code key}}
     *
     * @param key any
     */
    public boolean containsKey(long key) {
        return getWord(key) != ABSENT;
    }

    /**
     * Atomically associates {@code value} with {@code key}, and returns the previous value.
     *
     * @param key   any
     * @param value any but a reserved one
     * @return the previous value, or {@link #missingValue}
     * @throws IllegalArgumentException if the value is reserved
     * @throws MapFullException         if the key is new and there is no slot for it
     */
    public long put(long key, long value) {
        return codec.decode(getAndSetWord(key, codec.encode(key, value)));
    }

    /**
     * Does the same as {@link #put}, under the name that the JDK's atomics have for it.
     *
     * @param key   any
     * @param value any but a reserved one
     * @return the previous value, or {@link #missingValue}
     */
    public long getAndSet(long key, long value) {
        return put(key, value);
    }

    /**
     * Atomically associates {@code value} with {@code key} if there is no mapping for it.
     *
     * @param key   any
     * @param value any but a reserved one
     * @return the present value, which stays, or {@link #missingValue} if there was none and {@code value} was stored
     * @throws IllegalArgumentException if the value is reserved
     * @throws MapFullException         if the key is new and there is no slot for it
     */
    public long putIfAbsent(long key, long value) {
        return codec.decode(compareAndExchangeWord(key, ABSENT, codec.encode(key, value)));
    }

    /**
     * Atomically replaces the value associated with {@code key} if there is one.
     *
     * @param key   any
     * @param value any but a reserved one
     * @return the previous value, or {@link #missingValue} if there was none and nothing was stored
     * @throws IllegalArgumentException if the value is reserved
     */
    public long replace(long key, long value) {
        long word = codec.encode(key, value);
        long before = getWord(key);
        while (before != ABSENT) {
            long witness = compareAndExchangeWord(key, before, word);
            if (witness == before) {
                break;
            }
            before = witness;
        }
        return codec.decode(before);
    }

    /**
     * Does the same as {@link #compareAndSet}, under the name that {@link ConcurrentMap} has for it, but never adds a
     * mapping.
     *
     * @param key      any
     * @param expected the expected value
     * @param value    the new value
     * @return true if the value was the expected one and was replaced
     * @throws IllegalArgumentException if one of the values is reserved
     */
    public boolean replace(long key, long expected, long value) {
        codec.encode(key, expected);
        return compareAndSet(key, expected, value);
    }

    /**
     * Atomically replaces the value associated with {@code key} if it is {@code expected}.
     *
     * @param key      any
     * @param expected the expected value; with {@link #missingValue}, adds a mapping if there is none
     * @param value    the new value; to remove the mapping, use {@link #remove(long, long)}
     * @return true if the value was the expected one and was replaced
     * @throws IllegalArgumentException if the new value is reserved, or the expected one is {@code missingValue() ^ 1}
     * @throws MapFullException         if no mapping is expected and there is no slot for the key
     */
    public boolean compareAndSet(long key, long expected, long value) {
        return compareAndExchange(key, expected, value) == expected;
    }

    /**
     * Does the same as {@link #compareAndSet}, and returns the witness value.
     *
     * @param key      any
     * @param expected the expected value, or {@link #missingValue}
     * @param value    the new value
     * @return the previous value, or {@code missingValue}; {@code value} was stored if and only if this is the expected
     *         one
     * @throws IllegalArgumentException as there
     * @throws MapFullException         as there
     */
    public long compareAndExchange(long key, long expected, long value) {
        long expectedWord = codec.encodeOrMissing(key, expected);
        return codec.decode(compareAndExchangeWord(key, expectedWord, codec.encode(key, value)));
    }

    /**
     * Atomically removes the mapping for {@code key}, if there is one.
     *
     * @param key any
     * @return the previous value, or {@link #missingValue}
     */
    public long remove(long key) {
        return codec.decode(removeWord(key));
    }

    /**
     * Atomically removes the mapping for {@code key} if its value is {@code expected}.
     *
     * @param key      any
     * @param expected the expected value
     * @return true if the value was the expected one and the mapping was removed
     * @throws IllegalArgumentException if the value is reserved
     */
    public boolean remove(long key, long expected) {
        long word = codec.encode(key, expected);
        return compareAndExchangeWord(key, word, ABSENT) == word;
    }

    /**
     * Atomically adds {@code delta} to the value associated with {@code key}, and returns the previous value. A key
     * without a mapping counts as 0 and gets one. Overflow wraps around.
     *
     * @param key   any
     * @param delta to add
     * @return the previous value, 0 if there was none
     * @throws ArithmeticException if the sum is a reserved value
     * @throws MapFullException    if the key is new and there is no slot for it
     */
    public long getAndAdd(long key, long delta) {
        long before = getAndAddWord(key, delta);
        return before == ABSENT ? 0 : codec.decode(before);
    }

    /**
     * Atomically adds {@code delta} as {@link #getAndAdd} does, and returns the new value.
     *
     * @param key   any
     * @param delta to add
     * @return the sum
     */
    public long addAndGet(long key, long delta) {
        return getAndAdd(key, delta) + delta;
    }

    /**
     * Atomically adds {@code delta} as {@link #getAndAdd} does, if the sum is within bounds, such as a stock of which
     * no more can be sold than there is: {@code tryAdd(key, -1, 0, Long.MAX_VALUE)}. A sum that overflows is not.
     *
     * @param key   any
     * @param delta to add
     * @param min   the smallest sum
     * @param max   the largest sum
     * @return true if it was added; false if nothing was changed, and no mapping made
     * @throws IllegalArgumentException if {@code min} is greater than {@code max}
     * @throws ArithmeticException      if the sum is within bounds and a reserved value
     * @throws MapFullException         if the key is new and there is no slot for it
     */
    public boolean tryAdd(long key, long delta, long min, long max) {
        if (min > max) {
            throw new IllegalArgumentException("min is greater than max: min=" + min + " max=" + max);
        }
        long word = getWord(key);
        while (true) {
            long before = word == ABSENT ? 0 : codec.decode(word);
            long sum = before + delta;
            boolean overflow = ((before ^ sum) & (delta ^ sum)) < 0;
            if (overflow || sum < min || sum > max) {
                return false;
            }
            long witness = compareAndExchangeWord(key, word, codec.add(key, word, delta));
            if (witness == word) {
                return true;
            }
            word = witness;
        }
    }

    /**
     * Atomically replaces the value associated with {@code key} by a function's result, and returns it.
     *
     * @param key       any
     * @param ifMissing what the function gets if there is no mapping, reserved values included
     * @param function  from the present value to the new one
     * @return the new value
     * @throws ArithmeticException if the function returned a reserved value
     * @throws MapFullException    if the key is new and there is no slot for it
     */
    public long updateAndGet(long key, long ifMissing, LongUnaryOperator function) {
        return FunctionUpdate.UPDATE_AND_GET.apply(this, key, ifMissing, function);
    }

    /**
     * Does the same as {@link #updateAndGet}, and returns the previous value.
     *
     * @param key       any
     * @param ifMissing what the function gets if there is no mapping, reserved values included
     * @param function  from the present value to the new one
     * @return the previous value, {@code ifMissing} if there was none
     * @throws ArithmeticException if the function returned a reserved value
     * @throws MapFullException    if the key is new and there is no slot for it
     */
    public long getAndUpdate(long key, long ifMissing, LongUnaryOperator function) {
        return FunctionUpdate.GET_AND_UPDATE.apply(this, key, ifMissing, function);
    }

    /**
     * Atomically replaces the value associated with {@code key} by a function's result, if there is a mapping.
     *
     * @param key      any
     * @param function from the present value to the new one; not called if there is none
     * @return the new value, or {@link #missingValue} if there was none
     * @throws ArithmeticException if the function returned a reserved value
     */
    public long updateIfPresent(long key, LongUnaryOperator function) {
        return FunctionUpdate.UPDATE_IF_PRESENT.apply(this, key, codec.missing, function);
    }

    /**
     * Does the same as {@link #updateIfPresent}, but removes the mapping if the function returns {@link #missingValue}.
     *
     * @param key      any
     * @param function from the present value to the new one, or {@code missingValue}; not called if there is none
     * @return the new value, or {@code missingValue}
     * @throws ArithmeticException if the function returned {@code missingValue() ^ 1}
     */
    public long computeIfPresent(long key, LongUnaryOperator function) {
        return FunctionUpdate.COMPUTE_IF_PRESENT.apply(this, key, codec.missing, function);
    }

    /**
     * Atomically replaces the value associated with {@code key} by a function's result, or removes the mapping if that
     * is {@link #missingValue}. The function must test for {@code missingValue} before it computes with its argument.
     *
     * @param key      any
     * @param function from the present value, or {@code missingValue}, to the new one, or {@code missingValue}
     * @return the new value, or {@code missingValue}
     * @throws ArithmeticException if the function returned {@code missingValue() ^ 1}
     * @throws MapFullException    if the key is new and there is no slot for it
     */
    public long compute(long key, LongUnaryOperator function) {
        return FunctionUpdate.COMPUTE.apply(this, key, codec.missing, function);
    }

    /**
     * Atomically stores {@code value} or, if there is a mapping, a function's result. Never removes the mapping.
     *
     * @param key      any
     * @param value    any but a reserved one
     * @param function from the present value and {@code value} to the new one
     * @return the new value
     * @throws IllegalArgumentException if {@code value} is reserved
     * @throws ArithmeticException      if the function returned a reserved value
     * @throws MapFullException         if the key is new and there is no slot for it
     */
    public long merge(long key, long value, LongBinaryOperator function) {
        codec.encode(key, value);
        return FunctionUpdate.MERGE.apply(this, key, value, function);
    }

    /**
     * Associates a function's result with {@code key} if there is no mapping; the step that stores it is atomic.
     *
     * @param key      any
     * @param function from the key to the value, or {@link #missingValue} for no mapping; not called if there is one;
     *                 its result is dropped if another thread stores a value meanwhile
     * @return the present value, old or new, or {@code missingValue}
     * @throws ArithmeticException if the function returned {@code missingValue() ^ 1}
     * @throws MapFullException    if the key is new and there is no slot for it
     */
    public long computeIfAbsent(long key, LongUnaryOperator function) {
        Objects.requireNonNull(function, "function");
        long word = getWord(key);
        if (word != ABSENT) {
            return codec.decode(word);
        }
        long value = function.applyAsLong(key);
        long computed = codec.encodeResult(key, value, true);
        if (computed == ABSENT) {
            return value;
        }
        word = compareAndExchangeWord(key, ABSENT, computed);
        return word == ABSENT ? value : codec.decode(word);
    }

    /**
     * Reads the values of many keys. Faster than one by one where the map exceeds the cache, as the misses overlap.
     *
     * @param keys   any
     * @param values gets the value of each key, or {@link #missingValue}, at the index of the key
     * @throws IllegalArgumentException if the lengths differ
     */
    public void getAll(long[] keys, long[] values) {
        batch.getAll(this, keys, values, 0, Batch.requireSameLength(keys, values));
    }

    /**
     * The same for a range of two arrays, as of a buffer that is filled in part; see {@link #getAll(long[], long[])}.
     *
     * @param keys   any
     * @param values as there, at the same index
     * @param from   the first index
     * @param to     the index after the last
     * @throws IndexOutOfBoundsException if the range is not inside both arrays; nothing was done
     */
    public void getAll(long[] keys, long[] values, int from, int to) {
        batch.getAll(this, keys, values, from, to);
    }

    /**
     * Calls {@link #put} for many keys, in the order of the array. Faster than one by one, as {@link #getAll(long[],
     * long[])} is.
     *
     * @param keys   any
     * @param values the new value of the key at the same index
     * @throws IllegalArgumentException if the lengths differ or a value is reserved; nothing was stored
     * @throws MapFullException         if a key is new and there is no slot for it; the values before it were stored
     */
    public void putAll(long[] keys, long[] values) {
        batch.putAll(this, keys, values, 0, Batch.requireSameLength(keys, values));
    }

    /**
     * The same for a range of two arrays, as of a buffer that is filled in part; see {@link #putAll(long[], long[])}.
     *
     * @param keys   any
     * @param values as there, at the same index
     * @param from   the first index
     * @param to     the index after the last
     * @throws IndexOutOfBoundsException if the range is not inside both arrays; nothing was done
     */
    public void putAll(long[] keys, long[] values, int from, int to) {
        batch.putAll(this, keys, values, from, to);
    }

    /**
     * Calls {@link #getAndAdd} for many keys, in the order of the array. Faster than one by one, as {@link
     * #getAll(long[], long[])} is.
     *
     * @param keys   any
     * @param deltas to add to the value of the key at the same index
     * @throws IllegalArgumentException if the lengths differ; nothing was added
     * @throws ArithmeticException      if a sum is a reserved value; the deltas before it were added
     * @throws MapFullException         if a key is new and there is no slot for it; the deltas before it were added
     */
    public void addAll(long[] keys, long[] deltas) {
        batch.addAll(this, keys, deltas, 0, Batch.requireSameLength(keys, deltas));
    }

    /**
     * The same for a range of two arrays, as of a buffer that is filled in part; see {@link #addAll(long[], long[])}.
     *
     * @param keys   any
     * @param deltas as there, at the same index
     * @param from   the first index
     * @param to     the index after the last
     * @throws IndexOutOfBoundsException if the range is not inside both arrays; nothing was done
     */
    public void addAll(long[] keys, long[] deltas, int from, int to) {
        batch.addAll(this, keys, deltas, from, to);
    }

    /**
     * Calls {@link #remove(long)} for many keys. Faster than one by one, as {@link #getAll(long[], long[])} is.
     *
     * @param keys any
     * @return the number of mappings that were removed
     */
    public int removeAll(long[] keys) {
        return batch.removeAll(this, keys, 0, keys.length);
    }

    /**
     * The same for a range of an array; see {@link #removeAll(long[])}.
     *
     * @param keys any
     * @param from the first index
     * @param to   the index after the last
     * @return the number of mappings that were removed
     * @throws IndexOutOfBoundsException if the range is not inside the array; nothing was done
     */
    public int removeAll(long[] keys, int from, int to) {
        return batch.removeAll(this, keys, from, to);
    }

    /**
     * Performs an action for each mapping, in no order. Weakly consistent: a mapping that exists throughout is met
     * exactly once, also during a resize; one that comes or goes meanwhile is met at most once.
     *
     * @param action gets each key and its value; may update the map
     */
    public void forEach(LongLongConsumer action) {
        Objects.requireNonNull(action, "action");
        try (Traversal mappings = new Traversal(this)) {
            while (mappings.advance()) {
                action.accept(mappings.key(), mappings.value());
            }
        }
    }

    /** {@return the number of mappings, counted slot by slot} Exact if no thread updates the map meanwhile. */
    public long size() {
        return Traversal.count(this);
    }

    /** {@return whether a traversal meets no mapping} Exact if no thread updates the map meanwhile. */
    public boolean isEmpty() {
        try (Traversal mappings = new Traversal(this)) {
            return !mappings.advance();
        }
    }

    /** Removes each mapping that exists throughout, not those that come meanwhile. Not atomic. */
    public void clear() {
        try (Traversal mappings = new Traversal(this)) {
            while (mappings.advance()) {
                mappings.remove();
            }
        }
        shrinkToFit();
    }

    /**
     * Saves a snapshot of the map to a file, while other threads use the map.
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
     * takes the time that the device takes, holds up no other thread, and needs some 64 KiB. Tables that a
     * resize replaces meanwhile are held until its end.
     *
     * @param path of the file; its directory must exist
     * @throws IOException           if the file cannot be written, as the device is full, or if the thread is
     *                               interrupted. An older file is unchanged, and nothing else is left
     * @throws IllegalStateException if the map is closed before the end of the call; as there
     */
    public void save(Path path) throws IOException {
        MapSnapshot.save(this, Kind.LONG_LONG, path);
    }

    /**
     * Puts the mappings of a file that {@link #save} has written into this map. A mapping whose key the map has is
     * replaced, and what else is in the map stays.
     *
     * <p>The file is read twice: first it is checked from its begin to its end, and then its mappings are put one by
     * one, as {@link #put} does it, so that other threads see them come. A file that is damaged, cut off or no snapshot
     * is refused with the offset of what is wrong, and nothing is put.
     *
     * <p><b>Thread-safety:</b> other threads may use the map. The call takes the time that the device takes, and an
     * interruption does not end it.
     *
     * @param path of the file
     * @return the number of mappings of the file
     * @throws IOException              if the file cannot be read, or is refused. Nothing was put, unless the message
     *                                  has {@code loaded=}: the file has changed, or the device failed, between the
     *                                  two readings
     * @throws IllegalArgumentException if it is of another kind of map, or of one with another
     *                                  {@link #missingValue}; nothing was put
     * @throws MapFullException         if there is no memory for a mapping. Those before it, whose number is in the
     *                                  message, were put, and the map stays usable
     * @throws IllegalStateException    if the map is closed before the end of the call
     */
    public long load(Path path) throws IOException {
        return MapSnapshot.load(this, Kind.LONG_LONG, path);
    }

    /**
     * Transfers all that a resize has left to transfer, and lets the map shrink if it is sparse. Writers do this as
     * they go; call it when there are none: reads then need not look at two tables, and memory is freed.
     *
     * @return true if no resize is under way any more; false if other threads are still transferring
     * @throws MapFullException if the resize cannot be finished for want of memory
     */
    public boolean finishResize() {
        return finishTransfers();
    }

    /** {@return the number of slots of the newest table} Not all of them can be occupied, as a resize begins before. */
    public long capacity() {
        return openRoot().newest().buckets() * Table.SLOTS_PER_BUCKET;
    }

    /** {@return the off-heap bytes of the tables} Two tables or more during a resize; retired ones do not count. */
    public long memoryBytes() {
        openRoot();
        return listedBytes();
    }

    /**
     * {@return where the memory of the newest table is} See {@link Words#placementReport(long, long)}.
     *
     * @throws UnsupportedOperationException if the kernel cannot be asked
     */
    public PlacementReport placementReport() {
        return Traversal.placementReport(this);
    }

    /** {@return statistics, counted slot by slot, in time proportional to the capacity} */
    public MapStatistics statistics() {
        return MapStatistics.of(this);
    }

    /**
     * {@return a view of this map, for code that asks for a {@code ConcurrentMap}} It boxes. It refuses null, and
     * reserved values as this map does. Its iterators are weakly consistent, as {@link #forEach} is.
     */
    public ConcurrentMap<Long, Long> asConcurrentMap() {
        return new ConcurrentMapView(this);
    }

    /** {@return whether {@link #close} was called} */
    public boolean isClosed() {
        return root == null;
    }

    /**
     * Closes the map: later calls throw {@link IllegalStateException}. Its memory is given back before this returns or,
     * if a thread is inside an operation, soon after that has ended; small maps are freed together, before they take a
     * megabyte. Closing again has no effect.
     */
    @Override
    public void close() {
        closeTables();
    }

    @Override
    public String toString() {
        Table table = root;
        return table == null
                ? "LongLongMap[closed]"
                : "LongLongMap[capacity=" + table.newest().buckets() * Table.SLOTS_PER_BUCKET + " bytes="
                        + listedBytes() + "]";
    }

    /** Builds a {@link LongLongMap}. Not thread-safe. */
    public static final class Builder {

        /** A page's worth: a smaller table would save little, and be rehashed often. */
        private static final long SMALLEST_BUCKETS = 64;

        /** So that bytes do not overflow; no machine has as much memory. */
        private static final long LARGEST_SIZE = Table.LARGEST_SIZE;

        private long expectedSize;
        private long minimumSize = -1;
        private long maximumBytes = -1;
        private long missingValue = MISSING;
        private @Nullable Placement placement;

        private Builder() {}

        /**
         * Sets the number of mappings that the map holds without growing.
         *
         * @param size from 0 to 2^48; 0 by default
         * @return this
         * @throws IllegalArgumentException if it is not
         */
        public Builder expectedSize(long size) {
            expectedSize = requireSize("expectedSize", size);
            return this;
        }

        /**
         * Sets the number of mappings for which there is always room: the map does not shrink below. If that is less
         * than the expected size, the map may shrink at the first removal.
         *
         * @param size from 0 to 2^48; the expected size by default
         * @return this
         * @throws IllegalArgumentException if it is not
         */
        public Builder minimumSize(long size) {
            minimumSize = requireSize("minimumSize", size);
            return this;
        }

        /**
         * Limits the memory of the map: of its tables, at 16 bytes per slot, of old tables that are not reclaimed yet,
         * and of what is spare. A resize that would take more does not happen; see {@link MapFullException}. Growth and
         * the dropping of tombstones need the old table and the next one at once. So allow at least twice what the
         * table takes that holds the mappings, and once more for each thread that may be stopped inside an operation.
         *
         * @param bytes 1 or more; by default the maximum size of the heap
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
         * Sets the value that stands for "no mapping". Choose one that no value, sum or function's result ever is: it
         * and {@code value ^ 1} cannot be stored.
         *
         * @param value any; {@link LongLongMap#MISSING} by default
         * @return this
         */
        public Builder missingValue(long value) {
            missingValue = value;
            return this;
        }

        /**
         * Sets the placement of the memory of each table, also of those that a resize allocates: huge pages, which make
         * accesses to a large map cheaper, or the memory nodes in turn ({@link Placement#interleaved()}), which spreads
         * the load. Needs native access. Its pages are made on first touch, unless they are {@linkplain
         * Placement#preTouched() pre-touched}, so that the thread that begins a resize does not wait for all of them. A
         * map reads a slot before it writes there, so many kernels give huge pages only to pre-touched memory, see
         * {@link Placement#hugePages()}.
         *
         * @param placement of each table, without stripes. If it is refused when the map is to grow, the map goes on at
         *                  its size ({@link MapFullException}), unless it is {@linkplain Placement#bestEffort()
         *                  best effort}
         * @return this
         */
        public Builder placement(Placement placement) {
            this.placement = Objects.requireNonNull(placement, "placement");
            return this;
        }

        /**
         * Builds the map.
         *
         * @return an empty map
         * @throws IllegalArgumentException      if the first table would take more than {@link #maximumBytes(long)}
         * @throws OutOfMemoryError              if the memory is beyond the limit of the process, or refused by the
         *                                       system
         * @throws UnsupportedOperationException if the placement is refused
         */
        public LongLongMap build() {
            long minimum = buckets(minimumSize < 0 ? expectedSize : minimumSize);
            long buckets = Math.max(minimum, buckets(expectedSize));
            long limit = maximumBytes < 0 ? Runtime.getRuntime().maxMemory() : maximumBytes;
            if (Table.bytes(buckets) > limit) {
                throw tooSmall(limit, Table.bytes(buckets));
            }
            // Each table of each map has a secret hash of its own, so that an attacker cannot choose colliding keys.
            LongSupplier seeds = () -> ThreadLocalRandom.current().nextLong();
            MapMemory memory = new MapMemory(
                    ChunkSource.regions(placement),
                    ChunkSource.chunkBytes(),
                    limit,
                    Reclaimer.PROCESS,
                    // Memory with a placement is not for maps without.
                    placement == null ? SpareChunks.PROCESS : new SpareChunks(0));
            MapOptions options =
                    new MapOptions(seeds, buckets, minimum, MapOptions.ORDERED_BYTES, new ValueCodec(missingValue));
            LongLongMap map = new LongLongMap(memory, new Transfer(), options);
            // A map that is lost without being closed.
            boolean registered = false;
            try {
                Cleaning.CLEANER.register(map, memory::close);
                registered = true;
                return map;
            } finally {
                if (!registered) {
                    map.close();
                }
            }
        }

        private IllegalArgumentException tooSmall(long limit, long needed) {
            return new IllegalArgumentException("first table would exceed maximumBytes: needed=" + needed
                    + " maximumBytes=" + limit + " expectedSize=" + expectedSize
                    + (minimumSize < 0 ? "" : " minimumSize=" + minimumSize)
                    + (maximumBytes < 0
                            ? "; the limit is the default, the maximum size of the heap (-Xmx): set"
                            : "; set")
                    + " a larger maximumBytes, or a smaller expectedSize or minimumSize");
        }

        private static long buckets(long size) {
            return Math.max(SMALLEST_BUCKETS, Table.bucketsFor(size));
        }

        private static long requireSize(String name, long size) {
            if (size < 0 || size > LARGEST_SIZE) {
                throw new IllegalArgumentException(name + " must be from 0 to 2^48: " + name + '=' + size);
            }
            return size;
        }
    }
}
