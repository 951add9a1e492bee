package org.berth.core.lock;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A lock that a thread holds, or held when it ended: a snapshot for logs and for people.
 *
 * @param key   of the lock, a {@code Long} or a {@code String}; null for the exclusive lock
 * @param owner the thread that holds the lock; a terminated thread if it ended without closing the lock
 * @param since a time by which the owner held the lock: when another thread first waited for it, or asked for this
 *              snapshot. The time of locking is not recorded, as reading the clock would cost more than locking
 */
public record LockInfo(@Nullable Object key, Thread owner, Instant since) {

    @Override
    public String toString() {
        return (key == null ? "exclusive" : key instanceof String ? "name=" + key : "key=" + key)
                + " owner=" + (owner.getName().isEmpty() ? "#" + owner.threadId() : owner.getName())
                + " alive=" + owner.isAlive() + " since=" + since;
    }
}
