package org.berth.stress.model;

import org.jspecify.annotations.Nullable;

/** What may happen next in a state: a thread takes its next step, or a store of its buffer reaches memory. */
final class Protocol {

    private final Scenario scenario;
    private final Layout layout;
    private final StoreBuffers buffers;
    private final ModelThread thread;
    private final Ledger ledger;
    private final UpdateSteps updates;
    private final TransferSteps transfers;
    private final ResizeSteps resizes;
    private final ReclaimSteps reclaims;
    private final GetSteps gets;
    private final TraversalSteps traversals;
    private final CloseSteps closes;

    Protocol(Scenario scenario) {
        this.scenario = scenario;
        layout = new Layout(scenario.threads(), scenario.tables(), scenario.blocks());
        buffers = new StoreBuffers(layout, scenario.memory());
        thread = new ModelThread(scenario, layout, buffers);
        ledger = new Ledger(thread);
        updates = new UpdateSteps(thread, ledger);
        transfers = new TransferSteps(thread);
        resizes = new ResizeSteps(thread);
        reclaims = new ReclaimSteps(thread);
        gets = new GetSteps(thread, ledger);
        traversals = new TraversalSteps(thread, ledger);
        closes = new CloseSteps(thread);
    }

    Layout layout() {
        return layout;
    }

    int threads() {
        return scenario.threads();
    }

    Step next(byte[] state, int id) {
        return Step.of(state[layout.local(id, Local.STEP)]);
    }

    /** Returns in how many ways the next step of a thread may go. */
    int alternatives(byte[] state, int id) {
        return switch (next(state, id)) {
            case GET_WORDS -> GetSteps.WORDS;
            case PICK -> layout.tables;
            default -> 1;
        };
    }

    /**
     * Lets a thread take its next step.
     *
     * @return false if it cannot, or not in this way; the state is then not to be used
     * @throws Violation if the step does what must never happen
     */
    boolean step(byte[] state, int id, int alternative) {
        Step step = next(state, id);
        thread.set(state, id, alternative);
        boolean possible = switch (step.access()) {
            case LOAD -> true;
            case STORE -> !buffers.isFull(state, id);
            case ATOMIC -> buffers.isEmpty(state, id);
        };
        if (!possible || (step == Step.START && thread.hasCompletedAll())) {
            return false;
        }
        Step next = take(step);
        if (next == null) {
            return false;
        }
        thread.set(Local.STEP, next.index());
        return true;
    }

    private @Nullable Step take(Step step) {
        return switch (step.part()) {
            case UPDATE -> updates.take(step);
            case TRANSFER -> transfers.take(step);
            case RESIZE -> resizes.take(step);
            case RECLAIM -> reclaims.take(step);
            case GET -> gets.take(step);
            case TRAVERSAL -> traversals.take(step);
            case CLOSE -> closes.take(step);
        };
    }

    /** Lets a store reach memory; false if there is none at this place of the buffer, or if its turn has not come. */
    boolean arrive(byte[] state, int id, int index) {
        if (!buffers.mayArrive(state, id, index)) {
            return false;
        }
        buffers.arrive(state, id, index);
        return true;
    }

    /**
     * Checks a state in which nothing can happen any more.
     *
     * @throws Violation if it is not as it should be
     */
    void end(byte[] state) {
        for (int id = 0; id < scenario.threads(); id++) {
            thread.set(state, id, 0);
            if (!thread.hasCompletedAll()) {
                throw new Violation("thread " + id + " is stuck before the step " + next(state, id));
            }
        }
        ledger.end();
    }
}
