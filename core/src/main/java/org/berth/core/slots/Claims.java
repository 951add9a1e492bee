package org.berth.core.slots;

import java.util.NoSuchElementException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.berth.core.slots.Handles.Claimed;
import org.jspecify.annotations.Nullable;

/** How claims begin, and how keys are removed. */
final class Claims {

    private final TableMemory memory;
    private final TableDescriptor descriptor;
    private final KeyIndex index;
    private final Ownership ownership;
    private final Reclamation reclamation;
    private final RecordQueues queues;
    private final Handles handles;

    Claims(TableMemory memory, RecordQueues queues) {
        this.memory = memory;
        this.descriptor = memory.descriptor;
        this.index = memory.index;
        this.ownership = memory.ownership;
        this.reclamation = memory.reclamation;
        this.queues = queues;
        this.handles = new Handles(descriptor.capacity);
    }

    RecordQueues queues() {
        return queues;
    }

    Handles handles() {
        return handles;
    }

    /**
     * Claims a key; throws if it is owned.
     *
     * @param home where the slot is bound to the current thread, or null
     */
    Slot claim(KeyIndex.Key key, @Nullable Consumer<? super InitialValues> initial, Slot.@Nullable Home home) {
        Slot claimed = tryClaim(key, initial, home);
        if (claimed == null) {
            throw owned("already claimed: ", key, "wait for it to close its slot, or open a view");
        }
        return claimed;
    }

