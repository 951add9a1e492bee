package org.berth.offheap;

/**
 * Weakened: a CAS releases nothing. Other threads may see what a thread wrote before its CAS only after it.
 *
 * <p>x86 never does that: its stores stay in order and its CAS is a full fence, so leaving out a fence would show
 * nothing here. These words therefore simulate what a weakly ordered processor may do: release writes wait in a store
 * buffer of their thread until some time after its next {@code compareAndSet}. Only words from {@code from} on wait
 * (the records, not the metadata).
 */
public final class LateWords extends ForwardingWords {

    private static final int LARGEST_DELAY = 64;
    private static final ThreadLocal<Buffer> BUFFER = ThreadLocal.withInitial(Buffer::new);

    private final long from;

    public LateWords(Words words, long from) {
        super(words);
        this.from = from;
    }

    @Override
    public long get(long offset) {
        return BUFFER.get().read(words, offset, words.get(offset));
    }

    @Override
    public long getAcquire(long offset) {
        return BUFFER.get().read(words, offset, words.getAcquire(offset));
    }

    @Override
    public void setRelease(long offset, long value) {
        if (offset >= from) {
            BUFFER.get().write(words, offset, value);
        } else {
            super.setRelease(offset, value);
        }
    }

    @Override
    public boolean compareAndSet(long offset, long expected, long value) {
        boolean set = super.compareAndSet(offset, expected, value);
        BUFFER.get().drain();
        return set;
    }

    /** The store buffer of a thread: its writes that others do not see yet. */
    private static final class Buffer {

        private final Words[] words = new Words[8];
        private final long[] offsets = new long[words.length];
        private final long[] values = new long[words.length];
        private int size;
        private int drains;

        long read(Words from, long offset, long others) {
            for (int i = size - 1; i >= 0; i--) {
                if (words[i].equals(from) && offsets[i] == offset) {
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
            // A varying delay, which gives another thread the time to run in between.
            for (int i = drains++ % LARGEST_DELAY; i > 0; i--) {
                Thread.onSpinWait();
            }
            for (int i = 0; i < size; i++) {
                words[i].setOpaque(offsets[i], values[i]);
            }
            size = 0;
        }
    }
}
