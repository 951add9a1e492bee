package org.berth.bench.latency;

/** Which rates to try: first each twice the one before, or half of it, until one is good and one is not; then those between. */
final class MaximumSearch {

    /** Rates between which there is less than this are the same to whoever reads them. */
    private static final double PRECISION = 1.1;

    /** A clock that is read twice for each operation does not do much more. */
    private static final long HIGHEST = 20_000_000;

    private static final long LOWEST = 100;

    private long rate;
    private long good;
    private long bad;

    MaximumSearch(long first) {
        rate = first;
    }

    /** The rate to try. */
    long rate() {
        return rate;
    }

    /** Whether the rate was good. */
    void tell(boolean isGood) {
        if (isGood) {
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

    /** The highest that was good, 0 if none was. */
    long highest() {
        return good;
    }

    /** The lowest that was not, 0 if all were. */
    long exceeded() {
        return bad;
    }
}
