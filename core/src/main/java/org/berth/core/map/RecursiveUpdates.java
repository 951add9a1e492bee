package org.berth.core.map;

import java.util.concurrent.atomic.AtomicInteger;
import org.berth.core.internal.StackSpace;
import org.jspecify.annotations.Nullable;

/**
 * Detects a function that changes the key for which it is called. Its update would be retried for ever, as each call
 * makes the compare-and-set that follows it fail.
 *
 * <p>A function is watched only once its first result was not stored. So an update looks at the calls of its thread
 * only while some function is being retried.
 */
final class RecursiveUpdates {

    /** A call of a function that is being retried. */
    private record Call(TableList map, long key, @Nullable Call outer) {

        @SuppressWarnings("ReferenceEquality") // a map equals itself only
        boolean isFor(TableList updated, long updatedKey) {
            return updated == map && updatedKey == key;
        }
    }

    private static final AtomicInteger WATCHED = new AtomicInteger();

    /** The calls that the thread is in, innermost first. */
    private static final ThreadLocal<@Nullable Call> CALLS = new ThreadLocal<>();

    private RecursiveUpdates() {}

    /** Watches this thread until {@link #endCall}, which must follow. */
    static void beginCall(TableList map, long key) {
        // An error between the two steps would leave a call behind that is over.
        StackSpace.ensure();
        CALLS.set(new Call(map, key, CALLS.get()));
        WATCHED.getAndIncrement();
    }

    static void endCall() {
        WATCHED.getAndDecrement();
        Call call = CALLS.get();
        if (call == null || call.outer == null) {
            CALLS.remove();
        } else {
            CALLS.set(call.outer);
        }
    }

    /**
     * Throws if a function that this thread is in is called for the same key of the same map. Each update calls this
     * first.
     */
    static void check(TableList map, long key) {
        // Plain: this thread's own calls are all that matters.
        if (WATCHED.getPlain() != 0) {
            checkCalls(map, key);
        }
    }

    private static void checkCalls(TableList map, long key) {
        for (@Nullable Call call = CALLS.get(); call != null; call = call.outer) {
            if (call.isFor(map, key)) {
                throw new IllegalStateException(
                        "recursive update: a function changes the key that it is called for: key=" + key
                                + "; let it return the new value instead");
            }
        }
    }
}
