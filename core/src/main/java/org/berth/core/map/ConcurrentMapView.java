package org.berth.core.map;

import java.lang.ref.Cleaner;
import java.util.AbstractCollection;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.berth.core.internal.Cleaning;
import org.jspecify.annotations.Nullable;

/**
 * A view of a {@link LongLongMap} as a {@link ConcurrentMap}. The interface's own default methods do the rest, in CAS
 * loops over these operations.
 */
final class ConcurrentMapView extends AbstractMap<Long, Long> implements ConcurrentMap<Long, Long> {

    private final LongLongMap map;

    ConcurrentMapView(LongLongMap map) {
        this.map = map;
    }

    private @Nullable Long boxed(long value) {
        return value == map.codec.missing ? null : value;
    }

    /** As the interface demands: null is an error, and an object of another type is not in the map. */
    private static @Nullable Long asLong(@Nullable Object object) {
        return Objects.requireNonNull(object) instanceof Long number ? number : null;
    }

    private boolean isReserved(long value) {
        return map.codec.isReserved(value);
    }

    @Override
    public @Nullable Long get(@Nullable Object key) {
        Long number = asLong(key);
        return number == null ? null : boxed(map.get(number));
    }

    @Override
    public boolean containsKey(@Nullable Object key) {
        Long number = asLong(key);
        return number != null && map.containsKey(number);
    }

    @Override
    public boolean containsValue(@Nullable Object value) {
        return super.containsValue(Objects.requireNonNull(value));
    }

    @Override
    public @Nullable Long put(Long key, Long value) {
        return boxed(map.put(key, value));
    }

    @Override
    public @Nullable Long putIfAbsent(Long key, Long value) {
        return boxed(map.putIfAbsent(key, value));
    }

    @Override
    public @Nullable Long replace(Long key, Long value) {
        return boxed(map.replace(key, value));
    }

    @Override
    public boolean replace(Long key, Long expected, Long value) {
        Objects.requireNonNull(key);
        Objects.requireNonNull(value);
        return !isReserved(expected) && map.compareAndSet(key, expected, value);
    }

    @Override
    public @Nullable Long remove(@Nullable Object key) {
        Long number = asLong(key);
        return number == null ? null : boxed(map.remove(number));
    }

    @Override
    public boolean remove(@Nullable Object key, @Nullable Object value) {
        Long number = asLong(key);
        return number != null
                && value instanceof Long expected
                && !isReserved(expected)
                && map.remove(number, expected);
    }

    @Override
    public void clear() {
        map.clear();
    }

    @Override
    public boolean isEmpty() {
        return map.isEmpty();
    }

    @Override
    public int size() {
        return (int) Math.min(map.size(), Integer.MAX_VALUE);
    }

    @Override
    public Set<Map.Entry<Long, Long>> entrySet() {
        return new Entries();
    }

    @Override
    public Set<Long> keySet() {
        return new Keys();
    }

    @Override
    public Collection<Long> values() {
        return new Values();
    }

    /** Removes each mapping that matches, unless its value has changed meanwhile. */
    private boolean removeMappingsIf(Predicate<? super Map.Entry<Long, Long>> filter) {
        boolean removed = false;
        try (Traversal mappings = new Traversal(map)) {
            while (mappings.advance()) {
                removed |= filter.test(Map.entry(mappings.key(), mappings.value()))
                        && map.remove(mappings.key(), mappings.value());
            }
        }
        return removed;
    }

    /** Of unknown size, as other threads add and remove; the one of {@code AbstractCollection} would promise a size. */
    private static <T> Spliterator<T> spliterator(Iterator<T> elements, int characteristics) {
        return Spliterators.spliteratorUnknownSize(
                elements, Spliterator.CONCURRENT | Spliterator.NONNULL | characteristics);
    }

    private <T> Iterator<T> iterator(Function<Map.Entry<Long, Long>, T> projection) {
        Iterator<Map.Entry<Long, Long>> entries = new Entry.Iteration(map);
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return entries.hasNext();
            }

            @Override
            public T next() {
                return projection.apply(entries.next());
            }

