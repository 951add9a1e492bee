package org.berth.core.map;

import static org.berth.core.map.ValueCodec.ABSENT;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.berth.core.snapshot.Kind;
import org.berth.offheap.placement.Placement;

/**
 * A lock-free, resizable hash map from {@code long} to {@code double}, off the heap.
 *
 * <p><b>Memory order: reads such as {@link #get} are acquire; an update that changes a mapping is volatile.</b>
 *
 * <p>Use this when many threads read and update {@code double} values under {@code long} keys, such as prices, weights
 * or sums. Prefer {@link LongLongMap} for amounts of money, in the smallest unit: sums of {@code double}s are rounded,
 * and depend on the order of the additions.
 *
 * <p><b>Keys and values.</b> Every key and every value is legal: zeros of both signs, infinities and NaN. A NaN that is
 * stored is read as {@link Double#NaN}, whatever its bits were. Methods that return a value return NaN for "no
 * mapping"; where NaN is stored, too, {@link #containsKey} tells them apart. Values are compared by their bits, as
 * {@link Double#equals} compares: 0.0 is not -0.0, and NaN is NaN.
 *
 * <p><b>Everything else</b> is as in the {@link LongLongMap} that holds the bits of the values: thread-safety,
 * progress, memory, errors, and the rules for functions. Reads, {@code put}, CAS and additions allocate nothing.
 */
public final class LongDoubleMap implements AutoCloseable {

    /** An operation on a mapping; see {@link #forEach}. */
    @FunctionalInterface
    public interface LongDoubleConsumer {

        /**
         * Performs the operation.
         *
         * @param key   of the mapping
         * @param value of the mapping
         */
        void accept(long key, double value);
    }

    /** The bits of a NaN that {@code doubleToLongBits} never returns. Nor does it return the bits of its neighbour. */
    private static final long MISSING_BITS = -1;

    private final LongLongMap map;

    private LongDoubleMap(LongLongMap map) {
        this.map = map;
    }

    /** {@return an empty map with the builder's defaults; small at first} */
    public static LongDoubleMap create() {
        return builder().build();
    }

    /** {@return a builder with the defaults} */
    public static Builder builder() {
        return new Builder();
    }

    private static long bits(double value) {
        return Double.doubleToLongBits(value);
    }

    private static double value(long bits) {
        return Double.longBitsToDouble(bits);
    }

    /**
     * {@return the value associated with {@code key}, or NaN}
     *
     * @param key any
     */
    public double get(long key) {
        return value(map.get(key));
    }

    /**
     * {@return the value associated with {@code key}, or {@code defaultValue}}
     *
     * @param key          any
     * @param defaultValue any
     */
    public double getOrDefault(long key, double defaultValue) {
        long bits = map.get(key);
        return bits == MISSING_BITS ? defaultValue : value(bits);
    }

    /**
     * {@return whether there is a mapping for {@code key}}
     *
     * @param key any
     */
    public boolean containsKey(long key) {
        return map.containsKey(key);
    }

    /**
     * Atomically associates {@code value} with {@code key}, and returns the previous value.
     *
     * @param key   any
     * @param value any
     * @return the previous value, or NaN
     * @throws MapFullException if the key is new and there is no slot for it; so do all methods that add a mapping
     */
    public double put(long key, double value) {
        return value(map.put(key, bits(value)));
    }

    /**
     * Does the same as {@link #put}, under the name that the JDK's atomics have for it.
     *
     * @param key   any
     * @param value any
     * @return the previous value, or NaN
     */
    public double getAndSet(long key, double value) {
        return put(key, value);
    }

    /**
     * Atomically associates {@code value} with {@code key} if there is no mapping for it.
     *
     * @param key   any
     * @param value any
     * @return the present value, which stays, or NaN if there was none and {@code value} was stored
     */
    public double putIfAbsent(long key, double value) {
        return value(map.putIfAbsent(key, bits(value)));
    }

    /**
     * Atomically removes the mapping for {@code key}, if there is one.
     *
     * @param key any
     * @return the previous value, or NaN
     */
    public double remove(long key) {
        return value(map.remove(key));
    }

