package org.berth.bench.workload;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.RecordCursor;
import org.berth.core.slots.RecordLayout;
import org.berth.core.slots.Slot;
import org.berth.core.slots.SlotTable;
import org.berth.core.slots.SlotView;
import org.berth.core.slots.Snapshot;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * Records of three longs, which their writer sets to n, n + 1 and n + 2, and of which a reader takes a consistent copy.
 *
 * <p>Each thread has the record of its own index; the reader, JMH's first thread, has that of the first writer. Without
 * writers it has its own, which another handle owns and does not write.
 */
@SuppressWarnings("NullAway.Init") // by JMH, in setup
public class Ticks {

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();
    static final OwnedLong BID = RECORD.ownedLong("bid");
    static final OwnedLong ASK = RECORD.ownedLong("ask");
    static final OwnedLong LAST = RECORD.ownedLong("last");
    static final RecordLayout LAYOUT = RECORD.build();

    private Ticks() {}

    /** Uses every field of a copy; fails on a torn read. */
    static long check(long bid, long ask, long last) {
        if (ask - bid != 1 || last - ask != 1) {
            throw new IllegalStateException("torn read: bid=" + bid + " ask=" + ask + " last=" + last);
        }
        return last;
    }

    private static long keyOfFirstWriter(BenchmarkParams params) {
        return OwnKey.of(indexOfFirstWriter(params));
    }

    private static int indexOfFirstWriter(BenchmarkParams params) {
        return params.getThreads() > 1 ? 1 : 0;
    }

    /** Three longs, immutable. */
    record Tick(long bid, long ask, long last) {}

    /** Berth's table. */
    @State(Scope.Benchmark)
    public static class Table {

        /** The writers' keys. */
        final Set<Long> writers = ConcurrentHashMap.newKeySet();

        SlotTable slots;
        Slot idle;

        @Setup
        public void open(BenchmarkParams params) {
            slots = SlotTable.create(LAYOUT, params.getThreads());
            for (int i = 0; i < params.getThreads(); i++) {
                slots.claim(OwnKey.of(i), first -> first.set(ASK, 1).set(LAST, 2))
                        .close();
            }
            idle = slots.claim(OwnKey.of(0));
        }

        /**
         * Verifies the writers' records. The writers themselves have no teardown, which could run after this one; see
         * {@link Tables}.
         */
        @TearDown
        public void close() {
            for (long key : writers) {
                Verify.counted("Berth, write", slots.at(key).get(BID));
            }
            slots.close();
        }
    }

    /** A writer's record. */
    @State(Scope.Thread)
    public static class Owner {

        Slot slot;

        @Setup
        public void claim(Table table, ThreadParams thread) {
            long key = OwnKey.of(thread.getThreadIndex());
            slot = table.slots.claim(key);
            table.writers.add(key);
        }
    }

    /** A reader's view, looked up before the measurement. */
    @State(Scope.Thread)
    public static class View {

        final Snapshot copy = LAYOUT.newSnapshot();
        SlotView view;

        @Setup
        public void open(Table table, BenchmarkParams params) {
            view = table.slots.view(keyOfFirstWriter(params));
        }
    }

    /** A reader's cursor, and the key that it looks up each time. */
    @State(Scope.Thread)
    public static class Cursor {

        final Snapshot copy = LAYOUT.newSnapshot();
        RecordCursor cursor;
        long key;

        @Setup
        public void open(Table table, BenchmarkParams params) {
            cursor = table.slots.cursor();
            key = keyOfFirstWriter(params);
        }
    }

    /** Immutable records, each behind a reference and in a map. */
    @State(Scope.Benchmark)
    public static class All {

        final ConcurrentHashMap<Long, Tick> map = new ConcurrentHashMap<>();
        AtomicReference<Tick>[] references;

        @Setup
        @SuppressWarnings({"unchecked", "rawtypes"}) // arrays are not generic
        public void allocate(BenchmarkParams params) {
            references = new AtomicReference[params.getThreads()];
            for (int i = 0; i < references.length; i++) {
                references[i] = HeapPadding.padded(() -> new AtomicReference<>(new Tick(0, 1, 2)));
                map.put(OwnKey.of(i), new Tick(0, 1, 2));
            }
        }
    }

    /** A writer's reference and key. */
    @State(Scope.Thread)
    public static class Own {

        AtomicReference<Tick> reference;
        Long key;

        @Setup
        public void choose(All all, ThreadParams thread) {
            reference = all.references[thread.getThreadIndex()];
            key = OwnKey.of(thread.getThreadIndex());
        }
    }

    /** A reader's reference and key. */
    @State(Scope.Thread)
    public static class Other {

        AtomicReference<Tick> reference;
        Long key;

        @Setup
        public void choose(All all, BenchmarkParams params) {
            reference = all.references[indexOfFirstWriter(params)];
            key = keyOfFirstWriter(params);
        }
    }
}
