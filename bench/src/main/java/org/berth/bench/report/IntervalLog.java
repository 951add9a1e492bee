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
 * A log of histograms, one for each interval.
 *
 * @param whole     all of them together
 * @param intervals one by one
 */
record IntervalLog(Histogram whole, List<Interval> intervals) {

    private static final String LEGEND = "\"StartTimestamp\"";
    private static final double MILLIS_PER_SECOND = 1_000;

    /**
     * An interval.
     *
     * @param second at which it began, from the start of the first
     * @param p999   nanoseconds
     * @param max    nanoseconds
     */
    record Interval(double second, long p999, long max) {}

    static IntervalLog read(Path file) throws BadInput {
        if (!Files.isRegularFile(file)) {
            throw new BadInput("missing: file=" + file);
        }
        Histogram whole = new Histogram(3);
        List<Interval> intervals = new ArrayList<>();
        long start = 0;
        int read = 0;
        try (HistogramLogReader reader = new HistogramLogReader(file.toFile())) {
            EncodableHistogram next;
            while ((next = reader.nextIntervalHistogram()) != null) {
                if (!(next instanceof Histogram interval)) {
                    throw new BadInput("not what a run writes: file=" + file + " wanted=histograms of whole numbers");
                }
                start = read++ == 0 ? interval.getStartTimeStamp() : start;
                whole.add(interval);
                if (interval.getTotalCount() > 0) {
                    double second = (interval.getStartTimeStamp() - start) / MILLIS_PER_SECOND;
                    intervals.add(new Interval(second, interval.getValueAtPercentile(99.9), interval.getMaxValue()));
                }
            }
        } catch (IOException | RuntimeException e) {
            // The reader wraps whatever its decoder stumbles over.
            throw new BadInput("corrupt, no log of histograms: file=" + file, e);
        }
        // The reader passes over lines that it cannot make sense of. Without an interval it is the log of threads that
        // never caught
        // up with their schedule, or none at all.
        if (read != lines(file) || (read == 0 && !Json.text(file).contains(LEGEND))) {
            throw new BadInput("corrupt, no log of histograms: file=" + file + " readable=" + read + " of "
                    + lines(file) + " intervals");
        }
        return new IntervalLog(whole, intervals);
    }

    private static long lines(Path file) throws BadInput {
        return Json.text(file)
                .lines()
                .filter(line -> !line.isBlank() && !line.startsWith("#") && !line.startsWith(LEGEND))
                .count();
    }
}
