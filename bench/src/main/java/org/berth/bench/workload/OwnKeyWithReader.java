package org.berth.bench.workload;

import static org.berth.bench.workload.Records.COUNT;
import static org.berth.bench.workload.Records.TICKET;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/**
 * All threads but one add to the value under their own key; the other one reads all entries in a loop.
 *
 * <p>In each group the reader's method must come first in alphabetical order, in which JMH assigns the threads.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class OwnKeyWithReader {

    @Benchmark
    @Group("berth")
    public long berthRead(Tables.Keyed table) {
        return table.slots.sum(COUNT);
    }

    @Benchmark
    @Group("berth")
    public long berthWrite(Tables.KeyedHandle own) {
        return own.slot.add(COUNT, 1);
    }

    @Benchmark
    @Group("berthByKey")
    public long berthByKeyRead(Tables.Keyed table) {
        return table.slots.sum(TICKET);
    }

    @Benchmark
    @Group("berthByKey")
    public long berthByKeyWrite(Tables.Keyed table, OwnKey own) {
        return table.slots.at(own.key).getAndAdd(TICKET, 1);
    }

    @Benchmark
    @Group("longAdder")
    public long longAdderRead(Counters.Adder shared) {
        return shared.adder.sum();
    }

    @Benchmark
    @Group("longAdder")
    public void longAdderWrite(Counters.Adder shared) {
        shared.adder.increment();
    }

    @Benchmark
    @Group("atomicLongArrayPadded")
    public long atomicLongArrayPaddedRead(Counters.Padded shared) {
        return shared.sum();
    }

    @Benchmark
    @Group("atomicLongArrayPadded")
    public long atomicLongArrayPaddedWrite(Counters.Padded shared, Counters.Index own) {
        return shared.values.incrementAndGet(own.padded);
    }

    /** An array's best case: each element has a single writer, for which a release write suffices. */
    @Benchmark
    @Group("paddedArrayOneWriter")
    public long paddedArrayOneWriterRead(Counters.Padded shared) {
        return shared.sum();
    }

    @Benchmark
    @Group("paddedArrayOneWriter")
    public long paddedArrayOneWriterWrite(Counters.Padded shared, Counters.Index own) {
        long before = shared.values.getPlain(own.padded);
        shared.values.setRelease(own.padded, before + 1);
        return before;
    }

    @Benchmark
    @Group("concurrentHashMap")
    public long concurrentHashMapRead(SharedPeers.Concurrent shared) {
        return SharedPeers.sum(shared.map);
    }

    @Benchmark
    @Group("concurrentHashMap")
    public Long concurrentHashMapWrite(SharedPeers.Concurrent shared, OwnKey own) {
        return shared.map.merge(own.boxed, 1L, Long::sum);
    }

    @Benchmark
    @Group("synchronizedMap")
    public long synchronizedMapRead(SharedPeers.Synchronized shared) {
        Map<Long, Long> map = shared.map;
        // Iterating over a synchronizedMap requires its lock.
        synchronized (map) {
            return SharedPeers.sum(map);
        }
    }

    @Benchmark
    @Group("synchronizedMap")
    public Long synchronizedMapWrite(SharedPeers.Synchronized shared, OwnKey own) {
        return shared.map.merge(own.boxed, 1L, Long::sum);
    }

    @Benchmark
    @Group("lockedMap")
    public long lockedMapRead(SharedPeers.Locked shared) {
        shared.lock.lock();
        try {
            return SharedPeers.sum(shared.map);
        } finally {
            shared.lock.unlock();
        }
    }

    @Benchmark
    @Group("lockedMap")
    public Long lockedMapWrite(SharedPeers.Locked shared, OwnKey own) {
        shared.lock.lock();
        try {
            return shared.map.merge(own.boxed, 1L, Long::sum);
        } finally {
            shared.lock.unlock();
        }
    }
}
