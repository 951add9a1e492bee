package org.berth.core.slots;

import static org.berth.core.slots.StagedWords.bytes;
import static org.berth.core.slots.TableDescriptor.OWNED;
import static org.berth.core.slots.TableDescriptor.SEQUENCE;

import java.lang.invoke.VarHandle;
import java.util.BitSet;
import java.util.List;
import org.berth.core.slots.Fields.Mergeable;
import org.berth.offheap.Words;
import org.jspecify.annotations.Nullable;

/**
 * The retained totals of each slot: what its former owners added, per field with a merge. A record starts from the
 * merges' identities, and when its owner releases it, its values are merged into the retained totals, all in one
 * commit, so that a total counts each value exactly once at every moment.
 */
final class RetainedTotals {

    private final Words words;
    private final TableDescriptor descriptor;
    private final SeqLock lock;
    private final RedoLog log;
    private final List<Mergeable> merged;

    /** The owned words of a new record. */
    private final long[] initial;

    /** The owned words that are of fields with a merge. */
    private final BitSet mergedWords = new BitSet();

    RetainedTotals(Words words, TableDescriptor descriptor, SeqLock lock, RedoLog log) {
        this.words = words;
        this.descriptor = descriptor;
        this.lock = lock;
        this.log = log;
        this.merged = descriptor.layout.merged();
        this.initial = new long[descriptor.layout.ownedBytes() / Long.BYTES];
        for (Mergeable field : merged) {
            if (field.wordOffset() >= 0) {
                initial[StagedWords.index(field.wordOffset())] = Fields.identity(field);
                mergedWords.set(StagedWords.index(field.wordOffset()));
            }
        }
    }

    /** Returns whether an owned word is of a field with a merge. */
    boolean isMerged(int word) {
        return mergedWords.get(word);
    }

    /** Sets a record that no other thread sees to the values of a new one. */
    void initialize(long base, boolean neverUsed) {
        if (descriptor.merging && !neverUsed) {
            // Fields with a merge are as in a new record already, and totals read them all the time. The others may
            // have the initial values of a claim that lost the race for its key.
            for (int i = 0; i < initial.length; i++) {
                if (!isMerged(i)) {
                    words.set(base + OWNED + bytes(i), initial[i]);
                }
            }
            return;
        }
        if (neverUsed && descriptor.stagedWords != 0) {
            // It is 0 already, unless the table is in a file with damage that nothing has read yet.
            words.set(base + SEQUENCE, 0);
        }
        for (int i = 0; i < initial.length; i++) {
            words.set(base + OWNED + bytes(i), initial[i]);
        }
        for (long at = SEQUENCE - descriptor.layout.sharedBytes(); at < SEQUENCE; at += Long.BYTES) {
            words.set(base + at, 0);
        }
        for (Mergeable field : merged) {
            if (field.wordOffset() < 0) {
                words.set(base + field.wordOffset(), Fields.identity(field));
            }
            if (descriptor.merging) {
                words.set(base + retained(field), Fields.retainedIdentity(field));
            }
        }
    }

    /**
     * Merges a record's values into the retained totals, in one commit, after which the record is as a new one.
     *
     * @param staged new; or that of an earlier call which an error cut short, to complete that call
     */
    void merge(long base, StagedWords staged) {
        // If a write is under way, an error has cut an earlier call short, after it had staged the values.
        if (!lock.isWriting(base)) {
            stage(base, staged);
        }
        try {
            for (Mergeable field : merged) {
                if (field.wordOffset() < 0 && staged.isSet(StagedWords.index(retained(field)))) {
                    drain(base, field, staged);
                }
            }
        } finally {
            // Also after an error: a field that is not drained yet keeps its old retained total, and totals
            // wait no longer.
            SeqLock.commit(words, base, staged.values, staged.masks);
        }
    }

    /** Stages the initial values and the new retained totals, and begins the write. */
    private void stage(long base, StagedWords staged) {
        for (int i = 0; i < initial.length; i++) {
            if (words.get(base + OWNED + bytes(i)) != initial[i]) {
                staged.set(i, initial[i]);
            }
        }
        for (Mergeable field : merged) {
            long value = words.getAcquire(base + field.wordOffset());
            if (value != Fields.identity(field)) {
                long retained = words.get(base + retained(field));
                // A shared value is not known before it is drained: until then the retained total stays as it is.
                staged.set(
                        StagedWords.index(retained(field)),
                        field.wordOffset() < 0 ? retained : Fields.merge(field, retained, value));
            }
        }
        if (descriptor.logged) {
            log.append(base, staged);
        }
        lock.begin(base);
    }

    /**
     * Takes a shared field's value and adds it to the staged retained total. Other threads go on updating the field, so
     * the redo area must say what the retained total will be before the one CAS that takes the value: if the process
     * dies between the two, {@link #excludeUndrained} tells by it.
     */
    private void drain(long base, Mergeable field, StagedWords staged) {
        int word = StagedWords.index(retained(field));
        while (true) {
            long value = words.getAcquire(base + field.wordOffset());
            long total = Fields.merge(field, staged.values[word], value);
            if (descriptor.logged) {
                log.replace(base, word, total);
            }
            if (words.compareAndSet(base + field.wordOffset(), value, Fields.identity(field))) {
                // Before all else: an error from here on must not lose the drained value.
                staged.values[word] = total;
                // At once, and not only with the commit, so that recovery is in doubt for as short a time as possible.
                words.setOpaque(base + retained(field), total);
                return;
            }
        }
    }

    /**
     * Excludes from a logged merge the fields that were not drained: a shared value that is still in its field, and
     * would give just the total that was logged. (Where the process dies between two neighbouring stores of {@link
     * #drain} and another thread updates the field between them, too, this can be wrong: that one value is then counted
     * twice or not at all. No order of two words, one of which any thread writes, can do better.)
     */
    void excludeUndrained(long base, StagedWords staged) {
        if (!descriptor.merging) {
            return;
        }
        for (Mergeable field : merged) {
            int word = StagedWords.index(retained(field));
            if (field.wordOffset() < 0 && staged.isSet(word)) {
                long retained = words.get(base + retained(field));
                long value = words.getAcquire(base + field.wordOffset());
                if (Fields.merge(field, retained, value) == staged.values[word]) {
                    staged.unset(word);
                }
            }
        }
    }

    /**
     * Returns the value of a field merged with its retained total, as one moment had them. Waits while a commit is
     * under way.
     */
    long total(long base, Mergeable field) {
        @Nullable SeqLockBackoff backoff = null;
        while (true) {
            long sequence = words.getAcquire(base + SEQUENCE);
            if ((sequence & 1) == 0) {
                // As in SeqLock.read.
                long value = words.getOpaque(base + field.wordOffset());
                long retained = words.getOpaque(base + retained(field));
                VarHandle.loadLoadFence();
                if (words.getOpaque(base + SEQUENCE) == sequence) {
                    return Fields.merge(field, retained, value);
                }
            }
            if (backoff == null) {
                backoff = new SeqLockBackoff();
            }
            backoff.idle(sequence);
        }
    }

    /** Returns where a field's retained total is, from the base. */
    private long retained(Mergeable field) {
        return descriptor.retainedTotals + bytes(field.retainedIndex());
    }
}
