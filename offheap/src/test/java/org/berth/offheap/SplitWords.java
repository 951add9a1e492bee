package org.berth.offheap;

/**
 * Weakened: atomic updates are a volatile read and then a volatile write. The order is correct, the atomicity is lost.
 * Tests that pass on these test nothing.
 */
@SuppressWarnings("ThreadPriorityCheck") // yields to lose more updates, not for correctness
public final class SplitWords extends ForwardingWords {

    private final boolean yields;

    private SplitWords(Words words, boolean yields) {
        super(words);
        this.yields = yields;
    }

    public SplitWords(Words words) {
        this(words, false);
    }

    /** Yields between the read and the write: on few cores, other threads rarely run in between otherwise. */
    public static SplitWords yielding(Words words) {
        return new SplitWords(words, true);
    }

    @Override
    public boolean compareAndSet(long offset, long expected, long value) {
        return compareAndExchange(offset, expected, value) == expected;
    }

    @Override
    public long compareAndExchange(long offset, long expected, long value) {
        long found = read(offset);
        if (found == expected) {
            words.setVolatile(offset, value);
        }
        return found;
    }

    @Override
    public long getAndAdd(long offset, long delta) {
        long found = read(offset);
        words.setVolatile(offset, found + delta);
        return found;
    }

    @Override
    public long getAndSet(long offset, long value) {
        long found = read(offset);
        words.setVolatile(offset, value);
        return found;
    }

    private long read(long offset) {
        long found = words.getVolatile(offset);
        if (yields) {
            Thread.yield();
        }
        return found;
    }
}
