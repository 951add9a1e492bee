package org.berth.bench.latency;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HighestRateSearchTest {

    @ParameterizedTest
    @ValueSource(longs = {700, 99_999, 100_000, 123_456, 1_600_000, 9_000_000})
    void findsTheHighestRateThatIsGood(long limit) {
        HighestRateSearch search = search(100_000, limit);
        assertThat(search.highest()).isLessThanOrEqualTo(limit);
        assertThat(search.exceeded()).isGreaterThan(limit);
        assertThat((double) search.exceeded() / search.highest()).isLessThan(1.1);
    }

    @Test
    void endsWhereNoneIsGoodOrAllAre() {
        HighestRateSearch none = search(100_000, 0);
        assertThat(none.highest()).isZero();
        assertThat(none.exceeded()).isLessThan(1_000);
        HighestRateSearch all = search(100_000, Long.MAX_VALUE);
        assertThat(all.highest()).isGreaterThan(10_000_000);
        assertThat(all.exceeded()).isZero();
    }

    private static HighestRateSearch search(long first, long limit) {
        HighestRateSearch search = new HighestRateSearch(first);
        for (int i = 0; !search.isOver(); i++) {
            assertThat(i).isLessThan(20);
            search.record(search.rate() <= limit);
        }
        return search;
    }
}
