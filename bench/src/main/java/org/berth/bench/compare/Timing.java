package org.berth.bench.compare;

import java.time.Duration;

/**
 * How long a measurement takes.
 *
 * @param forks           JVMs, one after the other
 * @param warmups         iterations in each that are not counted
 * @param iterations      in each that are
 * @param iterationMillis length of an iteration
 */
record Timing(int forks, int warmups, int iterations, long iterationMillis) {

    /** What a fork takes before and after its iterations: starting a JVM, touching its heap. For the estimate only. */
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
