package org.berth.core.slots;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.berth.offheap.internal.DeferredInterrupt;
import org.jspecify.annotations.Nullable;

/**
 * A record for each thread, written by that thread alone, without lock or CAS, and read by anybody at any time: what
 * {@link ThreadLocal} and {@link java.util.concurrent.atomic.LongAdder} are together, and nothing that a thread wrote is lost when it
 * ends.
 *
 * {@snippet lang=java :
 * static final OwnedLong ORDERS = RECORD.ownedLong("orders", Merge.SUM);
 * …
 * perThread.add(ORDERS, 1);                        // in any thread
 * long total = perThread.table().sum(ORDERS);      // in any other, at any time
 * }
 *
 * <p><b>Platform threads</b> have a slot each, from their first {@link #get()} until they close it, by {@link #leave()}, by the
 * slot's own {@code close}, or because they were made by {@link #threadFactory}. Its key in the {@linkplain #table() table} is the
 * thread's id, so others can find it, and its {@linkplain SlotView#owner() owner} has the thread's name.
 *
 * <p><b>Virtual threads</b> are many and short, so they {@link #lease()} a slot for as long as they need it, and wait if all are in use.
 * A lease is its thread's, whatever carries that, and alone in its slot. Platform threads may lease, too.
 *
 * <p><b>Threads that end without closing.</b> Their values are in all totals, as before. Their slots are found, merged and free for
 * others when somebody needs a slot and none is free, in {@link #table()}, and in {@link #reclaim()}; there is no thread in the
 * background. Of a lease that was not closed a warning is logged, with the place in the program where it was taken.
 *
 * <p><b>Thread-safety:</b> safe for use by any number of threads. A slot is bound to its thread: no other may write through it
 * (strict mode, see {@link Slot}, throws {@link IllegalStateException} then) or close it. <b>Memory order</b> is that of
 * {@link Slot}. <b>Progress:</b> {@code get} and {@code add} are wait-free, and allocate nothing, but for the first time in a thread: then
 * {@code get} is lock-free as long as there is a free slot, else it waits for one, a second at the most. {@code lease} is
 * blocking, and unfair. <b>Memory:</b> a slot for each of the threads at the same time, and four to eight references; nothing for
 * each thread that ever was, and nothing in the threads.
 *
 * <p>Implementation: a table that merges and is recycling, {@link ThreadSlots} for the way from a thread to its slot, and a semaphore
 * that counts the free slots.
 */
public final class PerThread implements AutoCloseable {

    /**
     * Whether a lease knows where it was taken, which costs a look at the stack each time, more than all the rest; {@code true}
     * unless the system property {@code org.berth.leaseSites} is {@code false}.
     */
    private static final boolean LEASE_SITES = Boolean.parseBoolean(System.getProperty("org.berth.leaseSites", "true"));

    private static final Logger LOGGER = System.getLogger(PerThread.class.getPackageName());
    private static final String NAME = PerThread.class.getName();

    /** The caller is the third or fourth frame; to fetch more takes longer. */
    private static final StackWalker STACK = StackWalker.getInstance(Set.of(), 4);

    /** How long a thread that needs its slot waits for one: those before it may be about to end. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** How often who waits looks for threads that have ended without leaving. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private static final long FOREVER = Long.MAX_VALUE;

    final SlotTable table;
    private final Predicate<Thread> ended;
    final ThreadSlots places;

    private final Map<Slot, Lease> leases = new ConcurrentHashMap<>();

    /** Slots that are free. */
    private final Semaphore free;

    /**
     * Whose turn it is to wait for a free slot. A queue of its own, because a wait that wakes up now and then costs a walk through the
     * whole queue that it is in: with a hundred thousand who wait, nothing else would be done.
     */
    private final ReentrantLock turn = new ReentrantLock();

    private final AtomicLong lastLease = new AtomicLong();

    /** Guarded by the places' monitor. */
    private boolean isReclaiming;

    PerThread(SlotTable table) {
        this(table, thread -> !thread.isAlive(), new ThreadSlots(table.capacity()));
    }

    /**
     * Slots for threads.
     *
     * @param ended  tells of a thread whether it has ended; who is told so must see all that it has written
     * @param places for the slots of threads, enough of them
     */
    PerThread(SlotTable table, Predicate<Thread> ended, ThreadSlots places) {
        this.table = table;
        this.ended = ended;
        this.places = places;
        this.free = new Semaphore(table.capacity());
    }

    /**
     * What is known of a lease.
     *
     * @param key  in the table; the first lease had -1, the next -2
     * @param site where it was taken, if known
     */
    private record Lease(long key, StackWalker.@Nullable StackFrame site) {

        static Lease ofCaller(long key) {
            return new Lease(key, LEASE_SITES ? STACK.walk(Lease::firstOutside) : null);
        }

        private static StackWalker.@Nullable StackFrame firstOutside(Stream<StackWalker.StackFrame> frames) {
            return frames.filter(frame -> !frame.getClassName().equals(NAME)
                            && !frame.getClassName().startsWith(NAME + "$"))
                    .findFirst()
                    .orElse(null);
        }

