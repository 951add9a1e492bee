package org.berth.bench.workload;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import net.openhft.chronicle.map.ChronicleMap;
import org.agrona.collections.Long2LongHashMap;
import org.berth.core.map.LongLongMap;
import org.jctools.maps.NonBlockingHashMapLong;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Berth's map and its peers, each presized and filled with all keys. */
@SuppressWarnings("NullAway.Init") // by JMH, in setup
public class SharedMaps {

    /** Values differ, so that each has its own box in a map of boxes. */
    private static final long FIRST_VALUE = 1_000;

    private SharedMaps() {}

    /** {@link LongLongMap}. */
    @State(Scope.Benchmark)
    public static class Berth {

        LongLongMap map;

        @Setup
        public void fill(MapKeys.Keys keys) {
            map = LongLongMap.builder()
                    .expectedSize(keys.capacity())
                    .maximumBytes(Long.MAX_VALUE)
                    .build();
            for (int i = 0; i < keys.size; i++) {
                long key = MapKeys.key(i);
                long value = FIRST_VALUE + i;
                map.put(key, value);
            }
        }

        @TearDown
        public void check(MapKeys.Keys keys) {
            Verify.counted("Berth", map.size());
            map.close();
        }
    }

    /** {@link ConcurrentHashMap}. */
    @State(Scope.Benchmark)
    public static class Concurrent {

        ConcurrentHashMap<Long, Long> map;

        @Setup
        public void fill(MapKeys.Keys keys) {
            map = new ConcurrentHashMap<>(keys.capacity());
            for (int i = 0; i < keys.size; i++) {
                long key = MapKeys.key(i);
                long value = FIRST_VALUE + i;
                map.put(key, value);
            }
        }

        @TearDown
        public void check(MapKeys.Keys keys) {
            Verify.counted("Concurrent", map.size());
        }
    }

    /** {@link NonBlockingHashMapLong}. */
    @State(Scope.Benchmark)
    public static class NonBlocking {

        NonBlockingHashMapLong<Long> map;

        @Setup
        public void fill(MapKeys.Keys keys) {
            map = new NonBlockingHashMapLong<>(2 * keys.capacity(), true);
            for (int i = 0; i < keys.size; i++) {
                long key = MapKeys.key(i);
                long value = FIRST_VALUE + i;
                map.put(key, (Long) value);
            }
        }

        @TearDown
        public void check(MapKeys.Keys keys) {
            Verify.counted("NonBlocking", map.size());
        }
    }

    /** {@link Map}, synchronized as a whole. */
    @State(Scope.Benchmark)
    public static class Synchronized {

        Map<Long, Long> map;

        @Setup
        public void fill(MapKeys.Keys keys) {
            map = Collections.synchronizedMap(HashMap.newHashMap(keys.capacity()));
            for (int i = 0; i < keys.size; i++) {
                long key = MapKeys.key(i);
                long value = FIRST_VALUE + i;
                map.put(key, value);
            }
        }

        @TearDown
        public void check(MapKeys.Keys keys) {
            Verify.counted("Synchronized", map.size());
        }
    }

    /** {@link HashMap}, for one thread. */
    @State(Scope.Benchmark)
    public static class Plain {

        HashMap<Long, Long> map;

        @Setup
        public void fill(MapKeys.Keys keys) {
            map = HashMap.newHashMap(keys.capacity());
            for (int i = 0; i < keys.size; i++) {
                long key = MapKeys.key(i);
                long value = FIRST_VALUE + i;
                map.put(key, value);
            }
        }

        @TearDown
        public void check(MapKeys.Keys keys) {
            Verify.counted("Plain", map.size());
        }
    }

    /** {@link Long2LongHashMap}, for one thread. */
    @State(Scope.Benchmark)
    public static class Agrona {

        Long2LongHashMap map;

        @Setup
        public void fill(MapKeys.Keys keys) {
            map = new Long2LongHashMap(2 * keys.capacity(), 0.65f, Long.MIN_VALUE);
            for (int i = 0; i < keys.size; i++) {
                long key = MapKeys.key(i);
                long value = FIRST_VALUE + i;
                map.put(key, value);
            }
        }

        @TearDown
        public void check(MapKeys.Keys keys) {
            Verify.counted("Agrona", map.size());
        }
    }

    /** {@link ChronicleMap}. */
    @State(Scope.Benchmark)
    public static class Chronicle {

        ChronicleMap<Long, Long> map;

        @Setup
        public void fill(MapKeys.Keys keys) {
            map = ChronicleMap.of(Long.class, Long.class)
                    .entries(2L * keys.capacity())
                    .create();
            for (int i = 0; i < keys.size; i++) {
                long key = MapKeys.key(i);
                long value = FIRST_VALUE + i;
                map.put(key, value);
            }
        }

        @TearDown
        public void check(MapKeys.Keys keys) {
            Verify.counted("Chronicle", map.size());
            map.close();
        }
    }
}
