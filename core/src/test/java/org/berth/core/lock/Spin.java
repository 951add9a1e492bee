package org.berth.core.lock;

import org.agrona.concurrent.IdleStrategy;

/** Waits in a way that a model checker can follow. */
final class Spin implements IdleStrategy {

    @Override
    public void idle(int workCount) {
        idle();
    }

    @Override
    public void idle() {
        Thread.onSpinWait();
    }

    @Override
    public void reset() {}
}
