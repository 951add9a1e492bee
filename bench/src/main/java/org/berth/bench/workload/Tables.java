package org.berth.bench.workload;

import static org.berth.bench.workload.Records.COUNT;
import static org.berth.bench.workload.Records.LAYOUT;
import static org.berth.bench.workload.Records.TICKET;

import org.berth.core.slots.Slot;
import org.berth.core.slots.SlotTable;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * Berth's tables, and the threads' handles. Threads do not close their handles: JMH tears down a shared state while
 * other threads tear down their own, so that a thread could access a table that is being closed.
 */
@SuppressWarnings("NullAway.Init") // by JMH, in setup
public class Tables {

    private Tables() {}

    /** One table, in which threads claim keys as they start, so that their records are neighbours. */
    @State(Scope.Benchmark)
    public static class Claimed {

        SlotTable slots;

        @Setup
        public void open(BenchmarkParams params) {
            slots = SlotTable.create(LAYOUT, params.getThreads());
        }

        @TearDown
        public void close() {
            // The minimum: every thread has counted.
            Verify.counted("Berth", slots.min(COUNT));
            slots.close();
        }
    }

    /** A thread's record in {@link Claimed}. */
    @State(Scope.Thread)
    public static class Handle {

        Slot slot;

        @Setup
        public void claim(Claimed table, ThreadParams thread) {
            slot = table.slots.claim(OwnKey.of(thread.getThreadIndex()));
        }
    }

    /**
     * Eight tables; all but the first are not constants to the JIT compiler.
     */
    @State(Scope.Benchmark)
    public static class Eight {

        static final int TABLES = 8;

        final SlotTable[] slots = new SlotTable[TABLES];

        @Setup
        public void open(BenchmarkParams params) {
            for (int i = 0; i < TABLES; i++) {
                slots[i] = SlotTable.create(LAYOUT, params.getThreads());
            }
        }

        @TearDown
        public void close() {
            for (SlotTable table : slots) {
                Verify.counted("one of eight tables", table.min(COUNT));
                table.close();
            }
        }
    }

    /** A thread's records in {@link Eight}. */
    @State(Scope.Thread)
    public static class EightHandles {

        final Slot[] slots = new Slot[Eight.TABLES];
        int turn;

        @Setup
        public void claim(Eight tables, ThreadParams thread) {
            for (int i = 0; i < Eight.TABLES; i++) {
                slots[i] = tables.slots[i].claim(OwnKey.of(thread.getThreadIndex()));
            }
        }

        Slot next() {
            return slots[turn++ & (Eight.TABLES - 1)];
        }
    }

    /** One table with all keys. */
    @State(Scope.Benchmark)
    public static class Keyed {

        SlotTable slots;

        @Setup
        public void fill(BenchmarkParams params) {
            slots = SlotTable.create(LAYOUT, OwnKey.count(params.getThreads()));
            OwnKey.all(params.getThreads()).forEach(key -> slots.claim(key).close());
        }

        @TearDown
        public void close() {
            Verify.counted("Berth by key", slots.sum(TICKET) + slots.sum(COUNT));
            slots.close();
        }
    }

    /** One recycling table with all keys. */
    @State(Scope.Benchmark)
    public static class Recycling {

        SlotTable slots;

        @Setup
        public void fill(BenchmarkParams params) {
            slots = SlotTable.builder(LAYOUT, OwnKey.count(params.getThreads()))
                    .recycling()
                    .build();
            OwnKey.all(params.getThreads()).forEach(key -> slots.claim(key).close());
        }

        @TearDown
        public void close() {
            Verify.counted("Berth by key, recycling", slots.sum(TICKET));
            slots.close();
        }
    }

    /** One table with all names. */
    @State(Scope.Benchmark)
    public static class Named {

        SlotTable slots;

        @Setup
        public void fill(BenchmarkParams params) {
            slots = SlotTable.create(LAYOUT, OwnKey.count(params.getThreads()));
            OwnKey.all(params.getThreads())
                    .forEach(key -> slots.claim(OwnKey.name(key)).close());
        }

        @TearDown
        public void close() {
            Verify.counted("Berth by name", slots.sum(TICKET));
            slots.close();
        }
    }

    /** A thread's record in {@link Keyed}. */
    @State(Scope.Thread)
    public static class KeyedHandle {

        Slot slot;

        @Setup
        public void claim(Keyed table, ThreadParams thread) {
            slot = table.slots.claim(OwnKey.of(thread.getThreadIndex()));
        }
    }
}
