package org.berth.offheap;

import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Weakened: an acquire acquires nothing. What a thread reads from some words after an acquire read, it read some time
 * before it, and no update that follows acquires anything either.
 *
 * <p>x86 keeps loads in order, and there is too much code between the two for C2 to move anything; these words simulate
 * what other processors and compilers may do. They read all of those words ahead of the acquire. A thread sees its own
 * writes all the same.
 */
public final class EarlyWords extends ForwardingWords {

    private static final ThreadLocal<Ahead> AHEAD = ThreadLocal.withInitial(Ahead::new);

    private final StridedOffsets early;
    private final LongPredicate acquiring;

    /**
     * Weakens words.
     *
     * @param early     the words that are read ahead
     * @param acquiring the words that are read with acquire order before those
     */
    public EarlyWords(Words words, StridedOffsets early, LongPredicate acquiring) {
        super(words);
        this.early = early;
        this.acquiring = acquiring;
    }

    @Override
    public long get(long offset) {
        return AHEAD.get().read(words, early.indexOf(offset), super.get(offset));
    }

    @Override
    public long getOpaque(long offset) {
        return AHEAD.get().read(words, early.indexOf(offset), super.getOpaque(offset));
    }

    @Override
    public long getAcquire(long offset) {
        if (acquiring.test(offset)) {
            AHEAD.get().readAll(words, early);
            Pause.always();
        }
        return super.getAcquire(offset);
    }

    @Override
    public void set(long offset, long value) {
        AHEAD.get().forget(early.indexOf(offset));
        super.set(offset, value);
    }

    @Override
    public void setOpaque(long offset, long value) {
        AHEAD.get().forget(early.indexOf(offset));
        super.setOpaque(offset, value);
    }

    @Override
    public void setRelease(long offset, long value) {
        AHEAD.get().forget(early.indexOf(offset));
        super.setRelease(offset, value);
    }

    /** What a thread has read ahead from one table. */
    private static final class Ahead {

        private final long[] values = new long[16];
        private final boolean[] read = new boolean[values.length];

        private @Nullable Words words;

        void readAll(Words from, StridedOffsets early) {
            words = from;
            for (int i = 0; i < early.count(); i++) {
                values[i] = from.getOpaque(early.first() + i * early.stride());
                read[i] = true;
            }
        }

        @SuppressWarnings("ReferenceEquality") // the memory of which table
        long read(Words from, int index, long now) {
            return index >= 0 && words == from && read[index] ? values[index] : now;
        }

        void forget(int index) {
            if (index >= 0) {
                read[index] = false;
            }
        }
    }
}
