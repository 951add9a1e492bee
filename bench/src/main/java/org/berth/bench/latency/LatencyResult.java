package org.berth.bench.latency;

import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * The result of a measurement, as written to {@code latency.json}; times in nanoseconds.
 *
 * @param workload       its name
 * @param implementation its label
 * @param rate           intended operations per second and thread
 * @param threads        threads of load
 * @param arrivals       the arrival process
 * @param neighbour      whether another thread allocated concurrently
 * @param gc             the garbage collector
 * @param seconds        that count
 * @param round          of this measurement
 * @param scheduled      operations that were scheduled
 * @param done           operations that were completed in time; the rest is in no histogram
 * @param reached        whether all were: otherwise the rate exceeds the capacity, and the times only show the backlog
 * @param p50            the median
 * @param p99            the 99th percentile
 * @param p999           the 99.9th
 * @param p9999          the 99.99th
 * @param max            the longest
 * @param file           the name of the interval log and the percentiles, without the extension
 */
record LatencyResult(
        String workload,
        String implementation,
        long rate,
        int threads,
        String arrivals,
        boolean neighbour,
        String gc,
        int seconds,
        int round,
        long scheduled,
        long done,
        boolean reached,
        long p50,
        long p99,
        long p999,
        long p9999,
        long max,
        String file) {

    static LatencyResult of(LatencyParameters parameters, long scheduled, long done, Histogram histogram) {
        return new LatencyResult(
                parameters.workload().id(),
                parameters.implementation().label,
                parameters.rate(),
                parameters.threads(),
                LatencyCommand.id(parameters.arrivals()),
                parameters.neighbour(),
                parameters.gc().name(),
                parameters.seconds(),
                parameters.round(),
                scheduled,
                done,
                scheduled == done,
                histogram.getValueAtPercentile(50),
                histogram.getValueAtPercentile(99),
                histogram.getValueAtPercentile(99.9),
                histogram.getValueAtPercentile(99.99),
                histogram.getMaxValue(),
                parameters.file());
    }

    /** Returns the conditions that compared implementations share. */
    String setting() {
        return "%s, %,d per second and thread, %d %s, %s arrivals, %s%s"
                .formatted(
                        workload,
                        rate,
                        threads,
                        threads == 1 ? "thread" : "threads",
                        arrivals,
                        gc,
                        neighbour ? ", beside a thread that allocates" : "");
    }

    /** Formats a line of progress. */
    @Override
    public String toString() {
        return "p50 %s, p99.9 %s, max %s%s"
                .formatted(
                        time(p50),
                        time(p999),
                        time(max),
                        reached ? "" : ", rate not reached: done=%d of scheduled=%d".formatted(done, scheduled));
    }

    private String time(long nanos) {
        return done == 0 ? micros(nanos) : micros(nanos) + " µs";
    }

    /** Formats microseconds with about three digits; a dash if there was no operation. */
    String micros(long nanos) {
        if (done == 0) {
            return "–";
        }
        double micros = nanos / 1e3;
        return String.format(Locale.ROOT, micros < 10 ? "%.2f" : micros < 100 ? "%.1f" : "%.0f", micros);
    }
}
