package org.berth.bench.latency;

import java.util.function.LongSupplier;
import org.HdrHistogram.SingleWriterRecorder;

/**
 * One thread of load: begins each operation when the schedule says, or as soon as it can if it is late, and records the time from the
 * moment that the schedule said. Allocates nothing while it runs.
 */
final class OpenLoop {

    /** Longer than any run. */
    static final long HIGHEST_NANOS = 3_600_000_000_000L;

    static final int DIGITS = 3;

    /** Who is later than this at the end has not kept up with the schedule. */
    private static final long GRACE_NANOS = 100_000_000;

    private final LongSupplier operation;
    private final Schedule schedule;
    private final LongSupplier clock;
    private final SingleWriterRecorder recorder = new SingleWriterRecorder(HIGHEST_NANOS, DIGITS);

    private long scheduled;
    private long done;
    private long results;

    /**
     * A loop.
     *
     * @param operation returns what it found, so that the JIT compiler cannot drop it
     * @param schedule  of its begins
     * @param clock     nanoseconds of any origin
     */
    OpenLoop(LongSupplier operation, Schedule schedule, LongSupplier clock) {
        this.operation = operation;
        this.schedule = schedule;
        this.clock = clock;
    }

    /** What was recorded; any thread may take intervals of it. */
    SingleWriterRecorder recorder() {
        return recorder;
    }

    /** Operations that should have begun in the time that counts. */
    long scheduled() {
        return scheduled;
    }

    /** And those of them that were done before the end, or shortly after. */
    long done() {
        return done;
    }

    /** Spoils the JIT compiler's hope that nobody wants the results. */
    long results() {
        return results;
    }

    /**
     * Runs.
     *
     * @param origin  the clock's time at which the schedule starts
     * @param measure nanoseconds after the start from which on operations count
     * @param end     nanoseconds after the start from which on no operation is scheduled
     */
    void run(long origin, long measure, long end) {
        long intended = schedule.next();
        long elapsed = 0;
        while (intended < end && elapsed < end + GRACE_NANOS) {
            while (clock.getAsLong() - origin < intended) {
                // Neither sleeps nor parks: to be woken takes longer than most of what is measured.
                Thread.onSpinWait();
            }
            results += operation.getAsLong();
            elapsed = clock.getAsLong() - origin;
            if (intended >= measure) {
                recorder.recordValue(elapsed - intended);
                scheduled++;
                done++;
            }
            intended = schedule.next();
        }
        for (; intended < end; intended = schedule.next()) {
            scheduled += intended >= measure ? 1 : 0;
        }
    }
}
