package org.berth.bench.memory;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.berth.bench.fork.MeasuredMap;
import org.berth.bench.workload.MapKeys;

/** Churns in threads, and samples this process's resident memory once a second. */
final class ChurnMemoryRun {

    private ChurnMemoryRun() {}

    /** Runs for a number of seconds and writes each sample as it is taken. */
    static void main(ChurnVariant variant, int threads, int seconds, Path folder)
            throws IOException, InterruptedException, ExecutionException {
        try (MeasuredMap map = variant.kind().create(variant.keys());
                ExecutorService executor = Executors.newFixedThreadPool(threads);
                BufferedWriter out = Files.newBufferedWriter(folder.resolve(variant.name() + Samples.CSV))) {
            for (int i = 0; i < variant.keys(); i++) {
                map.put(MapKeys.key(i), i);
            }
            List<Churn> churns = new ArrayList<>();
            List<Future<?>> ends = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                churns.add(new Churn(map, variant.keys(), i, threads));
                ends.add(executor.submit(churns.getLast()));
            }
            try {
                out.write(Samples.HEAD + "\n");
                sample(map, churns, ends.getFirst(), seconds, out);
            } finally {
                churns.forEach(Churn::stop);
            }
            for (Future<?> end : ends) {
                end.get();
            }
            if (map.size() != variant.keys()) {
                throw new IllegalStateException(
                        "keys are lost or left: size=" + map.size() + " expected=" + variant.keys());
            }
        }
    }

    private static void sample(MeasuredMap map, List<Churn> churns, Future<?> end, int seconds, BufferedWriter out)
            throws IOException, InterruptedException, ExecutionException {
        long start = System.nanoTime();
        for (int second = 1; second <= seconds; second++) {
            long next = start + TimeUnit.SECONDS.toNanos(second);
            try {
                end.get(Math.max(0, next - System.nanoTime()), TimeUnit.NANOSECONDS);
                throw new IllegalStateException("the churn ended before its time: second=" + second);
            } catch (TimeoutException e) {
                // As it should be: the churn goes on. A failure of its thread would have been thrown here.
                LockSupport.parkNanos(next - System.nanoTime());
            }
            double elapsed = (System.nanoTime() - start) / 1e9;
            long done = churns.stream().mapToLong(Churn::done).sum();
            out.write(new Samples.Sample(elapsed, done, ResidentMemory.bytes(), map.bytes()).line() + "\n");
            out.flush();
        }
    }
}
