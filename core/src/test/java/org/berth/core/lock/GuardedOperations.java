package org.berth.core.lock;

import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.agrona.concurrent.IdleStrategy;
import org.berth.offheap.Words;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;

/** What Lincheck runs: additions to plain counters, which are atomic only because of the lock that is held. */
@Param(name = "key", gen = IntGen.class, conf = "0:1")
public abstract class GuardedOperations {

    private static final int BUCKETS = 2;

    private final KeyLocks locks;

    /** The bucket of the first comes before that of the second: a thread that locks exclusively looks at it first. */
    private final long[] keys = new long[2];

    private final int[] counters = new int[2];

    GuardedOperations(LongFunction<Words> memory, Supplier<? extends IdleStrategy> strategies) {
        locks = new KeyLocks(memory, BUCKETS, strategies);
        LockTable table = new LockTable(memory, BUCKETS);
        keys[1] = next(table, 0, BUCKETS - 1);
        // Greater, so that every thread that locks both locks it last: else two would wait for each other.
        keys[0] = next(table, keys[1], 0);
    }

    private static long next(LockTable table, long after, int bucket) {
        long key = after + 1;
        while (table.bucket(key) != table.bucketAt(bucket)) {
            key++;
        }
        return key;
    }

    @Operation
    public int add(@Param(name = "key") int key) {
        try (KeyLock _ = locks.lock(keys[key])) {
            return count(key);
        }
    }

    @Operation
    public int addToBoth() {
        try (KeyLock _ = locks.lockAll(keys)) {
            return 10 * count(0) + count(1);
        }
    }

    /**
     * Holds a lock from first to last, but while another thread looks at one bucket after the other, it may miss both
     * nodes.
     */
    @Operation
    public int addBypassing() {
        KeyLock second = locks.lock(keys[1]);
        KeyLock first = locks.lock(keys[0]);
        second.close();
        int before = count(0);
        first.close();
        return before;
    }

    @Operation
    public int addExclusively() {
        try (KeyLock _ = locks.lockExclusively()) {
            return 10 * count(0) + count(1);
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // lets other threads come between, if no lock excludes them
    private int count(int key) {
        int before = counters[key];
        Thread.yield();
        counters[key] = before + 1;
        return before;
    }

    /** The same, for one thread at a time: what the operations mean. */
    public static final class Specification {

        private final int[] counters = new int[2];

        public int add(int key) {
            return counters[key]++;
        }

        public int addToBoth() {
            return 10 * counters[0]++ + counters[1]++;
        }

        public int addBypassing() {
            return counters[0]++;
        }

        public int addExclusively() {
            return addToBoth();
        }
    }
}
