package org.berth.bench.latency;

import java.util.SplittableRandom;

/** The moments at which one thread's operations should begin, whether or not it is ready then. Of one thread. */
final class Schedule {

    private final Arrivals arrivals;
    private final double mean;
    private final SplittableRandom random;
    private double next;

    /**
     * A schedule.
     *
     * @param arrivals how they are spread
     * @param rate     per second
     * @param phase    from 0 to 1: of several threads with constant arrivals each has its turn
     * @param seed     for what is random
     */
    Schedule(Arrivals arrivals, double rate, double phase, long seed) {
        this.arrivals = arrivals;
        this.mean = 1e9 / rate;
        this.random = new SplittableRandom(seed);
        this.next = phase * mean;
    }

    /** The next moment, in nanoseconds from the start. */
    long next() {
        long now = (long) next;
        next += arrivals.gap(mean, random);
        return now;
    }
}