    /**
     * Atomically replaces the value associated with {@code key} if it has the bits of {@code expected}. Never adds a
     * mapping, for which there is {@link #putIfAbsent}.
     *
     * @param key      any
     * @param expected the expected value
     * @param value    the new value
     * @return true if the value was the expected one and was replaced
     */
    public boolean compareAndSet(long key, double expected, double value) {
        return map.compareAndSet(key, bits(expected), bits(value));
    }

    /**
     * Atomically adds {@code delta} to the value associated with {@code key}, and returns the previous value. A key
     * without a mapping counts as 0.0 and gets one.
     *
     * @param key   any
     * @param delta to add
     * @return the previous value, 0.0 if there was none
     */
    public double getAndAdd(long key, double delta) {
        long word = map.getWord(key);
        while (true) {
            double before = addend(word);
            long witness = map.compareAndExchangeWord(key, word, map.codec.encode(key, bits(before + delta)));
            if (witness == word) {
                return before;
            }
            word = witness;
        }
    }

    /**
     * Atomically adds {@code delta} as {@link #getAndAdd} does, and returns the new value.
     *
     * @param key   any
     * @param delta to add
     * @return the sum
     */
    public double addAndGet(long key, double delta) {
        return getAndAdd(key, delta) + delta;
    }

    /**
     * Atomically adds {@code delta} as {@link #getAndAdd} does, if the sum is within bounds, by {@code <=}. NaN is not.
     *
     * @param key   any
     * @param delta to add
     * @param min   the smallest sum
     * @param max   the largest sum
     * @return true if it was added; false if nothing was changed, and no mapping made
     * @throws IllegalArgumentException if {@code min} is greater than {@code max}, or one of them is NaN
     */
    public boolean tryAdd(long key, double delta, double min, double max) {
        if (!(min <= max)) {
            throw new IllegalArgumentException("min must not be greater than max: min=" + min + " max=" + max);
        }
        long word = map.getWord(key);
        while (true) {
            double sum = addend(word) + delta;
            if (!(sum >= min && sum <= max)) {
                return false;
            }
            long witness = map.compareAndExchangeWord(key, word, map.codec.encode(key, bits(sum)));
            if (witness == word) {
                return true;
            }
            word = witness;
        }
    }

    private double addend(long word) {
        return word == ABSENT ? 0 : value(map.codec.decode(word));
    }

    /**
     * Atomically replaces the value associated with {@code key} by a function's result, and returns it.
     *
     * @param key       any
     * @param ifMissing what the function gets if there is no mapping
     * @param function  from the present value to the new one; may be called several times
     * @return the new value
     */
    public double updateAndGet(long key, double ifMissing, DoubleUnaryOperator function) {
        return value(FunctionUpdate.UPDATE_AND_GET.applyToDouble(map, key, bits(ifMissing), function));
    }

    /**
     * Does the same as {@link #updateAndGet}, and returns the previous value.
     *
     * @param key       any
     * @param ifMissing what the function gets if there is no mapping
     * @param function  from the present value to the new one; may be called several times
     * @return the previous value, {@code ifMissing} if there was none
     */
    public double getAndUpdate(long key, double ifMissing, DoubleUnaryOperator function) {
        return value(FunctionUpdate.GET_AND_UPDATE.applyToDouble(map, key, bits(ifMissing), function));
    }

    /**
     * Atomically replaces the value associated with {@code key} by a function's result, if there is a mapping.
     *
     * @param key      any
     * @param function from the present value to the new one; not called if there is none; may be called several times
     * @return the new value, or NaN if there was none
     */
    public double updateIfPresent(long key, DoubleUnaryOperator function) {
        return value(FunctionUpdate.UPDATE_IF_PRESENT.applyToDouble(map, key, map.missingValue(), function));
    }

    /**
     * Atomically stores {@code value} or, if there is a mapping, a function's result.
     *
     * @param key      any
     * @param value    any
     * @param function from the present value and {@code value} to the new one; may be called several times
     * @return the new value
     */
    public double merge(long key, double value, DoubleBinaryOperator function) {
        return value(FunctionUpdate.MERGE.applyToDouble(map, key, bits(value), function));
    }

    /**
     * Performs an action for each mapping, in no order; see {@link LongLongMap#forEach}.
     *
     * @param action gets each key and its value; may update the map
     */
    public void forEach(LongDoubleConsumer action) {
        Objects.requireNonNull(action, "action");
        map.forEach((key, bits) -> action.accept(key, value(bits)));
    }

