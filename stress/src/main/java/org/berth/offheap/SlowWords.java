package org.berth.offheap;

/** Weakens nothing: threads are slow now and then before they read. */
public final class SlowWords extends ForwardingWords {

    public SlowWords(Words words) {
        super(words);
    }

    /** A varying pause, for steps that are no access to words. */
    public static void pause() {
        Pause.always();
    }

    @Override
    public long get(long offset) {
        Pause.nowAndThen();
        return words.get(offset);
    }
}