        String taken() {
            return site == null ? "unknown, org.berth.leaseSites=" + LEASE_SITES : site.toString();
        }
    }

    /**
     * Creates slots for the threads that come, in anonymous memory; see {@link SlotTableBuilder#createPerThread()} for more.
     *
     * @param layout of the records; shared fields need a {@link Merge}, and owned ones without one are dropped when a thread ends
     * @param slots  the largest number of threads and leases that have a slot at the same time
     * @return with no thread in it
     * @throws IllegalArgumentException if the number is not positive or too large, or a shared field has no merge
     * @throws OutOfMemoryError         if the memory is not to be had; see {@code -XX:MaxDirectMemorySize}
     */
    public static PerThread create(RecordLayout layout, int slots) {
        return SlotTable.builder(layout, slots).createPerThread();
    }

    /**
     * The slot of the current thread, claimed if it has none. Do not pass it on, and close it where nobody further up still uses it.
     *
     * @return the same as before, until it is closed
     * @throws IllegalStateException         if no slot is free, nor becomes so within a second; after {@link #close()} it may be
     *                                       the use of the slot that throws
     * @throws UnsupportedOperationException if the thread is virtual and has no slot
     */
    public Slot get() {
        Slot slot = places.find(Thread.currentThread());
        return slot != null ? slot : claim();
    }

    /**
     * Adds to a field of the current thread's record, claimed if there is none: {@code get().add(field, delta)}.
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
     * Adds to a field of the current thread's record, claimed if there is none: {@code get().add(field, delta)}.
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
     * Adds to a field of the current thread's record, claimed if there is none: {@code get().add(field, delta)}.
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

    /** Closes the current thread's slot, if it has one: its values stay in the totals, and the slot is free. */
    public void leave() {
        Slot slot = places.find(Thread.currentThread());
        if (slot != null) {
            slot.close();
        }
    }

    /**
     * Makes threads that leave when they end, however they end. An executor counts a thread out a moment before: who wants all of
     * them to have left joins the threads, or {@linkplain #reclaim() reclaims} when they have ended.
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
     * Leases a slot for the current thread; waits until one is free. An interruption does not end the waiting and is there
     * afterwards.
     *
     * @return a slot that nobody else has, for this thread only; close it, best by {@code try}
     * @throws IllegalStateException if none is free and this thread has one already: threads that wait for more than they have could
     *                               wait for each other for ever; and after {@link #close()}
     */
    public Slot lease() {
        // Comes back only with a slot, as nothing lasts that long.
        uninterrupted(() -> acquire(FOREVER, true));
        return bindLease();
    }

    /**
     * Leases a slot for the current thread; waits so long at the most.
     *
     * @param timeout to wait; 0 or less: not at all
     * @param unit    of the timeout
     * @return a slot that nobody else has, for this thread only; close it, best by {@code try}
     * @throws IllegalStateException as {@link #lease()}
     * @throws TimeoutException      if none was free all the time; the message names the lease that has lasted longest, and where it
     *                               was taken
     * @throws InterruptedException  if it has to wait and the thread is interrupted, before or meanwhile
     */
    public Slot tryLease(long timeout, TimeUnit unit) throws TimeoutException, InterruptedException {
        if (!acquire(Math.max(unit.toNanos(timeout), 0), true)) {
            throw new TimeoutException("no slot is free: slots=" + table.capacity() + " leases=" + leases.size()
                    + " waited=" + timeout + " " + unit + longest() + "; close leases sooner, or make room for more");
        }
        return bindLease();
    }

    /**
     * The records of all threads, and what the threads before them left, for totals, interval readings, and a look at single ones.
     * Reclaims first. Closing it closes this. A view of it that is open keeps the slot of a thread that has left from being free, so
     * close views; and claim nothing in it, as that takes a slot from the threads.
     *
     * @return the table, always the same; its keys are the ids of the threads that have slots, and negative numbers for leases
     */
    public SlotTable table() {
        reclaim();
        return table;
    }

    /**
     * Merges and frees the slots of threads that have ended without closing them. Where final records are handed over and there is no
     * room for one, its slot is left for the next time. Waits for another thread that is doing the same.
     *
     * @return the number of slots that this call has freed
     */
    public int reclaim() {
        List<String> leaks = new ArrayList<>();
        try {
            return reclaim(leaks);
        } finally {
            // Without the lock, as a logger may do anything; and also where a queue has thrown.
            leaks.forEach(leak -> LOGGER.log(Level.WARNING, leak));
        }
    }

    /** Closes the table; see {@link SlotTable#close()}. Threads that wait for a slot get an {@link IllegalStateException}. */
    @Override
    public void close() {
        table.close();
    }

    @Override
    public String toString() {
        return "PerThread[slots=" + table.capacity() + " leases=" + leases.size() + longest() + "]";
    }

