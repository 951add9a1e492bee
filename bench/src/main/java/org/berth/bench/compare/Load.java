package org.berth.bench.compare;

/** How many threads work at once. */
enum Load {
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
}
