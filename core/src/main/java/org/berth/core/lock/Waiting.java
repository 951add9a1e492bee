package org.berth.core.lock;

import java.util.function.Supplier;
import org.agrona.concurrent.IdleStrategy;
import org.berth.offheap.internal.DeferredInterrupt;
import org.jspecify.annotations.Nullable;

/** How one thread waits: it looks, idles, and looks again. Made once for each thread, so that waiting allocates nothing. */
final class Waiting {

    /** Without end, and without heed of interruption until it is over. */
    static final long FOREVER = -1;

    private final Supplier<? extends IdleStrategy> strategies;
    private @Nullable IdleStrategy idle;

    private long limit;
    private long begun;
    private final DeferredInterrupt interrupt = new DeferredInterrupt();

    Waiting(Supplier<? extends IdleStrategy> strategies) {
        this.strategies = strategies;
    }

    /**
     * Begins to wait.
     *
     * @param nanos at the most, or {@link #FOREVER}
     */
    void begin(long nanos) {
        if (idle == null) {
            idle = strategies.get();
        }
        idle.reset();
        limit = nanos;
        begun = nanos == FOREVER ? 0 : System.nanoTime();
    }

    /** The waiting has been worth it, and goes on for something else. */
    void progress() {
        if (idle != null) {
            idle.reset();
        }
    }

    /** Waits a little; false if the time is over, or if the thread was interrupted and need not wait without end. */
    boolean again() {
        if (limit == FOREVER) {
            interrupt.deferPending();
        } else if (Thread.currentThread().isInterrupted() || System.nanoTime() - begun >= limit) {
            return false;
        }
        if (idle != null) {
            idle.idle();
        }
        return true;
    }

    /** Ends it: an interruption that was held back is there again. */
    void end() {
        interrupt.close();
    }
}
