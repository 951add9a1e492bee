package org.berth.bench.fork;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.berth.bench.folder.RunFile;
import org.berth.bench.folder.RunFolder;
import org.berth.bench.machine.Machine;
import org.jspecify.annotations.Nullable;

/**
 * Makes each measurement of a plan in a forked JVM, in turn, and writes the results after each one.
 *
 * @param <V> one measurement
 */
public final class ForkSession<V> {

    /** The file with the description of the machine. */
    public static final String MACHINE = "machine.json";

    private final ForkedRun<V> run;
    private final List<V> plan;
    private final Path folder;
    private final PrintWriter out;
    private final PrintWriter err;
    private final Machine machine = Machine.read();
    private final RunFile.Begin begin;
    private final List<V> measured = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private volatile @Nullable Process running;
    private volatile boolean interrupted;

    /**
     * Plans a session.
     *
     * @param run     what to measure
     * @param plan    the measurements, in order
     * @param folder  to write to
     * @param command the command line, for the run's description
     * @param out     for progress and the report
     * @param err     for failures
     */
    public ForkSession(ForkedRun<V> run, List<V> plan, Path folder, String command, PrintWriter out, PrintWriter err) {
        this.run = run;
        this.plan = plan;
        this.folder = folder;
        this.begin = RunFile.Begin.now(run.kind(), command);
        this.out = out;
        this.err = err;
    }

    /**
     * Measures, and prints progress and finally the report.
     *
     * @return whether every measurement succeeded
     */
    public boolean run() throws IOException, InterruptedException {
        RunFolder.write(folder, MACHINE, machine.json() + "\n");
        Instant start = Instant.now();
        say(
                "%d measurements, about %s. Results go to %s",
                plan.size(), RunFolder.minutes(secondsLeft(start, 0)), folder);
        Thread onInterrupt = new Thread(this::farewell, "farewell");
        Runtime.getRuntime().addShutdownHook(onInterrupt);
        String report = "";
        for (int i = 0; i < plan.size() && !interrupted; i++) {
            out.printf(
                    "[%3d/%d, %s left] %s: ",
                    i + 1, plan.size(), RunFolder.minutes(secondsLeft(start, i)), run.name(plan.get(i)));
            out.flush();
            measure(plan.get(i));
            report = interrupted ? report : write();
        }
        if (interrupted) {
            return false;
        }
        Runtime.getRuntime().removeShutdownHook(onInterrupt);
        say("");
        say("%s", report);
        say("Written to %s", folder.resolve(run.report()));
        say("Next: berth-bench report %s", folder);
        failures.forEach(failure -> err.println("failed: " + failure));
        err.flush();
        return failures.isEmpty();
    }

    private void measure(V measurement) throws InterruptedException {
        Instant start = Instant.now();
        try {
            int exit = fork(measurement);
            if (interrupted) {
                return;
            }
            if (exit == 0) {
                measured.add(measurement);
                say("%d s", Duration.between(start, Instant.now()).toSeconds());
                return;
            }
            failures.add("variant=" + run.name(measurement) + " exit=" + exit);
        } catch (IOException e) {
            failures.add("variant=" + run.name(measurement) + " reason=" + e);
        }
        say("failed");
    }

    private int fork(V measurement) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(run.jvmArgs());
        command.addAll(run.jvmArgs(measurement));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "org.berth.bench.Main", run.kind()));
        command.addAll(List.of("--out", folder.toString()));
        command.addAll(run.args(measurement));
        Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        running = process;
        if (interrupted) {
            process.destroy();
        }
        return process.waitFor();
    }

    /** By a rule of thumb at first, later by the pace of this run. */
    private long secondsLeft(Instant start, int done) {
        double left = seconds(done, plan.size());
        return Math.round(
                done == 0 ? left : Duration.between(start, Instant.now()).toSeconds() * left / seconds(0, done));
    }

    private double seconds(int from, int to) {
        return plan.subList(from, to).stream().mapToDouble(run::seconds).sum();
    }

    /** Returns the report. */
    private String write() throws IOException {
        RunFile file = begin.now(plan.size(), measured.size(), failures.size(), run.caveats());
        List<String> header = new ArrayList<>(machine.summary());
        header.add("Run: " + file.start());
        header.add("JVM of each measurement: " + String.join(" ", run.jvmArgs()));
        header.addAll(file.lines());
        String report = run.render(header, folder, measured);
        RunFolder.write(folder, run.report(), report);
        file.write(folder);
        return report;
    }

    private void farewell() {
        interrupted = true;
        Process process = running;
        if (process != null) {
            process.destroy();
        }
        err.printf("%nInterrupted. What was measured until then is in %s%n", folder);
        err.flush();
    }

    private void say(String format, Object... args) {
        out.printf(format + "%n", args);
        out.flush();
    }
}
