package org.berth.bench.compare;

import java.util.Locale;

/**
 * What an operation costs on one thread.
 *
 * @param nanos time
 * @param error half-width of its 99.9 % confidence interval; NaN if there are too few samples
 * @param bytes allocated; NaN if not measured
 */
record Cost(double nanos, double error, double bytes) {

    /**
     * Below this it is the harness, whose own allocations are spread over the operations. An object of the smallest
     * kind in every hundredth operation is above it.
     */
    private static final double SMALLEST_BYTES = 0.05;

    boolean allocates() {
        return bytes >= SMALLEST_BYTES;
    }

    String time() {
        return number(nanos) + " ± " + number(error);
    }

    String allocation() {
        return Double.isNaN(bytes) ? "?" : allocates() ? String.format(Locale.ROOT, "%.1f", bytes) : "0";
    }

    /** With three digits that count, or a question mark. */
    static String number(double value) {
        if (Double.isNaN(value)) {
            return "?";
        }
        String format = value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f";
        return String.format(Locale.ROOT, format, value);
    }
}
