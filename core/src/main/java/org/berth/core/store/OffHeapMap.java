package org.berth.core.store;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.AbstractMap;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.berth.core.map.MapFullException;
import org.jspecify.annotations.Nullable;

/**
 * A {@link ConcurrentMap} off the heap: a {@link BytesMap} whose keys and values {@link Codec}s write and read.
 *
 * <pre>{@code
 * record Session(String user, long lastSeen) {}
 *
 * try (OffHeapMap<String, Session> sessions =
 *         OffHeapMap.builder(Codecs.ofString(), Codecs.ofRecord(Session.class)).build()) {
 *     sessions.put("f3a9", new Session("ada", 17));
 *     sessions.computeIfPresent("f3a9", (id, session) -> new Session(session.user(), 18));
 * }
 * }</pre>
 *
 * <p>Use this for more objects than a heap should hold: the garbage collector sees none of them. Each call copies: an
 * object that is put is written as bytes, and what {@code get} returns is a new object, whose changes the map does not
 * see. Prefer {@link BytesMap} where no object should be made, {@link org.berth.core.map.LongLongMap} where keys and
 * values are {@code long}s, and {@link java.util.concurrent.ConcurrentHashMap} where the heap is large enough.
 *
 * <p><b>Keys</b> are equal if their bytes are, see {@link Codec}. Values are compared by {@code equals}, after reading
 * them; arrays by their contents. A key of another type than the codec's throws {@link ClassCastException}, a key or a
 * value that is null throws {@link NullPointerException}.
 *
 * <p><b>Functions</b> of {@link #compute}, {@link #computeIfPresent}, {@link #merge} and {@link #replaceAll} are called
 * without a lock, and again if another thread changes the mapping meanwhile: one call's result is stored, in one step
 * with the value it was computed from. That of {@link #computeIfAbsent} is called once by each thread that finds no
 * mapping; the first result is stored, and returned to all. A function may use the map, but must not change the mapping
 * that it is called for: it would be called again for ever.
 *
 * <p><b>Thread-safety, memory order and progress</b> are those of {@link BytesMap}: methods for one key are
 * linearizable, reads acquire, updates are volatile, and nothing locks. Iterators, streams and the methods for all
 * mappings are weakly consistent: they meet each mapping that exists throughout once, and never throw {@link
 * java.util.ConcurrentModificationException}. {@link #size} counts, in time proportional to the size.
 *
 * <p><b>Memory:</b> that of a {@link BytesMap}, and on the heap buffers for some calls at a time: a few kilobytes,
 * and where values are large at most 768 KiB for each processor. {@link #close} frees it.
 *
 * <p><b>Errors:</b> a method for one mapping that throws has changed nothing, also if a codec or a function has thrown.
 * {@link MapFullException} and the others are those of {@link BytesMap}.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class OffHeapMap<K, V> extends AbstractMap<K, V> implements ConcurrentMap<K, V>, AutoCloseable {

    private final BytesMap bytes;
    final Codec<K> keyCodec;
    final Codec<V> valueCodec;
    final Scratch.Pool scratches = new Scratch.Pool();

    OffHeapMap(BytesMap bytes, Codec<K> keyCodec, Codec<V> valueCodec) {
        this.bytes = bytes;
        this.keyCodec = keyCodec;
        this.valueCodec = valueCodec;
    }

    /**
     * {@return a builder of maps}
     *
     * @param keyCodec   writes and reads keys
     * @param valueCodec writes and reads values
     * @param <K>        the type of the keys
     * @param <V>        the type of the values
     */
    public static <K, V> Builder<K, V> builder(Codec<K> keyCodec, Codec<V> valueCodec) {
        return new Builder<>(keyCodec, valueCodec);
    }

    /** Returns the scratch of a call, with its key. The call must release it. */
    @SuppressWarnings("unchecked") // the codec throws ClassCastException
    private Scratch begin(@Nullable Object key) {
        Objects.requireNonNull(key, "key");
        Scratch scratch = scratches.acquire();
        boolean begun = false;
        try {
            scratch.writeKey(keyCodec, (K) key);
            begun = true;
            return scratch;
        } finally {
            if (!begun) {
                scratch.release();
            }
        }
    }

    /** Returns the value of the key, or null if there is none. */
    private @Nullable V see(Scratch scratch) {
        scratch.see(bytes);
        int length = scratch.seenLength();
        return length == BytesMap.MISSING ? null : valueCodec.read(scratch.seen, 0, length);
    }

    /** Stores a value, or removes the mapping if it is null; returns false if the mapping is not the one seen. */
    private boolean replaceSeen(Scratch scratch, @Nullable V value) {
        if (value == null) {
            return scratch.remove(bytes);
        }
        scratch.writeNext(valueCodec, value);
        return scratch.store(bytes);
    }

    @Override
    public @Nullable V get(@Nullable Object key) {
        Scratch scratch = begin(key);
        try {
            @Nullable V value = see(scratch);
            bytes.records.count(value != null);
            return value;
        } finally {
            scratch.release();
        }
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
        Scratch scratch = begin(key);
        try {
            return bytes.containsKey(scratch.key, 0, scratch.keyLength());
        } finally {
            scratch.release();
        }
    }

    /**
     * Associates a value with a key, as {@link #put} does, without reading the value that it replaces, and so in less
     * time.
     *
     * @param key   the key
     * @param value the value
     * @throws MapFullException if there is no memory for it
     */
    public void set(K key, V value) {
        Objects.requireNonNull(value, "value");
        Scratch scratch = begin(key);
        try {
            scratch.writeNext(valueCodec, value);
            bytes.put(scratch.key, 0, scratch.keyLength(), scratch.next, 0, scratch.nextLength());
        } finally {
            scratch.release();
        }
    }

    /**
     * Associates a value with a key, for a time of its own, see {@link BytesMap.Builder#expireAfterWrite}.
     *
     * @param key      the key
     * @param value    the value
     * @param lifetime of the mapping, positive; {@link BytesMap.Builder#FOREVER} for no end
     * @throws MapFullException              if there is no memory for it
     * @throws UnsupportedOperationException if the map was built without lifetimes
     */
    public void set(K key, V value, Duration lifetime) {
        Objects.requireNonNull(value, "value");
        Scratch scratch = begin(key);
        try {
            scratch.writeNext(valueCodec, value);
            bytes.put(scratch.key, 0, scratch.keyLength(), scratch.next, 0, scratch.nextLength(), lifetime);
        } finally {
            scratch.release();
        }
    }

    @Override
    public @Nullable V put(K key, V value) {
        Objects.requireNonNull(value, "value");
        Scratch scratch = begin(key);
        try {
            scratch.writeNext(valueCodec, value);
            @Nullable V before;
            do {
                // Read before it is replaced: a codec that throws must not have changed anything.
                before = see(scratch);
            } while (!scratch.store(bytes));
            return before;
        } finally {
            scratch.release();
        }
    }

    @Override
    public @Nullable V putIfAbsent(K key, V value) {
        Objects.requireNonNull(value, "value");
        Scratch scratch = begin(key);
        try {
            @Nullable V before;
            do {
                before = see(scratch);
            } while (before == null && !replaceSeen(scratch, value));
            return before;
        } finally {
            scratch.release();
        }
    }

    @Override
    public @Nullable V replace(K key, V value) {
        Objects.requireNonNull(value, "value");
        Scratch scratch = begin(key);
        try {
            @Nullable V before;
            do {
                before = see(scratch);
            } while (before != null && !replaceSeen(scratch, value));
            return before;
        } finally {
            scratch.release();
        }
    }

    @Override
    public boolean replace(K key, V expected, V value) {
        Objects.requireNonNull(value, "value");
        return replaceIf(key, Objects.requireNonNull(expected, "expected"), value);
    }

    /** Stores a value, or removes the mapping if it is null, if the present one equals the expected one. */
    private boolean replaceIf(@Nullable Object key, Object expected, @Nullable V value) {
        Scratch scratch = begin(key);
        try {
            do {
                if (!Objects.deepEquals(expected, see(scratch))) {
                    return false;
                }
            } while (!replaceSeen(scratch, value));
            return true;
        } finally {
            scratch.release();
        }
    }

    @Override
    public @Nullable V remove(@Nullable Object key) {
        Scratch scratch = begin(key);
        try {
            @Nullable V before;
            do {
                before = see(scratch);
            } while (!scratch.remove(bytes));
            return before;
        } finally {
            scratch.release();
        }
    }

    @Override
    public boolean remove(@Nullable Object key, @Nullable Object value) {
        Objects.requireNonNull(key, "key");
        return value != null && replaceIf(key, value, null);
    }

    /** Removes a mapping without reading its value; returns whether there was one. */
    boolean removeKey(@Nullable Object key) {
        Scratch scratch = begin(key);
        try {
            return bytes.remove(scratch.key, 0, scratch.keyLength());
        } finally {
            scratch.release();
        }
    }

    @Override
    public @Nullable V computeIfAbsent(K key, Function<? super K, ? extends @Nullable V> function) {
        Objects.requireNonNull(function, "function");
        Scratch scratch = begin(key);
        try {
            @Nullable V present = see(scratch);
            bytes.records.count(present != null);
            if (present != null) {
                return present;
            }
            @Nullable V computed = function.apply(key);
            if (computed == null) {
                return null;
            }
            while (!replaceSeen(scratch, computed)) {
                present = see(scratch);
                if (present != null) {
                    return present;
                }
            }
            return computed;
        } finally {
            scratch.release();
        }
    }

    @Override
    public @Nullable V computeIfPresent(K key, BiFunction<? super K, ? super V, ? extends @Nullable V> function) {
        Objects.requireNonNull(function, "function");
        Scratch scratch = begin(key);
        try {
            @Nullable V computed;
            do {
                @Nullable V before = see(scratch);
                if (before == null) {
                    return null;
                }
                computed = function.apply(key, before);
            } while (!replaceSeen(scratch, computed));
            return computed;
        } finally {
            scratch.release();
        }
    }

    @Override
    public @Nullable V compute(K key, BiFunction<? super K, ? super @Nullable V, ? extends @Nullable V> function) {
        Objects.requireNonNull(function, "function");
        Scratch scratch = begin(key);
        try {
            @Nullable V computed;
            do {
                computed = function.apply(key, see(scratch));
            } while (!replaceSeen(scratch, computed));
            return computed;
        } finally {
            scratch.release();
        }
    }

    @Override
    public @Nullable V merge(K key, V value, BiFunction<? super V, ? super V, ? extends @Nullable V> function) {
        Objects.requireNonNull(value, "value");
        Objects.requireNonNull(function, "function");
        Scratch scratch = begin(key);
        try {
            @Nullable V merged;
            do {
                @Nullable V before = see(scratch);
                merged = before == null ? value : function.apply(before, value);
            } while (!replaceSeen(scratch, merged));
            return merged;
        } finally {
            scratch.release();
        }
    }

    @Override
    public void replaceAll(BiFunction<? super K, ? super V, ? extends V> function) {
        Objects.requireNonNull(function, "function");
        MappingCursor cursor = cursor();
        while (cursor.advance()) {
            computeIfPresent(
                    cursor.key(keyCodec),
                    (key, value) -> Objects.requireNonNull(function.apply(key, value), "result of the function"));
        }
    }

    @Override
    public void forEach(BiConsumer<? super K, ? super V> action) {
        Objects.requireNonNull(action, "action");
        MappingCursor cursor = cursor();
        while (cursor.advance()) {
            action.accept(cursor.key(keyCodec), cursor.value(valueCodec));
        }
    }

    @Override
    public boolean containsValue(@Nullable Object value) {
        Objects.requireNonNull(value, "value");
        MappingCursor cursor = cursor();
        while (cursor.advance()) {
            if (Objects.deepEquals(value, cursor.value(valueCodec))) {
                return true;
            }
        }
        return false;
    }

    MappingCursor cursor() {
        return new MappingCursor(bytes);
    }

    @Override
    public int size() {
        return (int) Math.min(mappingCount(), Integer.MAX_VALUE);
    }

    /** {@return the number of mappings, counted one by one} Exact if no thread updates the map meanwhile. */
    public long mappingCount() {
        return bytes.size();
    }

    @Override
    public boolean isEmpty() {
        return !cursor().advance();
    }

    @Override
    public void clear() {
        bytes.clear();
    }

    @Override
    public Set<K> keySet() {
        return new OffHeapMapViews.Keys<>(this);
    }

    @Override
    public Collection<V> values() {
        return new OffHeapMapViews.Values<>(this);
    }

    @Override
    public Set<Map.Entry<K, V>> entrySet() {
        return new OffHeapMapViews.Entries<>(this);
    }

    /** Removes the mappings whose lifetime is over, as {@link BytesMap#removeExpired} does. */
    public void removeExpired() {
        bytes.removeExpired();
    }

    /**
     * Saves a snapshot of the map to a file, as {@link BytesMap#save} does.
     *
     * @param path of the file; its directory must exist
     * @throws IOException if the file cannot be written; an older one is unchanged
     */
    public void save(Path path) throws IOException {
        bytes.save(path);
    }

    /**
     * Puts the mappings of a file that {@link #save} of a map with the same codecs has written, as
     * {@link BytesMap#load} does. What was written by other codecs shows when it is read.
     *
     * @param path of the file
     * @return the number of mappings of the file
     * @throws IOException      if the file cannot be read, or is refused
     * @throws MapFullException if there is no memory for a mapping; those before it were put
     */
    public long load(Path path) throws IOException {
        return bytes.load(path);
    }

    /** {@return statistics, in time proportional to the size} */
    public BytesMapStatistics statistics() {
        return bytes.statistics();
    }

    /** Frees all memory, as {@link BytesMap#close} does: later calls throw {@link IllegalStateException}. */
    @Override
    public void close() {
        bytes.close();
    }

    @Override
    public String toString() {
        return bytes.records.isClosed() ? "OffHeapMap[closed]" : super.toString();
    }

    /**
     * Gets each mapping that the map removes by itself, see {@link RemovalListener}.
     *
     * @param <K> the type of the keys
     * @param <V> the type of the values
     */
    @FunctionalInterface
    public interface Listener<K, V> {

        /**
         * Gets a mapping.
         *
         * @param cause of the removal
         * @param key   of the mapping
         * @param value of the mapping
         */
        void removed(RemovalCause cause, K key, V value);
    }

    /**
     * Builds maps. The settings are those of {@link BytesMap.Builder}.
     *
     * @param <K> the type of the keys
     * @param <V> the type of the values
     */
    public static final class Builder<K, V> {

        private final Codec<K> keyCodec;
        private final Codec<V> valueCodec;
        private final BytesMap.Builder bytes = BytesMap.builder();

        private Builder(Codec<K> keyCodec, Codec<V> valueCodec) {
            this.keyCodec = Objects.requireNonNull(keyCodec, "keyCodec");
            this.valueCodec = Objects.requireNonNull(valueCodec, "valueCodec");
        }

        /**
         * Sets what {@link BytesMap.Builder#expectedSize} says.
         *
         * @param size at least 0
         * @return this
         */
        public Builder<K, V> expectedSize(long size) {
            bytes.expectedSize(size);
            return this;
        }

        /**
         * Sets what {@link BytesMap.Builder#maximumBytes} says.
         *
         * @param maximum at least a megabyte
         * @return this
         */
        public Builder<K, V> maximumBytes(long maximum) {
            bytes.maximumBytes(maximum);
            return this;
        }

        /**
         * Sets what {@link BytesMap.Builder#expireAfterWrite} says.
         *
         * @param duration the lifetime
         * @return this
         */
        public Builder<K, V> expireAfterWrite(Duration duration) {
            bytes.expireAfterWrite(duration);
            return this;
        }

        /**
         * Sets what {@link BytesMap.Builder#evictOldest} says.
         *
         * @return this
         */
        public Builder<K, V> evictOldest() {
            bytes.evictOldest();
            return this;
        }

        /**
         * Sets what {@link BytesMap.Builder#recordReads} says.
         *
         * @return this
         */
        public Builder<K, V> recordReads() {
            bytes.recordReads();
            return this;
        }

        /**
         * Tells a listener of each mapping that expires or is evicted, as {@link RemovalListener} says. The codecs read
         * both its key and its value for it.
         *
         * @param listener is told
         * @return this
         */
        public Builder<K, V> removalListener(Listener<? super K, ? super V> listener) {
            Objects.requireNonNull(listener);
            bytes.removalListener((cause, buffer, keyOffset, keyLength, valueOffset, valueLength) -> listener.removed(
                    cause,
                    keyCodec.read(buffer, keyOffset, keyLength),
                    valueCodec.read(buffer, valueOffset, valueLength)));
            return this;
        }

        /** Sets the clock, for tests. */
        Builder<K, V> nanoTime(LongSupplier clock) {
            bytes.nanoTime(clock);
            return this;
        }

        /** {@return a new, empty map} */
        public OffHeapMap<K, V> build() {
            return new OffHeapMap<>(bytes.build(), keyCodec, valueCodec);
        }
    }
}
