package org.berth.core.slots;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How claims begin, and how keys are removed. */
final class Claims {

    private final TableMemory memory;
    private final TableDescriptor descriptor;
    private final KeyIndex index;
    private final Ownership ownership;
    private final Reclamation reclamation;
    private final RecordQueues queues;

    Claims(TableMemory memory, RecordQueues queues) {
        this.memory = memory;
        this.descriptor = memory.descriptor;
        this.index = memory.index;
        this.ownership = memory.ownership;
        this.reclamation = memory.reclamation;
        this.queues = queues;
    }

    /**
     * Claims a key; throws if it is owned.
     *
     * @param home where the slot is bound to the current thread, or null
     */
    Slot claim(KeyIndex.Key key, @Nullable Consumer<? super SlotWrite> initial, Slot.@Nullable Home home) {
        Slot claimed = tryClaim(key, initial, home);
        if (claimed == null) {
            throw owned(
                    "already claimed: ", key, "; one owner at a time: wait for it to close its slot, or open a view");
        }
        return claimed;
    }

    /** Claims a key; null if it is owned. */
    @Nullable
    Slot tryClaim(KeyIndex.Key key, @Nullable Consumer<? super SlotWrite> initial, Slot.@Nullable Home home) {
        memory.checkOpen();
        while (true) {
            int slot = reclamation.retain(key);
            if (slot == KeyIndex.NONE) {
                Slot added = tryAdd(key, home);
                if (added != null) {
                    return initialize(added, initial, true);
                }
            } else {
                try {
                    long claim = ownership.take(slot);
                    if (claim != 0) {
                        Slot taken = handle(slot, claim, home, false);
                        return descriptor.merging ? initialize(taken, initial, false) : taken;
                    }
                    if (ownership.isOwned(slot)) {
                        return null;
                    }
                    // Removed, or free again.
                    reclamation.unlink(slot);
                } finally {
                    memory.release(slot);
                }
            }
        }
    }

    /** Adds a key, owned by the caller; null if another thread has added it meanwhile. */
    private @Nullable Slot tryAdd(KeyIndex.Key key, Slot.@Nullable Home home) {
        int slot = index.allocate(key);
        if (slot == KeyIndex.NONE) {
            // The last slots may have gone to this very key meanwhile.
            if (index.find(key) == KeyIndex.NONE) {
                throw full(key);
            }
            return null;
        }
        try {
            memory.retained.initialize(descriptor.base(slot), ownership.state(slot) == 0);
            // Owned before it is published: no thread sees a new key without its owner.
            ownership.begin(slot);
        } catch (Throwable failure) {
            index.deallocate(slot);
            throw failure;
        }
        if (index.publish(key, slot) != slot) {
            ownership.forget(slot);
            index.deallocate(slot);
            return null;
        }
        return handle(slot, ownership.settle(slot), home, true);
    }

    /**
     * Gives a record that starts anew its initial values. If that fails, it is as if it had not been claimed.
     *
     * @param added whether its key was not there before
     */
    private Slot initialize(Slot slot, @Nullable Consumer<? super SlotWrite> initial, boolean added) {
        try {
            Consumer<? super SlotWrite> values = initial != null ? initial : queues.nextInitial();
            if (values != null) {
                slot.write(values);
            }
            return slot;
        } catch (Throwable failure) {
            if (added) {
                slot.cancelAndRemove();
            } else {
                slot.cancel();
            }
            throw failure;
        }
    }

    private Slot handle(int slot, long claim, Slot.@Nullable Home home, boolean added) {
        try {
            return new Slot(memory, queues, slot, claim, home, home == null ? null : Thread.currentThread());
        } catch (Throwable failure) {
            if (added) {
                Claim.cancelAndRemove(memory, slot, claim);
            } else {
                ownership.release(slot, claim);
            }
            throw failure;
        }
    }

    /** Removes a key with its record; false if it is not in the table. */
    boolean remove(KeyIndex.Key key) {
        memory.checkOpen();
        while (true) {
            int slot = reclamation.retain(key);
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
                memory.release(slot);
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
}
