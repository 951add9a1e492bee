package org.berth.bench.compare;

import java.util.List;

/** How many threads work at once. */
enum ThreadCounts {
    ONE,
    /** One thread for each CPU; where that is one thread, there is nothing to share, and nothing is measured. */
    EACH_CPU,
    /** More threads than CPUs, so that some are suspended at any moment, perhaps with a lock in their hands. */
    CROWD;

    private static final int CROWD_PER_CPU = 4;

    boolean isPossible(int cpus) {
        return this != EACH_CPU || cpus > 1;
    }

    int threads(int cpus) {
        return switch (this) {
            case ONE -> 1;
            case EACH_CPU -> cpus;
            case CROWD -> CROWD_PER_CPU * cpus;
        };
    }

    /** The thread counts of a run; the longest shows how it scales. */
    List<Integer> threads(Cpus cpus, RunMode effort) {
        return this == EACH_CPU && effort == RunMode.FULL ? cpus.steps() : List.of(threads(cpus.available()));
    }
}
