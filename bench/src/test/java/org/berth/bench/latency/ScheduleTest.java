package org.berth.bench.latency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ScheduleTest {

    @Test
    void constantArrivalsAreOneAsLongAfterTheOther() {
        Schedule schedule = new Schedule(Arrivals.CONSTANT, 1_000, 0.25, 1);
        assertThat(schedule.next()).isEqualTo(250_000);
        assertThat(schedule.next()).isEqualTo(1_250_000);
        assertThat(schedule.next()).isEqualTo(2_250_000);
    }

    @Test
    void aRateThatDividesNoNanosecondDoesNotDrift() {
        Schedule schedule = new Schedule(Arrivals.CONSTANT, 3_000_000, 0, 1);
        long last = 0;
        for (int i = 0; i < 3_000_000; i++) {
            last = schedule.next();
        }
        assertThat(last).isCloseTo(1_000_000_000L - 333, within(10L));
    }

    /** Of exponentially distributed gaps 1 / e are longer than the mean, and their deviation is the mean. */
    @Test
    void poissonArrivalsHaveExponentialGaps() {
        Schedule schedule = new Schedule(Arrivals.POISSON, 1_000, 0, 1);
        int count = 200_000;
        long before = schedule.next();
        double sum = 0;
        double squares = 0;
        int longer = 0;
        for (int i = 0; i < count; i++) {
            long now = schedule.next();
            double gap = now - before;
            sum += gap;
            squares += gap * gap;
            longer += gap > 1_000_000 ? 1 : 0;
            before = now;
        }
        double mean = sum / count;
        assertThat(mean).isCloseTo(1_000_000, within(10_000.0));
        assertThat(Math.sqrt(squares / count - mean * mean)).isCloseTo(1_000_000, within(20_000.0));
        assertThat((double) longer / count).isCloseTo(1 / Math.E, within(0.01));
    }
}
