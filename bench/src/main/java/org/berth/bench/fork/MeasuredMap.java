package org.berth.bench.fork;

import java.util.Iterator;
import java.util.concurrent.ConcurrentHashMap;
import org.berth.core.map.LongLongMap;
import org.jctools.maps.NonBlockingHashMapLong;

/**
 * A map under test. A process uses one implementation only: a second one would make the measured calls megamorphic.
 */
public abstract class MeasuredMap implements AutoCloseable {

    /** Returns the value of a key that is present. */
    public abstract long get(long key);

    /** Sets the value of a key. */
    public abstract void put(long key, long value);

    /** Removes a key. */
    public abstract void remove(long key);

    /** Returns an iterator over all keys, which can remove them. */
    public abstract Iterator<Long> keys();

    /** Removes all keys at once. */
    public abstract void clear();

    /** Returns the number of keys. */
    public abstract long size();

    /** Returns the off-heap bytes in use; 0 if the map cannot say. */
    public long bytes() {
        return 0;
    }

    @Override
    public void close() {
        // Most are left to the garbage collector.
    }

    static final class Berth extends MeasuredMap {

        private final LongLongMap map;

        Berth(int room) {
            map = LongLongMap.builder()
                    .expectedSize(room)
                    .maximumBytes(Long.MAX_VALUE)
                    .build();
        }

        @Override
        public long get(long key) {
            return map.get(key);
        }

        @Override
        public void put(long key, long value) {
            map.put(key, value);
        }

        @Override
        public void remove(long key) {
            map.remove(key);
        }

        @Override
        public Iterator<Long> keys() {
            return map.asConcurrentMap().keySet().iterator();
        }

        @Override
        public void clear() {
            map.clear();
        }

        @Override
        public long size() {
            return map.size();
        }

        @Override
        public long bytes() {
            return map.memoryBytes();
        }

        @Override
        public void close() {
            map.close();
        }
    }

    @SuppressWarnings("NullAway") // only present keys are read
    static final class Concurrent extends MeasuredMap {

        private final ConcurrentHashMap<Long, Long> map;

        Concurrent(int room) {
            map = new ConcurrentHashMap<>(room);
        }

        @Override
        public long get(long key) {
            return map.get(key);
        }

        @Override
        public void put(long key, long value) {
            map.put(key, value);
        }

        @Override
        public void remove(long key) {
            map.remove(key);
        }

        @Override
        public Iterator<Long> keys() {
            return map.keySet().iterator();
        }

        @Override
        public void clear() {
            map.clear();
        }

        @Override
        public long size() {
            return map.mappingCount();
        }
    }

    @SuppressWarnings("NullAway") // only present keys are read
    static final class NonBlocking extends MeasuredMap {

        private final NonBlockingHashMapLong<Long> map;

        NonBlocking(int room) {
            map = new NonBlockingHashMapLong<>(2 * room, true);
        }

        @Override
        public long get(long key) {
            return map.get(key);
        }

        @Override
        public void put(long key, long value) {
            map.put(key, (Long) value);
        }

        @Override
        public void remove(long key) {
            map.remove(key);
        }

        @Override
        public Iterator<Long> keys() {
            return map.keySet().iterator();
        }

        @Override
        public void clear() {
            map.clear();
        }

        @Override
        public long size() {
            return map.size();
        }
    }
}
