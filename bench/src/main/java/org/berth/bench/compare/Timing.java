package org.berth.bench.compare;

import java.time.Duration;

/**
 * The length of a measurement.
 *
 * @param forks           JVMs that are forked, one after the other
 * @param warmups         warm-up iterations in each fork
 * @param iterations      measured iterations in each fork
 * @param iterationMillis length of an iteration
 */
record Timing(int forks, int warmups, int iterations, long iterationMillis) {

    /** The overhead of a fork: starting a JVM and touching its heap. For the estimate only. */
    private static final long FORK_MILLIS = 900;

    Timing withForks(int other) {
        return new Timing(other, warmups, iterations, iterationMillis);
    }

    Duration estimate(int measurements) {
        long forkMillis = FORK_MILLIS + (warmups + iterations) * iterationMillis;
        return Duration.ofMillis(forkMillis * forks * measurements);
    }

    @Override
    public String toString() {
        return "%d fork%s of %d + %d iterations (warm-up + measured) of %d ms"
                .formatted(forks, forks == 1 ? "" : "s", warmups, iterations, iterationMillis);
    }
}
