package org.berth.bench.compare;

/** How much time a run takes for each measurement, and which it makes. */
public enum Effort {
    /** Shows that everything runs; its figures mean nothing. */
    SMOKE,
    /** Ten minutes at the most on two CPUs. */
    DEFAULT,
    /** For figures to publish. */
    FULL;

    Timing timing() {
        return switch (this) {
            case SMOKE -> new Timing(1, 1, 3, 100);
            case DEFAULT -> new Timing(2, 3, 4, 240);
            case FULL -> new Timing(3, 4, 6, 400);
        };
    }
}
