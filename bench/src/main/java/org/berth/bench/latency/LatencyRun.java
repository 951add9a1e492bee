package org.berth.bench.latency;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;
import org.berth.bench.affinity.CpuOrder;
import org.jspecify.annotations.Nullable;

/** One measurement, in its forked JVM. */
final class LatencyRun {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);

    /** By then the threads have reached their loops. */
    private static final long LEAD = 50 * MILLISECOND;

    /**
     * The warm-up rate of a thread: high enough for the JIT compiler, low enough for the memory that warm-up inserts
     * take.
     */
    private static final long WARM_UP_RATE = 500_000;

    private static final long WARM_UP_RATE_OF_ALL = 4_000_000;

    private final LatencyParameters parameters;
    private final List<OpenLoop> loops = new ArrayList<>();
    private final List<Thread> working = new ArrayList<>();
    private final List<Thread> background = new ArrayList<>();
    private final @Nullable CpuOrder cpus;

    /** Where the pinned threads ran. */
    private final Queue<String> pins = new ConcurrentLinkedQueue<>();

    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final Histogram total = new Histogram(OpenLoop.HIGHEST_NANOS, OpenLoop.DIGITS);

    private LatencyRun(LatencyParameters parameters) {
        this.parameters = parameters;
        this.cpus = parameters.pinned() ? CpuOrder.current() : null;
    }

    /**
     * Warms up, measures, and writes the interval log and the percentiles.
     *
     * @throws IOException if they cannot be written
     */
    static LatencyResult measure(LatencyParameters parameters, Path folder) throws IOException, InterruptedException {
        if (parameters.warmup() > 0) {
            try (PrintStream nowhere =
                    new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
                long rate =
                        Math.min(Math.max(parameters.rate(), WARM_UP_RATE), WARM_UP_RATE_OF_ALL / parameters.threads());
                new LatencyRun(parameters.withRate(rate)).run(0, parameters.warmup(), new HistogramLogWriter(nowhere));
            }
            System.gc();
        }
        try (PrintStream log = create(folder, parameters.file() + ".hlog");
                PrintStream percentiles = create(folder, parameters.file() + ".hgrm")) {
            HistogramLogWriter writer = new HistogramLogWriter(log);
            writer.outputComment("[Nanoseconds: " + parameters.file() + "]");
            writer.outputLogFormatVersion();
            LatencyRun run = new LatencyRun(parameters);
            // The first second is not counted: until now the JIT compiler has hardly seen a thread wait for its
            // intended start.
            run.run(SECOND, parameters.seconds(), writer);
            run.pins.stream().sorted().forEach(pin -> writer.outputComment("[" + pin + "]"));
            run.total.outputPercentileDistribution(percentiles, 1.0);
            // Print streams do not throw on errors.
            if (log.checkError() || percentiles.checkError()) {
                throw new IOException("cannot write: folder=" + folder + " file=" + parameters.file());
            }
            long scheduled = run.loops.stream().mapToLong(OpenLoop::scheduled).sum();
            long done = run.loops.stream().mapToLong(OpenLoop::done).sum();
            return LatencyResult.of(parameters, scheduled, done, run.total);
        }
    }

    private static PrintStream create(Path folder, String name) throws IOException {
        return new PrintStream(Files.newOutputStream(folder.resolve(name)), false, StandardCharsets.UTF_8);
    }

    private void run(long dropped, int seconds, HistogramLogWriter writer) throws InterruptedException {
        try (Operations operations = parameters.workload().create(parameters.implementation(), parameters.threads())) {
            run(operations, dropped, seconds, writer);
        }
    }

    private void run(Operations operations, long dropped, int seconds, HistogramLogWriter writer)
            throws InterruptedException {
        long origin = System.nanoTime() + LEAD;
        for (int i = 0; i < parameters.threads(); i++) {
            OpenLoop loop = new OpenLoop(
                    operations.forThread(i),
                    new Schedule(parameters.arrivals(), parameters.rate(), (double) i / parameters.threads(), i),
                    System::nanoTime);
            loops.add(loop);
            working.add(start("load-" + i, () -> loop.run(origin, dropped, dropped + seconds * SECOND)));
        }
        if (parameters.workload().hasBackground()) {
            background.add(start("background", () -> everyMillisecond(operations::background)));
        }
        if (parameters.neighbour()) {
            background.add(start("neighbour", () -> everyMillisecond(new Neighbour())));
        }
        writeIntervals(origin + dropped, seconds, writer);
        background.forEach(Thread::interrupt);
        for (Thread thread : background) {
            thread.join();
        }
        @Nullable Throwable thrown = failure.get();
        if (thrown != null) {
            throw new IllegalStateException("a thread of the measurement failed: parameters=" + parameters, thrown);
        }
        // Uses the operations' results, which hardly ever have this sum.
        if (loops.stream().mapToLong(OpenLoop::results).sum() == Long.MAX_VALUE) {
            writer.outputComment("[unlikely]");
        }
    }

    private Thread start(String name, Runnable task) {
        int number = working.size() + background.size();
        // Daemons, so that none keeps a failed process alive.
        return Thread.ofPlatform()
                .daemon()
                .name(name)
                .uncaughtExceptionHandler((thread, thrown) -> failure.compareAndSet(null, thrown))
                .start(cpus == null ? task : cpus.pinned(number, task, pins::add));
    }

    /** Without a schedule: these threads are not measured, and must not spin. */
    private static void everyMillisecond(LongSupplier action) {
        long results = 0;
        while (!Thread.currentThread().isInterrupted() && results != Long.MAX_VALUE) {
            results ^= action.getAsLong();
            LockSupport.parkNanos(MILLISECOND);
        }
    }

    private record Interval(long start, long end, Histogram histogram) {}

    /**
     * Writes an interval for each second, of all threads together, and one for what came after the last second. Writes
     * at the end: each write takes a millisecond or two, which would take a CPU from a thread of load.
     */
    private void writeIntervals(long from, int seconds, HistogramLogWriter writer) throws InterruptedException {
        List<Interval> intervals = new ArrayList<>();
        for (int i = 0; i <= seconds; i++) {
            intervals.add(new Interval(0, 0, new Histogram(OpenLoop.HIGHEST_NANOS, OpenLoop.DIGITS)));
        }
        Histogram part = new Histogram(OpenLoop.HIGHEST_NANOS, OpenLoop.DIGITS);
        sleepUntil(from);
        long start = System.currentTimeMillis();
        for (int i = 0; i <= seconds; i++) {
            if (i < seconds) {
                sleepUntil(from + (i + 1) * SECOND);
            } else {
                for (Thread thread : working) {
                    thread.join();
                }
            }
            Histogram histogram = intervals.get(i).histogram;
            for (OpenLoop loop : loops) {
                loop.recorder().getIntervalHistogramInto(part);
                histogram.add(part);
            }
            long end = System.currentTimeMillis();
            intervals.set(i, new Interval(start, end, histogram));
            start = end;
        }
        writer.outputLegend();
        for (Interval interval : intervals) {
            if (interval.histogram.getTotalCount() > 0) {
                interval.histogram.setStartTimeStamp(interval.start);
                interval.histogram.setEndTimeStamp(interval.end);
                writer.outputIntervalHistogram(interval.histogram);
                total.add(interval.histogram);
            }
        }
    }

    private static void sleepUntil(long nanoTime) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(nanoTime - System.nanoTime());
    }
}
