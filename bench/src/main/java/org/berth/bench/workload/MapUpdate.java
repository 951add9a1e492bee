package org.berth.bench.workload;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** Threads update the values of random keys of a map; no key is added or removed. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(jvmArgsAppend = {MapFlags.HEAP_MIN, MapFlags.HEAP_MAX})
@SuppressWarnings("NullAway") // every key is present, and a check would cost
public class MapUpdate {

    @Benchmark
    public long berthGetAndAdd(SharedMaps.Berth shared, MapKeys.Draws draws) {
        return shared.map.getAndAdd(draws.key(), 1);
    }

    @Benchmark
    public long concurrentHashMapMerge(SharedMaps.Concurrent shared, MapKeys.Draws draws) {
        return shared.map.merge(draws.key(), 1L, Long::sum);
    }

    @Benchmark
    public long synchronizedMapMerge(SharedMaps.Synchronized shared, MapKeys.Draws draws) {
        return shared.map.merge(draws.key(), 1L, Long::sum);
    }

    /** The map has no atomic addition: a loop of replace, as its users write it. */
    @Benchmark
    public long nonBlockingHashMapLongReplace(SharedMaps.NonBlocking shared, MapKeys.Draws draws) {
        long key = draws.key();
        while (true) {
            Long before = shared.map.get(key);
            if (shared.map.replace(key, before, (Long) (before + 1))) {
                return before;
            }
        }
    }

    /** Faster than merge where every key is there from the start: nothing is boxed. */
    @Benchmark
    public long concurrentHashMapOfAtomicLong(SharedCounters.Concurrent shared, MapKeys.Draws draws) {
        return shared.map.get(draws.key()).getAndAdd(1);
    }

    @Benchmark
    public long nonBlockingHashMapLongOfAtomicLong(SharedCounters.NonBlocking shared, MapKeys.Draws draws) {
        return shared.map.get(draws.key()).getAndAdd(1);
    }

    @Benchmark
    @OperationsPerInvocation(32)
    public void berthAddAll32(SharedMaps.Berth shared, MapKeys.Draws draws) {
        shared.map.addAll(draws.fill(draws.batch32), draws.values32);
    }

    @Benchmark
    public long berthPut(SharedMaps.Berth shared, MapKeys.Draws draws) {
        return shared.map.put(draws.key(), draws.coin());
    }

    @Benchmark
    public Long concurrentHashMapPut(SharedMaps.Concurrent shared, MapKeys.Draws draws) {
        return shared.map.put(draws.key(), draws.coin());
    }

    @Benchmark
    public Long nonBlockingHashMapLongPut(SharedMaps.NonBlocking shared, MapKeys.Draws draws) {
        return shared.map.put(draws.key(), (Long) draws.coin());
    }

    @Benchmark
    public Long synchronizedMapPut(SharedMaps.Synchronized shared, MapKeys.Draws draws) {
        return shared.map.put(draws.key(), draws.coin());
    }
}
