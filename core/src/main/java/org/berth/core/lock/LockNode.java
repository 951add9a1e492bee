package org.berth.core.lock;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Instant;
import java.util.List;
import org.berth.offheap.Words;
import org.jspecify.annotations.Nullable;

/**
 * A node in a bucket of the {@link LockTable}, and the handle of the lock that it stands for. Nodes are used again, so
 * that locking allocates nothing.
 *
 * <p>The words that searches of other threads read most are off the heap, in a pair of cache lines of the node's own:
 *
 * <pre>
 *   0   LINK   the next node of the bucket
 *   8   KEY    the key, or the hash code of the name
 *  16   (rest of the lines)
 * </pre>
 *
 * Threads and names are objects, so the rest is on the heap. Only the owner writes to a node, as long as it lives. A
 * terminated thread writes nothing: after its end the node stays as it is until one other thread has become the owner
 * by CAS.
 */
final class LockNode implements KeyLock {

    static final long LINK = 0;
    static final long KEY = LINK + Long.BYTES;

    /** Two cache lines, because the CPU prefetches adjacent ones together. */
    static final long BYTES = 128;

    private static final List<LockInfo> NONE = List.of();

    private static final VarHandle OWNER;
    private static final VarHandle NAME;
    private static final VarHandle HOLD_COUNT;
    private static final VarHandle SINCE;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            OWNER = lookup.findVarHandle(LockNode.class, "owner", Thread.class).withInvokeExactBehavior();
            NAME = lookup.findVarHandle(LockNode.class, "name", String.class).withInvokeExactBehavior();
            HOLD_COUNT =
                    lookup.findVarHandle(LockNode.class, "holdCount", int.class).withInvokeExactBehavior();
            SINCE = lookup.findVarHandle(LockNode.class, "since", long.class).withInvokeExactBehavior();
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The index in the table's array of nodes. */
    final int id;

    final Words words;

    /** The offset of its lines in {@link #words}. */
    final long offset;

    /** The owner's; a thread that takes the node over from a terminated owner sets it. */
    @Nullable
    ThreadState state;

    // What the owner remembers, so that it need not read off the heap: each such read is checked, and right behind a
    // locked instruction that costs time. A thread that takes the node over has seen the end of the owner, and with it
    // these fields.

    /** The offset of the head of its bucket. */
    long bucket;

    /** What the head of the bucket became when this node was added, if it was added to an empty bucket; else 0. */
    long soleHead;

    /** Whether its link is known to lead to no node. */
    boolean linkIsEmpty;

    /** What is in {@link #KEY}. */
    private long key;

    private @Nullable Thread owner;
    private @Nullable String name;

    /** How often the owner has locked and not closed; 0 also while it acquires or releases the lock. */
    private int holdCount;

    /** In milliseconds; 0 until a thread has waited or asked. */
    private long since;

    private List<LockInfo> abandoned = NONE;

    LockNode(int id, Words words, long offset) {
        this.id = id;
        this.words = words;
        this.offset = offset;
    }

    /** Acquire: pairs with the release by which the node's owner was set, and sees what that thread wrote before. */
    @Nullable
    Thread owner() {
        return (Thread) OWNER.getAcquire(this);
    }

    /** Release: a thread that reads the owner sees what the owner was told about its predecessor. */
    void owner(@Nullable Thread thread) {
        OWNER.setRelease(this, thread);
    }

    /**
     * Sets the key, or the name and its hash code, of a node that is in no bucket. Opaque: a search that met the node
     * in a bucket may still be reading, and will start again.
     */
    void key(long key, @Nullable String name) {
        if (key != this.key) {
            words.setOpaque(offset + KEY, key);
            this.key = key;
        }
        if (name != null || this.name != null) {
            NAME.setOpaque(this, name);
        }
    }

    long key() {
        return words.getOpaque(offset + KEY);
    }

    @Nullable
    String name() {
        return (String) NAME.getOpaque(this);
    }

    boolean hasKey(long key, @Nullable String name) {
        return key() == key && (name == null ? name() == null : name.equals(name()));
    }

    /** Opaque: the callers look again. */
    boolean isHeld() {
        return (int) HOLD_COUNT.getOpaque(this) != 0;
    }

    /** Completes the acquisition. */
    void acquired() {
        HOLD_COUNT.setOpaque(this, 1);
    }

    /** The owner locks again. */
    LockNode reacquire() {
        if (holdCount == Integer.MAX_VALUE) {
            throw new IllegalStateException(
                    "locked too often: " + info() + " holdCount=" + holdCount + "; close each lock");
        }
        HOLD_COUNT.setOpaque(this, holdCount + 1);
        return this;
    }

    /** Makes a thread the owner in place of a terminated one, unless another has become it. */
    boolean takeOver(Thread terminated, ThreadState by) {
        // Made before the CAS: an allocation that fails must not leave a lock whose owner does not know of it.
        List<LockInfo> left = List.of(info(terminated));
        if (!OWNER.compareAndSet(this, terminated, by.thread)) {
            return false;
        }
        state = by;
        abandoned = left;
        HOLD_COUNT.setOpaque(this, 1);
        SINCE.setOpaque(this, 0L);
        return true;
    }

    /** Takes the node from a terminated owner, unless another thread has. */
    boolean disown(Thread terminated) {
        return OWNER.compareAndSet(this, terminated, (Thread) null);
    }

    /** Undoes a {@link #takeOver}, so that the next thread to take the node over is told. */
    void restore(Thread terminated) {
        abandoned = NONE;
        state = null;
        owner(terminated);
    }

    /** Reports an abandoned lock to the owner. */
    void report(LockInfo left) {
        abandoned = List.of(left);
    }

    /** Notes the time if no thread has; after a change of owner it may be a little too early. */
    void noteSince() {
        if ((long) SINCE.getOpaque(this) == 0) {
            SINCE.setOpaque(this, System.currentTimeMillis());
        }
    }

    /** Returns null if the node has no owner. While the lock changes hands, the answer may mix two owners. */
    @Nullable
    LockInfo info() {
        Thread thread = owner();
        return thread == null ? null : info(thread);
    }

    private LockInfo info(Thread thread) {
        noteSince();
        String called = name();
        return new LockInfo(
                called != null ? called : (Object) key(), thread, Instant.ofEpochMilli((long) SINCE.getOpaque(this)));
    }

    @Override
    public List<LockInfo> abandoned() {
        return abandoned;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // whether it is that very list
    public void close() {
        if (owner != Thread.currentThread() || holdCount == 0 || state == null) {
            throw new IllegalStateException("not held: " + (isHeld() ? info() : "lock is closed") + " thread="
                    + Thread.currentThread().getName() + "; the thread that locked closes, once");
        }
        int left = holdCount - 1;
        HOLD_COUNT.setOpaque(this, left);
        if (left == 0) {
            // Only if they differ: stores of references cost the collector's barriers.
            if (abandoned != NONE) {
                abandoned = NONE;
            }
            if (since != 0) {
                SINCE.setOpaque(this, 0L);
            }
            state.release(this);
        }
    }
}
