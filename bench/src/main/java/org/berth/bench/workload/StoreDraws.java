package org.berth.bench.workload;

import org.berth.bench.store.ByteStore;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.ThreadParams;

/** The keys of a store that one thread accesses, in order, and a check of what it has read. */
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init") // by JMH, in setup
public class StoreDraws {

    private int[] numbers;
    private int next;
    private long coin;
    private long wrong;

    /** Frequent keys are not neighbours. */
    @Setup
    public void copy(MapKeys.Keys source, ThreadParams thread) {
        numbers = new int[source.order.length];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = ByteStore.scattered(source.order[i], source.size);
        }
        next = numbers.length / thread.getThreadCount() * thread.getThreadIndex();
        coin = MapKeys.key(thread.getThreadIndex());
        wrong = 0;
    }

    /** Returns the next key, which is present. */
    int next() {
        return numbers[next++ & (numbers.length - 1)];
    }

    /** Returns a random number, which selects the operation. */
    long coin() {
        // Marsaglia's xorshift: a few instructions, and no memory.
        coin ^= coin << 13;
        coin ^= coin >>> 7;
        coin ^= coin << 17;
        return coin;
    }

    /** Returns the number of the value that was read, and remembers whether it was another than that of its key. */
    long checked(int number, long found) {
        wrong |= number ^ found;
        return found;
    }

    @TearDown
    public void verify() {
        if (wrong != 0) {
            throw new IllegalStateException("a read gave another key's value, or none: wrong=" + wrong);
        }
    }
}
