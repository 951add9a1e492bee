package org.berth.offheap;

/**
 * A thread is slow, now and then, between the moment when it has retained a slot and the addition to its record: it may
 * be suspended there, which weakens nothing. {@link #uncounted} weakens: retaining a slot is not counted, so a slot
 * looks as if no thread had retained it.
 */
public final class RetainWords extends ForwardingWords {

    private final StridedOffsets counts;
    private final boolean counted;

    private RetainWords(Words words, StridedOffsets counts, boolean counted) {
        super(words);
        this.counts = counts;
        this.counted = counted;
    }

    /** Retains count. */
    public static Words counted(Words words, StridedOffsets counts) {
        return new RetainWords(words, counts, true);
    }

    /** Weakened: retains do not count. */
    public static Words uncounted(Words words, StridedOffsets counts) {
        return new RetainWords(words, counts, false);
    }

    @Override
    public long getAndAdd(long offset, long delta) {
        if (counts.endBefore(offset)) {
            Pause.always();
        }
        if (!counted && Math.abs(delta) == 1 && counts.contains(offset)) {
            // As if no thread had retained the slot yet, and none but this one had.
            long others = words.getVolatile(offset);
            return delta == 1 ? others : others + 1;
        }
        return super.getAndAdd(offset, delta);
    }
}
