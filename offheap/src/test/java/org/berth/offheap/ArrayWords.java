package org.berth.offheap;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;

/**
 * {@link Words} over a {@code long[]}, for model checking: Lincheck instruments array VarHandles and cannot see memory
 * off the heap. Tests override methods to break one on purpose.
 */
public class ArrayWords extends Words {

    private static final VarHandle WORD =
            MethodHandles.arrayElementVarHandle(long[].class).withInvokeExactBehavior();

    private final long[] words;

    public ArrayWords(long bytes) {
        if ((bytes & 7) != 0) {
            throw new IllegalArgumentException("not a whole number of words: bytes=" + bytes);
        }
        this.words = new long[Math.toIntExact(bytes >>> 3)];
    }

    private static int index(long offset) {
        if ((offset & 7) != 0) {
            throw new IllegalArgumentException("misaligned word: offset=" + offset);
        }
        // Too large or negative: an index that the array rejects.
        return offset >= 0 && offset <= Integer.MAX_VALUE * 8L ? (int) (offset >>> 3) : -1;
    }

    @Override
    public long size() {
        return words.length * 8L;
    }

    @Override
    public long get(long offset) {
        return (long) WORD.get(words, index(offset));
    }

    @Override
    public long getOpaque(long offset) {
        return (long) WORD.getOpaque(words, index(offset));
    }

    @Override
    public long getAcquire(long offset) {
        return (long) WORD.getAcquire(words, index(offset));
    }

    @Override
    public long getVolatile(long offset) {
        return (long) WORD.getVolatile(words, index(offset));
    }

    @Override
    public void set(long offset, long value) {
        WORD.set(words, index(offset), value);
    }

    @Override
    public void setOpaque(long offset, long value) {
        WORD.setOpaque(words, index(offset), value);
    }

    @Override
    public void setRelease(long offset, long value) {
        WORD.setRelease(words, index(offset), value);
    }

    @Override
    public void setVolatile(long offset, long value) {
        WORD.setVolatile(words, index(offset), value);
    }

    @Override
    public boolean compareAndSet(long offset, long expected, long value) {
        return WORD.compareAndSet(words, index(offset), expected, value);
    }

    @Override
    public long compareAndExchange(long offset, long expected, long value) {
        return (long) WORD.compareAndExchange(words, index(offset), expected, value);
    }

    @Override
    public long getAndAdd(long offset, long delta) {
        return (long) WORD.getAndAdd(words, index(offset), delta);
    }

    @Override
    public long getAndSet(long offset, long value) {
        return (long) WORD.getAndSet(words, index(offset), value);
    }

    @Override
    public void setMemory(long offset, long length, byte value) {
        Objects.checkFromIndexSize(offset, length, size());
        if (((offset | length) & 7) != 0) {
            throw new IllegalArgumentException("misaligned range: offset=" + offset + ", length=" + length);
        }
        long word = (value & 0xFF) * 0x0101_0101_0101_0101L;
        // By set, so that a test which overrides set sees these writes too, and model checkers can stop between them.
        for (long at = 0; at < length; at += Long.BYTES) {
            set(offset + at, word);
        }
    }
}
