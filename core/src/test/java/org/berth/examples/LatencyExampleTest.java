package org.berth.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.berth.examples.LatencyExample.DIGITS;
import static org.berth.examples.LatencyExample.LATENCY;
import static org.berth.examples.LatencyExample.LAYOUT;
import static org.berth.examples.LatencyExample.MAX_NANOS;
import static org.berth.examples.LatencyExample.bucket;
import static org.berth.examples.LatencyExample.histogram;
import static org.berth.examples.LatencyExample.lowest;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.berth.core.slots.PerThread;
import org.berth.core.slots.Slot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** That the histogram of the example is the one that HdrHistogram itself records. */
class LatencyExampleTest {

    private static final int THREADS = 4;
    private static final int VALUES = 50_000;

    @Test
    void theRangesAreThoseOfHdrHistogram() {
        Histogram histogram = new Histogram(MAX_NANOS, DIGITS);
        for (int i = 0; i < LATENCY.length(); i++) {
            long lowest = lowest(i);
            assertThat(bucket(lowest)).isEqualTo(i);
            assertThat(histogram.lowestEquivalentValue(lowest)).isEqualTo(lowest);
            assertThat(histogram.nextNonEquivalentValue(lowest)).isEqualTo(lowest(i + 1));
            assertThat(bucket(lowest(i + 1) - 1)).isEqualTo(i);
        }
    }

    /** Read while the threads record, and after they have ended; the values are of every size. */
    @Test
    @Timeout(120)
    void aRecorderThatIsFedTheSameHasTheSameHistogram() throws Exception {
        Recorder recorder = new Recorder(MAX_NANOS, DIGITS);
        try (PerThread latencies = PerThread.create(LAYOUT, THREADS)) {
            List<CompletableFuture<Void>> workers = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                SplittableRandom random = new SplittableRandom(thread);
                workers.add(CompletableFuture.runAsync(
                        () -> record(latencies, recorder, random),
                        task -> Thread.ofPlatform().start(task)));
            }
            CompletableFuture<Void> all = CompletableFuture.allOf(workers.toArray(CompletableFuture<?>[]::new));
            long seen = 0;
            do {
                long now = histogram(latencies).getTotalCount();
                assertThat(now).isBetween(seen, (long) THREADS * VALUES);
                seen = now;
            } while (!all.isDone());
            all.get(60, TimeUnit.SECONDS);

            Histogram ours = histogram(latencies);
            Histogram theirs = recorder.getIntervalHistogram();
            assertThat(ours).isEqualTo(theirs);
            assertThat(ours.getTotalCount()).isEqualTo((long) THREADS * VALUES);
            for (double percentile : new double[] {0, 1, 25, 50, 90, 99, 99.9, 99.99, 100}) {
                assertThat(ours.getValueAtPercentile(percentile))
                        .as("%s %%", percentile)
                        .isEqualTo(theirs.getValueAtPercentile(percentile));
            }
            assertThat(ours.getMean()).isEqualTo(theirs.getMean());
        }
    }

    private static void record(PerThread latencies, Recorder recorder, SplittableRandom random) {
        try (Slot mine = latencies.get()) {
            for (int i = 0; i < VALUES; i++) {
                long nanos = random.nextLong(MAX_NANOS >>> random.nextInt(36)) + random.nextInt(2);
                LatencyExample.record(mine, nanos);
                recorder.recordValue(Math.min(nanos, MAX_NANOS));
            }
        }
    }
}
