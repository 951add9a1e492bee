package org.berth.core.slots;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How claims begin and end, in a table. */
final class Claims {

    private final SlotTable table;
    private final TableDescriptor descriptor;
    private final KeyIndex index;
    private final Ownership ownership;
    private final RedoLog redo;
    private final Reclamation reclamation;
    private final RecordQueues handOver;

    Claims(SlotTable table, RecordQueues handOver) {
        this.table = table;
        this.descriptor = table.descriptor;
        this.index = table.index;
        this.ownership = table.ownership;
        this.redo = table.redo;
        this.reclamation = table.reclamation;
        this.handOver = handOver;
    }

    /**
     * Claims a key; throws if it is owned.
     *
     * @param home whose slots are bound to threads, if it is for the current thread
     */
    Slot claim(KeyIndex.Key key, @Nullable Consumer<? super SlotWrite> initial, @Nullable PerThread home) {
        Slot claimed = tryClaim(key, initial, home);
        if (claimed == null) {
            throw owned(
                    "already claimed: ", key, "; one owner at a time: wait for it to close its slot, or open a view");
        }
        return claimed;
    }

    /** Claims a key; null if it is owned. */
    @Nullable
    Slot tryClaim(KeyIndex.Key key, @Nullable Consumer<? super SlotWrite> initial, @Nullable PerThread home) {
        table.checkOpen();
        while (true) {
            int slot = heldOrNone(key);
            if (slot == KeyIndex.NONE) {
                Slot added = tryAdd(key, home);
                if (added != null) {
                    return begun(added, initial, true);
                }
            } else {
                try {
                    long claim = ownership.take(slot);
                    if (claim != 0) {
                        Slot taken = handle(slot, claim, home, false);
                        return descriptor.merging ? begun(taken, initial, false) : taken;
                    }
                    if (ownership.isOwned(slot)) {
                        return null;
                    }
                    // Removed, or free again.
                    reclamation.unlink(slot);
                } finally {
                    letGoSlot(slot);
                }
            }
        }
    }

    /** Adds a key, owned by the caller; null if the key has come in meanwhile. */
    private @Nullable Slot tryAdd(KeyIndex.Key key, @Nullable PerThread home) {
        int slot = index.allocate(key);
        if (slot == KeyIndex.NONE) {
            // The last slots may have gone to this very key meanwhile.
            if (index.find(key) == KeyIndex.NONE) {
                throw full(key);
            }
            return null;
        }
        try {
            redo.initialize(descriptor.base(slot), ownership.state(slot) == 0);
            // Owned before it is published: nobody sees a new key without its owner.
            ownership.begin(slot);
        } catch (Throwable failure) {
            index.giveBack(slot);
            throw failure;
        }
        if (index.publish(key, slot) != slot) {
            ownership.forget(slot);
            index.giveBack(slot);
            return null;
        }
        return handle(slot, ownership.settle(slot), home, true);
    }

    /**
     * A record that starts anew has its initial values, or is as if it had not been claimed.
     *
     * @param added whether its key was not there before
     */
    private Slot begun(Slot slot, @Nullable Consumer<? super SlotWrite> initial, boolean added) {
        try {
            Consumer<? super SlotWrite> first = initial != null ? initial : handOver.next();
            if (first != null) {
                slot.write(first);
            }
            return slot;
        } catch (Throwable failure) {
            if (added) {
                slot.undo();
            } else {
                slot.unclaim();
            }
            throw failure;
        }
    }

    private Slot handle(int slot, long claim, @Nullable PerThread home, boolean added) {
        try {
            return new Slot(table, slot, claim, home, home == null ? null : Thread.currentThread());
        } catch (Throwable failure) {
            if (added) {
                undo(slot, claim);
            } else {
                ownership.release(slot, claim);
            }
            throw failure;
        }
    }

    /** Removes a key with its record; false if it is not there. */
    boolean remove(KeyIndex.Key key) {
        table.checkOpen();
        while (true) {
            int slot = heldOrNone(key);
            if (slot == KeyIndex.NONE) {
                return false;
            }
            try {
                if (reclamation.remove(slot)) {
                    return true;
                }
                if (ownership.isOwned(slot)) {
                    throw owned("owned: ", key, "; its owner must close it before it can be removed");
                }
            } finally {
                letGoSlot(slot);
            }
        }
    }

    private IllegalStateException owned(String what, KeyIndex.Key key, String advice) {
        int slot = index.find(key);
        return new IllegalStateException(
                what + key + (slot == KeyIndex.NONE ? "" : " " + ownership.describeOwner(slot)) + advice);
    }

    private IllegalStateException full(KeyIndex.Key key) {
        return new IllegalStateException(
                "table is full: " + key + " capacity=" + descriptor.capacity + " size=" + index.size()
                        + "; create the table with room for every key that it will ever hold"
                        + (descriptor.recycling
                                ? ", and close the views of removed keys"
                                : ", or recycling if keys are removed"));
    }

    /** What the end of a claim needs. */
    PendingRelease prepareDeparture(int slot) {
        if (!descriptor.merging && handOver.finals() == null) {
            return PendingRelease.NOTHING;
        }
        RedoLog.Leave room = descriptor.merging ? redo.newLeave() : null;
        FinalRecord last = null;
        try {
            if (handOver.finals() != null) {
                last = finalRecord(slot);
            }
        } catch (IllegalStateException e) {
            // A handle that outlives its table has nothing to hand over.
            if (!table.isClosed()) {
                throw e;
            }
        }
        return new PendingRelease(room, last);
    }

    /** Hands over the final record, if there is one; false if there is no room for it, and it is not waited for. */
    boolean handOver(PendingRelease departure, boolean wait) {
        FinalRecord last = departure.last();
        if (last == null || table.isClosed()) {
            return true;
        }
        if (wait) {
            handOver.put(last, table);
            return true;
        }
        return handOver.offer(last);
    }

    /** Ends a claim whose final record, if any, is handed over. */
    void release(int slot, long claim, PendingRelease departure) {
        try {
            if (departure.merge() != null) {
                redo.leave(descriptor.base(slot), departure.merge());
            }
            ownership.release(slot, claim);
        } catch (IllegalStateException e) {
            // A handle that outlives its table has nothing left to release.
            if (!table.isClosed()) {
                throw e;
            }
        }
    }

    private FinalRecord finalRecord(int slot) {
        Snapshot values = descriptor.layout.newSnapshot();
        // No commit is under way where the only one who could make it leaves.
        redo.read(descriptor.base(slot), values, 0);
        String name = index.isNamed(slot) ? index.name(slot) : null;
        return new FinalRecord(index.key(slot), name, ownership.owner(slot), values);
    }

    /** Ends the claim of a key that was just added: nobody else claims it, it is removed. */
    void undo(int slot, long claim) {
        // Held, as for any removal: its slot must not be another key's before this is over.
        boolean held = descriptor.recycling && reclamation.tryHold(slot);
        try {
            reclamation.removeOwned(slot, claim);
        } finally {
            if (held) {
                reclamation.letGo(slot);
            }
        }
    }

    private int heldOrNone(KeyIndex.Key key) {
        return descriptor.recycling ? reclamation.hold(key) : index.find(key);
    }

    private void letGoSlot(int slot) {
        if (descriptor.recycling) {
            reclamation.letGo(slot);
        }
    }
}
