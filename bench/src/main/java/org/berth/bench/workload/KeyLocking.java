package org.berth.bench.workload;

import com.google.common.util.concurrent.Striped;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.berth.core.lock.KeyLock;
import org.berth.core.lock.KeyLocks;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.ThreadParams;

/** Locks a key, which is looked up, adds 1 to a plain counter of that key, and unlocks it. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // by JMH, in setup
public class KeyLocking {

    /** The expected number of threads, for striped and key locks: more than any run has. */
    private static final int EXPECTED = 256;

    /**
     * Whether threads contend: an {@code own} key each, or {@code one} key for all. And a counter of each key, which
     * only the lock guards.
     */
    @State(Scope.Benchmark)
    public static class Keys {

        @Param({"own", "one"})
        public String keys;

        private long[] counters;

        @Setup
        public void allocate(BenchmarkParams params) {
            counters = new long[Counters.STRIDE * (params.getThreads() + 2)];
        }

        int of(ThreadParams thread) {
            return switch (keys) {
                case "own" -> thread.getThreadIndex();
                case "one" -> 0;
                default -> throw new IllegalArgumentException("unknown parameter: keys=" + keys);
            };
        }

        @TearDown
        public void check() {
            Verify.counted("key", counters[Counters.STRIDE]);
        }
    }

    /** A thread's key. */
    @State(Scope.Thread)
    public static class Key {

        long key;
        Long boxed;
        String name;

        private long[] counters;
        private int index;

        @Setup
        public void choose(Keys keys, ThreadParams thread) {
            int of = keys.of(thread);
            key = OwnKey.of(of);
            boxed = key;
            name = OwnKey.name(key);
            counters = keys.counters;
            index = Counters.STRIDE * (of + 1);
        }

        /** The critical section. */
        long count() {
            return counters[index]++;
        }
    }

    /** Berth's key locks. */
    @State(Scope.Benchmark)
    public static class BerthLocks {

        final KeyLocks locks = KeyLocks.builder().expectedLocks(EXPECTED).build();
    }

    /** Guava's striped locks, which keys share. */
    @State(Scope.Benchmark)
    public static class StripedLocks {

        final Striped<Lock> locks = Striped.lock(4 * EXPECTED);
    }

    /** A lock for each key, in the map from the start. */
    @State(Scope.Benchmark)
    public static class LockMap {

        final ConcurrentHashMap<Long, ReentrantLock> locks = new ConcurrentHashMap<>();

        @Setup
        public void fill(BenchmarkParams params) {
            OwnKey.all(params.getThreads()).forEach(key -> locks.put(key, HeapPadding.padded(ReentrantLock::new)));
        }
    }

    /** A monitor for each key. */
    @State(Scope.Benchmark)
    public static class MonitorMap {

        final ConcurrentHashMap<Long, Object> monitors = new ConcurrentHashMap<>();

        @Setup
        public void fill(BenchmarkParams params) {
            OwnKey.all(params.getThreads()).forEach(key -> monitors.put(key, HeapPadding.padded(Object::new)));
        }
    }

    /** One lock for all keys. */
    @State(Scope.Benchmark)
    public static class OneLock {

        final ReentrantLock lock = HeapPadding.padded(ReentrantLock::new);
    }

    @Benchmark
    public long berth(BerthLocks all, Key own) {
        try (KeyLock _ = all.locks.lock(own.key)) {
            return own.count();
        }
    }

    @Benchmark
    public long berthByName(BerthLocks all, Key own) {
        try (KeyLock _ = all.locks.lock(own.name)) {
            return own.count();
        }
    }

    @Benchmark
    public long striped(StripedLocks all, Key own) {
        Lock lock = all.locks.get(own.boxed);
        lock.lock();
        try {
            return own.count();
        } finally {
            lock.unlock();
        }
    }

    @Benchmark
    @SuppressWarnings("NullAway") // every key is there, and a check would cost
    public long lockInMap(LockMap all, Key own) {
        ReentrantLock lock = all.locks.get(own.boxed);
        lock.lock();
        try {
            return own.count();
        } finally {
            lock.unlock();
        }
    }

    @Benchmark
    @SuppressWarnings("NullAway") // every key is there, and a check would cost
    public long monitorInMap(MonitorMap all, Key own) {
        synchronized (all.monitors.get(own.boxed)) {
            return own.count();
        }
    }

    @Benchmark
    public long oneLock(OneLock one, Key own) {
        one.lock.lock();
        try {
            return own.count();
        } finally {
            one.lock.unlock();
        }
    }
}
