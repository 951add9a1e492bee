package org.berth.bench.latency;

/**
 * A search for the highest rate within a bound: doubles or halves the rate until one is within the bound and one
 * exceeds it, and then bisects.
 */
final class HighestRateSearch {

    /** The search ends when the two rates differ by less than this factor. */
    private static final double PRECISION = 1.1;

    /** About the limit of a clock that is read twice per operation. */
    private static final long HIGHEST = 20_000_000;

    private static final long LOWEST = 100;

    private long rate;
    private long good;
    private long bad;

    HighestRateSearch(long first) {
        rate = first;
    }

    /** Returns the rate to try next. */
    long rate() {
        return rate;
    }

    /** Records whether the rate was within the bound. */
    void record(boolean isWithinBound) {
        if (isWithinBound) {
            good = rate;
        } else {
            bad = rate;
        }
        if (bad == 0) {
            rate = good * 2;
        } else if (good == 0) {
            rate = bad / 2;
        } else {
            rate = Math.round(Math.sqrt((double) good * bad));
        }
    }

    boolean isOver() {
        return good > HIGHEST / 2
                || (good == 0 && bad > 0 && bad / 2 < LOWEST)
                || (good > 0 && bad > 0 && bad < good * PRECISION);
    }

    /** Returns the highest rate within the bound, 0 if none was. */
    long highest() {
        return good;
    }

    /** Returns the lowest rate that exceeded it, 0 if none did. */
    long exceeded() {
        return bad;
    }
}
