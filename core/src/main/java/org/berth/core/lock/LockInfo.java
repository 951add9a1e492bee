package org.berth.core.lock;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A section that somebody is in, or died in.
 *
 * @param key   a {@code Long} or a {@code String}; null if it is the whole dictionary
 * @param owner the thread that is inside; dead if it ended without leaving
 * @param since when it was inside at the latest: the moment at which another thread first waited for it, or asked, as a look at the clock
 *              would cost more than all of entering
 */
public record LockInfo(@Nullable Object key, Thread owner, Instant since) {

    @Override
    public String toString() {
        return (key == null ? "whole" : key instanceof String ? "name=" + key : "key=" + key)
                + " owner=" + (owner.getName().isEmpty() ? "#" + owner.threadId() : owner.getName())
                + " alive=" + owner.isAlive() + " since=" + since;
    }
}
