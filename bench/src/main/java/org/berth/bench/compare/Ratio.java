package org.berth.bench.compare;

/**
 * One figure divided by another.
 *
 * @param value of the division
 * @param error half-width of its interval; NaN if one of the figures has none
 */
record Ratio(double value, double error) {

    static Ratio of(Cost dividend, Cost divisor) {
        return new Ratio(dividend.nanos(), dividend.error()).dividedBy(new Ratio(divisor.nanos(), divisor.error()));
    }

    /** Errors of independent figures: the squares of the relative errors add up. */
    Ratio dividedBy(Ratio other) {
        double quotient = value / other.value;
        return new Ratio(quotient, quotient * Math.hypot(error / value, other.error / other.value));
    }

    /** With a wider interval, if a part of the value is more than its own. */
    Ratio withErrorOfAtLeast(double part) {
        return error < part * value ? new Ratio(value, part * value) : this;
    }

    /** Whether the interval is known and holds a value. */
    boolean covers(double other) {
        return Math.abs(value - other) <= error;
    }

    /** Of a peer's cost divided by Berth's: whether the whole interval is above 1. */
    boolean isWin() {
        return value - error > 1;
    }

    /** Of a peer's cost divided by Berth's: whether the whole interval is below 1. */
    boolean isLoss() {
        return value + error < 1;
    }

    boolean isNoDifference() {
        return covers(1);
    }

    @Override
    public String toString() {
        return Cost.number(value) + " ± " + Cost.number(error);
    }
}
