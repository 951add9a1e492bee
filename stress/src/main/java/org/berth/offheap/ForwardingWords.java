package org.berth.offheap;

/**
 * {@link Words} that pass every operation on to others, for the stress tests to weaken some. Here, as Words may only
 * have heirs here.
 */
abstract class ForwardingWords extends Words {

    final Words words;

    ForwardingWords(Words words) {
        this.words = words;
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

    @Override
    public boolean compareAndSet(long offset, long expected, long value) {
        return words.compareAndSet(offset, expected, value);
    }

    @Override
    public long compareAndExchange(long offset, long expected, long value) {
        return words.compareAndExchange(offset, expected, value);
    }

    @Override
    public long getAndAdd(long offset, long delta) {
        return words.getAndAdd(offset, delta);
    }

    @Override
    public long getAndSet(long offset, long value) {
        return words.getAndSet(offset, value);
    }
}
