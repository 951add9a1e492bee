package org.berth.bench.workload;

import java.util.concurrent.TimeUnit;
import org.berth.core.slots.Field;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Field.SharedLong;
import org.berth.core.slots.RecordLayout;
import org.berth.core.slots.Slot;
import org.berth.core.slots.SlotTable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.ThreadParams;

/** False sharing of neighbouring records, by the padding between them: two cache lines, one, and none. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // by JMH, in setup
public class FalseSharing {

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();

    private static final OwnedLong COUNT = RECORD.ownedLong("count");

    /** No shared fields: their area would separate the owned ones. */
    private static final RecordLayout LAYOUT = RECORD.build();

    private static final RecordLayout.Builder SHARED_RECORD = RecordLayout.builder();

    private static final SharedLong TICKET = SHARED_RECORD.sharedLong("ticket");

    /** No owned fields, for the same reason. */
    private static final RecordLayout SHARED_LAYOUT = SHARED_RECORD.build();

    /** A table with a padding. */
    @State(Scope.Benchmark)
    public static class Table {

        /** In bytes. */
        @Param({"128", "64", "8"})
        public int padding;

        private final RecordLayout layout;
        private final Field.OfLong counted;

        SlotTable slots;

        public Table() {
            this(LAYOUT, COUNT);
        }

        Table(RecordLayout layout, Field.OfLong counted) {
            this.layout = layout;
            this.counted = counted;
        }

        @Setup
        public void open(BenchmarkParams params) {
            slots = SlotTable.builder(layout, params.getThreads())
                    .padding(padding)
                    .build();
        }

        @TearDown
        public void close() {
            Verify.counted(counted.name(), slots.min(counted));
            slots.close();
        }
    }

    /** The same with shared fields. */
    @State(Scope.Benchmark)
    public static class SharedTable extends Table {

        public SharedTable() {
            super(SHARED_LAYOUT, TICKET);
        }
    }

    /** A thread's record in it, the neighbour of the next thread's. */
    @State(Scope.Thread)
    public static class Handle {

        Slot slot;

        @Setup
        public void claim(Table table, ThreadParams thread) {
            slot = table.slots.claim(thread.getThreadIndex());
        }
    }

    /** A thread's record in it, the neighbour of the next thread's. */
    @State(Scope.Thread)
    public static class SharedHandle {

        Slot slot;

        @Setup
        public void claim(SharedTable table, ThreadParams thread) {
            slot = table.slots.claim(thread.getThreadIndex());
        }
    }

    @Benchmark
    public long berth(Handle own) {
        return own.slot.add(COUNT, 1);
    }

    /** The same for the placement suite: the method identifies the suite of a result. */
    @Benchmark
    public long owned(Handle own) {
        return own.slot.add(COUNT, 1);
    }

    @Benchmark
    public long shared(SharedHandle own) {
        return own.slot.getAndAdd(TICKET, 1);
    }
}
