package org.berth.core.slots;

import org.berth.offheap.ForwardingWords;
import org.berth.offheap.Words;

/** Words with a hook before each access; a hook that throws prevents the access. */
class WatchedWords extends ForwardingWords {

    WatchedWords(Words words) {
        super(words);
    }

    /** Called before each read. */
    void beforeLoad() {}

    /** Called before each write or update. */
    void beforeStore() {}

    @Override
    public long get(long offset) {
        beforeLoad();
        return super.get(offset);
    }

    @Override
    public long getOpaque(long offset) {
        beforeLoad();
        return super.getOpaque(offset);
    }

    @Override
    public long getAcquire(long offset) {
        beforeLoad();
        return super.getAcquire(offset);
    }

    @Override
    public long getVolatile(long offset) {
        beforeLoad();
        return super.getVolatile(offset);
    }

    @Override
    public void set(long offset, long value) {
        beforeStore();
        super.set(offset, value);
    }

    @Override
    public void setOpaque(long offset, long value) {
        beforeStore();
        super.setOpaque(offset, value);
    }

    @Override
    public void setRelease(long offset, long value) {
        beforeStore();
        super.setRelease(offset, value);
    }

    @Override
    public void setVolatile(long offset, long value) {
        beforeStore();
        super.setVolatile(offset, value);
    }

    @Override
    public boolean compareAndSet(long offset, long expected, long value) {
        beforeStore();
        return super.compareAndSet(offset, expected, value);
    }

    @Override
    public long compareAndExchange(long offset, long expected, long value) {
        beforeStore();
        return super.compareAndExchange(offset, expected, value);
    }

    @Override
    public long getAndAdd(long offset, long delta) {
        beforeStore();
        return super.getAndAdd(offset, delta);
    }

    @Override
    public long getAndSet(long offset, long value) {
        beforeStore();
        return super.getAndSet(offset, value);
    }
}
