package org.berth.bench.workload;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.AtomicCounter;
import org.agrona.concurrent.status.CountersReader;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.ThreadParams;

/** The peers that are counters, one per thread where possible. */
@SuppressWarnings("NullAway.Init") // by JMH, in setup
public class Counters {

    /** Longs in two cache lines: adjacent lines are prefetched together. */
    static final int STRIDE = 16;

    private Counters() {}

    private static void checkEach(String what, AtomicLongArray values, int threads, int stride) {
        for (int thread = 0; thread < threads; thread++) {
            Verify.counted(what, values.get(index(thread, stride)));
        }
    }

    /**
     * Returns an index in an array. The first stride stays unused, as padding from the array's header and its
     * neighbour.
     */
    private static int index(int thread, int stride) {
        return STRIDE + thread * stride;
    }

    /** One {@link LongAdder} for all threads, which spreads its cells over them. */
    @State(Scope.Benchmark)
    public static class Adder {

        final LongAdder adder = new LongAdder();

        @TearDown
        public void check() {
            Verify.counted("LongAdder", adder.sum());
        }
    }

    /** A {@link ThreadLocal}, which no other thread can read. */
    @State(Scope.Benchmark)
    public static class Local {

        final ThreadLocal<long[]> cells = ThreadLocal.withInitial(() -> new long[2 * STRIDE]);
    }

    /** Verifies {@link Local} on each thread. */
    @State(Scope.Thread)
    public static class LocalCheck {

        @TearDown
        public void check(Local local) {
            Verify.counted("ThreadLocal", local.cells.get()[STRIDE]);
        }
    }

    /** An {@link AtomicLong} for each thread. */
    @State(Scope.Thread)
    public static class Own {

        final AtomicLong value = HeapPadding.padded(AtomicLong::new);

        @TearDown
        public void check() {
            Verify.counted("AtomicLong", value.get());
        }
    }

    /** An {@link AtomicLongArray} with neighbouring elements for different threads. */
    @State(Scope.Benchmark)
    public static class Dense {

        AtomicLongArray values;

        @Setup
        public void allocate(BenchmarkParams params) {
            values = new AtomicLongArray(index(params.getThreads(), 1) + STRIDE);
        }

        @TearDown
        public void check(BenchmarkParams params) {
            checkEach("AtomicLongArray", values, params.getThreads(), 1);
        }
    }

    /** An {@link AtomicLongArray} with elements in different cache lines. */
    @State(Scope.Benchmark)
    public static class Padded {

        AtomicLongArray values;

        @Setup
        public void allocate(BenchmarkParams params) {
            values = new AtomicLongArray(index(OwnKey.count(params.getThreads()), STRIDE));
        }

        /** Sums as many elements as the maps have keys. */
        long sum() {
            long sum = 0;
            for (int i = STRIDE; i < values.length(); i += STRIDE) {
                sum += values.getAcquire(i);
            }
            return sum;
        }

        @TearDown
        public void check() {
            Verify.counted("AtomicLongArray, padded", sum());
        }
    }

    /** A thread's index in {@link Dense} and {@link Padded}. */
    @State(Scope.Thread)
    public static class Index {

        int dense;
        int padded;

        @Setup
        public void choose(ThreadParams thread) {
            dense = index(thread.getThreadIndex(), 1);
            padded = index(thread.getThreadIndex(), STRIDE);
        }
    }

    /** The memory of Agrona's counters, eight for each thread. */
    @State(Scope.Benchmark)
    public static class AgronaValues {

        static final int PER_THREAD = 8;

        UnsafeBuffer buffer;

        @Setup
        public void allocate(BenchmarkParams params) {
            int bytes = params.getThreads() * PER_THREAD * CountersReader.COUNTER_LENGTH;
            buffer = new UnsafeBuffer(BufferUtil.allocateDirectAligned(bytes, CountersReader.COUNTER_LENGTH));
        }
    }

    /** A thread's counters. */
    @State(Scope.Thread)
    public static class Agrona {

        final AtomicCounter[] eight = new AtomicCounter[AgronaValues.PER_THREAD];
        AtomicCounter one;
        int turn;

        @Setup
        public void map(AgronaValues values, BenchmarkParams params, ThreadParams thread) {
            for (int i = 0; i < eight.length; i++) {
                eight[i] = new AtomicCounter(values.buffer, i * params.getThreads() + thread.getThreadIndex());
            }
            one = eight[0];
        }

        AtomicCounter next() {
            return eight[turn++ & (AgronaValues.PER_THREAD - 1)];
        }

        @TearDown
        public void check() {
            Verify.counted("AtomicCounter", one.get());
        }
    }

    /** A plain array for each thread: the cost of counting without readers. */
    @State(Scope.Thread)
    public static class Plain {

        final long[] values = new long[2 * STRIDE];

        @TearDown
        public void check() {
            Verify.counted("long[]", values[STRIDE]);
        }
    }
}
