package org.berth.bench.workload;

import static org.berth.bench.workload.Records.TICKET;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.berth.core.slots.SlotView;
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

/**
 * Reads a value and sets its successor by compare-and-set, in a loop until that succeeds.
 *
 * <p>Under a lock the test is free: those peers lock once and update once.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // by JMH, in setup
public class TestAndSet {

    /** Whether threads contend: an {@code own} entry each, or {@code one} entry for all. */
    @State(Scope.Benchmark)
    public static class Entries {

        @Param({"own", "one"})
        public String entries;

        int of(ThreadParams thread) {
            return switch (entries) {
                case "own" -> thread.getThreadIndex();
                case "one" -> 0;
                default -> throw new IllegalArgumentException("unknown parameter: entries=" + entries);
            };
        }
    }

    /** The key of a thread's entry. */
    @State(Scope.Thread)
    public static class Key {

        long key;
        Long boxed;

        @Setup
        public void choose(Entries entries, ThreadParams thread) {
            key = OwnKey.of(entries.of(thread));
            boxed = key;
        }
    }

    /** A view of a thread's entry. */
    @State(Scope.Thread)
    public static class View {

        SlotView view;

        @Setup
        public void open(Tables.Keyed table, Entries entries, ThreadParams thread) {
            view = table.slots.view(OwnKey.of(entries.of(thread)));
        }
    }

    /** A long with its lock, or its monitor. */
    static final class Guarded {

        final ReentrantLock lock = new ReentrantLock();
        long value;
    }

    /** The entries with locks. */
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

        @TearDown
        public void check() {
            Verify.counted("long with a lock", all[0].value);
        }
    }

    /** A thread's entry among them. */
    @State(Scope.Thread)
    public static class OwnGuarded {

        Guarded entry;

        @Setup
        public void choose(AllGuarded guarded, Entries entries, ThreadParams thread) {
            entry = guarded.all[entries.of(thread)];
        }
    }

    /** The element of a thread's entry. */
    @State(Scope.Thread)
    public static class Element {

        int index;

        @Setup
        public void choose(Entries entries, ThreadParams thread) {
            index = Counters.STRIDE + entries.of(thread) * Counters.STRIDE;
        }
    }

    @Benchmark
    public long berthByHandle(View own) {
        long seen;
        do {
            seen = own.view.get(TICKET);
        } while (!own.view.compareAndSet(TICKET, seen, seen + 1));
        return seen;
    }

    @Benchmark
    public long berthByKey(Tables.Keyed table, Key own) {
        long seen;
        do {
            seen = table.slots.at(own.key).get(TICKET);
        } while (!table.slots.at(own.key).compareAndSet(TICKET, seen, seen + 1));
        return seen;
    }

    @Benchmark
    public long synchronizedLong(OwnGuarded own) {
        Guarded entry = own.entry;
        synchronized (entry) {
            return entry.value++;
        }
    }

    @Benchmark
    public long lockedLong(OwnGuarded own) {
        Guarded entry = own.entry;
        entry.lock.lock();
        try {
            return entry.value++;
        } finally {
            entry.lock.unlock();
        }
    }

    @Benchmark
    public long atomicLongArrayPadded(Counters.Padded shared, Element own) {
        long seen;
        do {
            seen = shared.values.get(own.index);
        } while (!shared.values.compareAndSet(own.index, seen, seen + 1));
        return seen;
    }

    @Benchmark
    public Long synchronizedHashMap(SharedPeers.Plain shared, Key own) {
        Map<Long, Long> map = shared.map;
        synchronized (map) {
            return map.computeIfPresent(own.boxed, (key, seen) -> seen + 1);
        }
    }

    @Benchmark
    @SuppressWarnings("NullAway") // every key is there, and a check would cost
    public Long concurrentHashMapReplace(SharedPeers.Concurrent shared, Key own) {
        Long seen;
        do {
            seen = shared.map.get(own.boxed);
        } while (!shared.map.replace(own.boxed, seen, seen + 1));
        return seen;
    }

    @Benchmark
    @SuppressWarnings("NullAway") // every key is there, and a check would cost
    public long concurrentHashMapOfAtomics(SharedPeers.OfAtomics shared, Key own) {
        long seen;
        AtomicLong value;
        do {
            value = shared.map.get(own.boxed);
            seen = value.get();
        } while (!value.compareAndSet(seen, seen + 1));
        return seen;
    }

    @Benchmark
    @SuppressWarnings("NullAway") // every key is there, and a check would cost
    public Long concurrentHashMapCompute(SharedPeers.Concurrent shared, Key own) {
        return shared.map.compute(own.boxed, (key, seen) -> seen + 1);
    }
}
