package org.berth.bench.workload;

import java.util.HashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.berth.core.map.LongLongMap;
import org.jctools.maps.NonBlockingHashMapLong;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** One thread fills a map that starts empty and small. An operation is one put. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(jvmArgsAppend = {MapFlags.HEAP_MIN, MapFlags.HEAP_MAX})
public class MapFilling {

    private static final int KEYS = 200_000;

    @Benchmark
    @OperationsPerInvocation(KEYS)
    public long berth() {
        try (LongLongMap map = LongLongMap.create()) {
            for (int i = 0; i < KEYS; i++) {
                map.put(MapKeys.key(i), i);
            }
            return map.get(MapKeys.key(7));
        }
    }

    @Benchmark
    @OperationsPerInvocation(KEYS)
    public Object concurrentHashMap() {
        ConcurrentHashMap<Long, Long> map = new ConcurrentHashMap<>();
        for (int i = 0; i < KEYS; i++) {
            map.put(MapKeys.key(i), (long) i);
        }
        return map;
    }

    @Benchmark
    @OperationsPerInvocation(KEYS)
    public Object nonBlockingHashMapLong() {
        NonBlockingHashMapLong<Long> map = new NonBlockingHashMapLong<>();
        for (int i = 0; i < KEYS; i++) {
            map.put(MapKeys.key(i), (Long) (long) i);
        }
        return map;
    }

    @Benchmark
    @OperationsPerInvocation(KEYS)
    public Object hashMap() {
        HashMap<Long, Long> map = new HashMap<>();
        for (int i = 0; i < KEYS; i++) {
            map.put(MapKeys.key(i), (long) i);
        }
        return map;
    }
}
