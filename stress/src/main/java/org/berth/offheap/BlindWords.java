package org.berth.offheap;

/**
 * Weakened: a volatile read is made too early, before anything was written. Of two threads that each write first and
 * then read what the other wrote, one misses the other's write, as on a processor that lets a read pass an earlier
 * write (Dekker's litmus test). x86 does that, too, but not past a CAS, so these words simulate it.
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
