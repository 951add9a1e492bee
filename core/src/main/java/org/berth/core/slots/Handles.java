package org.berth.core.slots;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The open handles of claims that belong to no thread, by slot, and the threads that made the claims: to tell an owner
 * that has ended without closing its handle from one that is still at work.
 *
 * <p>A handle is held weakly, so one that the program drops is collected, and found in the queue: that costs each claim
 * a reference, and no operation anything. A dropped handle does not end its claim. Its last write may still be under
 * way when the collector takes it, as compiled code that has loaded its fields needs it no longer; only the end of the
 * thread says that no more writes come.
 */
final class Handles {

    private static final Logger LOGGER = System.getLogger(Handles.class.getPackageName());

    private static final int CHUNK_SHIFT = 10;
    private static final int CHUNK = 1 << CHUNK_SHIFT;

    /** In chunks that are made when they are first needed, as a large table may have few owners. */
    private final AtomicReferenceArray<@Nullable AtomicReferenceArray<@Nullable Claimed>> chunks;

    private final ReferenceQueue<Slot> dropped = new ReferenceQueue<>();
    private final AtomicBoolean warned = new AtomicBoolean();

    Handles(int capacity) {
        this.chunks = new AtomicReferenceArray<>(((capacity - 1) >>> CHUNK_SHIFT) + 1);
    }

    /** The handle of one claim, and the thread that made the claim. */
    static final class Claimed extends WeakReference<Slot> {

        /** Weakly, too: a thread that has ended may still lead to what it was to run, and so to the handle. */
        private final WeakReference<Thread> thread;

        private final int slot;

        /** The state word of the claim. */
        final long state;

        /** The handle, once its claim may have ended half way: kept, as it knows how far that had come. */
        private volatile @Nullable Slot kept;

        private Claimed(Slot handle, long state, ReferenceQueue<Slot> dropped) {
            super(handle, dropped);
            this.thread = new WeakReference<>(Thread.currentThread());
            this.slot = handle.slot;
            this.state = state;
        }

        /** Keeps the handle of a claim whose end an error may cut short, or has cut short. */
        void keep(Slot handle) {
            kept = handle;
        }

        /** Returns the handle; null if it was dropped. */
        @Nullable
        Slot handle() {
            Slot handle = kept;
            return handle != null ? handle : get();
        }

        /** Returns whether nobody writes through the handle any more, for a thread that then sees all its writes. */
        boolean isOver() {
            Slot handle = handle();
            return !isAlive() || (handle != null && handle.claim.isStuck());
        }

        /** Returns whether the thread that made the claim lives. A thread that was collected has ended. */
        boolean isAlive() {
            Thread claimant = thread.get();
            return claimant != null && claimant.isAlive();
        }
    }

    /** Enters a handle of the current thread's claim, whose state word is {@code state}. */
    Claimed add(Slot handle, long state) {
        Claimed claimed = new Claimed(handle, state, dropped);
        // Release: a thread that finds it sees its fields.
        chunk(handle.slot).setRelease(handle.slot & (CHUNK - 1), claimed);
        return claimed;
    }

    /** Removes a handle whose claim has ended, unless the slot's next owner has entered its own. */
    void remove(Claimed claimed) {
        chunk(claimed.slot).compareAndSet(claimed.slot & (CHUNK - 1), claimed, null);
    }

    /** Returns the handle of a slot's owner; null if there is none, or if its claim is just beginning or ending. */
    @Nullable
    Claimed find(int slot) {
        AtomicReferenceArray<@Nullable Claimed> chunk = chunks.getAcquire(slot >>> CHUNK_SHIFT);
        return chunk == null ? null : chunk.getAcquire(slot & (CHUNK - 1));
    }

    /** Logs a warning, once for each table, if a handle was dropped without being closed. */
    void warnOfDropped(TableMemory memory) {
        for (Reference<? extends Slot> ref = dropped.poll(); ref != null; ref = dropped.poll()) {
            Claimed claimed = (Claimed) ref;
            if (find(claimed.slot) == claimed && !warned.getAndSet(true)) {
                LOGGER.log(
                        Level.WARNING,
                        "a handle was dropped without being closed: " + memory.describeKey(claimed.slot) + " "
                                + memory.ownership.describeOwner(claimed.slot) + " alive=" + claimed.isAlive()
                                + "; its key stays owned. Close handles, best by try-with-resources; takeOver frees"
                                + " the key once the thread has ended. This is logged once for each table");
            }
        }
    }

    private AtomicReferenceArray<@Nullable Claimed> chunk(int slot) {
        int i = slot >>> CHUNK_SHIFT;
        AtomicReferenceArray<@Nullable Claimed> chunk = chunks.getAcquire(i);
        if (chunk != null) {
            return chunk;
        }
        AtomicReferenceArray<@Nullable Claimed> made = new AtomicReferenceArray<>(CHUNK);
        AtomicReferenceArray<@Nullable Claimed> seen = chunks.compareAndExchange(i, null, made);
        return seen == null ? made : seen;
    }
}
