package org.berth.core.lock;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.berth.offheap.Words;

/**
 * {@link KeyLocks} for the time of one state: with few buckets, so that keys share them, over memory that the tests
 * choose.
 */
public final class StressKeyLocks {

    private final List<Words> memory = new ArrayList<>();
    private final KeyLocks locks;

    private StressKeyLocks(int buckets, UnaryOperator<Words> weakening) {
        locks = new KeyLocks(bytes -> allocate(bytes, weakening), buckets, BackoffIdleStrategy::new);
    }

    /** Over off-heap memory whose operations are weakened, or not. */
    public static StressKeyLocks create(int buckets, UnaryOperator<Words> weakening) {
        return new StressKeyLocks(buckets, weakening);
    }

    public KeyLocks locks() {
        return locks;
    }

    /** Releases all locks, whatever weakened memory has made of them. No other thread may use them meanwhile. */
    public void clear() {
        for (Words words : memory) {
            for (long line = 0; line < words.size(); line += LockNode.BYTES) {
                words.set(line, 0);
            }
        }
    }

    private Words allocate(long bytes, UnaryOperator<Words> weakening) {
        Words words = Words.ofAuto(bytes);
        memory.add(words);
        return weakening.apply(words);
    }
}
