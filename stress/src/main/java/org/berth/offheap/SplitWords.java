package org.berth.offheap;

/** Weakened: updates are a read and then a write, both volatile. Order is as it should be, atomicity is gone. */
public final class SplitWords extends ForwardingWords {

    public SplitWords(Words words) {
        super(words);
    }

    @Override
    public boolean compareAndSet(long offset, long expected, long value) {
        return compareAndExchange(offset, expected, value) == expected;
    }

    @Override
    public long compareAndExchange(long offset, long expected, long value) {
        long found = words.getVolatile(offset);
        if (found == expected) {
            words.setVolatile(offset, value);
        }
        return found;
    }

    @Override
    public long getAndAdd(long offset, long delta) {
        long found = words.getVolatile(offset);
        words.setVolatile(offset, found + delta);
        return found;
    }

    @Override
    public long getAndSet(long offset, long value) {
        long found = words.getVolatile(offset);
        words.setVolatile(offset, value);
        return found;
    }
}
