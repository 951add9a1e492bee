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

    /** Whether it is a sequence. Readers look at it first by acquire, and then opaque. */
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

    /** The reader without the fence before its second look at the sequence: it reads the last word after that. */
    public static Words lateLoad(Words words, Spots sequences) {
        return new LateLoad(words, sequences);
    }

    /** The writer without the fence before its words: the sequence gets odd after they have changed. */
    public static Words lateOdd(Words words, Spots sequences) {
        return new LateOdd(words, sequences);
    }

    /** The writer without its release: the sequence gets even before the words have changed. */
    public static Words earlyEven(Words words, Spots sequences) {
        return new EarlyEven(words, sequences);
    }

    /** What happens to the words of a record, whichever way they are read. */
    private abstract static class Reader extends SequenceWords {

        Reader(Words words, Spots sequences) {
            super(words, sequences);
        }

        /** Before a word is read that is no sequence. */
        abstract void beforeWord();

        /** The first look at a sequence. */
        long first(long offset) {
            return words.getAcquire(offset);
        }

        /** The second look at a sequence. */
        long second(long offset) {
            return words.getOpaque(offset);
        }

        /** An owner reads its own sequence like this; it is no look. */
        @Override
        public final long get(long offset) {
            if (!isSequence(offset)) {
                beforeWord();
            }
            return super.get(offset);
        }

        @Override
        public final long getAcquire(long offset) {
            return isSequence(offset) ? first(offset) : super.getAcquire(offset);
        }

        @Override
        public final long getOpaque(long offset) {
            if (isSequence(offset)) {
                return second(offset);
            }
            beforeWord();
            return super.getOpaque(offset);
        }
    }

    private static class Slow extends Reader {

        Slow(Words words, Spots sequences) {
            super(words, sequences);
        }

        @Override
        final void beforeWord() {
            Pause.nowAndThen();
        }
    }

    private static final class Blind extends Slow {

        Blind(Words words, Spots sequences) {
            super(words, sequences);
        }

        @Override
        long first(long offset) {
            return 0;
        }

        @Override
        long second(long offset) {
            return 0;
        }
    }

    private static final class Heedless extends Reader {

        Heedless(Words words, Spots sequences) {
            super(words, sequences);
        }

        @Override
        void beforeWord() {}

        @Override
        long first(long offset) {
            return super.first(offset) & ~1;
        }

        @Override
        long second(long offset) {
            return super.second(offset) & ~1;
        }

        @Override
        public void set(long offset, long value) {
            Pause.nowAndThen();
            super.set(offset, value);
        }

        @Override
        public void setOpaque(long offset, long value) {
            Pause.nowAndThen();
            super.setOpaque(offset, value);
        }
    }

    private static final class OneLook extends Slow {

        private final ThreadLocal<Look> look = ThreadLocal.withInitial(Look::new);

        OneLook(Words words, Spots sequences) {
            super(words, sequences);
        }

        @Override
        long first(long offset) {
            long found = super.first(offset);
            look.get().found = found;
            return found;
        }

        @Override
        long second(long offset) {
            return look.get().found;
        }
    }

    private static final class LateLoad extends Reader {

        private final ThreadLocal<Look> look = ThreadLocal.withInitial(Look::new);

        LateLoad(Words words, Spots sequences) {
            super(words, sequences);
        }

        @Override
        long first(long offset) {
            Look mine = look.get();
            mine.found = super.first(offset);
            mine.at = offset;
            mine.isUnderWay = true;
            return mine.found;
        }

        /** Any word may be the last one, so the second look is done before each; that before the last one counts. */
        @Override
        void beforeWord() {
            Look mine = look.get();
            if (mine.isUnderWay) {
                mine.found = super.second(mine.at);
                Pause.nowAndThen();
            }
        }

        @Override
        long second(long offset) {
            Look mine = look.get();
            mine.isUnderWay = false;
            return mine.found;
        }
    }

    /** What a reader remembers: what its second look shall find. */
    private static final class Look {

        boolean isUnderWay;
        long at;
        long found;
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
            Commit mine = commit.get();
            if (isSequence(offset)) {
                mine.isUnderWay = true;
                super.setOpaque(offset, value);
            } else if (mine.isUnderWay) {
                mine.add(offset, value);
            } else {
                super.setOpaque(offset, value);
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
