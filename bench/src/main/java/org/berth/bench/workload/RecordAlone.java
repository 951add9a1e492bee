package org.berth.bench.workload;

import static org.berth.bench.workload.Quotes.ASK;
import static org.berth.bench.workload.Quotes.BID;
import static org.berth.bench.workload.Quotes.CLOSE;
import static org.berth.bench.workload.Quotes.LAST;
import static org.berth.bench.workload.Quotes.OPEN;
import static org.berth.bench.workload.Quotes.check;

import java.util.concurrent.TimeUnit;
import org.berth.bench.workload.Quotes.Guarded;
import org.berth.bench.workload.Quotes.Quote;
import org.berth.core.slots.Snapshot;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;

/** Three fields of a record written atomically, and five read atomically, without contention. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway") // every key is in the map
public class RecordAlone {

    @Benchmark
    public void writeBerth(Quotes.Owner own, Quotes.Next next) {
        long n = ++next.value;
        own.slot.begin().set(BID, n).set(ASK, n + 1).set(LAST, n + 2).commit();
    }

    @Benchmark
    public long readBerth(Quotes.View other) {
        Snapshot copy = other.snapshot;
        other.view.read(copy);
        return check(copy.get(BID), copy.get(ASK), copy.get(LAST), copy.get(OPEN), copy.get(CLOSE));
    }

    @Benchmark
    public void writeSynchronizedRecord(Quotes.OwnGuarded own, Quotes.Next next) {
        long n = ++next.value;
        Guarded record = own.record;
        synchronized (record) {
            record.bid = n;
            record.ask = n + 1;
            record.last = n + 2;
        }
    }

    @Benchmark
    public long readSynchronizedRecord(Quotes.ReadGuarded other) {
        Guarded record = other.record;
        synchronized (record) {
            return check(record.bid, record.ask, record.last, record.open, record.close);
        }
    }

    @Benchmark
    public void writeStampedLock(Quotes.OwnGuarded own, Quotes.Next next) {
        long n = ++next.value;
        Guarded record = own.record;
        long stamp = record.lock.writeLock();
        try {
            record.bid = n;
            record.ask = n + 1;
            record.last = n + 2;
        } finally {
            record.lock.unlockWrite(stamp);
        }
    }

    @Benchmark
    public long readStampedLock(Quotes.ReadGuarded other) {
        Guarded record = other.record;
        while (true) {
            long stamp = record.lock.tryOptimisticRead();
            long bid = record.bid;
            long ask = record.ask;
            long last = record.last;
            long open = record.open;
            long close = record.close;
            if (record.lock.validate(stamp)) {
                return check(bid, ask, last, open, close);
            }
        }
    }

    @Benchmark
    public void writeAtomicReference(Quotes.OwnReference own, Quotes.Next next) {
        long n = ++next.value;
        Quote before = own.reference.getPlain();
        own.reference.setRelease(new Quote(n, n + 1, n + 2, before.open(), before.close()));
    }

    @Benchmark
    public long readAtomicReference(Quotes.ReadReference other) {
        Quote quote = other.reference.getAcquire();
        return check(quote.bid(), quote.ask(), quote.last(), quote.open(), quote.close());
    }

    @Benchmark
    public void writeConcurrentHashMap(Quotes.AllReferences all, Quotes.OwnReference own, Quotes.Next next) {
        long n = ++next.value;
        Quote before = all.map.get(own.key);
        all.map.put(own.key, new Quote(n, n + 1, n + 2, before.open(), before.close()));
    }

    @Benchmark
    public long readConcurrentHashMap(Quotes.AllReferences all, Quotes.ReadReference other) {
        Quote quote = all.map.get(other.key);
        return check(quote.bid(), quote.ask(), quote.last(), quote.open(), quote.close());
    }

    @Benchmark
    public void writeBerthByFunction(Quotes.Owner own, Quotes.Next next) {
        long n = ++next.value;
        own.slot.write(write -> write.set(BID, n).set(ASK, n + 1).set(LAST, n + 2));
    }
}
