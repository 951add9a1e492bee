package org.berth.core.slots;

import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.berth.core.slots.Field.OwnedDouble;
import org.berth.core.slots.Field.OwnedInt;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Field.OwnedLongs;
import org.berth.offheap.internal.DeferredInterrupt;
import org.jspecify.annotations.Nullable;

/**
 * A record for each thread, written by that thread alone, without lock or CAS, and read by any thread at any time.
 *
 * {@snippet lang=java :
 * static final OwnedLong ORDERS = RECORD.ownedLong("orders", Merge.SUM);
 * …
 * perThread.add(ORDERS, 1);                        // in any thread
 * long total = perThread.table().sum(ORDERS);      // in any other, at any time
 * }
 *
 * <p>Use this for counters and statistics that each thread keeps for itself and others add up: in place of a {@link
 * ThreadLocal}, when others shall look or nothing may be lost as threads end, and of {@link
 * java.util.concurrent.atomic.LongAdder}, when the same threads add again and again. Prefer {@code LongAdder} for
 * counters that are created by the thousand or updated by threads without number, and a {@link SlotTable} where the key
 * matters.
 *
 * <p><b>Platform threads</b> have a slot each, from their first {@link #get()} until they close it, by {@link
 * #leave()}, by the slot's own {@code close}, or because they were made by {@link #threadFactory}. Its key in the
 * {@linkplain #table() table} is the thread's id, so others can find it, and its {@linkplain SlotView#owner() owner}
 * has the thread's name.
 *
 * <p><b>Virtual threads</b> are many and short, so they {@link #lease()} a slot for as long as they need it, and wait
 * if all are in use. A lease is its thread's, whatever carries that, and alone in its slot. Platform threads may lease,
 * too.
 *
 * <p><b>Threads that end without closing.</b> Their values are in all totals, as before. Their slots are found, merged
 * and freed when another thread needs a slot and none is free, in {@link #table()}, and in {@link #reclaim()}; there is
 * no thread in the background. Of a lease that was not closed a warning is logged, with the place in the program where
 * it was taken.
 *
 * <p><b>Memory order: as in {@link Slot}: {@code get} of a field is an acquire, {@code set} and {@code add} a
 * release.</b> <b>Thread-safety:</b> safe for use by any number of threads. A slot is bound to its thread: no other may
 * write through it (strict mode, see {@link Slot}, throws {@link IllegalStateException} then) or close it.
 * <b>Progress:</b> {@code get} and {@code add} are wait-free, and allocate nothing, but for the first time in a thread:
 * then {@code get} is lock-free as long as there is a free slot, else it waits for one, a second at the most. {@code
 * lease} is blocking, and unfair. <b>Memory:</b> a slot for each of the threads at the same time, and four to eight
 * references; nothing for each thread that ever was, and nothing in the threads.
 */
public final class PerThread implements AutoCloseable {

    // A table that merges and is recycling; ThreadSlots leads from a thread to its slot, a LeaseQueue is where threads
    // wait for one, and a ThreadReclaimer frees what ended threads have not closed.

    /** How long a thread that needs its slot waits for one: those before it may be about to end. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    final SlotTable table;
    final ThreadSlots slots;
    private final ThreadReclaimer reclaimer;
    private final LeaseQueue queue;
    private final AtomicLong lastLease = new AtomicLong();

    PerThread(SlotTable table) {
        this(table, thread -> !thread.isAlive(), new ThreadSlots(table.capacity()));
    }

    /**
     * Slots for threads.
     *
     * @param ended tells of a thread whether it has ended; the caller that is told so must see all that the thread has
     *              written
     * @param slots of platform threads, enough of them
     */
    PerThread(SlotTable table, Predicate<Thread> ended, ThreadSlots slots) {
        this.table = table;
        this.slots = slots;
        this.reclaimer = new ThreadReclaimer(table, ended, slots);
        this.queue = new LeaseQueue(table, reclaimer);
    }

    /**
     * Creates slots for the threads that come, in anonymous memory.
     *
     * @param layout   of the records; shared fields need a {@link Merge}, and owned ones without one are dropped when a
     *                 thread ends
     * @param capacity the largest number of threads and leases that have a slot at the same time
     * @return with no thread in it
     * @throws IllegalArgumentException if the number is not positive or too large, or a shared field has no merge
     * @throws OutOfMemoryError         as {@link SlotTable.Builder#build()}
     */
    public static PerThread create(RecordLayout layout, int capacity) {
        return create(SlotTable.builder(layout, capacity));
    }

