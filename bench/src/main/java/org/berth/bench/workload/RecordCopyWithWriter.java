package org.berth.bench.workload;

import static org.berth.bench.workload.Ticks.ASK;
import static org.berth.bench.workload.Ticks.BID;
import static org.berth.bench.workload.Ticks.LAST;
import static org.berth.bench.workload.Ticks.check;

import java.util.concurrent.TimeUnit;
import org.berth.bench.workload.Ticks.Tick;
import org.berth.core.slots.Snapshot;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/**
 * One thread copies a record of three fields, in a loop, while the record's writer writes it all the time. Further
 * threads write records of their own.
 *
 * <p>In each group the reader's method must come first in alphabetical order, in which JMH assigns the threads.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway") // every key is in the map
public class RecordCopyWithWriter {

    @Benchmark
    @Group("berthView")
    public long berthViewRead(Ticks.View other) {
        Snapshot copy = other.copy;
        other.view.read(copy);
        return check(copy.get(BID), copy.get(ASK), copy.get(LAST));
    }

    @Benchmark
    @Group("berthView")
    public void berthViewWrite(Ticks.Owner own, Quotes.Next next) {
        write(own, ++next.value);
    }

    @Benchmark
    @Group("atomicReference")
    public long atomicReferenceRead(Ticks.Other other) {
        Tick tick = other.reference.get();
        return check(tick.bid(), tick.ask(), tick.last());
    }

    @Benchmark
    @Group("atomicReference")
    public void atomicReferenceWrite(Ticks.Own own, Quotes.Next next) {
        long n = ++next.value;
        own.reference.setRelease(new Tick(n, n + 1, n + 2));
    }

    @Benchmark
    @Group("berthCursor")
    public long berthCursorRead(Ticks.Cursor other) {
        Snapshot copy = other.copy;
        other.cursor.seek(other.key).read(copy);
        return check(copy.get(BID), copy.get(ASK), copy.get(LAST));
    }

    @Benchmark
    @Group("berthCursor")
    public void berthCursorWrite(Ticks.Owner own, Quotes.Next next) {
        write(own, ++next.value);
    }

    @Benchmark
    @Group("concurrentHashMap")
    public long concurrentHashMapRead(Ticks.All all, Ticks.Other other) {
        Tick tick = all.map.get(other.key);
        return check(tick.bid(), tick.ask(), tick.last());
    }

    @Benchmark
    @Group("concurrentHashMap")
    public void concurrentHashMapWrite(Ticks.All all, Ticks.Own own, Quotes.Next next) {
        long n = ++next.value;
        all.map.put(own.key, new Tick(n, n + 1, n + 2));
    }

    private static void write(Ticks.Owner own, long n) {
        own.slot.begin().set(BID, n).set(ASK, n + 1).set(LAST, n + 2).commit();
    }
}
