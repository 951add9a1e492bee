package org.berth.offheap;

/**
 * Weakened: a commit of several words, or a look at them, lacks one of the steps that keep the commit whole.
 *
 * <p>A fence is not an operation on words, so words cannot leave it out. Nor would that show: x86 keeps stores in order, and
 * loads too, and C2, as far as tests can tell, happens not to move the words across the sequence, neither off the heap nor in an
 * array. What another processor or compiler may do without the step is therefore acted out: a word is read or written earlier
 * or later than the program says, but never so that the thread itself could tell.
 *
 * <p>A thread is inside one commit and one look at a time; what it must remember of them is its own.
 */
public abstract class SequenceWords extends ForwardingWords {

    private final Spots sequences;

    private SequenceWords(Words words, Spots sequences) {
        super(words);
        this.sequences = sequences;
    }

    final boolean isSequence(long offset) {
        return sequences.contains(offset);
    }

    /** Nothing is weakened: the reader is slow. */
    public static Words slow(Words words, Spots sequences) {
        return new Slow(words, sequences);
    }

    /** The reader, which is slow, does not look at the sequence at all: it finds the same even one at each look. */
    public static Words blind(Words words, Spots sequences) {
        return new Blind(words, sequences);
    }

    /**
     * The reader takes no notice of a commit that is under way: it finds an even sequence where it is odd. The writer is slow in
     * the middle of one.
     */
    public static Words heedless(Words words, Spots sequences) {
        return new Heedless(words, sequences);
    }

    /** The reader, which is slow, does not look at the sequence again: its second look finds what the first found. */
    public static Words oneLook(Words words, Spots sequences) {
        return new OneLook(words, sequences);
    }

    /** The reader without its load-load fence: it reads the last word after the second look at the sequence. */
    public static Words lateLoad(Words words, Spots sequences) {
        return new LateLoad(words, sequences);
    }

    /** The writer without its store-store fence: the sequence gets odd after the words have changed. */
    public static Words lateOdd(Words words, Spots sequences) {
        return new LateOdd(words, sequences);
    }

    /** The writer without its release: the sequence gets even before the words have changed. */
    public static Words earlyEven(Words words, Spots sequences) {
        return new EarlyEven(words, sequences);
    }

    private static class Slow extends SequenceWords {

        Slow(Words words, Spots sequences) {
            super(words, sequences);
        }

        @Override
        public final long get(long offset) {
            Pause.nowAndThen();
            return super.get(offset);
        }
    }

    private static final class Blind extends Slow {

        Blind(Words words, Spots sequences) {
            super(words, sequences);
        }

        @Override
        public long getAcquire(long offset) {
            return isSequence(offset) ? 0 : super.getAcquire(offset);
        }

        @Override
        public long getOpaque(long offset) {
            return isSequence(offset) ? 0 : super.getOpaque(offset);
        }
    }

    private static final class Heedless extends SequenceWords {

        Heedless(Words words, Spots sequences) {
            super(words, sequences);
        }

        @Override
        public long getAcquire(long offset) {
            long found = super.getAcquire(offset);
            return isSequence(offset) ? found & ~1 : found;
        }

        @Override
        public void set(long offset, long value) {
            Pause.nowAndThen();
            super.set(offset, value);
        }
    }

    /** Of each two looks at a sequence, the second finds what was kept for it. */
    private abstract static class TwoLooks extends SequenceWords {

        private final ThreadLocal<Look> look = ThreadLocal.withInitial(Look::new);

        TwoLooks(Words words, Spots sequences) {
            super(words, sequences);
        }

        final Look look() {
            return look.get();
        }

        @Override
        public final long getAcquire(long offset) {
            if (!isSequence(offset)) {
                return super.getAcquire(offset);
            }
            Look mine = look();
            if (mine.isUnderWay) {
                mine.isUnderWay = false;
                return mine.second;
            }
            mine.second = super.getAcquire(offset);
            mine.at = offset;
            // There is no second look where the first finds a commit under way.
            mine.isUnderWay = (mine.second & 1) == 0;
            return mine.second;
        }
    }

    private static final class OneLook extends TwoLooks {

        OneLook(Words words, Spots sequences) {
            super(words, sequences);
        }

        @Override
        public long get(long offset) {
            Pause.nowAndThen();
            return super.get(offset);
        }
    }

    private static final class LateLoad extends TwoLooks {

        LateLoad(Words words, Spots sequences) {
            super(words, sequences);
        }

        /** Any word may be the last one, so the second look is done before each, and that before the last one counts. */
        @Override
        public long get(long offset) {
            Look mine = look();
            if (mine.isUnderWay) {
                mine.second = words.getAcquire(mine.at);
                Pause.nowAndThen();
            }
            return super.get(offset);
        }
    }

    /** What a reader remembers. */
    private static final class Look {

        boolean isUnderWay;
        long at;
        long second;
    }

    private static final class LateOdd extends SequenceWords {

        LateOdd(Words words, Spots sequences) {
            super(words, sequences);
        }

        @Override
        public void setOpaque(long offset, long value) {
            if (!isSequence(offset)) {
                super.setOpaque(offset, value);
            }
        }

        @Override
        public void setRelease(long offset, long value) {
            if (isSequence(offset)) {
                Pause.nowAndThen();
                super.setOpaque(offset, value - 1);
            }
            super.setRelease(offset, value);
        }
    }

    private static final class EarlyEven extends SequenceWords {

        private final ThreadLocal<Commit> commit = ThreadLocal.withInitial(Commit::new);

        EarlyEven(Words words, Spots sequences) {
            super(words, sequences);
        }

        @Override
        public void setOpaque(long offset, long value) {
            super.setOpaque(offset, value);
            if (isSequence(offset)) {
                commit.get().isUnderWay = true;
            }
        }

        @Override
        public void set(long offset, long value) {
            Commit mine = commit.get();
            if (mine.isUnderWay) {
                mine.add(offset, value);
            } else {
                super.set(offset, value);
            }
        }

        @Override
        public void setRelease(long offset, long value) {
            super.setRelease(offset, value);
            if (isSequence(offset)) {
                commit.get().end(words);
            }
        }
    }

    /** What a writer remembers: the words that others do not see yet. */
    private static final class Commit {

        private final long[] offsets = new long[8];
        private final long[] values = new long[offsets.length];
        private int size;
        boolean isUnderWay;

        void add(long offset, long value) {
            offsets[size] = offset;
            values[size] = value;
            size++;
        }

        void end(Words words) {
            isUnderWay = false;
            for (int i = 0; i < size; i++) {
                Pause.nowAndThen();
                words.setOpaque(offsets[i], values[i]);
            }
            size = 0;
        }
    }
}
