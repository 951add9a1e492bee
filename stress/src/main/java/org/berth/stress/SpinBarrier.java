package org.berth.stress;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where the two actors of a state wait for each other, not for long. jcstress lets each go through a row of states at its own
 * pace, and on a busy machine they are rarely in the same state.
 */
final class SpinBarrier {

    private static final int PATIENCE = 1_000;

    private final AtomicInteger missing = new AtomicInteger(2);

    void arrive() {
        missing.getAndDecrement();
        for (int i = 0; i < PATIENCE && missing.get() > 0; i++) {
            Thread.onSpinWait();
        }
    }
}
