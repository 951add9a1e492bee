package org.berth.core.slots;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The registry of the slots of {@link PerThread} and the threads that they are bound to. A slot becomes free when its
 * thread closes it, or when a reclaiming thread finds that its thread has ended without.
 */
final class ThreadReclaimer implements Slot.Home {

    private static final Logger LOGGER = System.getLogger(ThreadReclaimer.class.getPackageName());

    private final SlotTable table;
    private final Predicate<Thread> ended;
    private final ThreadSlots slots;
    private final Map<Slot, Lease> leases = new ConcurrentHashMap<>();

    /** The number of free slots. */
    private final Semaphore free;

    /** Guarded by this object's monitor. */
    private boolean isReclaiming;

    /**
     * Makes a reclaimer of slots.
     *
     * @param ended tells of a thread whether it has ended; the caller that is told so must see all that the
     *              thread has written
     * @param slots of platform threads
     */
    ThreadReclaimer(SlotTable table, Predicate<Thread> ended, ThreadSlots slots) {
        this.table = table;
        this.ended = ended;
        this.slots = slots;
        this.free = new Semaphore(table.capacity());
    }

    Semaphore free() {
        return free;
    }

    /** Binds a slot to the current thread. */
    void bind(Slot slot) {
        slots.add(slot);
    }

    /** Binds a leased slot to the current thread. */
    void bind(Slot slot, Lease lease) {
        leases.put(slot, lease);
    }

    boolean hasSlot(Thread thread) {
        return slots.find(thread) != null || leases.keySet().stream().anyMatch(slot -> slot.thread == thread);
    }

    @Override
    public void close(Slot slot) {
        Thread thread = slot.thread;
        if (thread == Thread.currentThread()) {
            slot.endClaim(false);
        } else if (thread != null && thread.isAlive()) {
            throw new IllegalStateException("slot of another thread: owner=" + thread.getName() + " thread="
                    + Thread.currentThread().getName() + "; it is closed there, or when that has ended");
        } else {
            reclaim();
        }
    }

    @Override
    public void released(Slot slot) {
        Lease lease = leases.get(slot);
        try {
            if (!table.isClosed()) {
                table.remove(lease != null ? lease.key() : slot.threadId);
            }
        } catch (IllegalStateException e) {
            if (!table.isClosed()) {
                throw e;
            }
        }
        if (lease != null) {
            leases.remove(slot);
        } else {
            slots.remove(slot);
        }
        free.release();
    }

    /** Frees the slots of threads that have ended without closing them; returns their number. */
    int reclaim() {
        List<String> leaks = new ArrayList<>();
        try {
            return reclaim(leaks);
        } finally {
            // Without the lock, as a logger may do anything; and also where a queue has thrown.
            leaks.forEach(leak -> LOGGER.log(Level.WARNING, leak));
        }
    }

    private int reclaim(List<String> leaks) {
        int freed = 0;
        // One at a time, so that no claim is ended twice.
        synchronized (this) {
            if (isReclaiming) {
                // A queue of final records has called back.
                return 0;
            }
            isReclaiming = true;
            try {
                for (Slot slot : abandoned()) {
                    Lease lease = leases.get(slot);
                    if (slot.claim.endForAnother()) {
                        freed++;
                        if (lease != null) {
                            leaks.add("a lease was not closed: " + lease.info(slot)
                                    + "; its values are in the totals, its slot is free. Close leases, best by"
                                    + " try-with-resources");
                        }
                    }
                }
            } finally {
                isReclaiming = false;
            }
        }
        return freed;
    }

    /** Returns the slots of threads that have ended, and those whose claims are stuck. */
    private List<Slot> abandoned() {
        List<Slot> found = new ArrayList<>();
        Consumer<Slot> look = slot -> {
            // Its thread is null only if the claim is stuck. A caller that finds a thread ended sees all its writes.
            Thread thread = slot.thread;
            if (slot.claim.isStuck() || (thread != null && ended.test(thread))) {
                found.add(slot);
            }
        };
        slots.forEach(look);
        leases.keySet().forEach(look);
        return found;
    }

    /** Describes the leases for messages: their number, and the longest. */
    String describeLeases() {
        return " leases=" + leases.size() + describeLongest();
    }

    String describeLongest() {
        LeaseInfo longest = longest();
        return longest == null ? "" : " longest: " + longest;
    }

    /** Returns the lease that has lasted longest, or null if there is none. */
    @Nullable
    LeaseInfo longest() {
        return leases.entrySet().stream()
                .max(Comparator.comparingLong(entry -> entry.getValue().key()))
                .map(entry -> entry.getValue().info(entry.getKey()))
                .orElse(null);
    }
}
