package org.berth.offheap;

import java.util.concurrent.ThreadLocalRandom;

/** Lets other threads come between now and then, before a read or an exchange: on few cores, they rarely do without. */
@SuppressWarnings("ThreadPriorityCheck") // yields to meet more interleavings, not to be right
public final class YieldingWords extends ForwardingWords {

    public YieldingWords(Words words) {
        super(words);
    }

    @Override
    public long get(long offset) {
        letOthersIn();
        return super.get(offset);
    }

    @Override
    public long getOpaque(long offset) {
        letOthersIn();
        return super.getOpaque(offset);
    }

    @Override
    public long getAcquire(long offset) {
        letOthersIn();
        return super.getAcquire(offset);
    }

    @Override
    public long getVolatile(long offset) {
        letOthersIn();
        return super.getVolatile(offset);
    }

    @Override
    public boolean compareAndSet(long offset, long expected, long value) {
        letOthersIn();
        return super.compareAndSet(offset, expected, value);
    }

    @Override
    public long compareAndExchange(long offset, long expected, long value) {
        letOthersIn();
        return super.compareAndExchange(offset, expected, value);
    }

    private static void letOthersIn() {
        if (ThreadLocalRandom.current().nextInt(4) == 0) {
            Thread.yield();
        }
    }
}
