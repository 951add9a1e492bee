package org.berth.offheap;

/**
 * Weakened: the update by which other threads come to know of some words releases nothing. What a thread writes to them
 * with plain order, others see only when it calls {@link #publish}, some time after that update.
 *
 * <p>x86 never does that, see {@link LateWords}; these words simulate what a weakly ordered processor may do. A thread
 * sees its own writes at once.
 */
public final class UnpublishedWords extends ForwardingWords {

    private static final ThreadLocal<Buffer> BUFFER = ThreadLocal.withInitial(Buffer::new);

    public UnpublishedWords(Words words) {
        super(words);
    }

    /** Makes the writes of this thread visible. */
    public static void publish() {
        BUFFER.get().drain();
    }

    @Override
    public long get(long offset) {
        return BUFFER.get().read(words, offset, words.get(offset));
    }

    @Override
    public void set(long offset, long value) {
        BUFFER.get().write(words, offset, value);
    }

    /** The writes of a thread that others do not see yet. */
    @SuppressWarnings("ReferenceEquality") // asks to which segment a write goes
    private static final class Buffer {

        private final Words[] words = new Words[128];
        private final long[] offsets = new long[words.length];
        private final long[] values = new long[words.length];
        private int size;

        long read(Words from, long offset, long others) {
            for (int i = size - 1; i >= 0; i--) {
                if (words[i] == from && offsets[i] == offset) {
                    return values[i];
                }
            }
            return others;
        }

        void write(Words to, long offset, long value) {
            words[size] = to;
            offsets[size] = offset;
            values[size] = value;
            size++;
        }

        void drain() {
            if (size == 0) {
                return;
            }
            Pause.always();
            for (int i = 0; i < size; i++) {
                words[i].setOpaque(offsets[i], values[i]);
            }
            size = 0;
        }
    }
}
