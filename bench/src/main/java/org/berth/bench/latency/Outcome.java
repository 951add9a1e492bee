package org.berth.bench.latency;

import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * What a measurement gave, as it is written to {@code latency.json}; times in nanoseconds.
 *
 * @param workload       its name
 * @param implementation its label
 * @param rate           operations per second that each thread was to do
 * @param threads        that did them
 * @param arrivals       how they were spread
 * @param neighbour      whether another thread allocated meanwhile
 * @param gc             the garbage collector
 * @param seconds        that count
 * @param round          of this measurement
 * @param scheduled      operations that should have begun
 * @param done           and those that were done in time; the rest is in no histogram
 * @param reached        whether all were: else the rate is more than there can be, and the times tell only how far behind it was
 * @param p50            the median
 * @param p99            which one of a hundred exceeds
 * @param p999           one of a thousand
 * @param p9999          one of ten thousand
 * @param max            the longest
 * @param file           the name of the interval log and the percentiles, without the extension
 */
record Outcome(
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

    static Outcome of(LatencyParameters load, long scheduled, long done, Histogram histogram) {
        return new Outcome(
                load.workload().id(),
                load.implementation().label,
                load.rate(),
                load.threads(),
                LatencyCommand.id(load.arrivals()),
                load.neighbour(),
                load.gc().name(),
                load.seconds(),
                load.round(),
                scheduled,
                done,
                scheduled == done,
                histogram.getValueAtPercentile(50),
                histogram.getValueAtPercentile(99),
                histogram.getValueAtPercentile(99.9),
                histogram.getValueAtPercentile(99.99),
                histogram.getMaxValue(),
                load.file());
    }

    /** What those have in common that are compared with each other. */
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

    /** A line for who waits. */
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

    /** In microseconds, to three digits or so; of no operation there is none. */
    String micros(long nanos) {
        if (done == 0) {
            return "–";
        }
        double micros = nanos / 1e3;
        return String.format(Locale.ROOT, micros < 10 ? "%.2f" : micros < 100 ? "%.1f" : "%.0f", micros);
    }
}
