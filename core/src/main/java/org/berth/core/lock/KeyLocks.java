package org.berth.core.lock;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.berth.offheap.Words;
import org.jspecify.annotations.Nullable;

/**
 * Reentrant locks for any number of keys, of which only those that are held take memory.
 *
 * <p>Use this when several steps must be one, on the values of one key or of several:
 * {@code try (KeyLock _ = locks.lock(key)) { … }}. Prefer {@code synchronized} or
 * {@link java.util.concurrent.locks.ReentrantLock} for one lock, and where threads meet at one key most of the time:
 * there a waiting thread is woken, here it tries again and again. Prefer Guava's {@code Striped} when it does no harm
 * that two keys may share a lock. Prefer {@code compareAndSet} or {@code updateAndGet} of a slot or a map when one word
 * is enough: no thread waits then.
 *
 * <p><b>Memory order:</b> locking has acquire order, closing has release order: an owner sees what the owners before it
 * wrote.
 *
 * <p><b>Exclusion:</b> the lock of a key excludes, in other threads, the lock of that key, {@link #lockAll} of several
 * keys with that key among them, and {@link #lockExclusively()}; nothing else. Two keys never exclude each other,
 * whatever their hash codes. A key is a {@code long} or a name, and {@code 42} is not {@code "42"}. Operations on slots
 * and maps do not look at locks: whatever must not come between has to lock, too.
 *
 * <p><b>Threads:</b> any number, platform or virtual. A lock belongs to the thread that locked, which may lock it
 * again.
 *
 * <p><b>Waiting:</b> by an {@link IdleStrategy}, one for each thread that waits. The default spins for a moment, yields
 * and then parks, for a millisecond at most; a virtual thread that waits so leaves its carrier to others. <b>There is
 * no queue and no fairness:</b> a thread that comes at the right moment may overtake those that wait. A thread that
 * waits for the exclusive lock keeps others from locking, so that they do not overtake it.
 *
 * <p><b>Progress:</b> locking blocks, by its nature; each attempt is lock-free, and so is closing. <b>Memory:</b>
 * neither allocates, except the first time in a thread and in {@code lockExclusively}. Keys need no registration and
 * leave nothing behind. Off the heap it takes 128 bytes for each of the locks that were held at once, at the most so
 * far, and for each of a few nodes that every live thread caches; none of it is freed before this object is collected.
 *
 * <p><b>Owners that end:</b> a thread that ends without closing keeps its locks. The next thread that wants such a lock
 * finds out, becomes its owner, and is told by {@link KeyLock#abandoned()}: what the terminated owner had begun may be
 * half done. If several threads want the lock, one of them gets it.
 *
 * <p><b>Deadlock:</b> {@code lockAll} locks its keys in one order for all threads, so it cannot deadlock with another.
 * A thread that locks one key while it holds another must keep an order, as with any locks. Locking exclusively while
 * holding the lock of a key is refused.
 */
public final class KeyLocks {

    private final LockTable table;
    private final ExclusiveLock exclusive = new ExclusiveLock();
    private final ThreadLocal<ThreadState> states;

    KeyLocks(LongFunction<Words> memory, int buckets, Supplier<? extends IdleStrategy> strategies) {
        // The thread-local refers to these and not to this object, which would never be collected: see ThreadState.
        LockTable ofKeys = new LockTable(memory, buckets);
        ExclusiveLock ofAll = exclusive;
        table = ofKeys;
        states = ThreadLocal.withInitial(() -> new ThreadState(Thread.currentThread(), ofKeys, ofAll, strategies));
    }

    /**
     * Creates locks with the defaults: for some dozens of threads.
     *
     * @return locks, none of them held
     */
    public static KeyLocks create() {
        return builder().build();
    }

    /**
     * Returns a builder with the defaults.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Locks a key; waits while another thread holds its lock. An interruption does not end the wait, and is restored
     * after it.
     *
     * @param key any {@code long}
     * @return the lock, to be closed
     */
    public KeyLock lock(long key) {
        return acquired(states.get().lock(key, null, Waiting.FOREVER));
    }

    /**
     * Locks a name, as {@link #lock(long)} locks a key.
     *
     * @param name of any length
     * @return the lock, to be closed
     */
    public KeyLock lock(String name) {
        return acquired(states.get().lock(LockTable.word(name), name, Waiting.FOREVER));
    }

    /**
     * Locks a key if no other thread holds its lock, and if none holds the exclusive lock or waits for it. Waits only
     * while another thread is in the middle of locking or closing.
     *
     * @param key any {@code long}
     * @return the lock, to be closed; null if another thread is in the way
     */
    public @Nullable KeyLock tryLock(long key) {
        return states.get().tryLock(key, null);
    }

    /**
     * Locks a name, as {@link #tryLock(long)} locks a key.
     *
     * @param name of any length
     * @return the lock, to be closed; null if another thread is in the way
     */
    public @Nullable KeyLock tryLock(String name) {
        return states.get().tryLock(LockTable.word(name), name);
    }

