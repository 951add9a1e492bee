package org.berth.core.slots;

import static org.berth.core.slots.TableDescriptor.KEYS;
import static org.berth.core.slots.TableDescriptor.REMOVED;
import static org.berth.core.slots.TableDescriptor.VIEWS;

import org.berth.offheap.Words;

/**
 * A slot's life with its key: found, held, removed, and in a recycling table given to another key.
 *
 * <p>A check before a CAS cannot keep the CAS away from a slot's next key: the thread may be suspended between the two. So in a
 * recycling table who uses a slot holds it, by a count in its metadata, and a removed slot is not freed while somebody does.
 * Everywhere else a slot is its key's for good, and holding costs nothing.
 */
final class Reclamation {

    // Views: closed by who frees the slot, so that whoever comes now comes too late (1) | life (31) | holders (32).
    // The life goes up with each key: who would free the slot and was suspended for that long finds it changed.
    private static final long CLOSED = Long.MIN_VALUE;
    private static final long ONE_LIFE = 1L << 32;
    private static final long HOLDERS = ONE_LIFE - 1;
    private static final long LIFE = ~(CLOSED | HOLDERS);

    private final Words words;
    private final TableDescriptor descriptor;
    private final KeyIndex index;
    private final Ownership ownership;
    private final RedoLog redo;

    Reclamation(Words words, TableDescriptor descriptor, KeyIndex index, Ownership ownership, RedoLog redo) {
        this.words = words;
        this.descriptor = descriptor;
        this.index = index;
        this.ownership = ownership;
        this.redo = redo;
    }

    /** The slot of {@code key}, held, or {@link KeyIndex#NONE}. For recycling tables. */
    int hold(long key) {
        while (true) {
            int slot = index.find(key);
            if (slot == KeyIndex.NONE) {
                return slot;
            }
            if (tryHold(slot)) {
                if (index.hasKey(slot, key) && hasKey(slot)) {
                    return slot;
                }
                // Its remover may not have come that far, and must not be waited for.
                unlink(slot);
                letGo(slot);
            }
        }
    }

    /** The slot of {@code name}, held, or {@link KeyIndex#NONE}. For recycling tables. */
    int hold(String name) {
        while (true) {
            int slot = index.find(name);
            if (slot == KeyIndex.NONE) {
                return slot;
            }
            if (tryHold(slot)) {
                if (index.hasKey(slot, name) && hasKey(slot)) {
                    return slot;
                }
                unlink(slot);
                letGo(slot);
            }
        }
    }

    /** The slot of {@code key}, held, or {@link KeyIndex#NONE}. For recycling tables. */
    int hold(KeyIndex.Key key) {
        String name = key.name();
        return name == null ? hold(key.word()) : hold(name);
    }

    /** Holds a slot, whosever it is, unless it is being freed. */
    boolean tryHold(int slot) {
        if (words.getAndAdd(views(slot), 1) >= 0) {
            return true;
        }
        // It may have been freed, given away and removed again by now, and then nobody else frees it.
        letGo(slot);
        return false;
    }

    /** Ends a hold. The last one frees the slot, if it was removed. */
    void letGo(int slot) {
        long before = words.getAndAdd(views(slot), -1);
        if (before >= 0 && (before & HOLDERS) == 1 && ownership.isRemoved(slot)) {
            free(slot);
        }
    }

    /**
     * The first slot at or after {@code from} that has a key, held if the table is recycling, or {@link KeyIndex#NONE}. Where the
     * first claim is under way, the slot has its key once that is in the index.
     */
    int next(int from) {
        for (int slot = from, used = index.used(); slot < used; slot++) {
            if (!descriptor.recycling) {
                if (hasKey(slot)) {
                    return slot;
                }
            } else if (hasKey(slot) && tryHold(slot)) {
                if (hasKey(slot)) {
                    return slot;
                }
                letGo(slot);
            }
        }
        return KeyIndex.NONE;
    }

    private boolean hasKey(int slot) {
        long state = ownership.state(slot);
        return Ownership.hasKey(state) || (Ownership.code(state) == Ownership.NEW && find(slot) == slot);
    }

    /** Removes a slot from its key, so that nobody finds it any more; false if it is owned, or removed by another thread. */
    boolean remove(int slot) {
        boolean removed = ownership.remove(slot);
        if (removed) {
            // First here, then there: a claim that looks in between must not take the table to have room.
            words.getAndAdd(REMOVED, 1);
            words.getAndAdd(KEYS, -1);
        }
        unlink(slot);
        return removed;
    }

    /** Removes a slot from its key that its owner has just added. */
    void removeOwned(int slot, long claim) {
        if (ownership.removeOwned(slot, claim)) {
            words.getAndAdd(REMOVED, 1);
            words.getAndAdd(KEYS, -1);
        }
        unlink(slot);
    }

    /** Takes a slot that was removed, by whomever, out of the index. */
    void unlink(int slot) {
        long state = ownership.state(slot);
        if (Ownership.code(state) == Ownership.REMOVED) {
            index.unlink(slot, same -> ownership.state(same) == state);
        }
    }

    /** Hands a removed slot on to other keys, unless somebody holds it: then that is left to who lets go of it last. */
    private void free(int slot) {
        // Before it is closed: an error here leaves the slot to the next one who lets go of it.
        RedoLog.Leave room = redo.newLeave();
        long views = words.getAcquire(views(slot));
        if (views < 0 || (views & HOLDERS) != 0 || !ownership.isRemoved(slot)) {
            return;
        }
        // Its remover may not have come that far.
        unlink(slot);
        if (!words.compareAndSet(views(slot), views, views | CLOSED)) {
            return;
        }
        if (descriptor.merging) {
            // What others did to shared fields since its owner left.
            redo.leave(descriptor.base(slot), room);
        }
        ownership.free(slot);
        open(slot);
        words.getAndAdd(REMOVED, -1);
        index.giveBack(slot);
    }

    /** Begins the slot's next life. Others who come too late are in and out all the time, and stay counted. */
    private void open(int slot) {
        long views = words.getAcquire(views(slot));
        while (true) {
            long seen = words.compareAndExchange(views(slot), views, ((views + ONE_LIFE) & LIFE) | (views & HOLDERS));
            if (seen == views) {
                return;
            }
            views = seen;
        }
    }

    private long views(int slot) {
        return descriptor.metadata(slot) + VIEWS;
    }

    /** Who has the key that a slot's metadata says; the metadata may be changing, and then nobody has. */
    private int find(int slot) {
        return index.isNamed(slot) ? index.find(index.name(slot)) : index.find(index.key(slot));
    }
}