    /**
     * Creates slots for the threads that come, in a table with options: padding, placement, queues of initial values
     * and final records. It merges, is recycling and has no room for names, whatever was set of
     * that.
     *
     * @param options of the table, which is built in anonymous memory
     * @return with no thread in it
     * @throws IllegalArgumentException as {@link SlotTable.Builder#build()}
     * @throws OutOfMemoryError         as {@link SlotTable.Builder#build()}
     */
    public static PerThread create(SlotTable.Builder options) {
        SlotTable table =
                options.onRelease(OnRelease.MERGE).recycling().maxNameBytes(0).build();
        try {
            // Those of a copied table: no thread has them, and the totals keep what they have.
            table.removeAll(record -> true);
            return new PerThread(table);
        } catch (Throwable failure) {
            table.close();
            throw failure;
        }
    }

    /**
     * Returns the slot of the current thread, claimed if it has none. Do not pass it on, and close it only where no
     * code further up still uses it.
     *
     * @return the same as before, until it is closed
     * @throws IllegalStateException         if no slot is free, nor becomes so within a second; after {@link #close()}
     *                                       it may be the use of the slot that throws
     * @throws UnsupportedOperationException if the thread is virtual and has no slot
     */
    public Slot get() {
        Slot slot = slots.find(Thread.currentThread());
        return slot != null ? slot : claim();
    }

    /**
     * Adds to a field of the current thread's record: {@code get().add(field, delta)}.
     *
     * @param field to add to
     * @param delta to add; overflow wraps around
     * @return the thread's own value after
     * @throws IllegalArgumentException      if the field is of another layout
     * @throws IllegalStateException         as {@link #get()}
     * @throws UnsupportedOperationException as {@link #get()}
     */
    public long add(OwnedLong field, long delta) {
        return get().add(field, delta);
    }

    /**
     * Adds to a field of the current thread's record: {@code get().add(field, delta)}.
     *
     * @param field to add to
     * @param delta to add; overflow wraps around
     * @return the thread's own value after
     * @throws IllegalArgumentException      if the field is of another layout
     * @throws IllegalStateException         as {@link #get()}
     * @throws UnsupportedOperationException as {@link #get()}
     */
    public int add(OwnedInt field, int delta) {
        return get().add(field, delta);
    }

    /**
     * Adds to a field of the current thread's record: {@code get().add(field, delta)}.
     *
     * @param field to add to
     * @param delta to add
     * @return the thread's own value after
     * @throws IllegalArgumentException      if the field is of another layout
     * @throws IllegalStateException         as {@link #get()}
     * @throws UnsupportedOperationException as {@link #get()}
     */
    public double add(OwnedDouble field, double delta) {
        return get().add(field, delta);
    }

    /**
     * Adds to an element of an array in the current thread's record: {@code get().add(field, index, delta)}.
     *
     * @param field to add to an element of
     * @param index of the element
     * @param delta to add; overflow wraps around
     * @return the thread's own value after
     * @throws IllegalArgumentException      if the field is of another layout
     * @throws IndexOutOfBoundsException     if the array has no such element
     * @throws IllegalStateException         as {@link #get()}
     * @throws UnsupportedOperationException as {@link #get()}
     */
    public long add(OwnedLongs field, int index, long delta) {
        return get().add(field, index, delta);
    }

    /** Closes the current thread's slot, if it has one: its values stay in the totals, and the slot is free. */
    public void leave() {
        Slot slot = slots.find(Thread.currentThread());
        if (slot != null) {
            slot.close();
        }
    }

    /**
     * Returns a factory of threads that leave when they end, however they end. An executor counts a thread out a moment
     * before: to be sure that all have left, join the threads, or {@linkplain #reclaim() reclaim} when they have ended.
     *
     * @param factory makes the threads
     * @return a factory to give to an executor
     */
    public ThreadFactory threadFactory(ThreadFactory factory) {
        Objects.requireNonNull(factory, "factory");
        return task -> factory.newThread(() -> {
            try {
                task.run();
            } finally {
                leave();
            }
        });
    }

