package org.berth.bench.workload;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;

/** The peers that are maps, each filled with all keys. */
@SuppressWarnings("NullAway.Init") // by JMH, in setup
public class SharedPeers {

    private SharedPeers() {}

    private static Map<Long, Long> hashMap(int threads) {
        Map<Long, Long> map = HashMap.newHashMap(OwnKey.count(threads));
        OwnKey.all(threads).forEach(key -> map.put(key, 0L));
        return map;
    }

    static long sum(Map<?, Long> map) {
        long sum = 0;
        for (long value : map.values()) {
            sum += value;
        }
        return sum;
    }

    /** A map that its user locks, or that a single thread uses. */
    @State(Scope.Benchmark)
    public static class Plain {

        Map<Long, Long> map;

        @Setup
        public void fill(BenchmarkParams params) {
            map = hashMap(params.getThreads());
        }

        @TearDown
        public void check() {
            Verify.counted("HashMap", sum(map));
        }
    }

    /** {@link Collections#synchronizedMap}. */
    @State(Scope.Benchmark)
    public static class Synchronized {

        Map<Long, Long> map;

        @Setup
        public void fill(BenchmarkParams params) {
            map = Collections.synchronizedMap(hashMap(params.getThreads()));
        }

        @TearDown
        public void check() {
            Verify.counted("synchronizedMap", sum(map));
        }
    }

    /** A map under one {@link ReentrantLock}: {@code with lock:} around the dictionary. */
    @State(Scope.Benchmark)
    public static class Locked {

        final ReentrantLock lock = new ReentrantLock();
        Map<Long, Long> map;

        @Setup
        public void fill(BenchmarkParams params) {
            map = hashMap(params.getThreads());
        }

        @TearDown
        public void check() {
            Verify.counted("HashMap under a lock", sum(map));
        }
    }

    /** {@link ConcurrentHashMap}. */
    @State(Scope.Benchmark)
    public static class Concurrent {

        ConcurrentHashMap<Long, Long> map;

        @Setup
        public void fill(BenchmarkParams params) {
            map = new ConcurrentHashMap<>(hashMap(params.getThreads()));
        }

        @TearDown
        public void check() {
            Verify.counted("ConcurrentHashMap", sum(map));
        }
    }

    /** {@link ConcurrentHashMap} with names for keys. */
    @State(Scope.Benchmark)
    public static class ConcurrentNamed {

        ConcurrentHashMap<String, Long> map;

        @Setup
        public void fill(BenchmarkParams params) {
            map = new ConcurrentHashMap<>(OwnKey.count(params.getThreads()));
            OwnKey.all(params.getThreads()).forEach(key -> map.put(OwnKey.name(key), 0L));
        }

        @TearDown
        public void check() {
            Verify.counted("ConcurrentHashMap by name", sum(map));
        }
    }

    /** {@link ConcurrentHashMap} to counters. */
    @State(Scope.Benchmark)
    public static class OfAtomics {

        ConcurrentHashMap<Long, AtomicLong> map;

        @Setup
        public void fill(BenchmarkParams params) {
            map = new ConcurrentHashMap<>(OwnKey.count(params.getThreads()));
            OwnKey.all(params.getThreads()).forEach(key -> map.put(key, HeapPadding.padded(AtomicLong::new)));
        }

        @TearDown
        public void check() {
            Verify.counted(
                    "ConcurrentHashMap of AtomicLong",
                    map.values().stream().mapToLong(AtomicLong::get).sum());
        }
    }
}
