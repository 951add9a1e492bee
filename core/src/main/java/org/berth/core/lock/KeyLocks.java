package org.berth.core.lock;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.berth.offheap.Words;
import org.jspecify.annotations.Nullable;

/**
 * Locks for the keys of a dictionary, where several steps must be one: {@code try (KeyLock _ = sections.lock(key)) { … }}.
 *
 * <p>A section excludes the other sections of its key, those of {@link #lockAll} that name its key, and {@link #lockExclusively()};
 * nothing else. Operations on slots and maps do not ask: what must not come between has to lock, too. Two keys never exclude
 * each other, whatever their hash codes; a key is a {@code long} or a name, and {@code 42} is not {@code "42"}. Keys need not be
 * made known before, and leave nothing behind: memory follows the largest number of sections that were held at once, and threads that
 * live, 128 bytes each off the heap; none of it is freed before this object is collected.
 *
 * <p><b>Threads:</b> any number, platform or virtual. A section belongs to the thread that entered, which may lock again what it is in.
 * <b>Waiting</b> is by an {@link IdleStrategy}, one for each thread that waits: by default it spins for a moment, yields and then
 * parks, for a millisecond at the most. A virtual thread that waits so keeps no carrier from others. Waiting threads look again and
 * again; <b>there is no queue and no fairness</b>: who comes at the right moment may overtake. Who waits for the whole dictionary keeps
 * others from coming in, so it is not overtaken by them.
 *
 * <p><b>Memory order:</b> who enters sees what was written by those who left before, as with locks. <b>Progress:</b> to lock is
 * blocking, by its nature; the attempt itself is lock-free, and so is leaving. Neither allocates, but for the first time in a thread and
 * for {@code lockExclusively}.
 *
 * <p><b>Owners that die.</b> A thread that ends without leaving keeps its sections. The next thread that wants one finds out and gets it,
 * with the news ({@link KeyLock#abandoned()}): what the dead owner had begun may be half done. Of several that want it, one gets it.
 *
 * <p><b>Deadlock:</b> {@code lockAll} takes its keys in one order for all, so it is free of it. Who enters one section inside another
 * must see to the order, as with locks; entering the whole inside another section is refused.
 *
 * <p>Implementation: a table of chains, {@link LockTable}, in which only held keys are.
 */
public final class KeyLocks {

    private static final int DEFAULT_HELD = 64;
    private static final int MOST_CHAINS = 1 << 20;

    private final LockTable keys;
    private final ExclusiveLock whole = new ExclusiveLock();
    private final ThreadLocal<ThreadState> visitors;

    KeyLocks(LongFunction<Words> memory, int chains, Supplier<? extends IdleStrategy> idle) {
        // Not fields of this: the visitors must not lead here, see there.
        LockTable held = new LockTable(memory, chains);
        ExclusiveLock all = whole;
        keys = held;
        visitors = ThreadLocal.withInitial(() -> new ThreadState(Thread.currentThread(), held, all, idle));
    }

    /**
     * KeyLocks for some dozens of threads.
     *
     * @return new sections, none of them held
     */
    public static KeyLocks create() {
        return create(DEFAULT_HELD, BackoffIdleStrategy::new);
    }

    /**
     * KeyLocks.
     *
     * @param expectedHeld how many will be held at once, about; more are fine, and slower. Takes 512 bytes each
     * @param idle         gives each thread that waits its way of waiting. It may run while the thread is in other sections, but must
     *                     not lock any; what it throws ends the waiting, and nothing is entered
     * @return new sections, none of them held
     * @throws IllegalArgumentException if {@code expectedHeld} is not positive
     */
    public static KeyLocks create(int expectedHeld, Supplier<? extends IdleStrategy> idle) {
        if (expectedHeld <= 0) {
            throw new IllegalArgumentException("nothing to hold: expectedHeld=" + expectedHeld + "; give at least 1");
        }
        Objects.requireNonNull(idle, "idle");
        // Four chains for each, so that two keys rarely share one.
        int chains = 4 * Integer.highestOneBit(Math.min(expectedHeld, MOST_CHAINS / 4) * 2 - 1);
        return new KeyLocks(Words::ofAuto, Math.min(chains, MOST_CHAINS), idle);
    }

    /**
     * Enters the section of a key; waits while another thread is inside. An interruption does not end the waiting and is there
     * afterwards.
     *
     * @param key any {@code long}
     * @return the section; close it to leave
     */
    public KeyLock lock(long key) {
        return entered(visitors.get().lock(key, null, Waiting.FOREVER));
    }

