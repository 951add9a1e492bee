package org.berth.core.slots;

import static org.berth.core.slots.StagedWords.bytes;
import static org.berth.core.slots.TableDescriptor.SEQUENCE;

import java.lang.invoke.VarHandle;
import org.berth.offheap.Words;

/**
 * The redo log of each slot in a file: the words that a commit is about to write, complete before the sequence is odd.
 * If the process dies during the commit, the next process that opens the file writes it once more, to the same effect.
 */
final class RedoLog {

    private final Words words;
    private final TableDescriptor descriptor;

    RedoLog(Words words, TableDescriptor descriptor) {
        this.words = words;
        this.descriptor = descriptor;
    }

    /** Logs the words that a commit is about to write. For tables with a redo area. */
    void append(long base, StagedWords staged) {
        long[] values = staged.values;
        long[] masks = staged.masks;
        // The sequence is even after the commit before, ahead of the first word of this one. Else the process may die
        // while an odd one says that a half-written redo area counts.
        VarHandle.storeStoreFence();
        for (int i = 0; i < masks.length; i++) {
            for (long left = masks[i]; left != 0; left &= left - 1) {
                int word = i * Long.SIZE + Long.numberOfTrailingZeros(left);
                words.setOpaque(base + descriptor.redoArea + bytes(word), values[word]);
            }
            words.setOpaque(base + descriptor.masks + bytes(i), masks[i]);
        }
        // The redo area is complete before the sequence says that it counts: the process may die at any instruction.
        VarHandle.storeStoreFence();
    }

    /** Replaces one logged value during a commit. */
    void replace(long base, int word, long value) {
        words.setOpaque(base + descriptor.redoArea + bytes(word), value);
    }

    /** Completes the commit that the end of its process has cut short, if there is one. */
    void recover(long base, Filter filter) {
        if (descriptor.stagedWords == 0 || (words.getAcquire(base + SEQUENCE) & 1) == 0) {
            return;
        }
        StagedWords staged = new StagedWords(descriptor);
        long[] values = staged.values;
        long[] masks = staged.masks;
        for (int i = 0; i < masks.length; i++) {
            masks[i] = words.get(base + descriptor.masks + bytes(i));
        }
        for (int i = 0; i < values.length; i++) {
            values[i] = words.get(base + descriptor.redoArea + bytes(i));
        }
        int used = values.length % Long.SIZE;
        if (used != 0 && masks[masks.length - 1] >>> used != 0) {
            throw new IllegalStateException("redo area is damaged: mask=0x" + Long.toHexString(masks[masks.length - 1])
                    + " words=" + values.length);
        }
        filter.exclude(base, staged);
        SeqLock.commit(words, base, values, masks);
    }

    /** Excludes from a logged commit the words that must not be written again. */
    interface Filter {

        void exclude(long base, StagedWords staged);
    }
}
