package org.berth.core.slots;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** The queue in which threads wait for a free slot of {@link PerThread}. */
final class LeaseQueue {

    /** A timeout that never elapses. */
    static final long FOREVER = Long.MAX_VALUE;

    /** The interval at which the waiting thread looks for threads that have ended without closing their slots. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final SlotTable table;
    private final ThreadReclaimer reclaimer;
    private final Semaphore free;

    /**
     * Held by the one thread that waits for a free slot. A queue of its own, because a wait that wakes up now and then
     * costs a walk through the whole queue that it is in: with a hundred thousand waiting threads, nothing else would
     * be done.
     */
    private final ReentrantLock waiter = new ReentrantLock();

    LeaseQueue(SlotTable table, ThreadReclaimer reclaimer) {
        this.table = table;
        this.reclaimer = reclaimer;
        this.free = reclaimer.free();
    }

    /**
     * Acquires a free slot. One waiting thread at a time looks for ended threads now and then, as they may have all
     * slots; the others only wait to become that one.
     *
     * @param nanos to wait at the most
     * @param more  whether the thread may have a slot already; then it must not wait for another
     */
    boolean acquire(long nanos, boolean more) throws InterruptedException {
        if (free.tryAcquire()) {
            return true;
        }
        if (more && reclaimer.hasSlot(Thread.currentThread())) {
            return acquireOneMore();
        }
        long begun = System.nanoTime();
        if (nanos == FOREVER) {
            waiter.lockInterruptibly();
        } else if (!waiter.tryLock(nanos, TimeUnit.NANOSECONDS)) {
            return false;
        }
        try {
            while (!free.tryAcquire()) {
                table.memory.checkOpen();
                reclaimer.reclaim();
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
            waiter.unlock();
        }
    }

    private boolean acquireOneMore() {
        reclaimer.reclaim();
        if (!free.tryAcquire()) {
            throw new IllegalStateException("no slot is free, and this thread has one already: slots="
                    + table.capacity() + " thread=" + Thread.currentThread().getName() + reclaimer.describeLongest()
                    + "; close it first, as threads that wait for one more could wait for each other");
        }
        return true;
    }
}
