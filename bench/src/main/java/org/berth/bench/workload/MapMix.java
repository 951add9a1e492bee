package org.berth.bench.workload;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Threads read and update under random keys, of which about half are there at any time: of the updates one half put a value, and the
 * other half remove one.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(jvmArgsAppend = {MapFlags.HEAP_MIN, MapFlags.HEAP_MAX})
public class MapMix {

    /** How many operations are updates. */
    @State(Scope.Benchmark)
    public static class Updates {

        @Param({"0", "5", "50"})
        public int percent;

        /** Whether to update, by the lower bits of a random number, and if so whether to put, by the highest. */
        boolean update(long coin) {
            return (coin & 0xffff) * 100 < (long) percent << 16;
        }
    }

    /** Twice as many keys as there are mappings: those of the map and as many others. */
    private static long key(MapKeys.Draws draws, long coin) {
        long key = draws.key();
        return (coin & 1 << 20) == 0 ? key : MapKeys.absent(key);
    }

    @Benchmark
    public long berth(SharedMaps.Berth shared, Updates updates, MapKeys.Draws draws) {
        long coin = draws.coin();
        long key = key(draws, coin);
        if (!updates.update(coin)) {
            return shared.map.get(key);
        }
        return coin < 0 ? shared.map.put(key, coin) : shared.map.remove(key);
    }

    @Benchmark
    @SuppressWarnings("NullAway") // null is an answer
    public Object concurrentHashMap(SharedMaps.Concurrent shared, Updates updates, MapKeys.Draws draws) {
        long coin = draws.coin();
        long key = key(draws, coin);
        if (!updates.update(coin)) {
            return shared.map.get(key);
        }
        return coin < 0 ? shared.map.put(key, (Long) coin) : shared.map.remove(key);
    }

    @Benchmark
    @SuppressWarnings("NullAway") // null is an answer
    public Object nonBlockingHashMapLong(SharedMaps.NonBlocking shared, Updates updates, MapKeys.Draws draws) {
        long coin = draws.coin();
        long key = key(draws, coin);
        if (!updates.update(coin)) {
            return shared.map.get(key);
        }
        return coin < 0 ? shared.map.put(key, (Long) coin) : shared.map.remove(key);
    }

    @Benchmark
    @SuppressWarnings("NullAway") // null is an answer
    public Object synchronizedMap(SharedMaps.Synchronized shared, Updates updates, MapKeys.Draws draws) {
        long coin = draws.coin();
        long key = key(draws, coin);
        if (!updates.update(coin)) {
            return shared.map.get(key);
        }
        return coin < 0 ? shared.map.put(key, (Long) coin) : shared.map.remove(key);
    }
}
