package org.berth.bench.latency;

import java.util.SplittableRandom;

/** The arrival process: the distribution of the gaps between intended starts. */
enum Arrivals {
    /** Equal gaps. */
    CONSTANT {
        @Override
        double gap(double mean, SplittableRandom random) {
            return mean;
        }
    },
    /** Exponentially distributed gaps, as of requests from many independent clients, with occasional bursts. */
    POISSON {
        @Override
        double gap(double mean, SplittableRandom random) {
            return -Math.log(1 - random.nextDouble()) * mean;
        }
    };

    /** Returns the gap to the next arrival, in the unit of the mean. */
    abstract double gap(double mean, SplittableRandom random);
}
