package org.berth.bench.compare;

/** The mode of a run: which benchmarks it has, and how long each takes. */
public enum RunMode {
    /** Shows that everything runs; its figures are meaningless. */
    SMOKE,
    /** A first impression, in a minute. */
    QUICK,
    /** Ten minutes at the most on two CPUs. */
    DEFAULT,
    /** For figures to publish. */
    FULL;

    /** Returns how long each measurement takes. */
    public Timing timing() {
        return switch (this) {
            case SMOKE -> new Timing(1, 1, 3, 100);
            case QUICK -> new Timing(1, 3, 5, 150);
            case DEFAULT -> new Timing(2, 3, 4, 240);
            case FULL -> new Timing(3, 4, 6, 400);
        };
    }

    /** Returns whether each workload has one thread count and only some of its implementations. */
    boolean isShort() {
        return this == SMOKE || this == QUICK;
    }

    boolean has(Row row) {
        return this == FULL || (!row.fullOnly() && (row.smoke() || !isShort()));
    }
}
