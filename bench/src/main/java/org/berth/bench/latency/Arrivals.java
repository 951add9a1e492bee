package org.berth.bench.latency;

import java.util.SplittableRandom;

/** How the moments at which operations should begin are spread over time. */
enum Arrivals {
    /** One as long after the other. */
    CONSTANT {
        @Override
        double gap(double mean, SplittableRandom random) {
            return mean;
        }
    },
    /** As requests of many independent clients come: with exponentially distributed gaps, and so in bursts now and then. */
    POISSON {
        @Override
        double gap(double mean, SplittableRandom random) {
            return -Math.log(1 - random.nextDouble()) * mean;
        }
    };

    /** The time to the next one, in the unit of the mean. */
    abstract double gap(double mean, SplittableRandom random);
}
