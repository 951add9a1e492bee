package org.berth.offheap;

/**
 * {@link Words} that are broken on purpose: each read-modify-write is a read followed by a write, so that updates can get
 * lost. Tests that pass on these test nothing.
 */
@SuppressWarnings("ThreadPriorityCheck") // yields to lose more, not to be right
public final class LossyWords extends Words {

    private final Words words;

    public LossyWords(Words words) {
        this.words = words;
    }

    @Override
    public boolean compareAndSet(long offset, long expected, long value) {
        return compareAndExchange(offset, expected, value) == expected;
    }

    @Override
    public long compareAndExchange(long offset, long expected, long value) {
        long seen = words.getVolatile(offset);
        // Makes room for the others, so that stress on few cores shows the loss, too.
        Thread.yield();
        if (seen == expected) {
            words.setVolatile(offset, value);
        }
        return seen;
    }

    @Override
    public long getAndAdd(long offset, long delta) {
        long seen = words.getVolatile(offset);
        // Makes room for the others, so that stress on few cores shows the loss, too.
        Thread.yield();
        words.setVolatile(offset, seen + delta);
        return seen;
    }

    @Override
    public long getAndSet(long offset, long value) {
        long seen = words.getVolatile(offset);
        // Makes room for the others, so that stress on few cores shows the loss, too.
        Thread.yield();
        words.setVolatile(offset, value);
        return seen;
    }

    @Override
    public long size() {
        return words.size();
    }

    @Override
    public long get(long offset) {
        return words.get(offset);
    }

    @Override
    public long getOpaque(long offset) {
        return words.getOpaque(offset);
    }

    @Override
    public long getAcquire(long offset) {
        return words.getAcquire(offset);
    }

    @Override
    public long getVolatile(long offset) {
        return words.getVolatile(offset);
    }

    @Override
    public void set(long offset, long value) {
        words.set(offset, value);
    }

    @Override
    public void setOpaque(long offset, long value) {
        words.setOpaque(offset, value);
    }

    @Override
    public void setRelease(long offset, long value) {
        words.setRelease(offset, value);
    }

    @Override
    public void setVolatile(long offset, long value) {
        words.setVolatile(offset, value);
    }
}
