package org.berth.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;

/**
 * An HdrHistogram interval log.
 *
 * @param whole     the sum of all intervals
 * @param intervals the intervals in order
 */
record IntervalLog(Histogram whole, List<Interval> intervals) {

    private static final String LEGEND = "\"StartTimestamp\"";
    private static final double MILLIS_PER_SECOND = 1_000;

    /**
     * One interval.
     *
     * @param second at which it began, from the start of the first
     * @param p999   nanoseconds
     * @param max    nanoseconds
     */
    record Interval(double second, long p999, long max) {}

    static IntervalLog read(Path file) throws InvalidInputException {
        if (!Files.isRegularFile(file)) {
            throw new InvalidInputException("missing: file=" + file);
        }
        Histogram whole = new Histogram(3);
        List<Interval> intervals = new ArrayList<>();
        long start = 0;
        int read = 0;
        try (HistogramLogReader reader = new HistogramLogReader(file.toFile())) {
            EncodableHistogram next;
            while ((next = reader.nextIntervalHistogram()) != null) {
                if (!(next instanceof Histogram interval)) {
                    throw new InvalidInputException(
                            "not what a run writes: file=" + file + " wanted=histograms " + "of whole numbers");
                }
                start = read++ == 0 ? interval.getStartTimeStamp() : start;
                whole.add(interval);
                if (interval.getTotalCount() > 0) {
                    double second = (interval.getStartTimeStamp() - start) / MILLIS_PER_SECOND;
                    intervals.add(new Interval(second, interval.getValueAtPercentile(99.9), interval.getMaxValue()));
                }
            }
        } catch (IOException | RuntimeException e) {
            // The reader wraps exceptions of its decoder.
            throw new InvalidInputException("corrupt, no log of histograms: file=" + file, e);
        }
        // The reader skips lines that it cannot parse. A log without intervals is legal if its threads never kept up
        // with their schedule.
        if (read != lines(file) || (read == 0 && !Json.text(file).contains(LEGEND))) {
            throw new InvalidInputException("corrupt, no log of histograms: file=" + file + " readable=" + read + " of "
                    + lines(file) + " intervals");
        }
        return new IntervalLog(whole, intervals);
    }

    private static long lines(Path file) throws InvalidInputException {
        return Json.text(file)
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#") && !line.startsWith(LEGEND))
                .count();
    }
}
