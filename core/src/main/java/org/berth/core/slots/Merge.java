package org.berth.core.slots;

/**
 * The function that merges the values of a field: the value of a record with its retained total when a claim ends, and
 * all values of a table into a total.
 *
 * <p>A field that is declared with a merge starts from the identity of that function: 0 for {@link #SUM}, the largest
 * value for {@link #MIN} (of doubles, positive infinity) and the smallest for {@link #MAX}.
 */
public enum Merge {
    /**
     * Adds values. The retained totals and the totals of an {@code int} field are {@code long}; overflow of a {@code
     * long} wraps around.
     */
    SUM,
    /** Keeps the smallest value. */
    MIN,
    /** Keeps the largest value. */
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
