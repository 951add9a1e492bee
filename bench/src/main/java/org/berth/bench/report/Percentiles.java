package org.berth.bench.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;
import org.jspecify.annotations.Nullable;

/**
 * The latency distribution of calls, in nanoseconds.
 *
 * @param count  calls
 * @param p50    the median
 * @param p99    the 99th percentile
 * @param p999   the 99.9th
 * @param p9999  the 99.99th
 * @param max    the longest
 * @param points of the curve: number of nines, nanoseconds
 */
record Percentiles(long count, double p50, double p99, double p999, double p9999, double max, List<double[]> points) {

    private static final int STEPS_PER_HALF_DISTANCE = 5;

    /** Returns the figures of a histogram; null if it is empty. */
    static @Nullable Percentiles of(Histogram histogram) {
        long count = histogram.getTotalCount();
        if (count == 0) {
            return null;
        }
        List<double[]> points = new ArrayList<>();
        for (HistogramIterationValue step : histogram.percentiles(STEPS_PER_HALF_DISTANCE)) {
            add(points, step.getPercentileLevelIteratedTo() / 100, (double) step.getValueIteratedTo(), count);
        }
        return new Percentiles(
                count,
                histogram.getValueAtPercentile(50),
                histogram.getValueAtPercentile(99),
                histogram.getValueAtPercentile(99.9),
                histogram.getValueAtPercentile(99.99),
                histogram.getMaxValue(),
                points);
    }

    /**
     * Reads a file of percentiles. The figures are exact and lack the 99th percentile, which is read from the
     * distribution.
     */
    static Percentiles read(Path hgrm, long count, long p50, long p999, long p9999, long max)
            throws InvalidInputException {
        List<double[]> points = new ArrayList<>();
        double p99 = 0;
        for (String line : Json.text(hgrm).lines().toList()) {
            String[] columns = line.strip().split("\\s+", -1);
            if (!line.isBlank() && !line.startsWith("#") && !line.contains("Percentile")) {
                try {
                    double nanos = Double.parseDouble(columns[0]);
                    double share = Double.parseDouble(columns[1]);
                    add(points, share, nanos, count);
                    p99 = p99 == 0 && share >= 0.99 ? nanos : p99;
                } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
                    throw new InvalidInputException("corrupt: file=" + hgrm + " line=" + line.strip(), e);
                }
            }
        }
        if (count == 0) {
            throw new InvalidInputException("holds no call: file=" + hgrm + "; measure with a larger --size");
        }
        if (points.isEmpty()) {
            throw new InvalidInputException("corrupt, no percentiles: file=" + hgrm);
        }
        return new Percentiles(count, p50, p99, p999, p9999, max, points);
    }

    /**
     * Adds a point. The longest call, at 100 %, would be infinitely far to the right, so that of n calls it is drawn at
     * 1 - 1/n. A time of zero is drawn as one nanosecond, as the axis is logarithmic.
     */
    static void add(List<double[]> points, double share, double nanos, long count) {
        double furthest = Math.log10(Math.max((double) count, 10));
        double nines = share >= 1 ? furthest : Math.min(furthest, -Math.log10(1 - share));
        points.add(new double[] {round(nines), Math.max(1, nanos)});
    }

    private static double round(double nines) {
        return Math.rint(nines * 10_000) / 10_000;
    }
}