            @Override
            public void remove() {
                entries.remove();
            }
        };
    }

    private final class Keys extends AbstractSet<Long> {

        @Override
        public Iterator<Long> iterator() {
            return ConcurrentMapView.this.iterator(Map.Entry::getKey);
        }

        @Override
        public Spliterator<Long> spliterator() {
            return ConcurrentMapView.spliterator(iterator(), Spliterator.DISTINCT);
        }

        @Override
        public int size() {
            return ConcurrentMapView.this.size();
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
            return containsKey(key);
        }

        @Override
        public boolean remove(@Nullable Object key) {
            return ConcurrentMapView.this.remove(key) != null;
        }
    }

    private final class Values extends AbstractCollection<Long> {

        @Override
        public Iterator<Long> iterator() {
            return ConcurrentMapView.this.iterator(Map.Entry::getValue);
        }

        @Override
        public Spliterator<Long> spliterator() {
            return ConcurrentMapView.spliterator(iterator(), 0);
        }

        @Override
        public int size() {
            return ConcurrentMapView.this.size();
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
        public boolean removeIf(Predicate<? super Long> filter) {
            Objects.requireNonNull(filter);
            return removeMappingsIf(entry -> filter.test(entry.getValue()));
        }
    }

    private final class Entries extends AbstractSet<Map.Entry<Long, Long>> {

        @Override
        public Iterator<Map.Entry<Long, Long>> iterator() {
            return new Entry.Iteration(map);
        }

        @Override
        public Spliterator<Map.Entry<Long, Long>> spliterator() {
            return ConcurrentMapView.spliterator(iterator(), Spliterator.DISTINCT);
        }

        @Override
        public boolean removeIf(Predicate<? super Map.Entry<Long, Long>> filter) {
            return removeMappingsIf(Objects.requireNonNull(filter));
        }

        @Override
        public int size() {
            return ConcurrentMapView.this.size();
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
                    && entry.getKey() instanceof Long key
                    && entry.getValue() instanceof Long value
                    && !isReserved(value)
                    && map.get(key) == value;
        }

        @Override
        public boolean remove(@Nullable Object object) {
            return object instanceof Map.Entry<?, ?> entry
                    && entry.getKey() instanceof Long key
                    && ConcurrentMapView.this.remove(key, entry.getValue());
        }
    }

    /** A mapping as the traversal met it; setting its value writes through to the map. */
    private static final class Entry extends SimpleEntry<Long, Long> {

        private static final long serialVersionUID = 1;

        private final transient LongLongMap map;

        Entry(LongLongMap map, long key, long value) {
            super(key, value);
            this.map = map;
        }

        @Override
        public Long setValue(Long value) {
            map.put(getKey(), value);
            return super.setValue(value);
        }

        /** A copy from another JVM or another time has no map to write to: it is an entry by itself. */
        private Object writeReplace() {
            return new SimpleEntry<>(this);
        }

        /**
         * One mapping ahead: {@code next} returns what {@code hasNext} has promised, even if it is removed meanwhile.
         */
        private static final class Iteration implements Iterator<Map.Entry<Long, Long>> {

            private final LongLongMap map;
            private final Traversal mappings;

            /** Unpins the tables of an iterator that is given up half-way. */
            private final Cleaner.Cleanable unpinning;

            private boolean ahead;
            private boolean removable;
            private long last;

            Iteration(LongLongMap map) {
                this.map = map;
                mappings = new Traversal(map);
                unpinning = register();
                advance();
            }

            private Cleaner.Cleanable register() {
                boolean registered = false;
                try {
                    Cleaner.Cleanable cleanable = Cleaning.CLEANER.register(this, mappings.pins);
                    registered = true;
                    return cleanable;
                } finally {
                    if (!registered) {
                        mappings.close();
                    }
                }
            }

            private void advance() {
                ahead = mappings.advance();
                if (!ahead) {
                    unpinning.clean();
                }
            }

            @Override
            public boolean hasNext() {
                return ahead;
            }

            @Override
            public Map.Entry<Long, Long> next() {
                if (!ahead) {
                    throw new NoSuchElementException("no mapping is left");
                }
                Entry entry = new Entry(map, mappings.key(), mappings.value());
                last = mappings.key();
                removable = true;
                advance();
                return entry;
            }

            @Override
            public void remove() {
                if (!removable) {
                    throw new IllegalStateException("nothing to remove: call next() before each remove()");
                }
                removable = false;
                map.remove(last);
            }
        }
    }
}
