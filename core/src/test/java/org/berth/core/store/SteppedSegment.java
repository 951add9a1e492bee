package org.berth.core.store;

/** A segment that takes a step of a test before each access to its words, and after those that others wait for. */
class SteppedSegment extends Segment {

    private final Runnable step;

    SteppedSegment(int id, long generation, Memory memory, Runnable step) {
        super(id, generation, memory);
        this.step = step;
    }

    @Override
    boolean isCurrent(long ofReference) {
        step.run();
        return super.isCurrent(ofReference);
    }

    @Override
    long advanceGeneration() {
        step.run();
        long next = super.advanceGeneration();
        step.run();
        return next;
    }

    @Override
    void activate() {
        step.run();
        super.activate();
        step.run();
    }

    @Override
    Dying giveUp() {
        step.run();
        return super.giveUp();
    }

    @Override
    boolean pin() {
        step.run();
        boolean pinned = super.pin();
        step.run();
        return pinned;
    }

    @Override
    Dying unpin() {
        step.run();
        Dying dying = super.unpin();
        step.run();
        return dying;
    }

    @Override
    void activateForOne() {
        step.run();
        super.activateForOne();
        step.run();
    }

    @Override
    long reserve(long bytes) {
        step.run();
        return super.reserve(bytes);
    }

    @Override
    void open(long installed) {
        step.run();
        super.open(installed);
    }

    @Override
    void settle(long bytes) {
        step.run();
        super.settle(bytes);
        step.run();
    }

    @Override
    Dying addDead(long bytes) {
        step.run();
        Dying dying = super.addDead(bytes);
        step.run();
        return dying;
    }

    @Override
    boolean canBeWalked() {
        step.run();
        return super.canBeWalked();
    }

    /** The last of what {@link #canBeWalked} looks at. */
    @Override
    boolean isSettled() {
        step.run();
        return super.isSettled();
    }

    @Override
    long cursor() {
        step.run();
        return super.cursor();
    }

    @Override
    boolean advanceCursor(long from, long bytes) {
        step.run();
        boolean advanced = super.advanceCursor(from, bytes);
        step.run();
        return advanced;
    }

    @Override
    int next() {
        int next = super.next();
        step.run();
        return next;
    }

    @Override
    void free() {
        step.run();
        super.free();
    }
}
