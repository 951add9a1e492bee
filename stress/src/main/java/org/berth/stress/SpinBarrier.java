package org.berth.stress;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A barrier at which the two actors of a state spin until both have arrived, though not for long. jcstress lets each
 * actor go through a row of states at its own pace, and on a busy machine they are rarely in the same state.
 */
final class SpinBarrier {

    private static final int MAX_SPINS = 1_000;

    private final AtomicInteger missing = new AtomicInteger(2);

    void await() {
        missing.getAndDecrement();
        for (int i = 0; i < MAX_SPINS && missing.get() > 0; i++) {
            Thread.onSpinWait();
        }
    }
}
