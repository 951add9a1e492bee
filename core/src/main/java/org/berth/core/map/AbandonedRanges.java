package org.berth.core.map;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The ranges of a table whose transfer has failed on the way, a bit for each. Adding one allocates nothing, so that it
 * works after a {@link StackOverflowError} or an {@link OutOfMemoryError}.
 */
final class AbandonedRanges {

    /** What {@link #poll} returns if there is none. */
    static final long NONE = -1;

    static {
        // Links what is called where there may be little stack.
        AbandonedRanges linked = new AbandonedRanges(1);
        linked.add(0);
        linked.poll();
    }

    private final AtomicLongArray bits;

    /** Never less than the bits that are set. */
    private final AtomicInteger count = new AtomicInteger();

    AbandonedRanges(long ranges) {
        bits = new AtomicLongArray((int) Math.ceilDiv(ranges, Long.SIZE));
    }

    void add(long range) {
        count.getAndIncrement();
        int index = (int) (range / Long.SIZE);
        long word = bits.get(index);
        while (true) {
            long witness = bits.compareAndExchange(index, word, word | 1L << range);
            if (witness == word) {
                return;
            }
            word = witness;
        }
    }

    /** Takes a range out, or returns {@link #NONE}. */
    long poll() {
        return count.get() == 0 ? NONE : search();
    }

    private long search() {
        for (int i = 0; i < bits.length(); i++) {
            long word = bits.get(i);
            while (word != 0) {
                long bit = Long.lowestOneBit(word);
                long witness = bits.compareAndExchange(i, word, word & ~bit);
                if (witness == word) {
                    count.getAndDecrement();
                    return (long) i * Long.SIZE + Long.numberOfTrailingZeros(bit);
                }
                word = witness;
            }
        }
        return NONE;
    }
}
