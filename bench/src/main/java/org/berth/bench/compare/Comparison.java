package org.berth.bench.compare;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.berth.bench.affinity.CpuOrder;
import org.berth.bench.folder.RunFile;
import org.berth.bench.folder.RunFolder;
import org.berth.bench.machine.Machine;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.RunnerException;

/** A comparison run: measures each benchmark of the plan, and writes the results after each one. */
public final class Comparison {

    private final Suite suite;
    private final RunMode mode;
    private final Timing timing;
    private final Machine machine;
    private final int cpus;
    private final List<Measurement> plan;

    private final Results results = new Results();
    private final List<RunResult> raw = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private final Profilers profilers;
    private final boolean pin;
    private String profiles = "";
    private volatile boolean interrupted;

    /**
     * Plans a run.
     *
     * @param suite     to measure
     * @param mode      which measurements there are
     * @param timing    how long each takes
     * @param threads   instead of the machine's; empty for these
     * @param include   a pattern to find in a benchmark's name and parameters
     * @param exclude   a pattern that must not be found in them, or null
     * @param profilers to run each benchmark under, afterwards
     * @param pin       whether each thread is pinned to its own CPU
     */
    public Comparison(
            Suite suite,
            RunMode mode,
            Timing timing,
            List<Integer> threads,
            Pattern include,
            @Nullable Pattern exclude,
            Profilers profilers,
            boolean pin) {
        this.suite = suite;
        this.mode = mode;
        this.timing = timing;
        this.profilers = profilers;
        this.pin = pin;
        this.machine = Machine.read();
        this.cpus = machine.cpu().available();
        this.plan = threads.isEmpty()
                ? Plan.of(suite, mode, Cpus.of(machine), include, exclude)
                : Plan.of(suite, mode, cpus, threads, include, exclude);
    }

    /** Returns the number of measurements. */
    public int size() {
        return plan.size();
    }

    /**
     * Measures, and prints progress and finally the report.
     *
     * @param folder  to write to
     * @param command the command line
     * @param out     for progress and the report
     * @param err     for failures
     * @return whether every measurement succeeded
     */
    public boolean run(ResultFolder folder, String command, PrintWriter out, PrintWriter err) {
        folder.writeMachine(machine);
        RunFile.Begin begin = RunFile.Begin.now(suite.id(), command);
        Instant start = Instant.now();
        RunFile run = now(begin);
        folder.writeRun(run);
        int profiled = size() * profilers.found().size();
        out.printf(
                "%d measurements, %s each, about %s%s. Results go to %s%n",
                size(),
                timing,
                RunFolder.minutes(timing.estimate(size()).toSeconds()),
                profiled == 0 ? "" : ", and then %d under profilers, whose times are discarded".formatted(profiled),
                folder.path());
        out.flush();
        Thread onInterrupt = new Thread(() -> farewell(folder, err), "farewell");
        Runtime.getRuntime().addShutdownHook(onInterrupt);
        try (PrintStream log = folder.openLog()) {
            Jmh jmh = new Jmh(timing, pin, log);
            for (int i = 0; i < plan.size(); i++) {
                measure(jmh, i, out, timeLeft(start, i));
                if (interrupted) {
                    // An interrupted measurement is invalid.
                    return false;
                }
                folder.writeRaw(raw);
                run = now(begin);
                write(folder, run);
            }
            profile(jmh, folder, run, out);
            if (interrupted) {
                return false;
            }
        } catch (RunnerException e) {
            err.println("JMH cannot run here: " + e.getMessage());
            failures.add("JMH");
            run = now(begin);
        } finally {
            if (!interrupted) {
                Runtime.getRuntime().removeShutdownHook(onInterrupt);
            }
        }
        return finish(folder, run, out, err);
    }

    private boolean finish(ResultFolder folder, RunFile run, PrintWriter out, PrintWriter err) {
        String report = write(folder, run);
        out.println();
        out.println(report);
        out.println("Written to " + folder.report());
        out.println("Next: berth-bench report " + folder.path());
        out.flush();
        failures.forEach(failure -> err.println("failed: " + failure));
        err.flush();
        return failures.isEmpty();
    }

    private void measure(Jmh jmh, int index, PrintWriter out, Duration left) throws RunnerException {
        Measurement measurement = plan.get(index);
        out.printf("[%3d/%d, %s left] %s: ", index + 1, size(), RunFolder.minutes(left.toSeconds()), measurement);
        out.flush();
        try {
            RunResult result = jmh.run(measurement);
            results.put(measurement, result);
            raw.add(result);
            for (String table : measurement.section().tables()) {
                Cost cost = results.find(table, measurement.row().label(), measurement.threads());
                out.print(cost == null ? "" : cost.time() + " ns/op  ");
            }
            out.println();
        } catch (Jmh.BenchmarkFailed e) {
            failures.add(measurement + ": " + e.getMessage());
            out.println("failed");
        }
        out.flush();
    }

    /** Profiles last, when all figures have been written and an interrupt loses none. */
    private void profile(Jmh jmh, ResultFolder folder, RunFile run, PrintWriter out) throws RunnerException {
        Profiles written = new Profiles(folder.path());
        int all = plan.size() * profilers.found().size();
        int done = 0;
        for (Measurement measurement : plan) {
            for (Profilers.Profiler profiler : profilers.found()) {
                out.printf("[profile %3d/%d] %s, %s: ", ++done, all, measurement, profiler.name());
                out.flush();
                try {
                    written.add(measurement, profiler, jmh.profile(measurement, profiler, written.folder(measurement)));
                    out.println("done");
                } catch (Jmh.BenchmarkFailed e) {
                    if (interrupted) {
                        return;
                    }
                    out.println("failed");
                    failures.add(measurement + " under " + profiler.name() + ": " + e.getMessage());
                }
                out.flush();
                profiles = written.markdown();
                write(folder, run);
            }
        }
    }

    /** By the estimate at first, later by the pace of this run. */
    private Duration timeLeft(Instant start, int done) {
        return done == 0
                ? timing.estimate(size())
                : Duration.between(start, Instant.now())
                        .multipliedBy(size() - done)
                        .dividedBy(done);
    }

    private RunFile now(RunFile.Begin begin) {
        return begin.now(size(), raw.size(), failures.size(), Validity.of(suite, mode, results));
    }

    private String write(ResultFolder folder, RunFile run) {
        String report = report(run);
        folder.writeReport(report);
        folder.writeRun(run);
        return report;
    }

    private String report(RunFile run) {
        List<String> header = new ArrayList<>(machine.summary());
        String modeName = mode.name().toLowerCase(Locale.ROOT);
        header.add("Run: %s, mode %s, %s".formatted(run.start(), modeName, timing));
        header.add("JVM of each fork: " + String.join(" ", Jmh.jvmArgs(pin))
                + (suite == Suite.MAP || suite == Suite.STORE ? ", but with a heap of 4 GB" : "")
                + (suite == Suite.PLACEMENT ? ", maps with a heap of 4 GB; native access where it is needed" : ""));
        if (pin) {
            header.add(CpuOrder.current().describe());
        }
        header.addAll(run.lines());
        header.add("Raw data: jmh.json, jmh.log, machine.json, run.json");
        return Report.render(suite, header, results, cpus) + profiles;
    }

    private void farewell(ResultFolder folder, PrintWriter err) {
        interrupted = true;
        err.printf("%nInterrupted. What was measured until then is in %s%n", folder.path());
        err.flush();
    }
}
