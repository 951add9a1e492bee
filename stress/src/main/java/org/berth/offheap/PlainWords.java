package org.berth.offheap;

/** Weakened: all reads and writes are plain and promise no order. Atomic updates are not weakened. */
public final class PlainWords extends ForwardingWords {

    public PlainWords(Words words) {
        super(words);
    }

    @Override
    public long getOpaque(long offset) {
        return words.get(offset);
    }

    @Override
    public long getAcquire(long offset) {
        return words.get(offset);
    }

    @Override
    public long getVolatile(long offset) {
        return words.get(offset);
    }

    @Override
    public void setOpaque(long offset, long value) {
        words.set(offset, value);
    }

    @Override
    public void setRelease(long offset, long value) {
        words.set(offset, value);
    }

    @Override
    public void setVolatile(long offset, long value) {
        words.set(offset, value);
    }
}
