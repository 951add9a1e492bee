package org.berth.core.lock;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Instant;
import java.util.List;
import org.berth.offheap.Words;
import org.jspecify.annotations.Nullable;

/**
 * A place in the chains of {@link LockTable}, and the handle of the section that it stands for. It is used again and again, so that
 * entering allocates nothing.
 *
 * <p>What searches of other threads look at is off the heap, in a pair of cache lines of its own:
 *
 * <pre>
 *   0   LINK   the next hold in the chain
 *   8   KEY    the key, or the hash code of the name
 *  16   (rest of the lines)
 * </pre>
 *
 * A thread is an object and names are, so the rest is on the heap. The owner is the only one who writes, as long as it lives; the
 * dead write nothing, so after its end all is as it was until one other thread has become the owner by CAS.
 */
final class LockNode implements KeyLock {

    static final long LINK = 0;
    static final long KEY = LINK + Long.BYTES;

    /** Two cache lines, because adjacent ones are prefetched together. */
    static final long BYTES = 128;

    private static final List<LockInfo> NOTHING = List.of();

    private static final VarHandle OWNER;
    private static final VarHandle NAME;
    private static final VarHandle DEPTH;
    private static final VarHandle SINCE;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            OWNER = lookup.findVarHandle(LockNode.class, "owner", Thread.class).withInvokeExactBehavior();
            NAME = lookup.findVarHandle(LockNode.class, "name", String.class).withInvokeExactBehavior();
            DEPTH = lookup.findVarHandle(LockNode.class, "depth", int.class).withInvokeExactBehavior();
            SINCE = lookup.findVarHandle(LockNode.class, "since", long.class).withInvokeExactBehavior();
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Its place in the array of holds. */
    final int id;

    final Words words;

    /** Of its lines in {@link #words}. */
    final long offset;

    /** The owner's; who takes it over from a dead one sets it. */
    @Nullable
    ThreadState visitor;

    // What the owner remembers, so that it need not look off the heap: each look there is checked, and right behind
    // a locked instruction that costs time. Who takes over from a dead owner has seen the end of that thread, and
    // with it all of this.

    /** Its chain. */
    long chain;

    /** What the head of the chain has been since this hold was added, if it was added to an empty one and is alone; else 0. */
    long alone;

    /** Whether its link is known to lead nowhere. */
    boolean unlinked;

    /** What is in {@link #KEY}. */
    private long key;

    private @Nullable Thread owner;
    private @Nullable String name;

    /** How often its owner is inside; 0 also while it is on its way in or out. */
    private int depth;

    /** In milliseconds, 0 until somebody has asked. */
    private long since;

    private List<LockInfo> abandoned = NOTHING;

    LockNode(int id, Words words, long offset) {
        this.id = id;
        this.words = words;
        this.offset = offset;
    }

    /** Acquires what the thread wrote that has put it here. */
    @Nullable
    Thread owner() {
        return (Thread) OWNER.getAcquire(this);
    }

    /** Release: who sees the owner sees what it was told about its predecessor. */
    void owner(@Nullable Thread thread) {
        OWNER.setRelease(this, thread);
    }

    /** For a hold that is in no chain. Opaque: a search that came by when it was in one may still look, and will start again. */
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

    /** Opaque: whoever wonders looks again. */
    boolean isEntered() {
        return (int) DEPTH.getOpaque(this) != 0;
    }

    /** Ends the way in. */
    void entered() {
        DEPTH.setOpaque(this, 1);
    }

    /** The owner enters once more. */
    LockNode again() {
        if (depth == Integer.MAX_VALUE) {
            throw new IllegalStateException(
                    "entered too often: " + held() + " depth=" + depth + "; close each section");
        }
        DEPTH.setOpaque(this, depth + 1);
        return this;
    }

    /** Makes a visitor the owner in place of a dead thread, if nobody else has become it. */
    boolean takeOver(Thread dead, ThreadState by) {
        // Made before: what may fail for want of memory must not leave a section without an owner who knows.
        List<LockInfo> left = List.of(held(dead));
        if (!OWNER.compareAndSet(this, dead, by.thread)) {
            return false;
        }
        visitor = by;
        abandoned = left;
        DEPTH.setOpaque(this, 1);
        SINCE.setOpaque(this, 0L);
        return true;
    }

    /** Makes it nobody's, if it is still a dead thread's. */
    boolean disown(Thread dead) {
        return OWNER.compareAndSet(this, dead, (Thread) null);
    }

    /** Gives it back to the dead, so that the next to take it over is told. */
    void restore(Thread dead) {
        abandoned = NOTHING;
        visitor = null;
        owner(dead);
    }

    /** Adds to what the owner is told. */
    void tell(LockInfo left) {
        abandoned = List.of(left);
    }

    /** Notes the time if nobody has; after a change of owner it may be a little too early. */
    void seen() {
        if ((long) SINCE.getOpaque(this) == 0) {
            SINCE.setOpaque(this, System.currentTimeMillis());
        }
    }

    /** For people: while others come and go, it may mix two of them. Null if it is nobody's. */
    @Nullable
    LockInfo held() {
        Thread thread = owner();
        return thread == null ? null : held(thread);
    }

    private LockInfo held(Thread thread) {
        seen();
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
        if (owner != Thread.currentThread() || depth == 0 || visitor == null) {
            throw new IllegalStateException("not inside: " + (isEntered() ? held() : "section is closed") + " thread="
                    + Thread.currentThread().getName() + "; the thread that entered closes, once");
        }
        int left = depth - 1;
        DEPTH.setOpaque(this, left);
        if (left == 0) {
            // Stores of references cost the collector's barriers.
            if (abandoned != NOTHING) {
                abandoned = NOTHING;
            }
            if (since != 0) {
                SINCE.setOpaque(this, 0L);
            }
            visitor.leave(this);
        }
    }
}
