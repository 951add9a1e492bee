package org.berth.bench.latency;

import java.util.function.LongSupplier;
import org.HdrHistogram.SingleWriterRecorder;

/**
 * An open-loop load generator on one thread: it starts each operation at its intended time, or as soon as possible if
 * it is late, and records the time from the intended start to the end. So its histogram is free of coordinated
 * omission. Allocates nothing while it runs.
 */
final class OpenLoop {

    /** Longer than any run. */
    static final long HIGHEST_NANOS = 3_600_000_000_000L;

    static final int DIGITS = 3;

    /** A loop that is later than this at the end has not kept up with the schedule. */
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
     * @param operation returns its result, so that the JIT compiler cannot eliminate it
     * @param schedule  of the intended starts
     * @param clock     a monotonic clock in nanoseconds
     */
    OpenLoop(LongSupplier operation, Schedule schedule, LongSupplier clock) {
        this.operation = operation;
        this.schedule = schedule;
        this.clock = clock;
    }

    /** Returns the recorder; any thread may read intervals from it. */
    SingleWriterRecorder recorder() {
        return recorder;
    }

    /** Returns the number of operations scheduled in the measured time. */
    long scheduled() {
        return scheduled;
    }

    /** Returns the number of those completed before the end, or shortly after. */
    long done() {
        return done;
    }

    /** Returns the results, which keeps the JIT compiler from eliminating the operations. */
    long results() {
        return results;
    }

    /**
     * Runs the schedule.
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
                // Spins: waking a parked thread takes longer than most operations.
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
