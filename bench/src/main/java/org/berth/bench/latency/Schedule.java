package org.berth.bench.latency;

import java.util.SplittableRandom;

/** The intended start times of one thread's operations, whether or not the thread is ready. Not thread-safe. */
final class Schedule {

    private final Arrivals arrivals;
    private final double mean;
    private final SplittableRandom random;
    private double next;

    /**
     * A schedule.
     *
     * @param arrivals the arrival process
     * @param rate     per second
     * @param phase    from 0 to 1: staggers threads with constant arrivals
     * @param seed     of the random numbers
     */
    Schedule(Arrivals arrivals, double rate, double phase, long seed) {
        this.arrivals = arrivals;
        this.mean = 1e9 / rate;
        this.random = new SplittableRandom(seed);
        this.next = phase * mean;
    }

    /** Returns the next intended start, in nanoseconds from the start of the schedule. */
    long next() {
        long now = (long) next;
        next += arrivals.gap(mean, random);
        return now;
    }
}
