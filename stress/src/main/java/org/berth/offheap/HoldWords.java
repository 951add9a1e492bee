package org.berth.offheap;

/**
 * A thread is slow, now and then, between the moment when it holds a slot and the addition to its record: it may be suspended
 * there, which weakens nothing. {@link #uncounted} does: holding a slot is not counted, so a slot looks as if nobody held it.
 */
public final class HoldWords extends ForwardingWords {

    private final Spots counts;
    private final boolean counted;

    private HoldWords(Words words, Spots counts, boolean counted) {
        super(words);
        this.counts = counts;
        this.counted = counted;
    }

    /** Holds count. */
    public static Words counted(Words words, Spots counts) {
        return new HoldWords(words, counts, true);
    }

    /** Holds do not count. */
    public static Words uncounted(Words words, Spots counts) {
        return new HoldWords(words, counts, false);
    }

    @Override
    public long getAndAdd(long offset, long delta) {
        if (counts.endBefore(offset)) {
            Pause.always();
        }
        if (!counted && Math.abs(delta) == 1 && counts.contains(offset)) {
            // As if there were no holder yet, and none but this one.
            long others = words.getVolatile(offset);
            return delta == 1 ? others : others + 1;
        }
        return super.getAndAdd(offset, delta);
    }
}