    /** Claims a key; null if it is owned. */
    @Nullable
    Slot tryClaim(KeyIndex.Key key, @Nullable Consumer<? super InitialValues> initial, Slot.@Nullable Home home) {
        memory.checkOpen();
        handles.warnOfDropped(memory);
        // Made when they are first needed, and once: a claim may need several attempts.
        InitialValues values = null;
        while (true) {
            int slot = reclamation.retain(key);
            if (slot == KeyIndex.NONE) {
                if (values == null) {
                    values = initialValues(initial);
                }
                Slot added = tryAdd(key, values, home);
                if (added != null) {
                    return added;
                }
            } else {
                try {
                    long claim = ownership.take(slot);
                    if (claim != 0) {
                        Slot taken = handle(slot, claim, home, false);
                        return descriptor.merging ? restart(taken, values, initial) : taken;
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

    /** Claims a key; waits for its owner so long at the most, and then returns null. */
    @Nullable
    Slot tryClaim(KeyIndex.Key key, long timeout, TimeUnit unit) throws InterruptedException {
        long nanos = Math.max(unit.toNanos(timeout), 0);
        long begun = System.nanoTime();
        IdleStrategy idle = new BackoffIdleStrategy();
        while (true) {
            Slot claimed = tryClaim(key, null, null);
            if (claimed != null || System.nanoTime() - begun >= nanos) {
                return claimed;
            }
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while waiting for " + key);
            }
            idle.idle();
        }
    }

    /** Claims a key from an owner whose thread has ended without closing its handle, or that has none. */
    Slot takeOver(KeyIndex.Key key) {
        memory.checkOpen();
        while (true) {
            int slot = reclamation.retain(key);
            if (slot == KeyIndex.NONE) {
                throw new NoSuchElementException(
                        "unknown key: " + key + " size=" + index.size() + "; claim it instead");
            }
            try {
                // Of this attempt only: after another, the key may have had an owner that closed as it should.
                Owner abandoned = null;
                if (ownership.isOwned(slot)) {
                    Owner owner = ownership.owner(slot);
                    Abandoned end = endAbandoned(slot);
                    if (end == Abandoned.ALIVE) {
                        throw owned("owner is alive: ", key, "only the slot of a thread that has ended is taken over");
                    }
                    abandoned = end == Abandoned.ENDED_HERE ? owner : null;
                }
                long claim = ownership.take(slot);
                if (claim != 0) {
                    Slot taken = handle(slot, claim, null, false);
                    taken.setAbandoned(abandoned);
                    return descriptor.merging ? restart(taken, null, null) : taken;
                }
                reclamation.unlink(slot);
            } finally {
                memory.release(slot);
            }
        }
    }

    /** What has become of a claim that another thread would take over. */
    private enum Abandoned {
        /** Its owner's thread lives, or it is just beginning or ending. */
        ALIVE,
        /** It was ended by its owner, or by another thread. */
        ENDED,
        /** It was ended by this thread. */
        ENDED_HERE
    }

    /** Ends the claim of a slot if its owner's thread has ended. */
    private Abandoned endAbandoned(int slot) {
        Claimed claimed = handles.find(slot);
        if (claimed == null || !claimed.isOver()) {
            return Abandoned.ALIVE;
        }
        // One thread at a time, as the end of a claim takes steps.
        synchronized (claimed) {
            if (ownership.state(slot) != claimed.state) {
                // Ended by another thread; the next owner may not have entered its handle yet.
                return ownership.isOwned(slot) ? Abandoned.ALIVE : Abandoned.ENDED;
            }
            Slot handle = claimed.handle();
            if (handle == null) {
                // Dropped, and with it what it had staged.
                memory.abandonWrite(slot);
                handle = new Slot(memory, queues, slot, claimed.state, null, null, handles, claimed);
            }
            // If this is cut short, the next one goes on where it has stopped.
            claimed.keep(handle);
            if (!handle.claim.endForAnother()) {
                throw new IllegalStateException("no room for the final record of an owner that has ended: "
                        + memory.describeKey(slot) + "; take records from the queue, and try again");
            }
            return Abandoned.ENDED_HERE;
        }
    }

    /** Adds a key that nobody owns; false if it is in the table. */
    boolean ensure(KeyIndex.Key key) {
        memory.checkOpen();
        InitialValues values = null;
        while (index.find(key) == KeyIndex.NONE) {
            if (values == null && !descriptor.merging) {
                // Where the table merges, the first claim gets initial values.
                values = initialValues(null);
            }
            int slot = publish(key, values, true);
            if (slot != KeyIndex.NONE) {
                ownership.settleVacant(slot);
                return true;
            }
        }
        return false;
    }

    /** Adds a key, owned by the caller; null if another thread has added it meanwhile. */
    private @Nullable Slot tryAdd(KeyIndex.Key key, @Nullable InitialValues values, Slot.@Nullable Home home) {
        int slot = publish(key, values, false);
        if (slot == KeyIndex.NONE) {
            return null;
        }
        long claim;
        try {
            claim = ownership.settle(slot);
        } catch (Throwable failure) {
            withdraw(slot);
            throw failure;
        }
        Slot added = handle(slot, claim, home, true);
        if (values != null && descriptor.merging) {
            try {
                values.commitTo(added.base);
            } catch (Throwable failure) {
                added.cancelAndRemove();
                throw failure;
            }
        }
        return added;
    }

    /**
     * Adds a key to the index, with a slot in the state NEW; {@link KeyIndex#NONE} if another thread has added it.
     *
     * @param vacant whether nobody is to own the key yet
     */
    private int publish(KeyIndex.Key key, @Nullable InitialValues values, boolean vacant) {
        int slot = index.allocate(key);
        if (slot == KeyIndex.NONE) {
            // The last slots may have gone to this very key meanwhile.
            if (index.find(key) == KeyIndex.NONE) {
                throw full(key);
            }
            return KeyIndex.NONE;
        }
        long begun;
        try {
            long base = descriptor.base(slot);
            memory.retained.initialize(base, ownership.state(slot) == 0);
            if (values != null) {
                // Before the state and the key: nobody finds the key without them, nor does a recovery.
                values.writeTo(base);
            }
            // Owned before it is published: no thread sees a new key without its owner.
            if (vacant) {
                ownership.beginVacant(slot);
            } else {
                ownership.begin(slot);
            }
            begun = ownership.state(slot);
        } catch (Throwable failure) {
            // First: a recovery must not take what is in place of the key of a free slot for one.
            ownership.forget(slot);
            index.deallocate(slot);
            throw failure;
        }
        int published;
        try {
            published = index.publish(key, slot);
        } catch (Throwable failure) {
            if (ownership.state(slot) == begun && index.find(key) != slot) {
                ownership.forget(slot);
                index.deallocate(slot);
            } else {
                // It is in the index, or was: only a thread that has found it there changes the state.
                index.count();
                if (!vacant) {
                    withdraw(slot);
                }
            }
            throw failure;
        }
        if (published != slot) {
            ownership.forget(slot);
            index.deallocate(slot);
            return KeyIndex.NONE;
        }
        return slot;
    }

    /** Removes a key that is in the index and that the caller has not given to anybody. */
    private void withdraw(int slot) {
        Claim.removeOwned(memory, slot, ownership.settle(slot));
    }

    /** Gives the record of a known key, which starts anew, its initial values. If that fails, the claim ends. */
    private Slot restart(Slot slot, @Nullable InitialValues made, @Nullable Consumer<? super InitialValues> initial) {
        try {
            InitialValues values = made != null ? made : initialValues(initial);
            if (values != null) {
                values.commitTo(slot.base);
            }
            return slot;
        } catch (Throwable failure) {
            slot.cancel();
            throw failure;
        }
    }

    /** Returns the values that a function sets, or else the next one of the queue; null if there are none. */
    private @Nullable InitialValues initialValues(@Nullable Consumer<? super InitialValues> initial) {
        Consumer<? super InitialValues> function = initial != null ? initial : queues.nextInitial();
        if (function == null) {
            return null;
        }
        InitialValues values = new InitialValues(memory);
        try {
            function.accept(values);
        } finally {
            values.close();
        }
        return values;
    }

    private Slot handle(int slot, long claim, Slot.@Nullable Home home, boolean added) {
        try {
            return home == null
                    ? new Slot(memory, queues, slot, claim, null, null, handles, null)
                    : new Slot(memory, queues, slot, claim, home, Thread.currentThread(), null, null);
        } catch (Throwable failure) {
            if (added) {
                Claim.removeOwned(memory, slot, claim);
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
                    throw owned("owned: ", key, "it must close its slot before the key can be removed");
                }
            } finally {
                memory.release(slot);
            }
        }
    }

    /**
     * Removes a key with its record if nobody owns it and the test says so; false if not.
     *
     * @param test null: remove it in any case
     */
    boolean removeIf(KeyIndex.Key key, @Nullable Predicate<? super SlotView> test) {
        memory.checkOpen();
        int slot = reclamation.retain(key);
        if (slot == KeyIndex.NONE) {
            return false;
        }
        try {
            return removeIf(slot, test);
        } finally {
            memory.release(slot);
        }
    }

    /** Removes all keys that nobody owns and the test says so of; returns their number. */
    int removeAll(Predicate<? super SlotView> test) {
        memory.checkOpen();
        int removed = 0;
        for (int slot = reclamation.next(0); slot != KeyIndex.NONE; slot = reclamation.next(slot + 1)) {
            try {
                if (removeIf(slot, test)) {
                    removed++;
                }
            } finally {
                memory.release(slot);
            }
        }
        return removed;
    }

    private boolean removeIf(int slot, @Nullable Predicate<? super SlotView> test) {
        while (true) {
            // Each claim changes the state for good: so if it is the same at the removal, no owner came between.
            long state = ownership.settleVacant(slot);
            if (Ownership.code(state) != Ownership.VACANT) {
                // If it is removed, no later search of this thread may find it.
                reclamation.unlink(slot);
                return false;
            }
            if (test != null) {
                try (SlotView view = new SlotView(memory, slot, false)) {
                    if (!test.test(view)) {
                        return false;
                    }
                }
            }
            if (reclamation.remove(slot, state)) {
                return true;
            }
        }
    }

    private IllegalStateException owned(String what, KeyIndex.Key key, String advice) {
        int slot = index.find(key);
        if (slot == KeyIndex.NONE) {
            return new IllegalStateException(what + key + "; one owner at a time: " + advice);
        }
        Claimed claimed = handles.find(slot);
        if (claimed != null && claimed.isOver()) {
            return new IllegalStateException(what + key + " " + ownership.describeOwner(slot)
                    + " alive=false; its thread has ended without closing the slot: take it over with takeOver");
        }
        return new IllegalStateException(what + key + " " + ownership.describeOwner(slot)
                + (claimed == null ? "" : " alive=true") + "; one owner at a time: " + advice);
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
