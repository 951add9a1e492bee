package org.berth.offheap;

/**
 * A thread is slow, now and then. Any thread may be suspended at any instruction, which weakens nothing. On few cores
 * that is rare, and other threads rarely run in between.
 */
final class Pause {

    /** Coprime to the number of steps of a test, so that each step is paused at some time. */
    private static final int PERIOD = 7;

    private static final int LONGEST = 64;
    private static final ThreadLocal<Pause> CURRENT = ThreadLocal.withInitial(Pause::new);

    private int turns;

    private Pause() {}

    /** A varying pause, mostly none. */
    static void nowAndThen() {
        Pause pause = CURRENT.get();
        int turn = pause.turns++;
        if (turn % PERIOD == 0) {
            spin(turn / PERIOD);
        }
    }

    /** A varying pause. */
    static void always() {
        Pause pause = CURRENT.get();
        spin(pause.turns++);
    }

    private static void spin(int turn) {
        for (int i = turn % LONGEST; i > 0; i--) {
            Thread.onSpinWait();
        }
    }
}
