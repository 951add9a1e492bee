package org.berth.core.store;

import java.util.AbstractCollection;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The keys, values and entries of an {@link OffHeapMap} as collections, which write through to it. */
final class OffHeapMapViews {

    private OffHeapMapViews() {}

    /** Of unknown size, as other threads add and remove; the one of {@code AbstractCollection} would promise a size. */
    private static <T> Spliterator<T> spliterator(Iterator<T> elements, int characteristics) {
        return Spliterators.spliteratorUnknownSize(
                elements, Spliterator.CONCURRENT | Spliterator.NONNULL | characteristics);
    }

    /** Removes each mapping that matches, unless its value has changed meanwhile. */
    private static <K, V> boolean removeIf(OffHeapMap<K, V> map, Predicate<MappingCursor> filter) {
        boolean removed = false;
        MappingCursor cursor = map.cursor();
        while (cursor.advance()) {
            removed |= filter.test(cursor) && cursor.removeIfUnchanged();
        }
        return removed;
    }

    static final class Keys<K, V> extends AbstractSet<K> {

        private final OffHeapMap<K, V> map;

        Keys(OffHeapMap<K, V> map) {
            this.map = map;
        }

        @Override
        public Iterator<K> iterator() {
            return new Iteration<K, V, K>(map) {
                @Override
                K element(K key, MappingCursor cursor) {
                    return key;
                }
            };
        }

        @Override
        public Spliterator<K> spliterator() {
            return OffHeapMapViews.spliterator(iterator(), Spliterator.DISTINCT);
        }

        @Override
        public int size() {
            return map.size();
        }

        @Override
        public boolean isEmpty() {
            return map.isEmpty();
        }

        @Override
        public void clear() {
            map.clear();
        }

        @Override
        public boolean contains(@Nullable Object key) {
            return map.containsKey(key);
        }

        @Override
        public boolean remove(@Nullable Object key) {
            return map.removeKey(key);
        }
    }

    static final class Values<K, V> extends AbstractCollection<V> {

        private final OffHeapMap<K, V> map;

        Values(OffHeapMap<K, V> map) {
            this.map = map;
        }

        @Override
        public Iterator<V> iterator() {
            return new Iteration<K, V, V>(map) {
                @Override
                V element(K key, MappingCursor cursor) {
                    return cursor.value(map.valueCodec);
                }
            };
        }

        @Override
        public Spliterator<V> spliterator() {
            return OffHeapMapViews.spliterator(iterator(), 0);
        }

        @Override
        public int size() {
            return map.size();
        }

        @Override
        public boolean isEmpty() {
            return map.isEmpty();
        }

        @Override
        public void clear() {
            map.clear();
        }

        @Override
        public boolean contains(@Nullable Object value) {
            return map.containsValue(value);
        }

        @Override
        public boolean removeIf(Predicate<? super V> filter) {
            Objects.requireNonNull(filter, "filter");
            return OffHeapMapViews.removeIf(map, cursor -> filter.test(cursor.value(map.valueCodec)));
        }
    }

    static final class Entries<K, V> extends AbstractSet<Map.Entry<K, V>> {

        private final OffHeapMap<K, V> map;

        Entries(OffHeapMap<K, V> map) {
            this.map = map;
        }

        @Override
        public Iterator<Map.Entry<K, V>> iterator() {
            return new Iteration<K, V, Map.Entry<K, V>>(map) {
                @Override
                Map.Entry<K, V> element(K key, MappingCursor cursor) {
                    return new Entry<>(map, key, cursor.value(map.valueCodec));
                }
            };
        }

        @Override
        public Spliterator<Map.Entry<K, V>> spliterator() {
            return OffHeapMapViews.spliterator(iterator(), Spliterator.DISTINCT);
        }

        @Override
        public int size() {
            return map.size();
        }

        @Override
        public boolean isEmpty() {
            return map.isEmpty();
        }

        @Override
        public void clear() {
            map.clear();
        }

        @Override
        public boolean contains(@Nullable Object object) {
            return object instanceof Map.Entry<?, ?> entry
                    && entry.getKey() != null
                    && entry.getValue() != null
                    && Objects.deepEquals(entry.getValue(), map.get(entry.getKey()));
        }

        @Override
        public boolean remove(@Nullable Object object) {
            return object instanceof Map.Entry<?, ?> entry
                    && entry.getKey() != null
                    && map.remove(entry.getKey(), entry.getValue());
        }

        @Override
        public boolean removeIf(Predicate<? super Map.Entry<K, V>> filter) {
            Objects.requireNonNull(filter, "filter");
            return OffHeapMapViews.removeIf(
                    map, cursor -> filter.test(Map.entry(cursor.key(map.keyCodec), cursor.value(map.valueCodec))));
        }
    }

    /**
     * One mapping ahead once it was asked for more: {@code next} returns what {@code hasNext} has promised, even if it
     * is removed meanwhile.
     */
    private abstract static class Iteration<K, V, T> implements Iterator<T> {

        private final OffHeapMap<K, V> map;
        private final MappingCursor cursor;
        private boolean ahead;
        private @Nullable K last;

        Iteration(OffHeapMap<K, V> map) {
            this.map = map;
            cursor = map.cursor();
        }

        abstract T element(K key, MappingCursor mapping);

        @Override
        public boolean hasNext() {
            ahead = ahead || cursor.advance();
            return ahead;
        }

        @Override
        public T next() {
            if (!hasNext()) {
                throw new NoSuchElementException("no mapping is left");
            }
            K key = cursor.key(map.keyCodec);
            T element = element(key, cursor);
            last = key;
            ahead = false;
            return element;
        }

        @Override
        public void remove() {
            if (last == null) {
                throw new IllegalStateException("nothing to remove: call next() before each remove()");
            }
            map.removeKey(last);
            last = null;
        }
    }

    /**
     * A mapping as the iterator met it; setting its value writes through to the map.
     *
     * @param <K> the type of the key
     * @param <V> the type of the value
     */
    private static final class Entry<K, V> extends AbstractMap.SimpleEntry<K, V> {

        private static final long serialVersionUID = 1;

        private final transient OffHeapMap<K, V> map;

        Entry(OffHeapMap<K, V> map, K key, V value) {
            super(key, value);
            this.map = map;
        }

        @Override
        public V setValue(V value) {
            map.set(getKey(), value);
            return super.setValue(value);
        }

        /** A copy from another JVM or another time has no map to write to: it is an entry by itself. */
        private Object writeReplace() {
            return new AbstractMap.SimpleEntry<>(this);
        }
    }
}
