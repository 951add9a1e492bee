package org.berth.bench.workload;

import static org.berth.bench.workload.Counters.STRIDE;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAccumulator;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Merge;
import org.berth.core.slots.PerThread;
import org.berth.core.slots.RecordLayout;
import org.berth.core.slots.Slot;
import org.jctools.queues.MpmcArrayQueue;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;

/** Per-thread objects, looked up on each operation. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // by JMH, in setup
public class OwnThread {

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();
    private static final OwnedLong COUNT = RECORD.ownedLong("count", Merge.SUM);
    private static final RecordLayout LAYOUT = RECORD.build();

    /** Berth's, with capacity for the threads and for those that JMH ends late. */
    @State(Scope.Benchmark)
    public static class Slots {

        PerThread perThread;

        @Setup
        public void create(BenchmarkParams params) {
            perThread = PerThread.create(LAYOUT, 2 * params.getThreads() + 2);
        }
    }

    /** Berth's, for benchmarks that count. */
    @State(Scope.Benchmark)
    public static class Counting extends Slots {

        @TearDown
        public void check() {
            Verify.counted("PerThread", perThread.table().sum(COUNT));
        }
    }

    /** A thread's slot handle. */
    @State(Scope.Thread)
    public static class Held {

        Slot slot;

        // At each iteration, as JMH may use another thread for the next.
        @Setup(Level.Iteration)
        public void get(Counting all) {
            slot = all.perThread.get();
        }
    }

    /** A {@link LongAccumulator} that sums. */
    @State(Scope.Benchmark)
    public static class Accumulator {

        final LongAccumulator count = new LongAccumulator(Long::sum, 0);

        @TearDown
        public void check() {
            Verify.counted("LongAccumulator", count.get());
        }
    }

    /** The usual pool: a queue of padded counters. */
    @State(Scope.Benchmark)
    public static class CounterPool {

        final MpmcArrayQueue<AtomicLong> pool = new MpmcArrayQueue<>(64);

        @Setup
        public void fill() {
            while (pool.offer(HeapPadding.padded(AtomicLong::new))) {
                // Until it is full.
            }
        }

        @TearDown
        public void check() {
            long[] sum = {0};
            pool.drain(count -> sum[0] += count.get());
            Verify.counted("pool", sum[0]);
        }
    }

    @Benchmark
    public Slot berthGet(Slots all) {
        return all.perThread.get();
    }

    @Benchmark
    public long[] threadLocalGet(Counters.Local local) {
        return local.cells.get();
    }

    @Benchmark
    public long berthAdd(Counting all) {
        return all.perThread.add(COUNT, 1);
    }

    @Benchmark
    public long berthHeld(Counting all, Held own) {
        return own.slot.add(COUNT, 1);
    }

    @Benchmark
    public void longAdder(Counters.Adder shared) {
        shared.adder.add(1);
    }

    @Benchmark
    public void longAccumulator(Accumulator shared) {
        shared.count.accumulate(1);
    }

    @Benchmark
    public long threadLocalAdd(Counters.Local local, Counters.LocalCheck check) {
        return local.cells.get()[STRIDE]++;
    }

    @Benchmark
    public long berthLease(Counting all) {
        try (Slot slot = all.perThread.lease()) {
            return slot.add(COUNT, 1);
        }
    }

    @Benchmark
    @SuppressWarnings("NullAway") // there are more counters than threads
    public long poolOfCounters(CounterPool all) {
        AtomicLong count = all.pool.poll();
        long value = count.incrementAndGet();
        all.pool.offer(count);
        return value;
    }
}
