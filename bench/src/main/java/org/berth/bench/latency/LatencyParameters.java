package org.berth.bench.latency;

/**
 * One measurement.
 *
 * @param workload       what threads do
 * @param implementation of the dictionary
 * @param rate           operations per second that each thread is to do
 * @param threads        that do them
 * @param arrivals       how they are spread over time
 * @param neighbour      whether another thread allocates meanwhile
 * @param gc             the garbage collector
 * @param seconds        that count
 * @param warmup         seconds before, at a high rate and in another dictionary
 * @param round          to tell the same measurement made again
 * @param pinned         whether each thread is kept on a CPU of its own
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

    /** What the JVM of a measurement collects garbage with. */
    enum Collector {
        G1,
        ZGC;

        String flag() {
            return "-XX:+Use" + (this == G1 ? "G1GC" : "ZGC");
        }
    }

    /** What a JVM takes to start, and the second that is not counted. For the estimate only. */
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

    /** The name of its files, without the extension. */
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
