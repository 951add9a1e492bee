package org.berth.core.lock;

import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.agrona.concurrent.IdleStrategy;
import org.berth.offheap.Words;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;

/** What Lincheck runs: plain counters, each step of which is one only because of the section around it. */
@Param(name = "key", gen = IntGen.class, conf = "0:1")
public abstract class GuardedOperations {

    private static final int CHAINS = 2;

    private final KeyLocks sections;

    /** Of the first the chain comes before that of the second: who wants the whole looks at it first. */
    private final long[] keys = new long[2];

    private final int[] counters = new int[2];

    GuardedOperations(LongFunction<Words> memory, Supplier<? extends IdleStrategy> strategies) {
        sections = new KeyLocks(memory, CHAINS, strategies);
        LockTable held = new LockTable(memory, CHAINS);
        keys[1] = next(held, 0, CHAINS - 1);
        // Greater, so that all lock it last who lock both: else they would wait for each other.
        keys[0] = next(held, keys[1], 0);
    }

    private static long next(LockTable held, long after, int chain) {
        long key = after + 1;
        while (held.chain(key) != held.chainAt(chain)) {
            key++;
        }
        return key;
    }

    @Operation
    public int add(@Param(name = "key") int key) {
        try (KeyLock _ = sections.lock(keys[key])) {
            return count(key);
        }
    }

    @Operation
    public int addToBoth() {
        try (KeyLock _ = sections.lockAll(keys)) {
            return 10 * count(0) + count(1);
        }
    }

    /** Is inside from first to last, but never in both chains at a time when somebody may look at them one after the other. */
    @Operation
    public int addByTheWay() {
        KeyLock second = sections.lock(keys[1]);
        KeyLock first = sections.lock(keys[0]);
        second.close();
        int before = count(0);
        first.close();
        return before;
    }

    @Operation
    public int addToWhole() {
        try (KeyLock _ = sections.lockExclusively()) {
            return 10 * count(0) + count(1);
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // lets others come between, if nothing keeps them out
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

        public int addByTheWay() {
            return counters[0]++;
        }

        public int addToWhole() {
            return addToBoth();
        }
    }
}
