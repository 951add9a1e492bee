package org.berth.bench.compare;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.berth.bench.machine.CpuTime;
import org.berth.bench.machine.Machine;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.RunnerException;

/** A run: measures what was planned, one by one, and writes after each what there is. */
public final class Comparison {

    private final Subject subject;
    private final Effort effort;
    private final Timing timing;
    private final Machine machine;
    private final int cpus;
    private final List<Measurement> plan;

    private final Results results = new Results();
    private final List<RunResult> raw = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private volatile boolean interrupted;

    /**
     * Plans a run.
     *
     * @param subject to measure
     * @param effort  for each measurement
     * @param forks   instead of the effort's own, or null
     * @param include a pattern to find in a benchmark's name and parameters
     * @param exclude a pattern that must not be found in them, or null
     */
    public Comparison(
            Subject subject, Effort effort, @Nullable Integer forks, Pattern include, @Nullable Pattern exclude) {
        this.subject = subject;
        this.effort = effort;
        this.timing = forks == null ? effort.timing() : effort.timing().withForks(forks);
        this.machine = Machine.read();
        this.cpus = machine.cpu().available();
        this.plan = Plan.of(subject, effort, Cpus.of(machine), include, exclude);
    }

    /** The number of measurements. */
    public int size() {
        return plan.size();
    }

    /**
     * Measures, prints progress and, at the end, the report.
     *
     * @return whether every measurement succeeded
     */
    public boolean run(ResultFolder folder, PrintWriter out, PrintWriter err) {
        folder.writeMachine(machine);
        Instant start = Instant.now();
        CpuTime before = CpuTime.read();
        out.printf(
                "%d measurements, %s each, about %s. Results go to %s%n",
                size(), timing, minutes(timing.estimate(size())), folder.path());
        out.flush();
        Thread onInterrupt = new Thread(() -> farewell(folder, err), "farewell");
        Runtime.getRuntime().addShutdownHook(onInterrupt);
        try (PrintStream log = folder.openLog()) {
            Jmh jmh = new Jmh(timing, log);
            for (int i = 0; i < plan.size(); i++) {
                measure(jmh, i, out, timeLeft(start, i));
                if (interrupted) {
                    // Whatever the measurement says now, it was not one.
                    return false;
                }
                folder.writeRaw(raw);
                folder.writeReport(report(start, before));
            }
        } catch (RunnerException e) {
            err.println("JMH cannot run here: " + e.getMessage());
            failures.add("JMH");
        } finally {
            if (!interrupted) {
                Runtime.getRuntime().removeShutdownHook(onInterrupt);
            }
        }
        // Once: a second rendering would tell of more stolen time than the first.
        String report = report(start, before);
        folder.writeReport(report);
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
        out.printf("[%3d/%d, %s left] %s: ", index + 1, size(), minutes(left), measurement);
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

    /** By the estimate at first, by the pace of this run later. */
    private Duration timeLeft(Instant start, int done) {
        return done == 0
                ? timing.estimate(size())
                : Duration.between(start, Instant.now())
                        .multipliedBy(size() - done)
                        .dividedBy(done);
    }

    private String report(Instant start, CpuTime before) {
        List<String> header = new ArrayList<>(machine.summary());
        String mode = effort.name().toLowerCase(Locale.ROOT);
        header.add("Run: %s, mode %s, %s".formatted(start.truncatedTo(ChronoUnit.SECONDS), mode, timing));
        header.add("JVM of each fork: " + String.join(" ", Jmh.JVM_ARGS)
                + (subject == Subject.MAP ? ", but with a heap of 4 GB" : ""));
        header.add("CPU time stolen by the hypervisor during the run: " + before.stolenSince());
        if (before.isMuchStolenSince()) {
            header.add(CpuTime.MARK);
        }
        header.add("Measured: %d of %d planned, %d failed".formatted(raw.size(), size(), failures.size()));
        header.add("Raw data: jmh.json, jmh.log, machine.json");
        if (effort == Effort.SMOKE) {
            header.add("**A smoke run shows that everything runs. Its figures mean nothing.**");
        }
        if (effort == Effort.QUICK) {
            header.add("**A first impression: one JVM for each measurement, and a second of it.**");
        }
        return Report.render(subject, header, results, cpus);
    }

    private void farewell(ResultFolder folder, PrintWriter err) {
        interrupted = true;
        err.printf("%nInterrupted. What was measured until then is in %s%n", folder.path());
        err.flush();
    }

    private static String minutes(Duration duration) {
        long seconds = duration.toSeconds();
        return seconds < 60 ? seconds + " s" : "%d min %02d s".formatted(seconds / 60, seconds % 60);
    }
}
