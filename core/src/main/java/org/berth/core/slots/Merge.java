package org.berth.core.slots;

/**
 * How a field's values are merged: what an owner leaves with what owners before it left, and all of it into a total.
 *
 * <p>A field that is declared with a merge starts from the merge's identity: 0 for {@link #SUM}, the largest value for
 * {@link #MIN} (of doubles, positive infinity) and the smallest for {@link #MAX}.
 */
public enum Merge {
    /**
     * Values are added. An {@code int} field's residue and totals are {@code long}; overflow of a {@code long} wraps around.
     */
    SUM,
    /** The smallest value remains. */
    MIN,
    /** The largest value remains. */
    MAX;

    long longs(long left, long right) {
        return switch (this) {
            case SUM -> left + right;
            case MIN -> Math.min(left, right);
            case MAX -> Math.max(left, right);
        };
    }

    double doubles(double left, double right) {
        return switch (this) {
            case SUM -> left + right;
            case MIN -> Math.min(left, right);
            case MAX -> Math.max(left, right);
        };
    }

    long longIdentity() {
        return switch (this) {
            case SUM -> 0;
            case MIN -> Long.MAX_VALUE;
            case MAX -> Long.MIN_VALUE;
        };
    }

    int intIdentity() {
        return switch (this) {
            case SUM -> 0;
            case MIN -> Integer.MAX_VALUE;
            case MAX -> Integer.MIN_VALUE;
        };
    }

    double doubleIdentity() {
        return switch (this) {
            case SUM -> 0;
            case MIN -> Double.POSITIVE_INFINITY;
            case MAX -> Double.NEGATIVE_INFINITY;
        };
    }
}
