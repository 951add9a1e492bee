package org.berth.core.slots;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.berth.offheap.Words;
import org.jspecify.annotations.Nullable;

/**
 * Two threads that take turns at the accesses to memory, by a fixed schedule: the first makes so many accesses, then
 * the second so many, and so on; then the second runs to its end, and then the first. So a run is the same each time,
 * and all schedules of a few turns can be tried.
 */
public final class SteppedRun {

    private final int[] turns;

    /** The turn under way, and how many accesses are left of it. Only the thread whose turn it is changes them. */
    private int turn = -1;

    private int left;

    private volatile @Nullable Thread running;
    private final Thread[] threads = new Thread[2];
    private final boolean[] ended = new boolean[2];

    /** The accesses that each thread has made. */
    private final int[] accesses = new int[2];

    private SteppedRun(int[] turns) {
        this.turns = turns;
    }

    /** The steps of a table or a map, which the threads of a run make by its schedule, and others at once. */
    public static final class Steps {

        /** Far more than a few operations need. */
        private static final int MAX_ACCESSES = 100_000;

        /** All accesses so far. Threads that take turns change it. */
        private int accesses;

        volatile @Nullable SteppedRun run;

        /**
         * Makes a step.
         *
         * @throws AssertionError if the steps do not come to an end
         */
        public void step() {
            if (accesses++ > MAX_ACCESSES) {
                throw new AssertionError("an operation does not end: accesses=" + accesses);
            }
            SteppedRun stepped = run;
            if (stepped != null) {
                stepped.beforeAccess();
            }
        }
    }

    /** Words each access to which is a step. */
    static final class SteppedWords extends WatchedWords {

        final Steps steps = new Steps();

        SteppedWords(Words words) {
            super(words);
        }

        @Override
        void beforeLoad() {
            steps.step();
        }

        @Override
        void beforeStore() {
            steps.step();
        }
    }

    /** Runs two operations on one table, see below. */
    static int[] of(SteppedWords words, Runnable first, Runnable second, int... turns) throws InterruptedException {
        return of(words.steps, first, second, turns);
    }

    /**
     * Runs two operations by a schedule.
     *
     * @param turns how many accesses the first thread makes, then the second, and so on
     * @return the number of accesses that each has made
     */
    public static int[] of(Steps steps, Runnable first, Runnable second, int... turns) throws InterruptedException {
        SteppedRun run = new SteppedRun(turns);
        steps.run = run;
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Runnable[] operations = {first, second};
        for (int i = 0; i < 2; i++) {
            int me = i;
            run.threads[i] = Thread.ofVirtual().unstarted(() -> run.run(me, operations[me], failure));
        }
        run.nextTurn();
        for (Thread thread : run.threads) {
            thread.start();
        }
        for (Thread thread : run.threads) {
            thread.join();
        }
        steps.run = null;
        if (failure.get() != null) {
            throw new AssertionError(failure.get());
        }
        return run.accesses;
    }

    private void run(int me, Runnable operation, AtomicReference<Throwable> failure) {
        awaitTurn();
        try {
            operation.run();
        } catch (Throwable e) {
            failure.set(e);
        } finally {
            ended[me] = true;
            nextTurn();
        }
    }

    private void beforeAccess() {
        Thread me = Thread.currentThread();
        if (me != threads[0] && me != threads[1]) {
            return;
        }
        while (left == 0) {
            nextTurn();
            awaitTurn();
        }
        left--;
        accesses[me == threads[0] ? 0 : 1]++;
    }

    /** Gives the turn to the thread that the schedule names, or that has not ended. */
    private void nextTurn() {
        turn++;
        int next = turn < turns.length ? turn & 1 : ended[1] ? 0 : 1;
        left = turn < turns.length ? turns[turn] : Integer.MAX_VALUE;
        if (ended[next]) {
            next = 1 - next;
            left = Integer.MAX_VALUE;
        }
        running = threads[next];
        LockSupport.unpark(threads[next]);
    }

    private void awaitTurn() {
        while (running != Thread.currentThread()) {
            LockSupport.park(this);
        }
    }
}
