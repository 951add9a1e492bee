package org.berth.offheap;

/**
 * Weakened: a volatile read is made too early, before anything was written. Of the two threads that each write first and then look for
 * what the other wrote, one misses the other: what a processor does that lets a read pass a write. x86 does it, too, but not past a CAS,
 * so it is acted out.
 */
public final class BlindWords extends ForwardingWords {

    public BlindWords(Words words) {
        super(words);
    }

    @Override
    public long getVolatile(long offset) {
        return 0;
    }
}