    /** {@return the number of mappings, counted slot by slot} Exact if no thread updates the map meanwhile. */
    public long size() {
        return map.size();
    }

    /** {@return whether a traversal meets no mapping} Exact if no thread updates the map meanwhile. */
    public boolean isEmpty() {
        return map.isEmpty();
    }

    /** Removes each mapping that exists throughout, not those that come meanwhile. Not atomic. */
    public void clear() {
        map.clear();
    }

    /**
     * Saves a snapshot of the map to a file, while other threads use the map; see {@link LongLongMap#save}.
     *
     * @param path of the file; its directory must exist
     * @throws IOException           if the file cannot be written, as the device is full, or if the thread is
     *                               interrupted. An older file is unchanged, and nothing else is left
     * @throws IllegalStateException if the map is closed before the end of the call; as there
     */
    public void save(Path path) throws IOException {
        MapSnapshot.save(map, Kind.LONG_DOUBLE, path);
    }

    /**
     * Puts the mappings of a file that {@link #save} has written into this map; see {@link LongLongMap#load}.
     *
     * @param path of the file
     * @return the number of mappings of the file
     * @throws IOException              if the file cannot be read, or is damaged, cut off or no snapshot; as there
     * @throws IllegalArgumentException if it is of another kind of map; nothing was put
     * @throws MapFullException         if there is no memory for a mapping; as there
     * @throws IllegalStateException    if the map is closed before the end of the call
     */
    public long load(Path path) throws IOException {
        return MapSnapshot.load(map, Kind.LONG_DOUBLE, path);
    }

    /**
     * Transfers all that a resize has left to transfer; see {@link LongLongMap#finishResize}.
     *
     * @return true if no resize is under way any more; false if other threads are still transferring
     * @throws MapFullException if the resize cannot be finished for want of memory
     */
    public boolean finishResize() {
        return map.finishResize();
    }

    /** {@return the off-heap bytes of the tables} Two tables or more during a resize; retired ones do not count. */
    public long memoryBytes() {
        return map.memoryBytes();
    }

    /** {@return statistics, counted slot by slot, in time proportional to the capacity} */
    public MapStatistics statistics() {
        return map.statistics();
    }

    /** {@return whether {@link #close} was called} */
    public boolean isClosed() {
        return map.isClosed();
    }

    /** Closes the map; see {@link LongLongMap#close}. Closing again has no effect. */
    @Override
    public void close() {
        map.close();
    }

    @Override
    public String toString() {
        return map.toString().replace("LongLongMap", "LongDoubleMap");
    }

    /** Builds a {@link LongDoubleMap}. Not thread-safe. */
    public static final class Builder {

        private final LongLongMap.Builder map = LongLongMap.builder().missingValue(MISSING_BITS);

        private Builder() {}

        /**
         * Sets the number of mappings that the map holds without growing.
         *
         * @param size from 0 to 2^48; 0 by default
         * @return this
         * @throws IllegalArgumentException if it is not
         */
        public Builder expectedSize(long size) {
            map.expectedSize(size);
            return this;
        }

        /**
         * Sets the number of mappings for which there is always room; see {@link LongLongMap.Builder#minimumSize}.
         *
         * @param size from 0 to 2^48; the expected size by default
         * @return this
         * @throws IllegalArgumentException if it is not
         */
        public Builder minimumSize(long size) {
            map.minimumSize(size);
            return this;
        }

        /**
         * Limits the memory of the map's tables together; see {@link LongLongMap.Builder#maximumBytes}.
         *
         * @param bytes 1 or more
         * @return this
         * @throws IllegalArgumentException if it is not positive
         */
        public Builder maximumBytes(long bytes) {
            map.maximumBytes(bytes);
            return this;
        }

        /**
         * Sets the placement of the memory of each table; see {@link LongLongMap.Builder#placement}.
         *
         * @param placement of each table, without stripes
         * @return this
         */
        public Builder placement(Placement placement) {
            map.placement(placement);
            return this;
        }

        /**
         * Builds the map; see {@link LongLongMap.Builder#build}.
         *
         * @return an empty map
         * @throws IllegalArgumentException      if the first table would take more than the limit
         * @throws OutOfMemoryError              if the JVM refuses the memory
         * @throws UnsupportedOperationException if the placement is refused
         */
        public LongDoubleMap build() {
            return new LongDoubleMap(map.build());
        }
    }
}
