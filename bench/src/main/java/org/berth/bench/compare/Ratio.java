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

    /** Divides. Errors of independent figures: the squares of the relative errors add up. */
    Ratio dividedBy(Ratio other) {
        double quotient = value / other.value;
        return new Ratio(quotient, quotient * Math.hypot(error / value, other.error / other.value));
    }

    /** Returns the ratio with an error of at least this part of its value. */
    Ratio withErrorOfAtLeast(double part) {
        return error < part * value ? new Ratio(value, part * value) : this;
    }

    /** Returns whether the interval is known and contains a value. */
    boolean covers(double other) {
        return Math.abs(value - other) <= error;
    }

    /** Returns whether the whole interval is above 1: the peer costs more than Berth. */
    boolean isWin() {
        return value - error > 1;
    }

    /** Returns whether the whole interval is below 1: the peer costs less than Berth. */
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
