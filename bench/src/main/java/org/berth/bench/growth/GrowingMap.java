package org.berth.bench.growth;

import java.util.concurrent.ConcurrentHashMap;
import org.berth.core.map.LongLongMap;
import org.jctools.maps.NonBlockingHashMapLong;

/**
 * A map that grows, or one with room from the start. A process has one kind only, as two would cost the JIT compiler its view of the
 * one that is measured.
 */
abstract class GrowingMap {

    /** What to measure, by the name that the report gives it. */
    enum Kind {
        BERTH("Berth"),
        CONCURRENT("ConcurrentHashMap"),
        NON_BLOCKING("JCTools NonBlockingHashMapLong");

        final String label;

        Kind(String label) {
            this.label = label;
        }

        /** A new map with room for so many keys. */
        GrowingMap create(int room) {
            return switch (this) {
                case BERTH -> new Berth(room);
                case CONCURRENT -> new Concurrent(room);
                case NON_BLOCKING -> new NonBlocking(room);
            };
        }
    }

    abstract long get(long key);

    abstract void put(long key, long value);

    /** Bytes off the heap now; 0 where that is not to be had. */
    long bytes() {
        return 0;
    }

    private static final class Berth extends GrowingMap {

        private final LongLongMap map;

        Berth(int room) {
            map = LongLongMap.builder()
                    .expectedSize(room)
                    .maximumBytes(Long.MAX_VALUE)
                    .build();
        }

        @Override
        long get(long key) {
            return map.get(key);
        }

        @Override
        void put(long key, long value) {
            map.put(key, value);
        }

        @Override
        long bytes() {
            return map.memoryBytes();
        }
    }

    @SuppressWarnings("NullAway") // only keys that are there are asked for
    private static final class Concurrent extends GrowingMap {

        private final ConcurrentHashMap<Long, Long> map;

        Concurrent(int room) {
            map = new ConcurrentHashMap<>(room);
        }

        @Override
        long get(long key) {
            return map.get(key);
        }

        @Override
        void put(long key, long value) {
            map.put(key, value);
        }
    }

    @SuppressWarnings("NullAway") // only keys that are there are asked for
    private static final class NonBlocking extends GrowingMap {

        private final NonBlockingHashMapLong<Long> map;

        NonBlocking(int room) {
            map = new NonBlockingHashMapLong<>(2 * room, true);
        }

        @Override
        long get(long key) {
            return map.get(key);
        }

        @Override
        void put(long key, long value) {
            map.put(key, (Long) value);
        }
    }
}
