package org.berth.bench.compare;

import java.util.List;

/** The thread counts of a workload. */
enum ThreadCounts {
    ONE,
    /** One thread for each CPU. Not measured on a single CPU, where threads do not contend. */
    ONE_PER_CPU,
    /** More threads than CPUs: some are suspended at any moment, possibly while they hold a lock. */
    OVERSUBSCRIBED;

    private static final int THREADS_PER_CPU = 4;

    boolean isPossible(int cpus) {
        return this != ONE_PER_CPU || cpus > 1;
    }

    int threads(int cpus) {
        return switch (this) {
            case ONE -> 1;
            case ONE_PER_CPU -> cpus;
            case OVERSUBSCRIBED -> THREADS_PER_CPU * cpus;
        };
    }

    /** Returns the thread counts of a run; a full run shows the scaling. */
    List<Integer> threads(Cpus cpus, RunMode mode) {
        return this == ONE_PER_CPU && mode == RunMode.FULL ? cpus.steps() : List.of(threads(cpus.available()));
    }
}
