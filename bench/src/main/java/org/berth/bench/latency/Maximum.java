package org.berth.bench.latency;

/**
 * The highest rate at which a tail stays short enough.
 *
 * @param workload       its name
 * @param implementation its label
 * @param threads        that did them
 * @param arrivals       how they were spread
 * @param neighbour      whether another thread allocated meanwhile
 * @param gc             the garbage collector
 * @param round          of this search
 * @param boundMicros    that p99.9 must not exceed
 * @param rate           operations per second and thread: the highest that did, 0 if none
 * @param exceeded       the lowest that did not; 0 if all did
 */
record Maximum(
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

    static Maximum of(LatencyParameters load, long boundMicros, MaximumSearch search) {
        return new Maximum(
                load.workload().id(),
                load.implementation().label,
                load.threads(),
                LatencyCommand.id(load.arrivals()),
                load.neighbour(),
                load.gc().name(),
                load.round(),
                boundMicros,
                search.highest(),
                search.exceeded());
    }

    /** What those have in common that are compared with each other. */
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
