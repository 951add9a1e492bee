package org.berth.bench.compare;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The length of a measurement.
 *
 * @param forks           JVMs that are forked, one after the other
 * @param warmups         warm-up iterations in each fork
 * @param iterations      measured iterations in each fork
 * @param iterationMillis length of an iteration
 */
public record Timing(int forks, int warmups, int iterations, long iterationMillis) {

    /** The overhead of a fork: starting a JVM and touching its heap. For the estimate only. */
    private static final long FORK_MILLIS = 900;

    /** Returns a timing with some of its parts replaced: those that are not null. */
    public Timing with(
            @Nullable Integer otherForks,
            @Nullable Integer otherWarmups,
            @Nullable Integer otherIterations,
            @Nullable Integer otherMillis) {
        return new Timing(
                otherForks == null ? forks : otherForks,
                otherWarmups == null ? warmups : otherWarmups,
                otherIterations == null ? iterations : otherIterations,
                otherMillis == null ? iterationMillis : otherMillis);
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
