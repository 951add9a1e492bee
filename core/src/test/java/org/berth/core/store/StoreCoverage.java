package org.berth.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;

/** Counts what the maps of a suite have done, so that a suite that has met nothing fails. */
final class StoreCoverage {

    private static final AtomicLong RECYCLED = new AtomicLong();
    private static final AtomicLong EVACUATED = new AtomicLong();

    private StoreCoverage() {}

    static void reset() {
        RECYCLED.set(0);
        EVACUATED.set(0);
    }

    static void count(BytesMapStatistics statistics) {
        RECYCLED.addAndGet(statistics.segmentsRecycled());
        EVACUATED.addAndGet(statistics.evacuated());
    }

    static void assertEverything() {
        assertThat(RECYCLED).hasPositiveValue();
        assertThat(EVACUATED).hasPositiveValue();
    }
}
