package org.berth.stress.model;

/**
 * One thing that happens.
 *
 * @param arrival whether a store of the thread reaches memory; otherwise the thread takes its next step
 * @param choice which store, or in which of the ways that the step may go
 */
record Move(int thread, boolean arrival, int choice) {

    /** Makes the move in a state; false if it cannot happen there. */
    boolean make(Protocol protocol, byte[] state) {
        return arrival ? protocol.arrive(state, thread, choice) : protocol.step(state, thread, choice);
    }
}