    /**
     * Leases a slot for the current thread; waits until one is free. An interruption does not end the waiting and is
     * pending afterwards.
     *
     * @return a slot for this thread only; close it, best by {@code try}
     * @throws IllegalStateException if none is free and this thread has one already: threads that wait for more than
     *                               they have could wait for each other for ever; and after {@link #close()}
     */
    public Slot lease() {
        // Returns only with a slot, as nothing lasts that long.
        uninterrupted(() -> queue.acquire(LeaseQueue.FOREVER, true));
        return bindLease();
    }

    /**
     * Leases a slot for the current thread; waits so long at the most.
     *
     * @param timeout to wait; 0 or less: not at all
     * @param unit    of the timeout
     * @return a slot for this thread only, to be closed, best by {@code try}; null if none was free all the time, see
     *         {@link #longestLease()}
     * @throws IllegalStateException as {@link #lease()}
     * @throws InterruptedException  if it has to wait and the thread is interrupted, before or meanwhile
     */
    public @Nullable Slot tryLease(long timeout, TimeUnit unit) throws InterruptedException {
        return queue.acquire(Math.max(unit.toNanos(timeout), 0), true) ? bindLease() : null;
    }

    /**
     * Returns the lease that has lasted longest, and where it was taken: look here when leases are short.
     *
     * @return the lease, or null if none is open
     */
    public @Nullable LeaseInfo longestLease() {
        return reclaimer.longest();
    }

    /**
     * Returns the table with the records of all threads, and what the threads before them added, for totals, interval
     * readings, and a look at single records. Reclaims first. Closing it closes this. An open view in it keeps the slot
     * of a thread that has left from being free, so close views; and claim nothing in it, as that takes a slot from the
     * threads.
     *
     * @return the table, always the same; its keys are the ids of the threads that have slots, and negative numbers for
     *         leases
     */
    public SlotTable table() {
        reclaim();
        return table;
    }

    /**
     * Merges and frees the slots of threads that have ended without closing them. Where final records are queued and
     * there is no room for one, its slot is left for the next time. Waits for another thread that is doing the same.
     *
     * @return the number of slots that this call has freed
     */
    public int reclaim() {
        return reclaimer.reclaim();
    }

    /**
     * Closes the table; see {@link SlotTable#close()}. Threads that wait for a slot get an {@link
     * IllegalStateException}.
     */
    @Override
    public void close() {
        table.close();
    }

    @Override
    public String toString() {
        return "PerThread[slots=" + table.capacity() + reclaimer.describeLeases() + "]";
    }

    private Slot claim() {
        Thread me = Thread.currentThread();
        if (me.isVirtual()) {
            throw new UnsupportedOperationException(
                    "a virtual thread has no slot of its own: thread=" + me.threadId() + "; lease one");
        }
        if (table.contains(me.threadId())) {
            // An error kept this thread from leaving.
            reclaim();
        }
        long begun = System.nanoTime();
        if (!uninterrupted(() -> queue.acquire(PATIENCE_NANOS - (System.nanoTime() - begun), false))) {
            throw new IllegalStateException("no slot is free: slots=" + table.capacity() + reclaimer.describeLeases()
                    + "; make room for as many threads as are alive at the same time");
        }
        return bind(me.threadId(), null);
    }

    private Slot bindLease() {
        Lease lease;
        try {
            lease = Lease.ofCaller(-lastLease.incrementAndGet(), PerThread.class);
        } catch (Throwable failure) {
            reclaimer.free().release();
            throw failure;
        }
        return bind(lease.key(), lease);
    }

    /** Claims a slot for the current thread, which has acquired one. */
    private Slot bind(long key, @Nullable Lease lease) {
        @Nullable Slot slot = null;
        try {
            slot = table.claims.claim(KeyIndex.Key.of(key), null, reclaimer);
            if (lease == null) {
                reclaimer.bind(slot);
            } else {
                reclaimer.bind(slot, lease);
            }
            return slot;
        } catch (Throwable failure) {
            if (slot != null) {
                slot.cancelAndRemove();
            }
            reclaimer.free().release();
            throw failure;
        }
    }

    private interface Attempt {
        boolean succeeds() throws InterruptedException;
    }

    /** An interruption does not end the attempt, and is there again afterwards. */
    private static boolean uninterrupted(Attempt attempt) {
        try (DeferredInterrupt interrupt = new DeferredInterrupt()) {
            while (true) {
                try {
                    return attempt.succeeds();
                } catch (InterruptedException _) {
                    interrupt.deferCaught();
                }
            }
        }
    }
}
