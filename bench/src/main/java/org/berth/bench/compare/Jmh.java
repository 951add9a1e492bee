package org.berth.bench.compare;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.berth.bench.affinity.AffinityExecutor;
import org.berth.bench.affinity.AffinityProfiler;
import org.berth.bench.workload.HugePagesProfiler;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.BenchmarkException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs measurements with JMH, one at a time. */
final class Jmh {

    /**
     * The same for all: a fixed, pre-touched heap. Flags that one peer needs are at its benchmark.
     */
    private static final List<String> JVM_ARGS =
            List.of("-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch", "--sun-misc-unsafe-memory-access=allow");

    /** Longer than any iteration takes, even when many threads queue for one lock. */
    private static final TimeValue TIMEOUT = TimeValue.minutes(1);

    private final Timing timing;
    private final boolean pin;
    private final OutputFormat log;

    Jmh(Timing timing, boolean pin, PrintStream log) {
        this.timing = timing;
        this.pin = pin;
        this.log = OutputFormatFactory.createFormatInstance(log, VerboseMode.NORMAL);
    }

    /** Returns the flags of each fork, with those that pin its threads. */
    static List<String> jvmArgs(boolean pin) {
        return pin
                ? Stream.concat(JVM_ARGS.stream(), AffinityExecutor.JVM_ARGS.stream())
                        .toList()
                : JVM_ARGS;
    }

    /**
     * Runs a measurement.
     *
     * @throws BenchmarkFailed if this benchmark failed; others may succeed
     * @throws RunnerException if JMH does not work here at all
     */
    RunResult run(Measurement measurement) throws BenchmarkFailed, RunnerException {
        return run(options(measurement));
    }

    /** Runs a measurement under a profiler, in one fork, whose times are discarded. */
    RunResult profile(Measurement measurement, Profilers.Profiler profiler, Path folder)
            throws BenchmarkFailed, RunnerException {
        return run(options(measurement).forks(1).addProfiler(profiler.jmh(), profiler.options(folder)));
    }

    private ChainedOptionsBuilder options(Measurement measurement) {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("^" + Pattern.quote(measurement.benchmark()) + "$")
                .mode(Mode.AverageTime)
                .timeUnit(TimeUnit.NANOSECONDS)
                .threads(measurement.threads())
                .forks(timing.forks())
                .jvmArgs(jvmArgs(pin).toArray(String[]::new))
                .warmupIterations(timing.warmups())
                .warmupTime(TimeValue.milliseconds(timing.iterationMillis()))
                .measurementIterations(timing.iterations())
                .measurementTime(TimeValue.milliseconds(timing.iterationMillis()))
                .timeout(TIMEOUT)
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true);
        measurement.row().params().forEach(options::param);
        if (pin) {
            options.addProfiler(AffinityProfiler.class);
        }
        if (measurement.row().hasPages()) {
            options.addProfiler(HugePagesProfiler.class);
        }
        if (measurement.section().hasRoles()) {
            // In alphabetical order of the methods: one reader, and all other threads are writers.
            options.threadGroups(1, measurement.threads() - 1);
        }
        return options;
    }

    private RunResult run(ChainedOptionsBuilder options) throws BenchmarkFailed, RunnerException {
        try {
            return new Runner(options.build(), log).runSingle();
        } catch (RunnerException e) {
            if (e.getCause() instanceof BenchmarkException failure) {
                throw new BenchmarkFailed(failure);
            }
            throw e;
        }
    }

    /** One benchmark failed. */
    static final class BenchmarkFailed extends Exception {

        private static final long serialVersionUID = 1;

        BenchmarkFailed(BenchmarkException failure) {
            super(message(failure), failure);
        }

        /** JMH attaches the exceptions of the benchmark's threads as suppressed ones. */
        private static String message(BenchmarkException failure) {
            Throwable[] causes = failure.getSuppressed();
            return causes.length == 0 ? String.valueOf(failure.getMessage()) : String.valueOf(causes[0].getMessage());
        }
    }
}
