package org.berth.core.slots;

import static org.berth.core.slots.TableDescriptor.OWNED;
import static org.berth.core.slots.TableDescriptor.SEQUENCE;

import java.lang.invoke.VarHandle;
import java.util.List;
import org.berth.core.slots.Fields.Mergeable;
import org.berth.offheap.Words;
import org.jspecify.annotations.Nullable;

/**
 * How several words of a slot change all at once: a sequence lock with one writer.
 *
 * <p>A commit is: sequence odd, words, sequence even. A reader that meets an odd sequence, or another one afterwards, reads
 * again. A writer never waits. In a file, what is to come is in the slot's redo area before the sequence is odd: whoever opens
 * the file after the process has died in the middle does the commit once more, to the same effect.
 *
 * <p>The orders are those of H. Boehm, "Can seqlocks get along with programming language memory models?" (MSPC 2012). All
 * methods but {@link #read} and {@link #total} are for who has the slot to himself: its owner, or who gives it away.
 */
final class RedoLog {

    private final Words words;
    private final TableDescriptor descriptor;
    private final List<Mergeable> merged;

    /** What the owned words hold in a new record. */
    private final long[] initial;

    RedoLog(Words words, TableDescriptor descriptor) {
        this.words = words;
        this.descriptor = descriptor;
        this.merged = descriptor.layout.merged();
        this.initial = new long[descriptor.layout.ownedBytes() / Long.BYTES];
        for (Mergeable field : merged) {
            if (field.offset() >= 0) {
                initial[index(field.offset())] = Fields.identity(field);
            }
        }
    }

    /** Room for what {@link #leave} makes, allocated ahead so that a lack of memory is met before anything has changed. */
    static final class Leave {

        private final long[] image;
        private final long[] masks;

        private Leave(long[] image, long[] masks) {
            this.image = image;
            this.masks = masks;
        }
    }

    Leave newLeave() {
        return new Leave(newImage(), newMasks());
    }

    /** Room for the words to come. */
    long[] newImage() {
        return new long[descriptor.imageWords];
    }

    /** Room for a bit for each word to come. */
    long[] newMasks() {
        return new long[descriptor.maskWords];
    }

    /**
     * Replaces the words that {@code masks} has bits for by those in {@code image}, all at once for whoever reads under the
     * sequence. If it is cut short by an error (a stack overflow, say), it can be called again to the same effect.
     */
    static void commit(Words words, long base, long[] image, long[] masks) {
        // Plain read: only the owner writes it. It is odd if a commit was cut short.
        long odd = words.get(base + SEQUENCE) | 1;
        words.setOpaque(base + SEQUENCE, odd);
        // The sequence is odd before the first word changes. The fence also keeps the owner's reads in front: who sees
        // one of the words alone may count on that, as with a release write.
        VarHandle.releaseFence();
        if (masks.length == 1) {
            apply(words, base + OWNED, image, 0, masks[0]);
        } else {
            for (int i = 0; i < masks.length; i++) {
                apply(words, base + OWNED, image, i * Long.SIZE, masks[i]);
            }
        }
        // Release: the words are there before the sequence is even.
        words.setRelease(base + SEQUENCE, odd + 1);
    }

    /** Writes the up to 64 words from {@code from} on that {@code mask} has bits for. */
    private static void apply(Words words, long at, long[] image, int from, long mask) {
        if (mask == 0) {
            return;
        }
        int first = Long.numberOfTrailingZeros(mask);
        long run = mask >>> first;
        if ((run & (run + 1)) == 0) {
            // Neighbours, as most often: they can be written without looking for each.
            put(words, at + bytes(from + first), image, from + first, Long.SIZE - Long.numberOfLeadingZeros(run));
            return;
        }
        for (long left = mask; left != 0; left &= left - 1) {
            int word = from + Long.numberOfTrailingZeros(left);
            words.setOpaque(at + bytes(word), image[word]);
        }
    }

    /**
     * Writes words from an array. Opaque, as each word must be whole for whoever reads it alone. Few words are written without a
     * loop: what C2 does ahead of one takes longer than the words themselves.
     */
    @SuppressWarnings("fallthrough")
    private static void put(Words words, long at, long[] from, int index, int count) {
        int left = count;
        for (; left > 8; left--) {
            words.setOpaque(at + bytes(left - 1), from[index + left - 1]);
        }
        switch (left) {
            case 8:
                words.setOpaque(at + 56, from[index + 7]);
            case 7:
                words.setOpaque(at + 48, from[index + 6]);
            case 6:
                words.setOpaque(at + 40, from[index + 5]);
            case 5:
                words.setOpaque(at + 32, from[index + 4]);
            case 4:
                words.setOpaque(at + 24, from[index + 3]);
            case 3:
                words.setOpaque(at + 16, from[index + 2]);
            case 2:
                words.setOpaque(at + 8, from[index + 1]);
            default:
                words.setOpaque(at, from[index]);
        }
    }

