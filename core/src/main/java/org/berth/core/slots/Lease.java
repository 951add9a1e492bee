package org.berth.core.slots;

import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A lease of a slot of {@link PerThread}.
 *
 * @param key  in the table; the first lease had -1, the next -2
 * @param site where it was taken, if known
 */
record Lease(long key, StackWalker.@Nullable StackFrame site) {

    /**
     * Whether a lease records where it was taken, for which each lease walks the stack, the most expensive part of it;
     * {@code true} unless the system property {@code org.berth.leaseSites} is {@code false}.
     */
    private static final boolean SITES = Boolean.parseBoolean(System.getProperty("org.berth.leaseSites", "true"));

    /** The caller is the third or fourth frame; fetching more takes longer. */
    private static final StackWalker STACK = StackWalker.getInstance(Set.of(), 4);

    /** A lease that is taken where the methods of {@code api} were called. */
    static Lease ofCaller(long key, Class<?> api) {
        return new Lease(key, SITES ? STACK.walk(frames -> firstOutside(frames, api.getName())) : null);
    }

    private static StackWalker.@Nullable StackFrame firstOutside(Stream<StackWalker.StackFrame> frames, String api) {
        return frames.filter(frame -> !frame.getClassName().equals(Lease.class.getName())
                        && !frame.getClassName().equals(api))
                .findFirst()
                .orElse(null);
    }

    LeaseInfo info(Slot slot) {
        Thread thread = slot.thread;
        return new LeaseInfo(
                key, slot.threadId, thread == null ? null : thread.getName(), site == null ? null : site.toString());
    }
}