    /**
     * Locks a key; waits while another thread holds its lock, until the timeout is over. {@link #lockInfo(long)} tells
     * which thread does.
     *
     * @param key     any {@code long}
     * @param timeout for the wait; 0 or less: do not wait
     * @param unit    of the timeout
     * @return the lock, to be closed; null if it was not free in time
     * @throws InterruptedException if it has to wait and the thread is interrupted, before or meanwhile
     */
    public @Nullable KeyLock tryLock(long key, long timeout, TimeUnit unit) throws InterruptedException {
        return orInterrupted(states.get().lock(key, null, nanos(timeout, unit)));
    }

    /**
     * Locks a name, as {@link #tryLock(long, long, TimeUnit)} locks a key.
     *
     * @param name    of any length
     * @param timeout for the wait; 0 or less: do not wait
     * @param unit    of the timeout
     * @return the lock, to be closed; null if it was not free in time
     * @throws InterruptedException if it has to wait and the thread is interrupted, before or meanwhile
     */
    public @Nullable KeyLock tryLock(String name, long timeout, TimeUnit unit) throws InterruptedException {
        return orInterrupted(states.get().lock(LockTable.word(name), name, nanos(timeout, unit)));
    }

    /**
     * Locks several keys; waits while other threads hold locks of them. Locks them in ascending order, whatever the
     * order given, and holds those that it has got while it waits for the next.
     *
     * @param keys one or more; a key that is given twice is locked once
     * @return one lock for all, to be closed
     * @throws IllegalArgumentException if there is no key
     */
    public KeyLock lockAll(long... keys) {
        return acquired(lockAll(states.get(), Waiting.FOREVER, keys));
    }

    /**
     * Locks several names, as {@link #lockAll(long...)} locks keys.
     *
     * @param names one or more; a name that is given twice is locked once
     * @return one lock for all, to be closed
     * @throws IllegalArgumentException if there is no name
     */
    public KeyLock lockAll(String... names) {
        return acquired(lockAll(states.get(), Waiting.FOREVER, names));
    }

    /**
     * Locks several keys, as {@link #lockAll(long...)} does; waits until the timeout is over.
     *
     * @param timeout for all of the wait; 0 or less: do not wait
     * @param unit    of the timeout
     * @param keys    one or more; a key that is given twice is locked once
     * @return one lock for all, to be closed; null if not all were free in time, and then none is locked
     * @throws IllegalArgumentException if there is no key
     * @throws InterruptedException     if it has to wait and the thread is interrupted, before or meanwhile; then none
     *                                  is locked
     */
    public @Nullable KeyLock tryLockAll(long timeout, TimeUnit unit, long... keys) throws InterruptedException {
        return orInterrupted(lockAll(states.get(), nanos(timeout, unit), keys));
    }

    /**
     * Locks several names, as {@link #tryLockAll(long, TimeUnit, long...)} locks keys.
     *
     * @param timeout for all of the wait; 0 or less: do not wait
     * @param unit    of the timeout
     * @param names   one or more; a name that is given twice is locked once
     * @return one lock for all, to be closed; null if not all were free in time, and then none is locked
     * @throws IllegalArgumentException if there is no name
     * @throws InterruptedException     if it has to wait and the thread is interrupted, before or meanwhile; then none
     *                                  is locked
     */
    public @Nullable KeyLock tryLockAll(long timeout, TimeUnit unit, String... names) throws InterruptedException {
        return orInterrupted(lockAll(states.get(), nanos(timeout, unit), names));
    }

    /**
     * Acquires the exclusive lock, with which no other thread holds any lock: keeps threads that hold none from
     * locking, and waits for those that hold some, which may lock further keys meanwhile. Looks at every bucket of the
     * table, some hundred nanoseconds or more.
     *
     * @return the lock, to be closed
     * @throws IllegalStateException if this thread holds the lock of a key: two such threads would wait for each other
     *                               for ever
     */
    public KeyLock lockExclusively() {
        return acquired(states.get().lockExclusively(Waiting.FOREVER));
    }

    /**
     * Acquires the exclusive lock, as {@link #lockExclusively()} does; waits until the timeout is over, and keeps
     * others from locking meanwhile.
     *
     * @param timeout for the wait; 0 or less: do not wait
     * @param unit    of the timeout
     * @return the lock, to be closed; null if another thread held a lock for all of the time
     * @throws IllegalStateException if this thread holds the lock of a key
     * @throws InterruptedException  if it has to wait and the thread is interrupted, before or meanwhile
     */
    public @Nullable KeyLock tryLockExclusively(long timeout, TimeUnit unit) throws InterruptedException {
        return orInterrupted(states.get().lockExclusively(nanos(timeout, unit)));
    }

    /**
     * Returns who holds the lock of a key. The answer may be out of date when it is returned. Lock-free.
     *
     * @param key any {@code long}
     * @return a new snapshot, also of a lock whose owner has ended; null if no thread holds the lock
     */
    public @Nullable LockInfo lockInfo(long key) {
        return info(key, null);
    }