    /**
     * Reads at least one word into an array. Plain: aligned words are whole all the same ({@link java.lang.foreign.MemorySegment}
     * says so of 64-bit platforms), the fences around this call keep the reads in their place, and C2 then checks once for all of
     * them that the memory is open, which makes a third of the time. Without a loop as {@link #put}.
     */
    @SuppressWarnings("fallthrough")
    private static void get(Words words, long at, long[] to) {
        int left = to.length;
        for (; left > 8; left--) {
            to[left - 1] = words.get(at + bytes(left - 1));
        }
        switch (left) {
            case 8:
                to[7] = words.get(at + 56);
            case 7:
                to[6] = words.get(at + 48);
            case 6:
                to[5] = words.get(at + 40);
            case 5:
                to[4] = words.get(at + 32);
            case 4:
                to[3] = words.get(at + 24);
            case 3:
                to[2] = words.get(at + 16);
            case 2:
                to[1] = words.get(at + 8);
            default:
                to[0] = words.get(at);
        }
    }

    /** Puts a commit to come into the redo area, for tables that have one. */
    void journal(long base, long[] image, long[] masks) {
        // The sequence is even after the commit before, ahead of the first word of this one. Else the process may die
        // while an odd one says that a half-written redo area counts.
        VarHandle.storeStoreFence();
        for (int i = 0; i < masks.length; i++) {
            for (long left = masks[i]; left != 0; left &= left - 1) {
                int word = i * Long.SIZE + Long.numberOfTrailingZeros(left);
                words.setOpaque(base + descriptor.redo + bytes(word), image[word]);
            }
            words.setOpaque(base + descriptor.masks + bytes(i), masks[i]);
        }
        // The redo area is complete before the sequence says that it counts: the process may die at any instruction.
        VarHandle.storeStoreFence();
    }

    /** Ends a commit that was cut short by the end of its process, if there is one. */
    void recover(long base) {
        if (descriptor.imageWords == 0 || (words.getAcquire(base + SEQUENCE) & 1) == 0) {
            return;
        }
        long[] image = newImage();
        long[] masks = newMasks();
        for (int i = 0; i < masks.length; i++) {
            masks[i] = words.get(base + descriptor.masks + bytes(i));
        }
        for (int i = 0; i < image.length; i++) {
            image[i] = words.get(base + descriptor.redo + bytes(i));
        }
        int used = image.length % Long.SIZE;
        if (used != 0 && masks[masks.length - 1] >>> used != 0) {
            throw new IllegalStateException("redo area is damaged: mask=0x" + Long.toHexString(masks[masks.length - 1])
                    + " words=" + image.length);
        }
        if (descriptor.merging) {
            forgetWhatWasNotDrained(base, image, masks);
        }
        commit(words, base, image, masks);
    }

    /** Gives a record that nobody sees the values of a new one. */
    void initialize(long base, boolean neverUsed) {
        if (descriptor.merging && !neverUsed) {
            // It is as a new one already, and totals look at it all the time.
            return;
        }
        if (neverUsed && descriptor.imageWords != 0) {
            // It is, unless the table is in a file that was damaged where nobody had looked yet.
            words.set(base + SEQUENCE, 0);
        }
        for (int i = 0; i < initial.length; i++) {
            words.set(base + OWNED + bytes(i), initial[i]);
        }
        for (long at = SEQUENCE - descriptor.layout.sharedBytes(); at < SEQUENCE; at += Long.BYTES) {
            words.set(base + at, 0);
        }
        for (Mergeable field : merged) {
            if (field.offset() < 0) {
                words.set(base + field.offset(), Fields.identity(field));
            }
            if (descriptor.merging) {
                words.set(base + residue(field), Fields.residueIdentity(field));
            }
        }
    }

    /**
     * Merges what the record holds into the residues, in one commit; the record is as a new one then.
     *
     * @param room new; or that of a call which an error has cut short, to go on with it
     */
    void leave(long base, Leave room) {
        long[] image = room.image;
        long[] masks = room.masks;
        // Odd: an error cut this short, and what is to come was settled then.
        if ((words.get(base + SEQUENCE) & 1) == 0) {
            settle(base, image, masks);
        }
        try {
            for (Mergeable field : merged) {
                if (field.offset() < 0 && isMarked(masks, index(residue(field)))) {
                    drain(base, field, image);
                }
            }
        } finally {
            // Also after an error: what is not drained yet has its old residue to come, and totals wait no longer.
            commit(words, base, image, masks);
        }
    }

    /** Begins a leaving: what is to come is known, and the sequence is odd. */
    private void settle(long base, long[] image, long[] masks) {
        for (int i = 0; i < initial.length; i++) {
            if (words.get(base + OWNED + bytes(i)) != initial[i]) {
                image[i] = initial[i];
                mark(masks, i);
            }
        }
        for (Mergeable field : merged) {
            long value = words.getAcquire(base + field.offset());
            if (value != Fields.identity(field)) {
                int word = index(residue(field));
                long residue = words.get(base + residue(field));
                // A shared value is not settled before it is drained: until then nothing is to come.
                image[word] = field.offset() < 0 ? residue : Fields.merge(field, residue, value);
                mark(masks, word);
            }
        }
        if (descriptor.journaled) {
            journal(base, image, masks);
        }
        words.setOpaque(base + SEQUENCE, words.get(base + SEQUENCE) | 1);
        // The sequence is odd before a value is drained: else a total could miss it.
        VarHandle.storeStoreFence();
    }

