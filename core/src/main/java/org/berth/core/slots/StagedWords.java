package org.berth.core.slots;

import static org.berth.core.slots.TableDescriptor.OWNED;

import java.util.Arrays;
import org.berth.core.slots.Field.OwnedText;

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

    /** Sets the words of a text: the length in {@code word}, and then the bytes. */
    void setText(int word, OwnedText field, CharSequence text) {
        int bytes = Text.check(field, text);
        values[word] = bytes;
        Text.encode(text, bytes, values, word + 1);
        int end = word + 1 + (bytes + Long.BYTES - 1) / Long.BYTES;
        for (int i = word; i < end; i++) {
            masks[i >>> 6] |= 1L << i;
        }
    }

    void unset(int word) {
        masks[word >>> 6] &= ~(1L << word);
    }

    boolean isSet(int word) {
        return (masks[word >>> 6] & 1L << word) != 0;
    }

    boolean isEmpty() {
        for (long mask : masks) {
            if (mask != 0) {
                return false;
            }
        }
        return true;
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
