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
 * Threads read and update random keys, about half of which are present at any time: half of the updates put a value,
 * half remove one.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(jvmArgsAppend = {MapFlags.HEAP_MIN, MapFlags.HEAP_MAX})
public class MapMix {

    /** The share of updates. */
    @State(Scope.Benchmark)
    public static class Updates {

        @Param({"0", "5", "50"})
        public int percent;

        /** Returns whether to update, by the lower bits of a random number. The highest bit selects put or remove. */
        boolean update(long coin) {
            return (coin & 0xffff) * 100 < (long) percent << 16;
        }
    }

    /** Returns one of twice as many keys as the map has: its own and as many others. */
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
    @SuppressWarnings("NullAway") // null is a result
    public Object concurrentHashMap(SharedMaps.Concurrent shared, Updates updates, MapKeys.Draws draws) {
        long coin = draws.coin();
        long key = key(draws, coin);
        if (!updates.update(coin)) {
            return shared.map.get(key);
        }
        return coin < 0 ? shared.map.put(key, (Long) coin) : shared.map.remove(key);
    }

    @Benchmark
    @SuppressWarnings("NullAway") // null is a result
    public Object nonBlockingHashMapLong(SharedMaps.NonBlocking shared, Updates updates, MapKeys.Draws draws) {
        long coin = draws.coin();
        long key = key(draws, coin);
        if (!updates.update(coin)) {
            return shared.map.get(key);
        }
        return coin < 0 ? shared.map.put(key, (Long) coin) : shared.map.remove(key);
    }

    @Benchmark
    @SuppressWarnings("NullAway") // null is a result
    public Object synchronizedMap(SharedMaps.Synchronized shared, Updates updates, MapKeys.Draws draws) {
        long coin = draws.coin();
        long key = key(draws, coin);
        if (!updates.update(coin)) {
            return shared.map.get(key);
        }
        return coin < 0 ? shared.map.put(key, (Long) coin) : shared.map.remove(key);
    }
}
