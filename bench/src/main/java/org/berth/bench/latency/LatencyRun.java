package org.berth.bench.latency;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;
import org.jspecify.annotations.Nullable;

/** One measurement, in the JVM that was started for it. */
final class LatencyRun {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);

    /** Threads are at their loops by then. */
    private static final long LEAD = 50 * MILLISECOND;

    /** High enough that the JIT compiler has seen all in a second or two, and few enough keys for an insert's warm-up. */
    private static final long WARM_UP_RATE = 500_000;

    private final Load load;
    private final List<OpenLoop> loops = new ArrayList<>();
    private final List<Thread> working = new ArrayList<>();
    private final List<Thread> background = new ArrayList<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final Histogram total = new Histogram(OpenLoop.HIGHEST_NANOS, OpenLoop.DIGITS);

    private LatencyRun(Load load) {
        this.load = load;
    }

    /**
     * Warms up, measures, and writes the interval log and the percentiles.
     *
     * @throws IOException if they cannot be written
     */
    static Outcome measure(Load load, Path folder) throws IOException, InterruptedException {
        if (load.warmup() > 0) {
            try (PrintStream nowhere =
                    new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
                Load high = load.withRate(Math.max(load.rate(), WARM_UP_RATE));
                new LatencyRun(high).run(0, load.warmup(), new HistogramLogWriter(nowhere));
            }
            System.gc();
        }
        try (PrintStream log = create(folder, load.file() + ".hlog");
                PrintStream percentiles = create(folder, load.file() + ".hgrm")) {
            HistogramLogWriter writer = new HistogramLogWriter(log);
            writer.outputComment("[Nanoseconds: " + load.file() + "]");
            writer.outputLogFormatVersion();
            LatencyRun run = new LatencyRun(load);
            // The first second is not counted: until now the JIT compiler has hardly seen a thread wait for its moment.
            run.run(SECOND, load.seconds(), writer);
            run.total.outputPercentileDistribution(percentiles, 1.0);
            long scheduled = run.loops.stream().mapToLong(OpenLoop::scheduled).sum();
            long done = run.loops.stream().mapToLong(OpenLoop::done).sum();
            return Outcome.of(load, scheduled, done, run.total);
        }
    }

    private static PrintStream create(Path folder, String name) throws IOException {
        return new PrintStream(Files.newOutputStream(folder.resolve(name)), false, StandardCharsets.UTF_8);
    }

    private void run(long dropped, int seconds, HistogramLogWriter writer) throws InterruptedException {
        Dictionary dictionary = load.workload().create(load.implementation(), load.threads());
        long origin = System.nanoTime() + LEAD;
        for (int i = 0; i < load.threads(); i++) {
            OpenLoop loop = new OpenLoop(
                    load.workload().operation(dictionary.forThread(i), i, load.threads()),
                    new Schedule(load.arrivals(), load.rate(), (double) i / load.threads(), i),
                    System::nanoTime);
            loops.add(loop);
            working.add(start("load-" + i, () -> loop.run(origin, dropped, dropped + seconds * SECOND)));
        }
        if (load.workload().hasReader()) {
            background.add(start("reader", () -> everyMillisecond(dictionary::sum)));
        }
        if (load.neighbour()) {
            background.add(start("neighbour", () -> everyMillisecond(new Neighbour())));
        }
        writeIntervals(origin + dropped, seconds, writer);
        background.forEach(Thread::interrupt);
        for (Thread thread : background) {
            thread.join();
        }
        @Nullable Throwable thrown = failure.get();
        if (thrown != null) {
            throw new IllegalStateException("a thread of the measurement failed: load=" + load, thrown);
        }
        // A use of what the operations returned, which is hardly ever this.
        if (loops.stream().mapToLong(OpenLoop::results).sum() == Long.MAX_VALUE) {
            writer.outputComment("[unlikely]");
        }
    }

    private Thread start(String name, Runnable task) {
        return Thread.ofPlatform()
                .name(name)
                .uncaughtExceptionHandler((thread, thrown) -> failure.compareAndSet(null, thrown))
                .start(task);
    }

    /** Not on a schedule of its own: what these threads find is not measured, and they should not take a CPU to wait. */
    private static void everyMillisecond(LongSupplier action) {
        long results = 0;
        while (!Thread.currentThread().isInterrupted() && results != Long.MAX_VALUE) {
            results ^= action.getAsLong();
            LockSupport.parkNanos(MILLISECOND);
        }
    }

    /** A line for each second, of all threads together; then waits for them, and writes what came after the last second. */
    private void writeIntervals(long from, int seconds, HistogramLogWriter writer) throws InterruptedException {
        writer.outputLegend();
        Histogram interval = new Histogram(OpenLoop.HIGHEST_NANOS, OpenLoop.DIGITS);
        Histogram part = new Histogram(OpenLoop.HIGHEST_NANOS, OpenLoop.DIGITS);
        for (int second = 0; second <= seconds; second++) {
            long start = System.currentTimeMillis();
            if (second < seconds) {
                TimeUnit.NANOSECONDS.sleep(from + (second + 1) * SECOND - System.nanoTime());
            } else {
                for (Thread thread : working) {
                    thread.join();
                }
            }
            for (OpenLoop loop : loops) {
                loop.recorder().getIntervalHistogramInto(part);
                interval.add(part);
            }
            if (interval.getTotalCount() > 0) {
                interval.setStartTimeStamp(start);
                interval.setEndTimeStamp(System.currentTimeMillis());
                writer.outputIntervalHistogram(interval);
                total.add(interval);
                interval.reset();
            }
        }
    }
}
