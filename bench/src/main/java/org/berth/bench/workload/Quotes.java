package org.berth.bench.workload;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.StampedLock;
import org.berth.core.slots.Field.OwnedLong;
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
 * Records of five longs. A single writer sets the first three to n, n + 1 and n + 2; readers read a consistent copy of
 * all five.
 *
 * <p>A writer has the record of its own thread index. A reader has the record of the first writer; without writers, its
 * own.
 */
@SuppressWarnings("NullAway.Init") // by JMH, in setup
public class Quotes {

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();
    static final OwnedLong BID = RECORD.ownedLong("bid");
    static final OwnedLong ASK = RECORD.ownedLong("ask");
    static final OwnedLong LAST = RECORD.ownedLong("last");
    static final OwnedLong OPEN = RECORD.ownedLong("open");
    static final OwnedLong CLOSE = RECORD.ownedLong("close");
    static final RecordLayout LAYOUT = RECORD.build();

    private Quotes() {}

    /** Uses every field of a record; fails on a torn read. */
    static long check(long bid, long ask, long last, long open, long close) {
        if (ask - bid != last - ask) {
            throw new IllegalStateException("torn read: bid=" + bid + " ask=" + ask + " last=" + last);
        }
        return last + open + close;
    }

    /** JMH's first thread is the reader. */
    private static int firstWriter(BenchmarkParams params) {
        return params.getThreads() > 1 ? 1 : 0;
    }

    /** Five longs, immutable. */
    record Quote(long bid, long ask, long last, long open, long close) {}

    /** Five longs with their monitor or a lock. */
    static final class Guarded {

        final StampedLock lock = new StampedLock();
        long bid;
        long ask;
        long last;
        long open;
        long close;
    }

    /** A writer's next number. */
    @State(Scope.Thread)
    public static class Next {

        long value;
    }

    /** Berth's table. */
    @State(Scope.Benchmark)
    public static class Table {

        /** The writers' keys. */
        final Set<Long> writers = ConcurrentHashMap.newKeySet();

        SlotTable slots;

        @Setup
        public void open(BenchmarkParams params) {
            slots = SlotTable.create(LAYOUT, params.getThreads());
            for (int i = 0; i < params.getThreads(); i++) {
                slots.claim(OwnKey.of(i)).close();
            }
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

    /** A reader's view. */
    @State(Scope.Thread)
    public static class View {

        final Snapshot snapshot = LAYOUT.newSnapshot();
        SlotView view;

        @Setup
        public void open(Table table, BenchmarkParams params) {
            view = table.slots.view(OwnKey.of(firstWriter(params)));
            table.slots.at(view.key()).read(snapshot);
        }
    }

    /** The records with locks. */
    @State(Scope.Benchmark)
    public static class AllGuarded {

        Guarded[] all;

        @Setup
        public void allocate(BenchmarkParams params) {
            all = new Guarded[params.getThreads()];
            for (int i = 0; i < all.length; i++) {
                all[i] = HeapPadding.padded(Guarded::new);
            }
        }
    }

    /** A writer's record among them. */
    @State(Scope.Thread)
    public static class OwnGuarded {

        Guarded record;

        @Setup
        public void choose(AllGuarded guarded, ThreadParams thread) {
            record = guarded.all[thread.getThreadIndex()];
        }

        @TearDown
        public void check() {
            Verify.counted("record with a lock", record.bid);
        }
    }

    /** A reader's record among them. */
    @State(Scope.Thread)
    public static class ReadGuarded {

        Guarded record;

        @Setup
        public void choose(AllGuarded guarded, BenchmarkParams params) {
            record = guarded.all[firstWriter(params)];
        }
    }

    /** References to immutable records. */
    @State(Scope.Benchmark)
    public static class AllReferences {

        final ConcurrentHashMap<Long, Quote> map = new ConcurrentHashMap<>();
        AtomicReference<Quote>[] all;

        @Setup
        @SuppressWarnings({"unchecked", "rawtypes"}) // arrays are not generic
        public void allocate(BenchmarkParams params) {
            all = new AtomicReference[params.getThreads()];
            for (int i = 0; i < all.length; i++) {
                all[i] = HeapPadding.padded(() -> new AtomicReference<>(new Quote(0, 1, 2, 3, 4)));
                map.put(OwnKey.of(i), new Quote(0, 1, 2, 3, 4));
            }
        }
    }

    /** A writer's reference and key. */
    @State(Scope.Thread)
    public static class OwnReference {

        AtomicReference<Quote> reference;
        Long key;

        @Setup
        public void choose(AllReferences references, ThreadParams thread) {
            reference = references.all[thread.getThreadIndex()];
            key = OwnKey.of(thread.getThreadIndex());
        }
    }

    /** A reader's reference and key. */
    @State(Scope.Thread)
    public static class ReadReference {

        AtomicReference<Quote> reference;
        Long key;

        @Setup
        public void choose(AllReferences references, BenchmarkParams params) {
            reference = references.all[firstWriter(params)];
            key = OwnKey.of(firstWriter(params));
        }
    }
}
