package org.berth.examples;

// docs: begin
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.berth.core.slots.Field.OwnedLongs;
import org.berth.core.slots.Merge;
import org.berth.core.slots.PerThread;
import org.berth.core.slots.RecordLayout;
import org.berth.core.slots.Slot;

public final class LatencyExample {

    static final long MAX_NANOS = 60_000_000_000L;

    /** The two leading digits of a value are kept: 256 ranges of 1 ns, then 128 for each power of two. */
    static final int DIGITS = 2;

    static final int SINGLE = 256;
    static final int HALF = SINGLE / 2;

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();
    static final OwnedLongs LATENCY = RECORD.ownedLongs("latency", bucket(MAX_NANOS) + 1, Merge.SUM);
    static final RecordLayout LAYOUT = RECORD.build();

    public static void main(String[] args) throws InterruptedException {
        try (PerThread latencies = PerThread.create(LAYOUT, 8)) {
            List<Thread> workers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                workers.add(Thread.ofPlatform().start(() -> serve(latencies)));
            }
            long seen = histogram(latencies).getTotalCount(); // at any time, and no thread waits for it
            for (Thread worker : workers) {
                worker.join();
            }
            Histogram all = histogram(latencies); // also of the threads that have ended
            System.out.println("requests: " + all.getTotalCount());
            System.out.println("median:   " + all.getValueAtPercentile(50) / 1_000 + " µs");
            System.out.println("99.9 %:   " + all.getValueAtPercentile(99.9) / 1_000 + " µs");
            System.out.println("seen before the end: " + (seen <= all.getTotalCount()));
        }
    }

    private static void serve(PerThread latencies) {
        try (Slot mine = latencies.get()) {
            for (int request = 0; request < 100_000; request++) {
                record(mine, 10_000 + request % 1_000 * 500L); // in a service: System.nanoTime() - start
            }
        }
    }

    static void record(Slot mine, long nanos) {
        mine.add(LATENCY, bucket(Math.clamp(nanos, 0, MAX_NANOS)), 1);
    }

    static Histogram histogram(PerThread latencies) {
        long[] counts = new long[LATENCY.length()];
        latencies.table().total(LATENCY, counts);
        Histogram histogram = new Histogram(MAX_NANOS, DIGITS);
        for (int bucket = 0; bucket < counts.length; bucket++) {
            if (counts[bucket] != 0) {
                histogram.recordValueWithCount(lowest(bucket), counts[bucket]);
            }
        }
        return histogram;
    }

    /** The ranges of HdrHistogram: what falls into one of them is one value to a histogram of two digits. */
    static int bucket(long value) {
        int shift = Long.SIZE - Long.numberOfLeadingZeros(value | SINGLE - 1) - Integer.numberOfTrailingZeros(SINGLE);
        return shift * HALF + (int) (value >>> shift);
    }

    /** The smallest value of a range. */
    static long lowest(int bucket) {
        int shift = Math.max(bucket / HALF - 1, 0);
        return (long) (bucket - shift * HALF) << shift;
    }
}
// docs: end
