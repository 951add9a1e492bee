package org.berth.bench.compare;

import java.util.Locale;

/**
 * The cost of an operation on one thread: JMH's score.
 *
 * @param nanos nanoseconds per operation
 * @param error half-width of its 99.9 % confidence interval; NaN if there are too few samples
 * @param bytes allocated per operation; NaN if not measured
 */
record Cost(double nanos, double error, double bytes) {

    /**
     * Below this, the bytes are the harness's own, divided by the number of operations. The smallest object in every
     * hundredth operation is above it.
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

    /** Formats with three significant digits, or as a question mark. */
    static String number(double value) {
        if (Double.isNaN(value)) {
            return "?";
        }
        String format = value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f";
        return String.format(Locale.ROOT, format, value);
    }
}
