package org.berth.bench.workload;

import static org.berth.bench.workload.Counters.STRIDE;
import static org.berth.bench.workload.Records.COUNT;
import static org.berth.bench.workload.Records.TICKET;

import java.util.concurrent.TimeUnit;
import org.berth.core.slots.RecordCursor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The cost of thread-safety with a single thread, compared with code that is not thread-safe. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SingleThread {

    /** A cursor of each thread. */
    @State(Scope.Thread)
    @SuppressWarnings("NullAway.Init") // by JMH, in setup
    public static class Cursor {

        RecordCursor cursor;

        @Setup
        public void open(Tables.Keyed table) {
            cursor = table.slots.cursor();
        }
    }

    @Benchmark
    public long berthByHandle(Tables.Handle own) {
        return own.slot.add(COUNT, 1);
    }

    @Benchmark
    public long berthByKey(Tables.Keyed table, OwnKey own) {
        return table.slots.at(own.key).getAndAdd(TICKET, 1);
    }

    @Benchmark
    public long berthByCursor(Cursor own, OwnKey key) {
        return own.cursor.seek(key.key).getAndAdd(TICKET, 1);
    }

    @Benchmark
    public long berthTestAndSet(Tables.KeyedHandle own) {
        long seen;
        do {
            seen = own.slot.get(TICKET);
        } while (!own.slot.compareAndSet(TICKET, seen, seen + 1));
        return seen;
    }

    @Benchmark
    public Long hashMapMerge(SharedPeers.Plain plain, OwnKey own) {
        return plain.map.merge(own.boxed, 1L, Long::sum);
    }

    @Benchmark
    @SuppressWarnings("NullAway") // every key is there, and a check would cost
    public Long hashMapGetPut(SharedPeers.Plain plain, OwnKey own) {
        return plain.map.put(own.boxed, plain.map.get(own.boxed) + 1);
    }

    @Benchmark
    public long plainArray(Counters.Plain own) {
        return own.values[STRIDE]++;
    }
}
