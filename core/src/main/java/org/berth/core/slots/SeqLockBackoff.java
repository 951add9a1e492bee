package org.berth.core.slots;

import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

/**
 * The backoff of a reader between two reads of a slot's sequence. The reader backs off from an owner that may be
 * suspended, as its commit does not proceed, but not from an owner that commits again and again: a later read would
 * meet a commit just as surely.
 */
final class SeqLockBackoff {

    private final IdleStrategy idle = new BackoffIdleStrategy();

    /** The sequence at the previous call; even at first, as an odd one must be seen twice. */
    private long seen;

    /** Begins a new wait. */
    void reset() {
        idle.reset();
        seen = 0;
    }

    /** Waits once, after a read that did not succeed; {@code sequence} is its value now. */
    void idle(long sequence) {
        if (sequence == seen && (sequence & 1) != 0) {
            idle.idle();
        } else {
            idle.reset();
            Thread.onSpinWait();
        }
        seen = sequence;
    }
}
