package org.berth.core.lock;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The lock of all keys at once, and the word by which its owner, or the thread that waits to hold it, keeps other
 * threads from locking.
 *
 * <p>All accesses to the owner are volatile, as this is one half of a Dekker protocol: the thread that wants the
 * exclusive lock writes the owner here and then reads the buckets; a thread that locks a key writes to a bucket and
 * then reads the owner here. The other fields are the owner's.
 */
final class ExclusiveLock implements KeyLock {

    private final AtomicReference<@Nullable Thread> owner = new AtomicReference<>();

    private @Nullable ThreadState state;
    private int holdCount;
    private List<LockInfo> abandoned = List.of();
    private List<LockNode> takenOver = List.of();

    /** In milliseconds; 0 until a thread has waited or asked. */
    private volatile long since;

    @Nullable
    Thread owner() {
        return owner.get();
    }

    /** Makes {@code thread} the owner in place of {@code expected}, which is null or terminated. */
    boolean compareAndSetOwner(@Nullable Thread expected, Thread thread) {
        return owner.compareAndSet(expected, thread);
    }

    /** Makes {@code previous} the owner again: null or a terminated thread. */
    void restoreOwner(@Nullable Thread previous) {
        since = 0;
        owner.set(previous);
    }

    /** Completes the acquisition, when no other thread holds a lock. */
    ExclusiveLock acquired(ThreadState by, List<LockInfo> left, List<LockNode> nodes) {
        state = by;
        abandoned = List.copyOf(left);
        takenOver = nodes;
        holdCount = 1;
        return this;
    }

    /** The owner locks again. */
    ExclusiveLock reacquire() {
        holdCount = Math.incrementExact(holdCount);
        return this;
    }

    void noteSince() {
        if (since == 0) {
            since = System.currentTimeMillis();
        }
    }

    /** Returns null if it has no owner. */
    @Nullable
    LockInfo info() {
        Thread thread = owner();
        return thread == null ? null : info(thread);
    }

    LockInfo info(Thread thread) {
        noteSince();
        return new LockInfo(null, thread, Instant.ofEpochMilli(since));
    }

    @Override
    public List<LockInfo> abandoned() {
        return abandoned;
    }

    @Override
    public void close() {
        if (owner.get() != Thread.currentThread() || holdCount == 0 || state == null) {
            throw new IllegalStateException("not held: " + info() + " thread="
                    + Thread.currentThread().getName() + "; the thread that locked closes, once");
        }
        holdCount--;
        if (holdCount == 0) {
            ThreadState releasing = state;
            state = null;
            List<LockNode> nodes = takenOver;
            abandoned = List.of();
            takenOver = List.of();
            releasing.release(this, nodes);
        }
    }
}
