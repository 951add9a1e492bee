package org.berth.bench.calls;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.HdrHistogram.Histogram;
import org.berth.bench.folder.RunFolder;
import org.berth.bench.fork.MeasuredMap;
import org.berth.bench.workload.MapKeys;

/**
 * Measures the calls of one workload, each from its start to its return: a closed loop, so that calls that a slow call
 * delays are not counted.
 */
final class CallsRun {

    private static final int WARM_UPS = 6;
    private static final int WARM_UP_SIZE = 500_000;

    /** How often the keys of the map are replaced. */
    private static final int REPLACEMENTS = 2;

    private final CallsVariant variant;
    private final int size;
    private final int threads;
    private final Map<String, Histogram> calls = new LinkedHashMap<>();
    private long totalNanos;

    private CallsRun(CallsVariant variant, int size, int threads) {
        this.variant = variant;
        this.size = size;
        this.threads = threads;
    }

    /** Warms up, measures, and writes the histograms and their figures. */
    static void main(CallsVariant variant, int size, int threads, Path folder) throws Exception {
        for (int i = 0; i < WARM_UPS; i++) {
            new CallsRun(variant, Math.min(size, WARM_UP_SIZE), threads).run();
        }
        System.gc();
        CallsRun run = new CallsRun(variant, size, threads);
        run.run();
        run.write(folder);
    }

    private void run() throws InterruptedException, ExecutionException {
        try (MeasuredMap map = variant.kind().create(size)) {
            for (int i = 0; i < size; i++) {
                map.put(MapKeys.key(i), i);
            }
            long start = System.nanoTime();
            switch (variant.workload()) {
                case CHURN -> churn(map);
                case REMOVE -> remove(map);
                case ITERATOR -> iterate(map);
                case CLEAR -> clear(map);
            }
            totalNanos = System.nanoTime() - start;
            long left = variant.workload() == CallsVariant.Workload.CHURN ? size : 0;
            if (map.size() != left) {
                throw new IllegalStateException("keys are lost or left: size=" + map.size() + " expected=" + left);
            }
        }
    }

    private void churn(MeasuredMap map) throws InterruptedException, ExecutionException {
        Histogram inserts = histogram("inserts");
        Histogram removes = histogram("removes");
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            List<Future<Churn>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                Churn churn = new Churn(map, i);
                all.add(executor.submit(churn, churn));
            }
            for (Future<Churn> each : all) {
                inserts.add(each.get().inserts);
                removes.add(each.get().removes);
            }
        }
    }

    /** One thread's churn. Its keys are every n-th number, for n threads, so that threads share none. */
    private final class Churn implements Runnable {

        private final MeasuredMap map;
        private final int thread;
        private final Histogram inserts = new Histogram(3);
        private final Histogram removes = new Histogram(3);

        Churn(MeasuredMap map, int thread) {
            this.map = map;
            this.thread = thread;
        }

        @Override
        public void run() {
            long length = size / threads * (long) threads;
            long end = length + (long) REPLACEMENTS * size;
            for (long newest = length + thread; newest < end; newest += threads) {
                long fresh = MapKeys.key(newest);
                long oldest = MapKeys.key(newest - length);
                long start = System.nanoTime();
                map.put(fresh, newest);
                long inserted = System.nanoTime();
                map.remove(oldest);
                long removed = System.nanoTime();
                inserts.recordValue(inserted - start);
                removes.recordValue(removed - inserted);
            }
        }
    }

    private void remove(MeasuredMap map) {
        Histogram removes = histogram("removes");
        for (int i = 0; i < size; i++) {
            long key = MapKeys.key(i);
            long start = System.nanoTime();
            map.remove(key);
            removes.recordValue(System.nanoTime() - start);
        }
    }

    private void iterate(MeasuredMap map) {
        Histogram removes = histogram("removes");
        Iterator<Long> keys = map.keys();
        while (true) {
            long start = System.nanoTime();
            if (!keys.hasNext()) {
                return;
            }
            keys.next();
            keys.remove();
            removes.recordValue(System.nanoTime() - start);
        }
    }

    private void clear(MeasuredMap map) {
        long start = System.nanoTime();
        map.clear();
        histogram("clear").recordValue(System.nanoTime() - start);
    }

    private Histogram histogram(String what) {
        return calls.computeIfAbsent(what, name -> new Histogram(3));
    }

    private void write(Path folder) throws IOException {
        StringBuilder lines = new StringBuilder(CallsVariant.HEAD + "\n");
        for (Map.Entry<String, Histogram> entry : calls.entrySet()) {
            String file = variant.name() + "-" + entry.getKey() + ".hgrm";
            try (PrintStream out =
                    new PrintStream(Files.newOutputStream(folder.resolve(file)), false, StandardCharsets.UTF_8)) {
                entry.getValue().outputPercentileDistribution(out, 1.0);
            }
            lines.append(line(entry.getKey(), entry.getValue()));
        }
        RunFolder.write(folder, variant.name() + ".csv", lines.toString());
    }

    private String line(String what, Histogram histogram) {
        return String.format(
                Locale.ROOT,
                "%s,%d,%d,%d,%d,%d,%d\n",
                what,
                histogram.getTotalCount(),
                histogram.getValueAtPercentile(50),
                histogram.getValueAtPercentile(99.9),
                histogram.getValueAtPercentile(99.99),
                histogram.getMaxValue(),
                totalNanos);
    }
}
