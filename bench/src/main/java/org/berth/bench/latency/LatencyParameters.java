package org.berth.bench.latency;

/**
 * The parameters of one latency measurement.
 *
 * @param workload       what threads do
 * @param implementation of the dictionary
 * @param rate           intended operations per second and thread
 * @param threads        threads of load
 * @param arrivals       the arrival process
 * @param neighbour      whether another thread allocates concurrently
 * @param gc             the garbage collector
 * @param seconds        that count
 * @param warmup         seconds of warm-up, at a high rate and with another dictionary
 * @param round          the number of the repetition
 * @param pinned         whether each thread is pinned to its own CPU
 */
record LatencyParameters(
        Workload workload,
        Implementation implementation,
        long rate,
        int threads,
        Arrivals arrivals,
        boolean neighbour,
        Collector gc,
        int seconds,
        int warmup,
        int round,
        boolean pinned) {

    /** The garbage collector of a measurement's JVM. */
    enum Collector {
        G1,
        ZGC;

        String flag() {
            return "-XX:+Use" + (this == G1 ? "G1GC" : "ZGC");
        }
    }

    /** The start of a JVM, and the second that is not counted. For the estimate only. */
    private static final int OVERHEAD_SECONDS = 3;

    LatencyParameters withRate(long other) {
        return with(other, round);
    }

    LatencyParameters with(long otherRate, int otherRound) {
        return new LatencyParameters(
                workload,
                implementation,
                otherRate,
                threads,
                arrivals,
                neighbour,
                gc,
                seconds,
                warmup,
                otherRound,
                pinned);
    }

    int estimateSeconds() {
        return seconds + warmup + OVERHEAD_SECONDS;
    }

    /** Returns the name of its files, without the extension. */
    String file() {
        return String.join(
                "-",
                workload.id(),
                implementation.id(),
                Long.toString(rate),
                LatencyCommand.id(arrivals),
                LatencyCommand.id(gc) + (neighbour ? "-neighbour" : ""),
                Integer.toString(round));
    }
}
