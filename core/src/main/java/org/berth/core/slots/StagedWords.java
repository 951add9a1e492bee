package org.berth.core.slots;

import static org.berth.core.slots.TableDescriptor.OWNED;

import java.util.Arrays;

/**
 * New values of a record's owned words and retained totals, staged on the heap before a commit writes them; a bit in
 * {@code masks} for each word that is set. Allocated before the commit, so that a lack of memory shows before anything
 * has changed.
 */
final class StagedWords {

    final long[] values;

    /** Word {@code i} is set if bit {@code i % 64} of mask {@code i / 64} is. */
    final long[] masks;

    StagedWords(TableDescriptor descriptor) {
        this.values = new long[descriptor.stagedWords];
        this.masks = new long[descriptor.maskWords];
    }

    void set(int word, long value) {
        values[word] = value;
        masks[word >>> 6] |= 1L << word;
    }

    void unset(int word) {
        masks[word >>> 6] &= ~(1L << word);
    }

    boolean isSet(int word) {
        return (masks[word >>> 6] & 1L << word) != 0;
    }

    void clear() {
        if (masks.length == 1) {
            masks[0] = 0;
        } else {
            Arrays.fill(masks, 0);
        }
    }

    /** The number of the word at {@code offset} from a slot's base. */
    static int index(long offset) {
        return (int) (offset - OWNED) >>> 3;
    }

    /** The size of {@code words} words. */
    static long bytes(int words) {
        return (long) words * Long.BYTES;
    }
}
