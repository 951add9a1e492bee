package org.berth.bench.workload;

import static org.berth.bench.workload.Records.TICKET;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** Each thread adds to the value under its own key, which is looked up each time. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class OwnKeyByKey {

    @Benchmark
    public long berth(Tables.Keyed table, OwnKey own) {
        return table.slots.at(own.key).getAndAdd(TICKET, 1);
    }

    /** As for all tables of a process but the first. */
    @Benchmark
    @Fork(jvmArgsAppend = OwnKeyByHandle.NO_CONSTANT_WORDS)
    public long berthLaterTable(Tables.Keyed table, OwnKey own) {
        return table.slots.at(own.key).getAndAdd(TICKET, 1);
    }

    /** In a table that recycles slots, and so retains a slot while it uses it. */
    @Benchmark
    public long berthRecycling(Tables.Recycling table, OwnKey own) {
        return table.slots.at(own.key).getAndAdd(TICKET, 1);
    }

    @Benchmark
    public long berthByName(Tables.Named table, OwnKey own) {
        return table.slots.at(own.name).getAndAdd(TICKET, 1);
    }

    @Benchmark
    public Long synchronizedMap(SharedPeers.Synchronized shared, OwnKey own) {
        return shared.map.merge(own.boxed, 1L, Long::sum);
    }

    @Benchmark
    public Long lockedMap(SharedPeers.Locked shared, OwnKey own) {
        shared.lock.lock();
        try {
            return shared.map.merge(own.boxed, 1L, Long::sum);
        } finally {
            shared.lock.unlock();
        }
    }

    @Benchmark
    public Long concurrentHashMapMerge(SharedPeers.Concurrent shared, OwnKey own) {
        return shared.map.merge(own.boxed, 1L, Long::sum);
    }

    @Benchmark
    public Long concurrentHashMapMergeByName(SharedPeers.ConcurrentNamed shared, OwnKey own) {
        return shared.map.merge(own.name, 1L, Long::sum);
    }

    @Benchmark
    @SuppressWarnings("NullAway") // every key is there, and a check would cost
    public long concurrentHashMapOfAtomics(SharedPeers.OfAtomics shared, OwnKey own) {
        return shared.map.get(own.boxed).getAndIncrement();
    }
}
