package org.berth.offheap;

import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Weakened: a release releases nothing. Other threads may see what a thread wrote to some words only after the release
 * write, or the update, that was to publish them.
 *
 * <p>x86 never does that, see {@link LateWords}; these words simulate what a weakly ordered processor may do. Writes to
 * the words that are held wait in a store buffer of their thread until some time after its next release, unless the
 * thread writes the same word again before: a volatile write never waits.
 */
public final class HeldWords extends ForwardingWords {

    private static final ThreadLocal<Buffer> BUFFER = ThreadLocal.withInitial(Buffer::new);

    private final LongPredicate held;
    private final LongPredicate releasing;

    /**
     * Weakens words.
     *
     * @param held      the words that wait
     * @param releasing the words that are written with release order, or updated, to publish them
     */
    public HeldWords(Words words, LongPredicate held, LongPredicate releasing) {
        super(words);
        this.held = held;
        this.releasing = releasing;
    }

    @Override
    public long get(long offset) {
        return BUFFER.get().read(words, offset, words.get(offset));
    }

    @Override
    public long getOpaque(long offset) {
        return BUFFER.get().read(words, offset, words.getOpaque(offset));
    }

    @Override
    public long getAcquire(long offset) {
        return BUFFER.get().read(words, offset, words.getAcquire(offset));
    }

    @Override
    public void set(long offset, long value) {
        if (!hold(offset, value)) {
            super.set(offset, value);
        }
    }

    @Override
    public void setOpaque(long offset, long value) {
        if (!hold(offset, value)) {
            super.setOpaque(offset, value);
        }
    }

    @Override
    public void setRelease(long offset, long value) {
        if (!hold(offset, value)) {
            super.setRelease(offset, value);
            released(offset);
        }
    }

    @Override
    public void setVolatile(long offset, long value) {
        BUFFER.get().drop(words, offset);
        super.setVolatile(offset, value);
    }

    @Override
    public boolean compareAndSet(long offset, long expected, long value) {
        boolean set = super.compareAndSet(offset, expected, value);
        released(offset);
        return set;
    }

    private boolean hold(long offset, long value) {
        if (held.test(offset)) {
            BUFFER.get().write(words, offset, value);
            return true;
        }
        return false;
    }

    private void released(long offset) {
        if (releasing.test(offset)) {
            BUFFER.get().drain();
        }
    }

    /** The store buffer of a thread: its writes to one table that others do not see yet. */
    @SuppressWarnings("ReferenceEquality") // asks to which table a write goes
    private static final class Buffer {

        private final long[] offsets = new long[64];
        private final long[] values = new long[offsets.length];
        private int size;

        private @Nullable Words words;

        long read(Words from, long offset, long others) {
            for (int i = size - 1; i >= 0; i--) {
                if (words == from && offsets[i] == offset) {
                    return values[i];
                }
            }
            return others;
        }

        /** The write is overtaken by the thread's next write to the same word. */
        void drop(Words to, long offset) {
            if (words == to) {
                for (int i = 0; i < size; i++) {
                    if (offsets[i] == offset) {
                        size--;
                        offsets[i] = offsets[size];
                        values[i] = values[size];
                        i--;
                    }
                }
            }
        }

        void write(Words to, long offset, long value) {
            drop(to, offset);
            words = to;
            offsets[size] = offset;
            values[size] = value;
            size++;
        }

        void drain() {
            Words to = words;
            if (to == null) {
                return;
            }
            Pause.always();
            for (int i = 0; i < size; i++) {
                to.setOpaque(offsets[i], values[i]);
            }
            size = 0;
            words = null;
        }
    }
}