    /**
     * Enters the section of a name, as {@link #lock(long)} that of a key.
     *
     * @param name of any length
     * @return the section; close it to leave
     */
    public KeyLock lock(String name) {
        return entered(visitors.get().lock(word(name), name, Waiting.FOREVER));
    }

    /**
     * Enters the section of a key if no other thread is inside, and if none has the whole dictionary or waits for it. Does not wait, but
     * for threads that are just on their way in or out.
     *
     * @param key any {@code long}
     * @return the section, or null
     */
    public @Nullable KeyLock tryLock(long key) {
        return visitors.get().tryLock(key, null);
    }

    /**
     * Enters the section of a name, as {@link #tryLock(long)} that of a key.
     *
     * @param name of any length
     * @return the section, or null
     */
    public @Nullable KeyLock tryLock(String name) {
        return visitors.get().tryLock(word(name), name);
    }

    /**
     * Enters the section of a key; waits so long at the most.
     *
     * @param key     any {@code long}
     * @param timeout to wait; 0 or less: not at all
     * @param unit    of the timeout
     * @return the section; close it to leave
     * @throws TimeoutException     if another thread is inside all the time; the message names the key, that thread, and since when
     * @throws InterruptedException if it has to wait and the thread is interrupted, before or meanwhile
     */
    public KeyLock tryLock(long key, long timeout, TimeUnit unit) throws TimeoutException, InterruptedException {
        ThreadState visitor = visitors.get();
        return orThrow(visitor, visitor.lock(key, null, nanos(timeout, unit)), "key=" + key, timeout, unit);
    }

    /**
     * Enters the section of a name, as {@link #tryLock(long, long, TimeUnit)} that of a key.
     *
     * @param name    of any length
     * @param timeout to wait; 0 or less: not at all
     * @param unit    of the timeout
     * @return the section; close it to leave
     * @throws TimeoutException     if another thread is inside all the time; the message names it
     * @throws InterruptedException if it has to wait and the thread is interrupted, before or meanwhile
     */
    public KeyLock tryLock(String name, long timeout, TimeUnit unit) throws TimeoutException, InterruptedException {
        ThreadState visitor = visitors.get();
        return orThrow(visitor, visitor.lock(word(name), name, nanos(timeout, unit)), "name=" + name, timeout, unit);
    }

    /**
     * Enters the sections of several keys, so that no other thread is inside any of them; waits while one is. The keys are entered
     * in ascending order, whatever the order given, and those that came first are held while it waits for the next.
     *
     * @param keys one or more; those that are named twice are entered once
     * @return one section for all; close it to leave them
     * @throws IllegalArgumentException if there is no key
     */
    public KeyLock lockAll(long... keys) {
        return entered(lockAll(visitors.get(), Waiting.FOREVER, keys));
    }

    /**
     * Enters the sections of several names, as {@link #lockAll(long...)} those of keys.
     *
     * @param names one or more; those that are named twice are entered once
     * @return one section for all; close it to leave them
     * @throws IllegalArgumentException if there is no name
     */
    public KeyLock lockAll(String... names) {
        return entered(lockAll(visitors.get(), Waiting.FOREVER, names));
    }

    /**
     * Enters the sections of several keys, as {@link #lockAll(long...)}; waits so long at the most.
     *
     * @param timeout to wait for all of them together; 0 or less: not at all
     * @param unit    of the timeout
     * @param keys    one or more; those that are named twice are entered once
     * @return one section for all; close it to leave them
     * @throws IllegalArgumentException if there is no key
     * @throws TimeoutException         if they were not to be had in time, and none is entered; the message names the one in the way
     * @throws InterruptedException     if it has to wait and the thread is interrupted, before or meanwhile, and none is entered
     */
    public KeyLock tryLockAll(long timeout, TimeUnit unit, long... keys) throws TimeoutException, InterruptedException {
        ThreadState visitor = visitors.get();
        return orThrow(visitor, lockAll(visitor, nanos(timeout, unit), keys), "keys=" + keys.length, timeout, unit);
    }

