package org.berth.offheap.internal;

/**
 * The interruption of a thread that must not end its wait: cleared while the thread waits, and restored by
 * {@link #close()}. One thread uses it, again after each close if it likes.
 */
public final class DeferredInterrupt implements AutoCloseable {

    private boolean interrupted;

    /** Makes one that has deferred nothing. */
    public DeferredInterrupt() {}

    /** Defers an interruption of the current thread, if there is one: a thread that is interrupted cannot park. */
    public void deferPending() {
        interrupted |= Thread.interrupted();
    }

    /** Defers an interruption that a call has reported by {@link InterruptedException}, and thereby cleared. */
    public void deferCaught() {
        interrupted = true;
    }

    /** Interrupts the current thread again, if an interruption was deferred. */
    @Override
    public void close() {
        if (interrupted) {
            interrupted = false;
            Thread.currentThread().interrupt();
        }
    }
}
