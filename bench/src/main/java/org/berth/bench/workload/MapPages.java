package org.berth.bench.workload;

import java.util.concurrent.TimeUnit;
import org.berth.bench.affinity.CpuOrder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** The cost of the map's operations, by the kind of pages of its memory. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(jvmArgsAppend = {MapFlags.HEAP_MIN, MapFlags.HEAP_MAX, CpuOrder.NATIVE_ACCESS})
public class MapPages {

    private static final int SIZE = 10_000_000;

    @Benchmark
    public long get(PlacedMaps.Full shared, MapKeys.Draws draws) {
        return shared.map.get(draws.key());
    }

    @Benchmark
    @OperationsPerInvocation(32)
    public long getAll32(PlacedMaps.Full shared, MapKeys.Draws draws) {
        shared.map.getAll(draws.fill(draws.batch32), draws.values32);
        return draws.values32[0];
    }

    @Benchmark
    public long getAndAdd(PlacedMaps.Full shared, MapKeys.Draws draws) {
        return shared.map.getAndAdd(draws.key(), 1);
    }

    @Benchmark
    public long put(PlacedMaps.Full shared, MapKeys.Draws draws) {
        return shared.map.put(draws.key(), draws.coin());
    }

    /** An operation is one insert; the first thousand keys are negligible. */
    @Benchmark
    @OperationsPerInvocation(SIZE)
    public void grow(PlacedMaps.Growing growing) {
        growing.growTo(SIZE);
    }
}
