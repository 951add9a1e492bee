package org.berth.bench.growth;

import java.util.concurrent.ConcurrentHashMap;
import org.berth.core.map.LongLongMap;
import org.jctools.maps.NonBlockingHashMapLong;

/**
 * A map under test, growing or presized. A process uses one kind only: a second one would make the measured calls
 * megamorphic.
 */
abstract class GrowingMap {

    /** The implementation. */
    enum Kind {
        BERTH("Berth"),
        CONCURRENT("ConcurrentHashMap"),
        NON_BLOCKING("JCTools NonBlockingHashMapLong");

        final String label;

        Kind(String label) {
            this.label = label;
        }

        /** Creates a map presized for {@code room} keys. */
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

    /** Returns the off-heap bytes in use; 0 if the map cannot say. */
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

    @SuppressWarnings("NullAway") // only present keys are read
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

    @SuppressWarnings("NullAway") // only present keys are read
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
