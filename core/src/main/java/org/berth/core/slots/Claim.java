package org.berth.core.slots;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One claim of a slot, from the CAS that made its caller the owner to its end.
 *
 * <p>The end takes steps: the final record goes to its queue, the values into the retained totals, the state word back
 * to VACANT, and the thread binding, if any, goes. An error (a stack overflow, say) may cut them short; then the claim
 * is {@link #stuck}, and another thread goes on where that one has stopped. Each step is done once. The handle that the
 * claim was given out by supplies what concerns itself.
 */
abstract class Claim {

    private final TableMemory memory;
    private final RecordQueues queues;
    private final int slot;

    /** The state word of this claim; see {@link Ownership}. */
    private final long state;

    /**
     * Whether an error kept the thread from ending its claim. Volatile: a thread that goes on sees how far it had come.
     */
    private volatile boolean stuck;

    /** What the end needs; null until it has begun. */
    private @Nullable PendingRelease pending;

    /** Whether the end removes the key, too. */
    private boolean removing;

    private boolean queued;
    private boolean released;
    private boolean ended;

    Claim(TableMemory memory, RecordQueues queues, int slot, long state) {
        this.memory = memory;
        this.queues = queues;
        this.slot = slot;
        this.state = state;
    }

    /** Makes every later access through the handle throw; true the first time, for one thread. */
    abstract boolean disableHandle();

    /** Ends a write that was begun through the handle and not committed. */
    abstract void discardWrite();

    /** Unbinds the handle from its thread, which an error has kept from ending the claim. */
    abstract void unbind();

    /** The claim is released; what was reserved for it may go to others. After an error this is called again. */
    abstract void afterRelease();

    final boolean isStuck() {
        return stuck;
    }

    /** Allocates what the end of this claim needs, which may fail for want of memory. */
    final PendingRelease prepare() {
        return PendingRelease.of(memory, slot, queues);
    }

    /** Has the end of this claim remove its key. For the owner, before it ends the claim. */
    final void removeAtEnd() {
        removing = true;
    }

    /**
     * Ends the claim of an owner that has ended, or that an error has kept from ending it; false if there is no room
     * for its final record now, or if the owner has ended the claim by itself just before it ended. For one thread at a
     * time.
     */
    final boolean endForAnother() {
        if (ended) {
            return false;
        }
        if (!queued) {
            discardWrite();
            // Again if there was no room the last time: other threads may have updated shared fields since.
            pending = prepare();
            disableHandle();
        }
        return end(null, false);
    }

    /**
     * Ends the claim once the handle is disabled, or does what is left to do of that; false if there is no room for the
     * final record, and it is not waited for.
     *
     * @param prepared by the owner; null to go on with what was prepared before
     * @param wait     whether this is the owner, which waits for room in a full queue of final records
     */
    final boolean end(@Nullable PendingRelease prepared, boolean wait) {
        Throwable failure = null;
        boolean done = false;
        try {
            if (prepared != null) {
                pending = prepared;
            }
            PendingRelease begun = Objects.requireNonNull(pending);
            discardWrite();
            if (!queued) {
                try {
                    if (!queue(begun, wait)) {
                        return false;
                    }
                } catch (Throwable e) {
                    // A queue that throws has had its chance, and the slot must not be lost with the record.
                    failure = e;
                }
                queued = true;
            }
            if (!released) {
                release(begun);
                released = true;
            }
            if (!ended) {
                afterRelease();
                ended = true;
            }
            done = true;
        } finally {
            if (!done && wait) {
                // This thread has no slot any more; a thread that reclaims goes on.
                unbind();
                stuck = true;
            }
        }
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        return true;
    }

    /** Queues the final record, if there is one; false if there is no room for it, and it is not waited for. */
    private boolean queue(PendingRelease begun, boolean wait) {
        FinalRecord last = begun.last();
        if (last == null || memory.isClosed()) {
            return true;
        }
        if (wait) {
            queues.put(last, memory);
            return true;
        }
        return queues.offer(last);
    }

    private void release(PendingRelease begun) {
        try {
            if (removing && memory.ownership.state(slot) != state) {
                // An error came after the removal, and the slot may be another key's by now.
                return;
            }
            if (begun.staged() != null) {
                memory.retained.merge(memory.descriptor.base(slot), begun.staged());
            }
            if (removing) {
                removeOwned(memory, slot, state);
            } else {
                memory.ownership.release(slot, state);
            }
        } catch (IllegalStateException e) {
            // A handle that outlives its table has nothing left to release.
            if (!memory.isClosed()) {
                throw e;
            }
        }
    }

    /** Ends a claim as if it had not been: without a final record. The key stays. */
    final void cancel() {
        release(PendingRelease.NOTHING);
    }

    /** Ends the claim of a key that was just added, and removes the key. */
    final void cancelAndRemove() {
        removeOwned(memory, slot, state);
    }

    /** Ends the claim of a key by removing the key. */
    static void removeOwned(TableMemory memory, int slot, long state) {
        // Retained, as for any removal: its slot must not be another key's before this is over.
        Reclamation reclamation = memory.reclamation;
        boolean retained = memory.descriptor.recycling && reclamation.tryRetain(slot);
        try {
            reclamation.removeOwned(slot, state);
        } finally {
            if (retained) {
                reclamation.release(slot);
            }
        }
    }
}
