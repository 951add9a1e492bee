package org.berth.offheap;

/**
 * A thread is slow, now and then: any thread may be, at any instruction, which weakens nothing. On few cores it rarely is, and
 * others rarely come between.
 */
final class Pause {

    /** A number that what the tests do is no multiple of, so that all of it has its turn. */
    private static final int PERIOD = 7;

    private static final int LONGEST = 64;
    private static final ThreadLocal<Pause> MINE = ThreadLocal.withInitial(Pause::new);

    private int turns;

    private Pause() {}

    /** Now short, now long, mostly none. */
    static void nowAndThen() {
        Pause mine = MINE.get();
        int turn = mine.turns++;
        if (turn % PERIOD == 0) {
            spin(turn / PERIOD);
        }
    }

    /** Now short, now long. */
    static void always() {
        Pause mine = MINE.get();
        spin(mine.turns++);
    }

    private static void spin(int turn) {
        for (int i = turn % LONGEST; i > 0; i--) {
            Thread.onSpinWait();
        }
    }
}
