package org.berth.core.lock;

import java.util.List;

/**
 * A lock that the current thread holds, of one key, several keys or all; closing it releases it.
 *
 * <p>Best used as {@code try (KeyLock _ = locks.lock(key)) { … }}. It belongs to the thread that locked, platform or
 * virtual, and to one call of {@code lock}. Do not keep it: after it is closed, the same object stands for another
 * lock. Close it once.
 *
 * <p><b>Memory order:</b> {@link #close()} has release order, locking has acquire order: the next owner sees what this
 * one wrote.
 */
public sealed interface KeyLock extends AutoCloseable permits MultiLock, LockNode, ExclusiveLock {

    /**
     * Returns the locks that earlier owners abandoned, by ending without closing, and that this lock took over: what
     * such an owner had begun may be half done. Each such lock is reported to exactly one thread, the next owner; to
     * that one also when it locks again before it closes.
     *
     * @return the abandoned locks; empty if all is well
     */
    List<LockInfo> abandoned();

    /**
     * Releases the lock, if the thread has closed it as often as it has locked it. Lock-free.
     *
     * @throws IllegalStateException if the current thread does not hold this lock; then nothing is changed
     */
    @Override
    void close();
}
