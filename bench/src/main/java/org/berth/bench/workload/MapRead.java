package org.berth.bench.workload;

import java.util.concurrent.TimeUnit;
import org.berth.bench.affinity.CpuOrder;
import org.berth.bench.store.ChronicleFlags;
import org.berth.core.map.LongLongMap;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** Threads read the values of random keys of a map without updates. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(jvmArgsAppend = {MapFlags.HEAP_MIN, MapFlags.HEAP_MAX})
@SuppressWarnings("NullAway") // every key is present, and a check would cost
public class MapRead {

    @Benchmark
    public long berth(SharedMaps.Berth shared, MapKeys.Draws draws) {
        return shared.map.get(draws.key());
    }

    @Benchmark
    public long concurrentHashMap(SharedMaps.Concurrent shared, MapKeys.Draws draws) {
        return shared.map.get(draws.key());
    }

    @Benchmark
    public long nonBlockingHashMapLong(SharedMaps.NonBlocking shared, MapKeys.Draws draws) {
        return shared.map.get(draws.key());
    }

    @Benchmark
    public long synchronizedMap(SharedMaps.Synchronized shared, MapKeys.Draws draws) {
        return shared.map.get(draws.key());
    }

    @Benchmark
    public long hashMap(SharedMaps.Plain shared, MapKeys.Draws draws) {
        return shared.map.get(draws.key());
    }

    @Benchmark
    public long agronaHashMap(SharedMaps.Agrona shared, MapKeys.Draws draws) {
        return shared.map.get(draws.key());
    }

    @Benchmark
    @Fork(
            jvmArgsAppend = {
                MapFlags.HEAP_MIN,
                MapFlags.HEAP_MAX,
                ChronicleFlags.OPEN_LANG,
                ChronicleFlags.OPEN_REFLECT,
                ChronicleFlags.OPEN_IO,
                ChronicleFlags.OPEN_UTIL,
                ChronicleFlags.OPEN_NIO,
                ChronicleFlags.OPEN_CH,
                ChronicleFlags.EXPORT_REF,
                ChronicleFlags.EXPORT_CH,
                ChronicleFlags.EXPORT_JAVAC,
                ChronicleFlags.OPEN_JAVAC,
                CpuOrder.NATIVE_ACCESS,
                ChronicleFlags.NO_ANALYTICS
            })
    public long chronicleMap(SharedMaps.Chronicle shared, MapKeys.Draws draws) {
        return shared.map.get(draws.key());
    }

    @Benchmark
    public long berthMiss(SharedMaps.Berth shared, MapKeys.Draws draws) {
        return shared.map.get(MapKeys.absent(draws.key()));
    }

    @Benchmark
    public Object concurrentHashMapMiss(SharedMaps.Concurrent shared, MapKeys.Draws draws) {
        return shared.map.get(MapKeys.absent(draws.key()));
    }

    @Benchmark
    public Object nonBlockingHashMapLongMiss(SharedMaps.NonBlocking shared, MapKeys.Draws draws) {
        return shared.map.get(MapKeys.absent(draws.key()));
    }

    /** An absent key of every other draw, by a coin that no branch predictor learns. */
    private static long presentOrAbsent(MapKeys.Draws draws) {
        long key = draws.key();
        return draws.coin() < 0 ? key : MapKeys.absent(key);
    }

    @Benchmark
    public long berthHalfMiss(SharedMaps.Berth shared, MapKeys.Draws draws) {
        long value = shared.map.get(presentOrAbsent(draws));
        return value == LongLongMap.MISSING ? 0 : value;
    }

    @Benchmark
    public long concurrentHashMapHalfMiss(SharedMaps.Concurrent shared, MapKeys.Draws draws) {
        Long value = shared.map.get(presentOrAbsent(draws));
        return value == null ? 0 : value;
    }

    @Benchmark
    public long nonBlockingHashMapLongHalfMiss(SharedMaps.NonBlocking shared, MapKeys.Draws draws) {
        Long value = shared.map.get(presentOrAbsent(draws));
        return value == null ? 0 : value;
    }

    @Benchmark
    @OperationsPerInvocation(8)
    public long berthAll8(SharedMaps.Berth shared, MapKeys.Draws draws) {
        shared.map.getAll(draws.fill(draws.batch8), draws.values8);
        return draws.values8[0];
    }

    @Benchmark
    @OperationsPerInvocation(32)
    public long berthAll32(SharedMaps.Berth shared, MapKeys.Draws draws) {
        shared.map.getAll(draws.fill(draws.batch32), draws.values32);
        return draws.values32[0];
    }

    @Benchmark
    @OperationsPerInvocation(128)
    public long berthAll128(SharedMaps.Berth shared, MapKeys.Draws draws) {
        shared.map.getAll(draws.fill(draws.batch128), draws.values128);
        return draws.values128[0];
    }
}