    /**
     * Enters the sections of several names, as {@link #tryLockAll(long, TimeUnit, long...)} those of keys.
     *
     * @param timeout to wait for all of them together; 0 or less: not at all
     * @param unit    of the timeout
     * @param names   one or more; those that are named twice are entered once
     * @return one section for all; close it to leave them
     * @throws IllegalArgumentException if there is no name
     * @throws TimeoutException         if they were not to be had in time, and none is entered; the message names the one in the way
     * @throws InterruptedException     if it has to wait and the thread is interrupted, before or meanwhile, and none is entered
     */
    public KeyLock tryLockAll(long timeout, TimeUnit unit, String... names)
            throws TimeoutException, InterruptedException {
        ThreadState visitor = visitors.get();
        return orThrow(visitor, lockAll(visitor, nanos(timeout, unit), names), "names=" + names.length, timeout, unit);
    }

    /**
     * Enters the whole dictionary, so that no other thread is in any section: keeps others from coming in, and waits for those inside to
     * leave. Those inside may still lock further sections meanwhile. Takes a look at every chain, some hundred nanoseconds or more.
     *
     * @return the section; close it to leave
     * @throws IllegalStateException if this thread is in a section of a key: two that did so would wait for each other for ever
     */
    public KeyLock lockExclusively() {
        return entered(visitors.get().lockExclusively(Waiting.FOREVER));
    }

    /**
     * Enters the whole dictionary, as {@link #lockExclusively()}; waits so long at the most, and keeps others out meanwhile.
     *
     * @param timeout to wait; 0 or less: not at all
     * @param unit    of the timeout
     * @return the section; close it to leave
     * @throws IllegalStateException if this thread is in a section of a key
     * @throws TimeoutException      if it was not to be had in time; the message names a section in the way
     * @throws InterruptedException  if it has to wait and the thread is interrupted, before or meanwhile
     */
    public KeyLock tryLockExclusively(long timeout, TimeUnit unit) throws TimeoutException, InterruptedException {
        ThreadState visitor = visitors.get();
        return orThrow(visitor, visitor.lockExclusively(nanos(timeout, unit)), "whole", timeout, unit);
    }

    /**
     * The sections that are held, also by threads that have ended, for people to look at: each that was held throughout this call is in
     * it, once, whoever comes and goes meanwhile.
     *
     * @return a new list, in no particular order
     */
    public List<LockInfo> held() {
        List<LockInfo> all = new ArrayList<>();
        LockInfo everything = whole.held();
        if (everything != null) {
            all.add(everything);
        }
        keys.forEach(hold -> {
            LockInfo held = hold.held();
            if (held != null && hold.isEntered() && keys.find(hold.key(), hold.name()) == hold) {
                all.add(held);
            }
        });
        return all;
    }

    @Override
    public String toString() {
        return "KeyLocks" + held();
    }

    /** How many holds there are, in use or not. */
    int places() {
        return keys.places();
    }

    /** What stands for a name where a key would. */
    static long word(String name) {
        return name.hashCode();
    }

    private static @Nullable KeyLock lockAll(ThreadState visitor, long nanos, long... keys) {
        requireSome(keys.length);
        MultiLock group = visitor.group();
        return visitor.lockAll(group, group.sort(keys), null, keys.length, nanos);
    }

    private static @Nullable KeyLock lockAll(ThreadState visitor, long nanos, String... names) {
        requireSome(names.length);
        MultiLock group = visitor.group();
        return visitor.lockAll(group, new long[0], group.sort(names), names.length, nanos);
    }

    private static void requireSome(int count) {
        if (count == 0) {
            throw new IllegalArgumentException("nothing to lock: keys=0; give at least one, or lock the whole");
        }
    }

    private static long nanos(long timeout, TimeUnit unit) {
        return Math.max(0, unit.toNanos(timeout));
    }

    private static KeyLock entered(@Nullable KeyLock section) {
        // Who waits for ever gets it.
        return Objects.requireNonNull(section);
    }

    private static KeyLock orThrow(
            ThreadState visitor, @Nullable KeyLock section, String what, long timeout, TimeUnit unit)
            throws TimeoutException, InterruptedException {
        if (section != null) {
            return section;
        }
        if (Thread.interrupted()) {
            throw new InterruptedException("interrupted before it could lock: " + what);
        }
        LockInfo inTheWay = visitor.blocker();
        throw new TimeoutException(
                "no entry in time: " + what + " timeout=" + timeout + " unit=" + unit + "; in the way: "
                        + (inTheWay == null ? "nobody any more" : inTheWay)
                        + "; wait longer, or see what that thread is at (KeyLocks.held())");
    }
}
