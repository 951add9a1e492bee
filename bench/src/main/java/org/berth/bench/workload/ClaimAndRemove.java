package org.berth.bench.workload;

import static org.berth.bench.workload.Records.LAYOUT;

import java.util.concurrent.TimeUnit;
import org.berth.bench.affinity.CpuOrder;
import org.berth.core.slots.SlotTable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.ThreadParams;

/** Short-lived keys: each thread claims its own key, closes the slot and removes the key. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(jvmArgsAppend = CpuOrder.NATIVE_ACCESS)
@SuppressWarnings("NullAway.Init") // by JMH, in setup
public class ClaimAndRemove {

    private static final int CAPACITY = 4_096;

    /** A recycling table. */
    @State(Scope.Benchmark)
    public static class Table {

        /** Whether the table is spread over the nodes. */
        @Param({"false", "true"})
        public boolean spread;

        SlotTable slots;

        @Setup
        public void open() {
            SlotTable.Builder builder = SlotTable.builder(LAYOUT, CAPACITY).recycling();
            slots = (spread ? builder.spreadOverNodes() : builder).build();
        }

        @TearDown
        public void close() {
            if (slots.size() != 0) {
                throw new IllegalStateException("keys are left: size=" + slots.size());
            }
            slots.close();
        }
    }

    /** A thread's key. */
    @State(Scope.Thread)
    public static class Key {

        long key;

        @Setup
        public void choose(ThreadParams thread) {
            key = OwnKey.of(thread.getThreadIndex());
        }
    }

    @Benchmark
    public boolean claimAndRemove(Table table, Key own) {
        table.slots.claim(own.key).close();
        return table.slots.remove(own.key);
    }
}
