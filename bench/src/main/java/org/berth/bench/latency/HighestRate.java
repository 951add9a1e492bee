package org.berth.bench.latency;

/**
 * The highest rate whose p99.9 stays within a bound.
 *
 * @param workload       its name
 * @param implementation its label
 * @param threads        threads of load
 * @param arrivals       the arrival process
 * @param neighbour      whether another thread allocated concurrently
 * @param gc             the garbage collector
 * @param round          of this search
 * @param boundMicros    that p99.9 must not exceed
 * @param rate           operations per second and thread: the highest within the bound, 0 if none
 * @param exceeded       the lowest that exceeded it; 0 if none did
 */
record HighestRate(
        String workload,
        String implementation,
        int threads,
        String arrivals,
        boolean neighbour,
        String gc,
        int round,
        long boundMicros,
        long rate,
        long exceeded) {

    static HighestRate of(LatencyParameters parameters, long boundMicros, HighestRateSearch search) {
        return new HighestRate(
                parameters.workload().id(),
                parameters.implementation().label,
                parameters.threads(),
                LatencyCommand.id(parameters.arrivals()),
                parameters.neighbour(),
                parameters.gc().name(),
                parameters.round(),
                boundMicros,
                search.highest(),
                search.exceeded());
    }

    /** Returns the conditions that compared implementations share. */
    String setting() {
        return "%s, %d %s, %s arrivals, %s%s"
                .formatted(
                        workload,
                        threads,
                        threads == 1 ? "thread" : "threads",
                        arrivals,
                        gc,
                        neighbour ? ", beside a thread that allocates" : "");
    }
}
