package org.berth.core.slots;

import static org.berth.core.slots.StagedWords.bytes;
import static org.berth.core.slots.TableDescriptor.OWNED;
import static org.berth.core.slots.TableDescriptor.SEQUENCE;

import java.lang.invoke.VarHandle;
import org.berth.offheap.Words;
import org.jspecify.annotations.Nullable;

/**
 * A sequence lock with one writer for each slot: for its readers, several words of a record change at once.
 *
 * <p>A commit sets the sequence to an odd number, writes the words, and sets the sequence to the next even number. A
 * reader that finds the sequence odd, or changed after its reads, reads again. The writer never waits.
 *
 * <p>The orders are those of H. Boehm, "Can seqlocks get along with programming language memory models?" (MSPC 2012).
 * All methods but {@link #read} are for the thread that has the slot to itself: its owner, or a thread that frees it.
 */
final class SeqLock {

    private final Words words;

    SeqLock(Words words) {
        this.words = words;
    }

    /**
     * Replaces the words that {@code masks} has bits for by those in {@code values} (see {@link StagedWords}), all at
     * once for readers of the sequence. If an error (a stack overflow, say) cuts it short, it can be called again to
     * the same effect.
     */
    static void commit(Words words, long base, long[] values, long[] masks) {
        // Plain read: only the owner writes it. It is odd if a commit was cut short.
        long odd = words.get(base + SEQUENCE) | 1;
        words.setOpaque(base + SEQUENCE, odd);
        // The sequence is odd before the first word changes. The fence also keeps the owner's reads in front: a
        // thread that sees one of the words alone may count on that, as with a release write.
        VarHandle.releaseFence();
        if (masks.length == 1) {
            apply(words, base + OWNED, values, 0, masks[0]);
        } else {
            for (int i = 0; i < masks.length; i++) {
                apply(words, base + OWNED, values, i * Long.SIZE, masks[i]);
            }
        }
        // Release: the words are there before the sequence is even.
        words.setRelease(base + SEQUENCE, odd + 1);
    }

    /** Writes those of the 64 words from {@code from} on that {@code mask} has bits for. */
    private static void apply(Words words, long at, long[] values, int from, long mask) {
        if (mask == 0) {
            return;
        }
        int first = Long.numberOfTrailingZeros(mask);
        long run = mask >>> first;
        if ((run & (run + 1)) == 0) {
            // Neighbours, as most often: written without a search for each.
            put(words, at + bytes(from + first), values, from + first, Long.SIZE - Long.numberOfLeadingZeros(run));
            return;
        }
        for (long left = mask; left != 0; left &= left - 1) {
            int word = from + Long.numberOfTrailingZeros(left);
            words.setOpaque(at + bytes(word), values[word]);
        }
    }

    /**
     * Writes words from an array. Opaque, as each word must be whole for a thread that reads it alone. Few words are
     * written without a loop: what C2 does ahead of one takes longer than the words themselves.
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
     * Reads at least one word into an array. Plain: aligned words are whole all the same, as {@link
     * java.lang.foreign.MemorySegment} says of 64-bit platforms, the fences around this call keep the reads in their
     * place, and C2 then checks once for all of them that the memory is open, which makes a third of the time. Without
     * a loop as {@link #put}.
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

    /** Begins a write whose words are changed one by one; {@link #commit} ends it. */
    void begin(long base) {
        words.setOpaque(base + SEQUENCE, words.get(base + SEQUENCE) | 1);
        // The sequence is odd before a value is drained: else a total could miss it.
        VarHandle.storeStoreFence();
    }

    /**
     * Ends a write that an error has cut short, whose words are lost: readers need not wait for it any longer, and may
     * find half of it. For the thread that has the slot to itself.
     */
    void abandon(long base) {
        if (isWriting(base)) {
            words.setRelease(base + SEQUENCE, words.get(base + SEQUENCE) + 1);
        }
    }

    /** Returns whether a write was begun and has not ended. For the thread that has the slot to itself. */
    boolean isWriting(long base) {
        return (words.get(base + SEQUENCE) & 1) != 0;
    }

    /**
     * Copies a record; false if commits kept it out for that time. Tries again while commits come in between.
     *
     * @param nanos 0: one attempt
     */
    boolean read(long base, Snapshot snapshot, long nanos) {
        // A read that throws half way leaves an empty snapshot.
        snapshot.filled = false;
        snapshot.reads++;
        if (copy(base, snapshot)) {
            snapshot.filled = true;
            return true;
        }
        long start = System.nanoTime();
        SeqLockBackoff backoff = snapshot.newBackoff();
        while (System.nanoTime() - start < nanos) {
            backoff.idle(words.getAcquire(base + SEQUENCE));
            if (copy(base, snapshot)) {
                snapshot.filled = true;
                return true;
            }
        }
        return false;
    }

    /**
     * Copies runs of neighbouring words of a record, all as one moment between two commits had them. Waits while
     * commits come in between.
     *
     * @param offsets of the runs, from the slot's base
     * @param to      an array for each run
     */
    void read(long base, long[] offsets, long[][] to) {
        @Nullable SeqLockBackoff backoff = null;
        while (true) {
            // As in copy.
            long sequence = words.getAcquire(base + SEQUENCE);
            if ((sequence & 1) == 0) {
                for (int i = 0; i < to.length; i++) {
                    get(words, base + offsets[i], to[i]);
                }
                VarHandle.acquireFence();
                if (words.getOpaque(base + SEQUENCE) == sequence) {
                    return;
                }
            }
            if (backoff == null) {
                backoff = new SeqLockBackoff();
            }
            backoff.idle(sequence);
        }
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
}