    /**
     * Returns who holds the lock of a name, as {@link #lockInfo(long)} does for a key.
     *
     * @param name of any length
     * @return a new snapshot, also of a lock whose owner has ended; null if no thread holds the lock
     */
    public @Nullable LockInfo lockInfo(String name) {
        return info(LockTable.word(name), name);
    }

    /**
     * Returns who holds the exclusive lock or waits for it, and so keeps other threads from locking any key. The answer
     * may be out of date when it is returned. Wait-free.
     *
     * @return a new snapshot, also if the owner has ended; null if there is no such thread
     */
    public @Nullable LockInfo exclusiveLockInfo() {
        return exclusive.info();
    }

    /**
     * Returns the locks that are held, also by threads that have ended: each that is held throughout this call is in
     * the list once, whatever other threads do meanwhile. The exclusive lock is in it also while a thread waits for it.
     * Lock-free.
     *
     * @return a new list, in no particular order
     */
    public List<LockInfo> heldLocks() {
        List<LockInfo> all = new ArrayList<>();
        LockInfo ofAll = exclusive.info();
        if (ofAll != null) {
            all.add(ofAll);
        }
        table.forEach(node -> {
            LockInfo info = info(node, node.key(), node.name());
            if (info != null) {
                all.add(info);
            }
        });
        return all;
    }

    @Override
    public String toString() {
        return "KeyLocks" + heldLocks();
    }

    /** How many nodes there are, in use or not. */
    int nodeCount() {
        return table.nodeCount();
    }

    private @Nullable LockInfo info(long key, @Nullable String name) {
        LockNode node = table.find(key, name);
        return node == null ? null : info(node, key, name);
    }

    private @Nullable LockInfo info(LockNode node, long key, @Nullable String name) {
        LockInfo info = node.info();
        // Looked for after it was read, as the lock may have been closed before.
        return info != null && node.isHeld() && table.find(key, name) == node ? info : null;
    }

    private static @Nullable KeyLock lockAll(ThreadState state, long nanos, long... keys) {
        requireSome(keys.length);
        MultiLock multi = state.multiLock();
        return state.lockAll(multi, multi.sort(keys), null, keys.length, nanos);
    }

    private static @Nullable KeyLock lockAll(ThreadState state, long nanos, String... names) {
        requireSome(names.length);
        MultiLock multi = state.multiLock();
        return state.lockAll(multi, new long[0], multi.sort(names), names.length, nanos);
    }

    private static void requireSome(int count) {
        if (count == 0) {
            throw new IllegalArgumentException("nothing to lock: keys=0; give at least one, or lock exclusively");
        }
    }

    private static long nanos(long timeout, TimeUnit unit) {
        return Math.max(0, unit.toNanos(timeout));
    }

    private static KeyLock acquired(@Nullable KeyLock lock) {
        // Without a timeout the wait ends with the lock.
        return Objects.requireNonNull(lock);
    }

    private static @Nullable KeyLock orInterrupted(@Nullable KeyLock lock) throws InterruptedException {
        if (lock == null && Thread.interrupted()) {
            throw new InterruptedException("interrupted before it could lock");
        }
        return lock;
    }

    /** The options of a {@link KeyLocks} that is to be built. Not thread-safe. */
    public static final class Builder {

        private static final int MAX_BUCKETS = 1 << 20;

        private int expectedLocks = 64;
        private Supplier<? extends IdleStrategy> strategies = BackoffIdleStrategy::new;

        private Builder() {}

        /**
         * Sets how many locks will be held at once, about; more are possible, and slower. Each takes 512 bytes.
         *
         * @param count at least 1; by default 64
         * @return this builder
         * @throws IllegalArgumentException if {@code count} is not positive
         */
        public Builder expectedLocks(int count) {
            if (count <= 0) {
                throw new IllegalArgumentException("expectedLocks must be positive: expectedLocks=" + count);
            }
            expectedLocks = count;
            return this;
        }

        /**
         * Sets how threads wait.
         *
         * @param supplier gives each thread that waits a strategy of its own, by default a {@link BackoffIdleStrategy}.
         *                 A strategy may run while the thread holds other locks, and must not lock; what it throws ends
         *                 the wait, and nothing is locked
         * @return this builder
         */
        public Builder idleStrategy(Supplier<? extends IdleStrategy> supplier) {
            strategies = Objects.requireNonNull(supplier, "supplier");
            return this;
        }

        /**
         * Builds the locks.
         *
         * @return locks, none of them held
         */
        public KeyLocks build() {
            // Four buckets for each lock, so that two keys rarely share one.
            int buckets = 4 * Integer.highestOneBit(Math.min(expectedLocks, MAX_BUCKETS / 4) * 2 - 1);
            return new KeyLocks(Words::ofAuto, Math.min(buckets, MAX_BUCKETS), strategies);
        }
    }
}
