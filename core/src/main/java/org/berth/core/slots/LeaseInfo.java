package org.berth.core.slots;

import org.jspecify.annotations.Nullable;

/**
 * A description of an open lease, for people to look at; {@link PerThread#longestLease()} returns it.
 *
 * @param key      in the table; the first lease had -1, the next -2
 * @param threadId of the thread that took it
 * @param thread   the name of that thread; null if an error kept it from closing the lease
 * @param site     where in the program it was taken; null if the system property {@code org.berth.leaseSites}
 *                 is {@code false}
 */
public record LeaseInfo(
        long key,
        long threadId,
        @Nullable String thread,
        @Nullable String site) {

    @Override
    public String toString() {
        return "lease=" + key + " thread=" + threadId + (thread == null ? "" : " name=" + thread) + " taken="
                + (site == null ? "unknown, see org.berth.leaseSites" : site);
    }
}
