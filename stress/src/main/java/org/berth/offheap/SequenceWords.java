package org.berth.offheap;

/**
 * Weakened: a commit of several words under a sequence lock, or a read of them, lacks one of the steps that make the
 * commit atomic.
 *
 * <p>A fence is not an operation on words, so words cannot leave it out. Nor would that show: x86 keeps stores in
 * order, and loads too, and C2, as far as tests can tell, happens not to move the words across the sequence, neither
 * off the heap nor in an array. These words therefore simulate what another processor or compiler may do without the
 * step: a word is read or written earlier or later than the program says, but never so that the thread itself could
 * tell.
 *
 * <p>A thread is inside one commit and one read at a time; what it must remember of them is thread-local.
 */
public abstract class SequenceWords extends ForwardingWords {

    private final StridedOffsets sequences;

    private SequenceWords(Words words, StridedOffsets sequences) {
        super(words);
        this.sequences = sequences;
    }

    /** Whether a word is a sequence. Readers read it first with acquire, and then opaque. */
    final boolean isSequence(long offset) {
        return sequences.contains(offset);
    }

    /** Weakens nothing: the reader is slow. */
    public static Words slow(Words words, StridedOffsets sequences) {
        return new Slow(words, sequences);
    }

    /** Weakened: the reader, which is slow, ignores the sequence: it finds the same even one at each read. */
    public static Words blind(Words words, StridedOffsets sequences) {
        return new Blind(words, sequences);
    }

    /**
     * Weakened: the reader ignores a commit in progress: it finds an even sequence where it is odd. The writer is slow
     * in the middle of a commit.
     */
    public static Words heedless(Words words, StridedOffsets sequences) {
        return new Heedless(words, sequences);
    }

    /**
     * Weakened: the reader, which is slow, does not validate the sequence: its second read finds what the first found.
     */
    public static Words oneLook(Words words, StridedOffsets sequences) {
        return new OneLook(words, sequences);
    }

    /**
     * Weakened: the reader lacks the fence before its second read of the sequence: it reads the last word after that.
     */
    public static Words lateLoad(Words words, StridedOffsets sequences) {
        return new LateLoad(words, sequences);
    }

    /** Weakened: the writer lacks the fence before its words: the sequence becomes odd after they have changed. */
    public static Words lateOdd(Words words, StridedOffsets sequences) {
        return new LateOdd(words, sequences);
    }

    /** Weakened: the writer lacks its release: the sequence becomes even before the words have changed. */
    public static Words earlyEven(Words words, StridedOffsets sequences) {
        return new EarlyEven(words, sequences);
    }

    /** Intercepts the reads of a record, whichever way they are made. */
    private abstract static class Reader extends SequenceWords {

        Reader(Words words, StridedOffsets sequences) {
            super(words, sequences);
        }

        /** Called before a read of a word that is not a sequence. */
        abstract void beforeWord();

        /** The first read of a sequence. */
        long first(long offset) {
            return words.getAcquire(offset);
        }

        /** The second read of a sequence, which validates it. */
        long second(long offset) {
            return words.getOpaque(offset);
        }

        /** An owner reads its own sequence like this; it validates nothing. */
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

        Slow(Words words, StridedOffsets sequences) {
            super(words, sequences);
        }

        @Override
        final void beforeWord() {
            Pause.nowAndThen();
        }
    }

    private static final class Blind extends Slow {

        Blind(Words words, StridedOffsets sequences) {
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

        Heedless(Words words, StridedOffsets sequences) {
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

        private final ThreadLocal<Read> read = ThreadLocal.withInitial(Read::new);

        OneLook(Words words, StridedOffsets sequences) {
            super(words, sequences);
        }

        @Override
        long first(long offset) {
            long found = super.first(offset);
            read.get().found = found;
            return found;
        }

        @Override
        long second(long offset) {
            return read.get().found;
        }
    }

    private static final class LateLoad extends Reader {

        private final ThreadLocal<Read> read = ThreadLocal.withInitial(Read::new);

        LateLoad(Words words, StridedOffsets sequences) {
            super(words, sequences);
        }

        @Override
        long first(long offset) {
            Read current = read.get();
            current.found = super.first(offset);
            current.at = offset;
            current.isUnderWay = true;
            return current.found;
        }

        /**
         * Any word may be the last one, so the second read is made before each; the one before the last word counts.
         */
        @Override
        void beforeWord() {
            Read current = read.get();
            if (current.isUnderWay) {
                current.found = super.second(current.at);
                Pause.nowAndThen();
            }
        }

        @Override
        long second(long offset) {
            Read current = read.get();
            current.isUnderWay = false;
            return current.found;
        }
    }

    /** What a reader remembers: the value that its second read returns. */
    private static final class Read {

        boolean isUnderWay;
        long at;
        long found;
    }

    private static final class LateOdd extends SequenceWords {

        LateOdd(Words words, StridedOffsets sequences) {
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

        EarlyEven(Words words, StridedOffsets sequences) {
            super(words, sequences);
        }

        @Override
        public void setOpaque(long offset, long value) {
            Commit current = commit.get();
            if (isSequence(offset)) {
                current.isUnderWay = true;
                super.setOpaque(offset, value);
            } else if (current.isUnderWay) {
                current.add(offset, value);
            } else {
                super.setOpaque(offset, value);
            }
        }

        @Override
        public void set(long offset, long value) {
            Commit current = commit.get();
            if (current.isUnderWay) {
                current.add(offset, value);
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

    /** What a writer remembers: its writes that others do not see yet. */
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
