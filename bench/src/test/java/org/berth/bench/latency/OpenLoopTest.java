package org.berth.bench.latency;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** With a clock that only the operations and the loop's reads advance. */
class OpenLoopTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);
    private static final int RATE = 1_000;

    private long now = 1_234;
    private long calls;

    /** A read of the clock takes 100 ns. */
    private long read() {
        now += 100;
        return now;
    }

    private OpenLoop loop(LongSupplier operation) {
        return new OpenLoop(operation, new Schedule(Arrivals.CONSTANT, RATE, 0, 1), this::read);
    }

    @Test
    void aStallIsSeenInFull() {
        Histogram closed = new Histogram(3);
        OpenLoop loop = loop(() -> {
            long start = now;
            now += calls++ == 500 ? 100 * MILLISECOND : 1_000;
            closed.recordValue(now - start);
            return 1;
        });
        loop.run(now, 0, SECOND);
        Histogram open = loop.recorder().getIntervalHistogram();
        assertThat(open.getTotalCount()).isEqualTo(RATE);
        // Of 100 ms' worth of operations the first waited 100 ms, the last 1: 90 of them more than 10.
        assertThat(open.getCountBetweenValues(10 * MILLISECOND, SECOND)).isBetween(89L, 92L);
        assertThat(open.getMaxValue()).isBetween(100 * MILLISECOND, 101 * MILLISECOND);
        assertThat(open.getValueAtPercentile(99)).isGreaterThan(85 * MILLISECOND);
        // A closed loop hides all of them but one: coordinated omission.
        assertThat(closed.getCountBetweenValues(10 * MILLISECOND, SECOND)).isEqualTo(1);
        assertThat(closed.getValueAtPercentile(99)).isLessThan(MILLISECOND);
        assertThat(loop.done()).isEqualTo(loop.scheduled()).isEqualTo(RATE);
    }

    @Test
    void aRateThatIsTooHighIsNotLowered() {
        OpenLoop loop = loop(() -> now += 2 * MILLISECOND);
        loop.run(now, 0, SECOND);
        assertThat(loop.scheduled()).isEqualTo(RATE);
        // It may end 100 ms late.
        assertThat(loop.done()).isBetween(545L, 552L);
        assertThat(loop.recorder().getIntervalHistogram().getMaxValue()).isGreaterThan(500 * MILLISECOND);
    }

    @Test
    void whatPrecedesTheMeasurementDoesNotCount() {
        OpenLoop loop = loop(() -> now += calls++ < 300 ? 100_000 : 1_000);
        loop.run(now, SECOND / 2, SECOND);
        assertThat(loop.scheduled()).isEqualTo(RATE / 2);
        Histogram counted = loop.recorder().getIntervalHistogram();
        assertThat(counted.getTotalCount()).isEqualTo(RATE / 2);
        assertThat(counted.getMaxValue()).isLessThan(10_000);
        assertThat(calls).isEqualTo(RATE);
    }

    @Test
    void noOperationBeginsBeforeItsIntendedStart() {
        long origin = now;
        OpenLoop loop = loop(() -> {
            assertThat(now - origin).isGreaterThanOrEqualTo(calls * MILLISECOND);
            calls++;
            return 1;
        });
        loop.run(origin, 0, SECOND);
        assertThat(calls).isEqualTo(RATE);
    }

    @Test
    void theLoopDoesNotAllocate() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        LongSupplier operation = () -> calls++;
        for (Arrivals arrivals : Arrivals.values()) {
            OpenLoop warm = new OpenLoop(operation, new Schedule(arrivals, 1_000_000, 0, 1), this::read);
            warm.run(now, 0, SECOND);
            OpenLoop loop = new OpenLoop(operation, new Schedule(arrivals, 1_000_000, 0, 1), this::read);
            long before = threads.getCurrentThreadAllocatedBytes();
            loop.run(now, 0, SECOND);
            assertThat(threads.getCurrentThreadAllocatedBytes() - before)
                    .as(arrivals.name())
                    .isLessThan(100_000);
            assertThat(loop.done()).isGreaterThan(990_000);
        }
    }
}