    /** The value of a field merged with its residue: a pair that no leaving tears apart. Waits while a commit is under way. */
    long total(long base, Mergeable field) {
        @Nullable SeqLockBackoff wait = null;
        while (true) {
            long sequence = words.getAcquire(base + SEQUENCE);
            if ((sequence & 1) == 0) {
                // As in copy.
                long value = words.getOpaque(base + field.offset());
                long residue = words.getOpaque(base + residue(field));
                VarHandle.loadLoadFence();
                if (words.getOpaque(base + SEQUENCE) == sequence) {
                    return Fields.merge(field, residue, value);
                }
            }
            if (wait == null) {
                wait = new SeqLockBackoff();
            }
            wait.idle(sequence);
        }
    }

    /**
     * Copies a record; false if that was not possible in that time. Looks again while commits come in between.
     *
     * @param nanos 0: look once
     */
    boolean read(long base, Snapshot snapshot, long nanos) {
        // What throws half way leaves nothing to be read.
        snapshot.filled = false;
        if (copy(base, snapshot)) {
            snapshot.filled = true;
            return true;
        }
        long start = System.nanoTime();
        SeqLockBackoff wait = snapshot.newWait();
        while (System.nanoTime() - start < nanos) {
            wait.idle(words.getAcquire(base + SEQUENCE));
            if (copy(base, snapshot)) {
                snapshot.filled = true;
                return true;
            }
        }
        return false;
    }

    private boolean copy(long base, Snapshot snapshot) {
        long at = base + SEQUENCE - snapshot.sharedBytes;
        if (!snapshot.sequenced) {
            get(words, at, snapshot.values);
            // Shared fields only, each for itself: what follows is not older than they are.
            VarHandle.acquireFence();
            return true;
        }
        // Acquire: what is read below is not older than this.
        long sequence = words.getAcquire(base + SEQUENCE);
        if ((sequence & 1) != 0) {
            return false;
        }
        get(words, at, snapshot.values);
        // The words are read before the sequence is again; an acquire there would only hold back what follows it. The
        // fence also keeps the caller's stores behind the reads.
        VarHandle.acquireFence();
        return words.getOpaque(base + SEQUENCE) == sequence;
    }

    /**
     * Takes a shared field's value away, into the residue that is to come. Others go on updating it, so the redo area must say
     * what the residue will be before the one CAS that takes the value: if the process dies between the two,
     * {@link #forgetWhatWasNotDrained} tells by it.
     */
    private void drain(long base, Mergeable field, long[] image) {
        int word = index(residue(field));
        while (true) {
            long value = words.getAcquire(base + field.offset());
            long toCome = Fields.merge(field, image[word], value);
            if (descriptor.journaled) {
                words.setOpaque(base + descriptor.redo + residue(field) - OWNED, toCome);
            }
            if (words.compareAndSet(base + field.offset(), value, Fields.identity(field))) {
                // Before all else: an error from here on must not lose what was taken.
                image[word] = toCome;
                // At once, and not only with the commit, so that recovery is in doubt for as short a time as can be.
                words.setOpaque(base + residue(field), toCome);
                return;
            }
        }
    }

    /**
     * A shared value that is still there, and would give just the residue that was to come, was not drained. (Where the process
     * dies between two neighbouring stores of {@link #drain} and another thread updates the field between them, too, this can be
     * wrong: that one value is then counted twice or not at all. No order of two words, one of which anyone writes, can do
     * better.)
     */
    private void forgetWhatWasNotDrained(long base, long[] image, long[] masks) {
        for (Mergeable field : merged) {
            int word = index(residue(field));
            if (field.offset() < 0 && isMarked(masks, word)) {
                long residue = words.get(base + residue(field));
                if (Fields.merge(field, residue, words.getAcquire(base + field.offset())) == image[word]) {
                    masks[word / Long.SIZE] &= ~(1L << word);
                }
            }
        }
    }

    private static void mark(long[] masks, int word) {
        masks[word / Long.SIZE] |= 1L << word;
    }

    private static boolean isMarked(long[] masks, int word) {
        return (masks[word / Long.SIZE] & 1L << word) != 0;
    }

    /** Where a field's residue is, from the base. */
    private long residue(Mergeable field) {
        return descriptor.residue + bytes(field.residue());
    }

    /** The number of a word in masks and redo area. */
    private static int index(long offset) {
        return (int) ((offset - OWNED) / Long.BYTES);
    }

    private static long bytes(int words) {
        return (long) words * Long.BYTES;
    }
}
