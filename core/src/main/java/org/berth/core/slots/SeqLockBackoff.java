package org.berth.core.slots;

import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

/**
 * How a reader waits between two looks at a slot's sequence: it backs off from an owner who does not get on with its commit, and
 * who may be suspended, but not from a busy one. Who backs off from that one meets its next commit just as surely.
 */
final class SeqLockBackoff {

    private final IdleStrategy idle = new BackoffIdleStrategy();

    /** The sequence at the look before. Even, as an odd one must be seen twice. */
    private long seen;

    /** Begins a new wait. */
    void reset() {
        idle.reset();
        seen = 0;
    }

    /** Waits once, after a look that did not succeed; {@code sequence} is what it is now. */
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
