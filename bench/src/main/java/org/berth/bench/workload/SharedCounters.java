package org.berth.bench.workload;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jctools.maps.NonBlockingHashMapLong;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Peers that map each key to a counter of its own, presized and filled with all keys. */
@SuppressWarnings("NullAway.Init") // by JMH, in setup
public class SharedCounters {

    private SharedCounters() {}

    /** {@link ConcurrentHashMap} of {@link AtomicLong}. */
    @State(Scope.Benchmark)
    public static class Concurrent {

        ConcurrentHashMap<Long, AtomicLong> map;

        @Setup
        public void fill(MapKeys.Keys keys) {
            map = new ConcurrentHashMap<>(keys.capacity());
            for (int i = 0; i < keys.size; i++) {
                map.put(MapKeys.key(i), new AtomicLong());
            }
        }

        @TearDown
        public void check() {
            Verify.counted(
                    "Concurrent",
                    map.values().stream().mapToLong(AtomicLong::get).sum());
        }
    }

    /** {@link NonBlockingHashMapLong} of {@link AtomicLong}. */
    @State(Scope.Benchmark)
    public static class NonBlocking {

        NonBlockingHashMapLong<AtomicLong> map;

        @Setup
        public void fill(MapKeys.Keys keys) {
            map = new NonBlockingHashMapLong<>(2 * keys.capacity(), true);
            for (int i = 0; i < keys.size; i++) {
                map.put(MapKeys.key(i), new AtomicLong());
            }
        }

        @TearDown
        public void check() {
            Verify.counted(
                    "NonBlocking",
                    map.values().stream().mapToLong(AtomicLong::get).sum());
        }
    }
}
