package org.berth.bench.latency;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jctools.maps.NonBlockingHashMapLong;
import org.jspecify.annotations.Nullable;

/** Maps of the JDK and of JCTools, each with the best way to run a workload. */
@SuppressWarnings("NullAway") // every record is present, and a check would cost
abstract class Peer implements Dictionary {

    /** The key of the thread's own record. */
    long own = WANTED;

    final Dictionary withRecords() {
        for (long key = 0; key < RECORDS; key++) {
            put(key, 1);
        }
        return this;
    }

    abstract Peer copy();

    @Override
    public final Dictionary forThread(int thread) {
        Peer copy = copy();
        copy.own = OWN + thread;
        return copy;
    }

    static long orNothing(@Nullable Long value) {
        return value == null ? NOTHING : value;
    }

    static long sumOf(Map<Long, Long> map) {
        long sum = 0;
        for (Long value : map.values()) {
            sum += value;
        }
        return sum;
    }

    static final class Concurrent extends Peer {

        private final ConcurrentHashMap<Long, Long> map;

        Concurrent(ConcurrentHashMap<Long, Long> map) {
            this.map = map;
        }

        @Override
        Peer copy() {
            return new Concurrent(map);
        }

        @Override
        public long addToOwn() {
            return map.merge(own, 1L, Long::sum);
        }

        @Override
        public long sum() {
            return sumOf(map);
        }

        @Override
        public long testAndSet() {
            Long seen = map.get(WANTED);
            return map.replace((Long) WANTED, seen, (Long) (seen + 1)) ? seen : -1;
        }

        @Override
        public long get(long key) {
            return orNothing(map.get(key));
        }

        @Override
        public long put(long key, long value) {
            return orNothing(map.put(key, value));
        }

        @Override
        public long remove(long key) {
            return orNothing(map.remove(key));
        }
    }

    static final class Synchronized extends Peer {

        private final Map<Long, Long> map;

        Synchronized(Map<Long, Long> map) {
            this.map = map;
        }

        @Override
        Peer copy() {
            return new Synchronized(map);
        }

        @Override
        public long addToOwn() {
            return map.merge(own, 1L, Long::sum);
        }

        @Override
        public long sum() {
            synchronized (map) {
                return sumOf(map);
            }
        }

        @Override
        public long testAndSet() {
            synchronized (map) {
                Long seen = map.get(WANTED);
                map.put(WANTED, seen + 1);
                return seen;
            }
        }

        @Override
        public long get(long key) {
            return orNothing(map.get(key));
        }

        @Override
        public long put(long key, long value) {
            return orNothing(map.put(key, value));
        }

        @Override
        public long remove(long key) {
            return orNothing(map.remove(key));
        }
    }

    static final class Locked extends Peer {

        private final Map<Long, Long> map;
        private final ReentrantLock lock;

        Locked(Map<Long, Long> map) {
            this(map, new ReentrantLock());
        }

        private Locked(Map<Long, Long> map, ReentrantLock lock) {
            this.map = map;
            this.lock = lock;
        }

        @Override
        Peer copy() {
            return new Locked(map, lock);
        }

        @Override
        public long addToOwn() {
            lock.lock();
            try {
                return map.merge(own, 1L, Long::sum);
            } finally {
                lock.unlock();
            }
        }

        @Override
        public long sum() {
            lock.lock();
            try {
                return sumOf(map);
            } finally {
                lock.unlock();
            }
        }

        @Override
        public long testAndSet() {
            lock.lock();
            try {
                Long seen = map.get(WANTED);
                map.put(WANTED, seen + 1);
                return seen;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public long get(long key) {
            lock.lock();
            try {
                return orNothing(map.get(key));
            } finally {
                lock.unlock();
            }
        }

        @Override
        public long put(long key, long value) {
            lock.lock();
            try {
                return orNothing(map.put(key, value));
            } finally {
                lock.unlock();
            }
        }

        @Override
        public long remove(long key) {
            lock.lock();
            try {
                return orNothing(map.remove(key));
            } finally {
                lock.unlock();
            }
        }
    }

    static final class NonBlocking extends Peer {

        private final NonBlockingHashMapLong<Long> map;

        NonBlocking(int room) {
            // At most half full, as its authors recommend.
            this(new NonBlockingHashMapLong<>(2 * room, true));
        }

        private NonBlocking(NonBlockingHashMapLong<Long> map) {
            this.map = map;
        }

        @Override
        Peer copy() {
            return new NonBlocking(map);
        }

        @Override
        public long addToOwn() {
            // No other thread writes this key.
            return map.put(own, (Long) (map.get(own) + 1));
        }

        @Override
        public long sum() {
            return sumOf(map);
        }

        @Override
        public long testAndSet() {
            Long seen = map.get(WANTED);
            return map.replace((Long) WANTED, seen, (Long) (seen + 1)) ? seen : -1;
        }

        @Override
        public long get(long key) {
            return orNothing(map.get(key));
        }

        @Override
        public long put(long key, long value) {
            return orNothing(map.put(key, (Long) value));
        }

        @Override
        public long remove(long key) {
            return orNothing(map.remove(key));
        }
    }
}
