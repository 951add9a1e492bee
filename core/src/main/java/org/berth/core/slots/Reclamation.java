package org.berth.core.slots;

import static org.berth.core.slots.TableDescriptor.KEYS;
import static org.berth.core.slots.TableDescriptor.REFERENCES;
import static org.berth.core.slots.TableDescriptor.REMOVED;
import static org.berth.core.slots.TableDescriptor.STATE;

import org.berth.offheap.Words;
import org.jspecify.annotations.Nullable;

/**
 * Reclamation of slots by reference counts: a thread that uses a slot of a recycling table retains it first and
 * releases it afterwards, and a removed slot goes to another key only when nobody has it retained.
 *
 * <p>A check before a CAS cannot keep the CAS away from a slot's next key, as the thread may be suspended between the
 * two. So the count is in the slot's metadata, and every thread keeps it. In other tables no slot is reused, and
 * nothing is counted.
 */
final class Reclamation implements KeyIndex.Retention {

    // References: closed, while the slot is freed (1) | version (31) | count (32).
    // The version goes up with each key: a thread that was suspended before it frees the slot finds it changed.
    private static final long CLOSED = Long.MIN_VALUE;
    private static final long ONE_VERSION = 1L << 32;
    private static final long COUNT = ONE_VERSION - 1;
    private static final long VERSION = ~(CLOSED | COUNT);

    private final Words words;
    private final TableDescriptor descriptor;
    private final KeyIndex index;
    private final Ownership ownership;
    private final RetainedTotals totals;

    Reclamation(Words words, TableDescriptor descriptor, KeyIndex index, Ownership ownership, RetainedTotals totals) {
        this.words = words;
        this.descriptor = descriptor;
        this.index = index;
        this.ownership = ownership;
        this.totals = totals;
    }

    /** Returns the slot of a key, retained in a recycling table, or {@link KeyIndex#NONE}. */
    int retain(KeyIndex.Key key) {
        return index.retain(key, this);
    }

    @Override
    public boolean tryRetain(int slot, long key, @Nullable String name) {
        if (!tryRetain(slot)) {
            return false;
        }
        // The state before the key: the slot may have been freed before it was retained, and be on its way to another
        // key. The words of the former key are still there then, while the state says that the slot has none; once it
        // says that the slot has one, these words are that key's, and stay as long as the slot is retained.
        long state = ownership.state(slot);
        boolean found = Ownership.hasKey(state)
                ? index.hasKey(slot, key, name)
                : Ownership.isNew(state) && (name == null ? index.find(key) : index.find(name)) == slot;
        if (found) {
            return true;
        }
        // The removing thread may not have come that far, and must not be waited for.
        unlink(slot);
        release(slot);
        return false;
    }

    /** Retains a slot, whichever key it has, unless it is being freed. */
    boolean tryRetain(int slot) {
        if (words.getAndAdd(references(slot), 1) >= 0) {
            return true;
        }
        // It may have been freed, reused and removed again by now, and then no other thread frees it.
        release(slot);
        return false;
    }

    /** Releases a slot. The last release frees it, if it was removed. For slots that were retained. */
    void release(int slot) {
        long metadata = descriptor.metadata(slot);
        long before = words.getAndAdd(metadata + REFERENCES, -1);
        // One kind of access to one kind of words, as this is inlined where a record is used by its key.
        if (before >= 0
                && (before & COUNT) == 1
                && Ownership.code(words.getAcquire(metadata + STATE)) == Ownership.REMOVED) {
            free(slot);
        }
    }

    /**
     * Returns the first slot at or after {@code from} that has a key, retained in a recycling table, or {@link
     * KeyIndex#NONE}. While its first claim is under way, a slot has its key as soon as that is in the index.
     */
    int next(int from) {
        for (int slot = from, used = index.used(); slot < used; slot++) {
            if (retainIfKeyed(slot)) {
                return slot;
            }
        }
        return KeyIndex.NONE;
    }

    /** Retains a slot, in a recycling table, if it has a key; else it is not retained. */
    boolean retainIfKeyed(int slot) {
        if (!hasKey(slot)) {
            return false;
        }
        if (!descriptor.recycling) {
            return true;
        }
        if (!tryRetain(slot)) {
            return false;
        }
        if (hasKey(slot)) {
            return true;
        }
        release(slot);
        return false;
    }

    private boolean hasKey(int slot) {
        long state = ownership.state(slot);
        return Ownership.hasKey(state) || (Ownership.isNew(state) && find(slot) == slot);
    }

    /** Removes a key from its slot and from the index; false if it is owned, or if another thread has removed it. */
    boolean remove(int slot) {
        boolean removed = ownership.remove(slot);
        if (removed) {
            countRemoved();
        }
        unlink(slot);
        return removed;
    }

    /** Removes a key as {@link #remove(int)} does, unless the slot's state is another than this vacant one. */
    boolean remove(int slot, long vacant) {
        boolean removed = ownership.remove(slot, vacant);
        if (removed) {
            countRemoved();
            unlink(slot);
        }
        return removed;
    }

    /** Removes a key that the caller owns, which ends the claim. */
    void removeOwned(int slot, long claim) {
        if (ownership.removeOwned(slot, claim)) {
            countRemoved();
        }
        unlink(slot);
    }

    private void countRemoved() {
        // In this order: a claim that looks in between must not take the table to be full.
        words.getAndAdd(KEYS, -1);
        words.getAndAdd(REMOVED, 1);
    }

    /** Takes a removed slot out of the index, whichever thread has removed it. */
    void unlink(int slot) {
        long state = ownership.state(slot);
        if (Ownership.code(state) == Ownership.REMOVED) {
            index.unlink(slot, same -> ownership.state(same) == state);
        }
    }

    /** Frees a removed slot for other keys, unless it is retained: then the last release does it. */
    private void free(int slot) {
        // Before it is closed: an error here leaves the slot to the next release.
        StagedWords staged = new StagedWords(descriptor);
        long references = words.getAcquire(references(slot));
        if (references < 0 || (references & COUNT) != 0 || !ownership.isRemoved(slot)) {
            return;
        }
        // The removing thread may not have unlinked it yet.
        unlink(slot);
        if (!words.compareAndSet(references(slot), references, references | CLOSED)) {
            return;
        }
        if (descriptor.merging) {
            // Updates of shared fields since the release by its owner.
            try {
                totals.merge(descriptor.base(slot), staged);
            } catch (Throwable failure) {
                // Completes it: totals would wait for ever, as nobody else has the slot.
                totals.merge(descriptor.base(slot), staged);
                freeClosed(slot);
                throw failure;
            }
        }
        freeClosed(slot);
    }

    private void freeClosed(int slot) {
        ownership.free(slot);
        reopen(slot);
        words.getAndAdd(REMOVED, -1);
        index.deallocate(slot);
    }

    /** Begins the slot's next version. Threads that come too late retain and release all the time, and stay counted. */
    private void reopen(int slot) {
        long references = words.getAcquire(references(slot));
        while (true) {
            long next = ((references + ONE_VERSION) & VERSION) | (references & COUNT);
            long seen = words.compareAndExchange(references(slot), references, next);
            if (seen == references) {
                return;
            }
            references = seen;
        }
    }

    private long references(int slot) {
        return descriptor.metadata(slot) + REFERENCES;
    }

    /**
     * Returns the slot of the key that a slot's metadata names; the metadata may be changing, and then there is none.
     */
    private int find(int slot) {
        return index.isNamed(slot) ? index.find(index.name(slot)) : index.find(index.key(slot));
    }
}
