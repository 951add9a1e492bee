package org.berth.core.lock;

import java.util.List;

/**
 * A section that this thread is in: close it to leave, best by {@code try (KeyLock _ = sections.lock(key)) { … }}.
 *
 * <p>It belongs to the thread that entered, platform or virtual, and to one {@code lock}: after it is closed the same object serves
 * another section, so do not keep it, and close it once.
 */
public sealed interface KeyLock extends AutoCloseable permits MultiLock, LockNode, ExclusiveLock {

    /**
     * What the owners before left behind who ended inside, without closing: what they were in the middle of may be half done. Each such
     * end is told to exactly one successor, the one who gets the section next; also to that one when it enters again before it leaves.
     *
     * @return the sections that were left so; empty if all is well
     */
    List<LockInfo> abandoned();

    /**
     * Leaves. With release order: who enters next sees what was written inside.
     *
     * @throws IllegalStateException if the current thread is not in this section; nothing is changed then
     */
    @Override
    void close();
}
