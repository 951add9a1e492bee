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

    private static final Set<String> OWN_CLASSES = Set.of(Lease.class.getName(), PerThread.class.getName());

    static Lease ofCaller(long key) {
        return new Lease(key, SITES ? STACK.walk(Lease::firstOutside) : null);
    }

    private static StackWalker.@Nullable StackFrame firstOutside(Stream<StackWalker.StackFrame> frames) {
        return frames.filter(frame -> !OWN_CLASSES.contains(frame.getClassName()))
                .findFirst()
                .orElse(null);
    }

    LeaseInfo info(Slot slot) {
        Thread thread = slot.thread;
        return new LeaseInfo(
                key, slot.threadId, thread == null ? null : thread.getName(), site == null ? null : site.toString());
    }
}
