package org.berth.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RatioTest {

    @Test
    void relativeErrorsAddUpAsSquares() {
        Ratio ratio = Ratio.of(new Cost(40, 4, 0), new Cost(10, 0.5, 0));

        assertThat(ratio.value()).isEqualTo(4);
        assertThat(ratio.error()).isCloseTo(4 * Math.sqrt(0.1 * 0.1 + 0.05 * 0.05), within(1e-12));
    }

    @Test
    void ratiosOfRatiosCarryAllFourErrors() {
        Ratio half = Ratio.of(new Cost(10, 1, 0), new Cost(20, 2, 0));
        Ratio whole = Ratio.of(new Cost(30, 3, 0), new Cost(30, 3, 0));

        Ratio ratio = half.dividedBy(whole);

        assertThat(ratio.value()).isEqualTo(0.5);
        assertThat(ratio.error()).isCloseTo(0.5 * Math.sqrt(4 * 0.1 * 0.1), within(1e-12));
    }

    @Test
    void isNoDifferenceWhereTheIntervalHoldsOne() {
        assertThat(new Ratio(1.2, 0.25).isNoDifference()).isTrue();
        assertThat(new Ratio(0.8, 0.25).isNoDifference()).isTrue();
        assertThat(new Ratio(1.2, 0.15).isNoDifference()).isFalse();
        assertThat(new Ratio(0.8, 0.15).isNoDifference()).isFalse();
    }

    @Test
    void anUnknownErrorHasNoVerdict() {
        Ratio ratio = Ratio.of(new Cost(20, Double.NaN, 0), new Cost(20, 1, 0));

        assertThat(ratio.isNoDifference()).isFalse();
        assertThat(ratio).hasToString("1.00 ± ?");
    }

    @Test
    void showsThreeSignificantDigits() {
        assertThat(new Cost(0.5, 0.012, 0).time()).isEqualTo("0.50 ± 0.01");
        assertThat(new Cost(12.34, 1.2, 0).time()).isEqualTo("12.3 ± 1.20");
        assertThat(new Cost(1234.5, 1.2, 0).time()).isEqualTo("1235 ± 1.20");
    }

    @Test
    void tellsAllocationFromTheHarnessNoise() {
        assertThat(new Cost(1, 0, 0.001).allocates()).isFalse();
        assertThat(new Cost(1, 0, 0.001).allocation()).isEqualTo("0");
        assertThat(new Cost(1, 0, 24.01).allocates()).isTrue();
        assertThat(new Cost(1, 0, 24.01).allocation()).isEqualTo("24.0");
        assertThat(new Cost(1, 0, Double.NaN).allocation()).isEqualTo("?");
    }
}
