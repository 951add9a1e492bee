package org.berth.core.lock;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Who has the whole dictionary, or waits for those inside to leave it. The other fields are the owner's; all accesses to the owner are
 * volatile, as this is one half of a Dekker: who wants the whole writes here and then looks at the chains, who enters a key writes to
 * its chain and then looks here.
 */
final class ExclusiveLock implements KeyLock {

    private final AtomicReference<@Nullable Thread> owner = new AtomicReference<>();

    private @Nullable ThreadState visitor;
    private int depth;
    private List<LockInfo> abandoned = List.of();
    private List<LockNode> takenOver = List.of();

    /** In milliseconds, 0 until somebody has asked. */
    private volatile long since;

    @Nullable
    Thread owner() {
        return owner.get();
    }

    /** Makes {@code thread} the owner in place of {@code before}, which is nobody or dead. */
    boolean take(@Nullable Thread before, Thread thread) {
        return owner.compareAndSet(before, thread);
    }

    /** Makes it nobody's again, or a dead thread's. */
    void giveBack(@Nullable Thread before) {
        since = 0;
        owner.set(before);
    }

    /** Nobody else is inside. */
    ExclusiveLock entered(ThreadState by, List<LockInfo> left, List<LockNode> ofTheDead) {
        visitor = by;
        abandoned = List.copyOf(left);
        takenOver = ofTheDead;
        depth = 1;
        return this;
    }

    /** The owner enters once more. */
    ExclusiveLock again() {
        depth = Math.incrementExact(depth);
        return this;
    }

    void seen() {
        if (since == 0) {
            since = System.currentTimeMillis();
        }
    }

    /** Null if it is nobody's. */
    @Nullable
    LockInfo held() {
        Thread thread = owner();
        return thread == null ? null : held(thread);
    }

    LockInfo held(Thread thread) {
        seen();
        return new LockInfo(null, thread, Instant.ofEpochMilli(since));
    }

    @Override
    public List<LockInfo> abandoned() {
        return abandoned;
    }

    @Override
    public void close() {
        if (owner.get() != Thread.currentThread() || depth == 0 || visitor == null) {
            throw new IllegalStateException("not inside: " + held() + " thread="
                    + Thread.currentThread().getName() + "; the thread that entered closes, once");
        }
        depth--;
        if (depth == 0) {
            ThreadState leaving = visitor;
            visitor = null;
            List<LockNode> ofTheDead = takenOver;
            abandoned = List.of();
            takenOver = List.of();
            leaving.leave(this, ofTheDead);
        }
    }
}
