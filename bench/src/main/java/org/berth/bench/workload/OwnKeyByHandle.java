package org.berth.bench.workload;

import static org.berth.bench.workload.Counters.STRIDE;
import static org.berth.bench.workload.Records.COUNT;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/**
 * Each thread adds to the value under its own key, through a handle that it holds.
 *
 * <p>Where a peer is plain code it returns the value before, which is its best setting: C2 then loads the value into a
 * register, where processors predict the forwarding of the last write, instead of folding the load into the addition.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class OwnKeyByHandle {

    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

    /** What {@code UnsafeBuffer} requires since JDK 24; only in the forks that measure it. */
    static final String OPEN_FOR_AGRONA = "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED";

    static final String NO_CONSTANT_WORDS = "-Dorg.berth.constantWords=false";

    @Benchmark
    public long berth(Tables.Handle own) {
        return own.slot.add(COUNT, 1);
    }

    /** As for all tables of a process but the first, whose memory is a constant to the JIT compiler. */
    @Benchmark
    @Fork(jvmArgsAppend = NO_CONSTANT_WORDS)
    public long berthLaterTable(Tables.Handle own) {
        return own.slot.add(COUNT, 1);
    }

    @Benchmark
    public long berthEightTables(Tables.EightHandles own) {
        return own.next().add(COUNT, 1);
    }

    @Benchmark
    public void longAdder(Counters.Adder shared) {
        shared.adder.increment();
    }

    @Benchmark
    public long threadLocal(Counters.Local local, Counters.LocalCheck check) {
        return local.cells.get()[STRIDE]++;
    }

    @Benchmark
    public long atomicLong(Counters.Own own) {
        return own.value.incrementAndGet();
    }

    @Benchmark
    public long atomicLongArray(Counters.Dense shared, Counters.Index own) {
        return shared.values.incrementAndGet(own.dense);
    }

    @Benchmark
    public long atomicLongArrayPadded(Counters.Padded shared, Counters.Index own) {
        return shared.values.incrementAndGet(own.padded);
    }

    @Benchmark
    @Fork(jvmArgsAppend = OPEN_FOR_AGRONA)
    public long agronaCounter(Counters.Agrona own) {
        return own.one.incrementRelease();
    }

    @Benchmark
    @Fork(jvmArgsAppend = OPEN_FOR_AGRONA)
    public long agronaCounterEight(Counters.Agrona own) {
        return own.next().incrementRelease();
    }

    @Benchmark
    public long plainReadReleaseWrite(Counters.Plain own) {
        long before = own.values[STRIDE];
        LONGS.setRelease(own.values, STRIDE, before + 1);
        return before;
    }

    @Benchmark
    public long plainIncrement(Counters.Plain own) {
        return own.values[STRIDE]++;
    }
}
