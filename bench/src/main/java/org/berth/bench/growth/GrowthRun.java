package org.berth.bench.growth;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import org.HdrHistogram.Histogram;
import org.berth.bench.affinity.CpuOrder;
import org.berth.bench.folder.RunFolder;
import org.berth.bench.fork.MapKind;
import org.berth.bench.fork.MeasuredMap;
import org.berth.bench.workload.MapKeys;
import org.jspecify.annotations.Nullable;

/**
 * One run of the growth benchmark: one thread inserts keys, another reads random keys that are present, and both record
 * the time from each call to its return. It is a closed loop: calls that a slow call delays are not counted, so tails
 * suffer from coordinated omission. For an open loop see {@code org.berth.bench.latency}.
 */
final class GrowthRun {

    /** Keys inserted before the clock starts. */
    static final int FIRST = 1_000;

    private static final int WARM_UPS = 6;
    private static final int WARM_UP_SIZE = 500_000;

    private final MapKind kind;
    private final int size;
    private final boolean presized;
    private final @Nullable CpuOrder cpus;

    private final Histogram reads = new Histogram(3);
    private final Histogram inserts = new Histogram(3);

    /** Bytes per entry, averaged over the last doubling of the size. */
    private double bytesPerEntry;

    private long peakBytes;

    private final CountDownLatch reading = new CountDownLatch(1);

    /** The number of keys present. The inserting thread sets it after each insert. */
    private volatile int present;

    private GrowthRun(MapKind kind, int size, boolean presized, @Nullable CpuOrder cpus) {
        this.kind = kind;
        this.size = size;
        this.presized = presized;
        this.cpus = cpus;
    }

    /**
     * Warms up, measures, and writes both histograms and a line of figures. With {@code cpus}, each thread is pinned to
     * one CPU.
     */
    static void main(Variant variant, int size, @Nullable CpuOrder cpus, Path folder) throws Exception {
        MapKind kind = variant.kind();
        boolean presized = variant.presized();
        for (int i = 0; i < WARM_UPS; i++) {
            new GrowthRun(kind, Math.min(size, WARM_UP_SIZE), presized, cpus).run();
        }
        System.gc();
        GrowthRun run = new GrowthRun(kind, size, presized, cpus);
        run.run();
        run.write(folder, variant.name());
    }

    private void run() throws InterruptedException {
        try (MeasuredMap map = kind.create(presized ? size : FIRST)) {
            for (int i = 0; i < FIRST; i++) {
                map.put(MapKeys.key(i), i);
            }
            present = FIRST;
            Thread reader = Thread.ofPlatform().start(pinned(1, () -> read(map)));
            // Otherwise a short run could end before the reader has begun.
            reading.await();
            pinned(0, () -> insert(map)).run();
            reader.join();
        }
    }

    private Runnable pinned(int thread, Runnable task) {
        return cpus == null ? task : cpus.pinned(thread, task, seen -> {});
    }

    private void read(MeasuredMap map) {
        SplittableRandom random = new SplittableRandom(1);
        reading.countDown();
        int there;
        while ((there = present) < size) {
            int number = random.nextInt(there);
            long key = MapKeys.key(number);
            long start = System.nanoTime();
            long value = map.get(key);
            long nanos = System.nanoTime() - start;
            if (value != number) {
                throw new IllegalStateException("lost: number=" + number + " value=" + value);
            }
            reads.recordValue(nanos);
        }
    }

    private void insert(MeasuredMap map) {
        double sum = 0;
        int samples = 0;
        for (int i = FIRST; i < size; i++) {
            long key = MapKeys.key(i);
            long start = System.nanoTime();
            map.put(key, i);
            inserts.recordValue(System.nanoTime() - start);
            present = i + 1;
            if (i % (size / 1_000) == 0) {
                long bytes = map.bytes();
                peakBytes = Math.max(peakBytes, bytes);
                if (i > size / 2) {
                    sum += (double) bytes / i;
                    samples++;
                }
            }
        }
        bytesPerEntry = sum / samples;
    }

    private void write(Path folder, String name) throws IOException {
        percentiles(folder.resolve(name + "-reads.hgrm"), reads);
        percentiles(folder.resolve(name + "-inserts.hgrm"), inserts);
        RunFolder.write(folder, name + ".csv", Variant.HEAD + "\n" + line("reads", reads) + line("inserts", inserts));
    }

    private String line(String what, Histogram histogram) {
        return String.format(
                Locale.ROOT,
                "%s,%d,%d,%d,%d,%d,%.2f,%d\n",
                what,
                histogram.getTotalCount(),
                histogram.getValueAtPercentile(50),
                histogram.getValueAtPercentile(99.9),
                histogram.getValueAtPercentile(99.99),
                histogram.getMaxValue(),
                bytesPerEntry,
                peakBytes);
    }

    private static void percentiles(Path file, Histogram histogram) throws IOException {
        try (PrintStream out = new PrintStream(Files.newOutputStream(file), false, StandardCharsets.UTF_8)) {
            histogram.outputPercentileDistribution(out, 1.0);
        }
    }
}
