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
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** A consistent copy of a record of three fields, whose writer is idle. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway") // every key is in the map
public class RecordCopy {

    @Benchmark
    public long berthView(Ticks.View other) {
        Snapshot copy = other.copy;
        other.view.read(copy);
        return check(copy.get(BID), copy.get(ASK), copy.get(LAST));
    }

    @Benchmark
    public long atomicReference(Ticks.Other other) {
        Tick tick = other.reference.get();
        return check(tick.bid(), tick.ask(), tick.last());
    }

    @Benchmark
    public long berthCursor(Ticks.Cursor other) {
        Snapshot copy = other.copy;
        other.cursor.seek(other.key).read(copy);
        return check(copy.get(BID), copy.get(ASK), copy.get(LAST));
    }

    @Benchmark
    public long concurrentHashMap(Ticks.All all, Ticks.Other other) {
        Tick tick = all.map.get(other.key);
        return check(tick.bid(), tick.ask(), tick.last());
    }
}
