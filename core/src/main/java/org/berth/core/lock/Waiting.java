package org.berth.core.lock;

import java.util.function.Supplier;
import org.agrona.concurrent.IdleStrategy;
import org.berth.offheap.internal.DeferredInterrupt;
import org.jspecify.annotations.Nullable;

/**
 * How one thread waits: it tries, idles, and tries again. Made once for each thread, so that waiting allocates nothing.
 */
final class Waiting {

    /** A timeout: no limit, and an interruption is deferred until the wait is over. */
    static final long FOREVER = -1;

    private final Supplier<? extends IdleStrategy> strategies;
    private final DeferredInterrupt interrupt = new DeferredInterrupt();
    private @Nullable IdleStrategy idle;

    private long timeout;
    private long begun;

    Waiting(Supplier<? extends IdleStrategy> strategies) {
        this.strategies = strategies;
    }

    /**
     * Begins to wait.
     *
     * @param nanos the timeout, or {@link #FOREVER}
     */
    void begin(long nanos) {
        if (idle == null) {
            idle = strategies.get();
        }
        idle.reset();
        timeout = nanos;
        begun = nanos == FOREVER ? 0 : System.nanoTime();
    }

    /** Begins to idle anew, within the same timeout: the thread waits for another one now. */
    void progress() {
        if (idle != null) {
            idle.reset();
        }
    }

    /** Idles once; false if the timeout is over, or if there is one and the thread is interrupted. */
    boolean idle() {
        if (timeout == FOREVER) {
            interrupt.deferPending();
        } else if (Thread.currentThread().isInterrupted() || System.nanoTime() - begun >= timeout) {
            return false;
        }
        if (idle != null) {
            idle.idle();
        }
        return true;
    }

    /** Ends the wait, and restores an interruption that was deferred. */
    void end() {
        interrupt.close();
    }
}