    /** Closes a slot, on behalf of its handle. */
    void close(Slot slot) {
        Thread thread = slot.thread;
        if (thread == Thread.currentThread()) {
            slot.leave();
        } else if (thread != null && thread.isAlive()) {
            throw new IllegalStateException("slot of another thread: owner=" + thread.getName() + " thread="
                    + Thread.currentThread().getName() + "; it is closed there, or when that has ended");
        } else {
            reclaim();
        }
    }

    /** The claim of a slot has ended: its key goes, and then it is free for others. An error leaves it to be forgotten again. */
    void forget(Slot slot) {
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
            places.remove(slot);
        }
        free.release();
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
        if (!uninterrupted(() -> acquire(PATIENCE_NANOS - (System.nanoTime() - begun), false))) {
            throw new IllegalStateException("no slot is free: slots=" + table.capacity() + " leases=" + leases.size()
                    + longest() + "; make room for as many threads as are alive at the same time");
        }
        return bind(me.threadId(), null);
    }

    private Slot bindLease() {
        Lease lease;
        try {
            lease = Lease.ofCaller(-lastLease.incrementAndGet());
        } catch (Throwable failure) {
            free.release();
            throw failure;
        }
        return bind(lease.key(), lease);
    }

    /** A slot for the current thread, for which there is room. */
    private Slot bind(long key, @Nullable Lease lease) {
        @Nullable Slot slot = null;
        try {
            slot = table.claims.claim(KeyIndex.Key.of(key), null, this);
            if (lease == null) {
                places.add(slot);
            } else {
                leases.put(slot, lease);
            }
            return slot;
        } catch (Throwable failure) {
            if (slot != null) {
                slot.undo();
            }
            free.release();
            throw failure;
        }
    }

    /**
     * Acquires a free slot. Of those that wait one at a time has the turn: it looks after the dead now and then, as they may have
     * all slots, and the others wait for the turn and nothing else.
     *
     * @param nanos to wait at the most
     * @param more  whether the thread may have a slot already; then it must not wait for another
     */
    private boolean acquire(long nanos, boolean more) throws InterruptedException {
        if (free.tryAcquire()) {
            return true;
        }
        if (more && hasSlot(Thread.currentThread())) {
            return acquireOneMore();
        }
        long begun = System.nanoTime();
        if (nanos == FOREVER) {
            turn.lockInterruptibly();
        } else if (!turn.tryLock(nanos, TimeUnit.NANOSECONDS)) {
            return false;
        }
        try {
            while (!free.tryAcquire()) {
                table.checkOpen();
                reclaim();
                long left = nanos - (System.nanoTime() - begun);
                if (free.tryAcquire(Math.min(left, LOOK_NANOS), TimeUnit.NANOSECONDS)) {
                    return true;
                }
                if (left <= LOOK_NANOS) {
                    return false;
                }
            }
            return true;
        } finally {
            turn.unlock();
        }
    }

    private boolean acquireOneMore() {
        reclaim();
        if (!free.tryAcquire()) {
            throw new IllegalStateException("no slot is free, and this thread has one already: slots="
                    + table.capacity() + " thread=" + Thread.currentThread().getName() + longest()
                    + "; close it first, as threads that wait for one more could wait for each other");
        }
        return true;
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

    private boolean hasSlot(Thread me) {
        return places.find(me) != null || leases.keySet().stream().anyMatch(slot -> slot.thread == me);
    }

    private int reclaim(List<String> leaks) {
        int freed = 0;
        // One at a time, so that no claim is ended twice.
        synchronized (places) {
            if (isReclaiming) {
                // A queue that final records are handed to has called back.
                return 0;
            }
            isReclaiming = true;
            try {
                for (Slot slot : ofTheDead()) {
                    Lease lease = leases.get(slot);
                    if (slot.leaveForAnother()) {
                        freed++;
                        if (lease != null) {
                            leaks.add("a lease was not closed: " + describe(slot, lease)
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

    private List<Slot> ofTheDead() {
        List<Slot> dead = new ArrayList<>();
        Consumer<Slot> look = slot -> {
            // Its thread is null only if it is stuck. Who finds that a thread has ended sees all that it has written.
            Thread thread = slot.thread;
            if (slot.stuck || (thread != null && ended.test(thread))) {
                dead.add(slot);
            }
        };
        places.forEach(look);
        leases.keySet().forEach(look);
        return dead;
    }

    /** The lease that has lasted longest, as name=value pairs. */
    private String longest() {
        return leases.entrySet().stream()
                .max(Comparator.comparingLong(entry -> entry.getValue().key()))
                .map(entry -> " longest: " + describe(entry.getKey(), entry.getValue()))
                .orElse("");
    }

    private static String describe(Slot slot, Lease lease) {
        Thread thread = slot.thread;
        return "lease=" + lease.key() + " thread=" + slot.threadId + (thread == null ? "" : " name=" + thread.getName())
                + " taken=" + lease.taken();
    }
}
