package org.berth.bench.growth;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.berth.bench.affinity.CpuOrder;
import org.berth.bench.folder.RunFile;
import org.berth.bench.folder.RunFolder;
import org.berth.bench.machine.Machine;
import org.jspecify.annotations.Nullable;

/** A growth run: measures each variant of the plan in a forked JVM, and writes the results after each one. */
final class GrowthSession {

    static final String MACHINE = "machine.json";

    private static final List<String> JVM_ARGS =
            List.of("-Xms4g", "-Xmx4g", "-XX:+AlwaysPreTouch", "--sun-misc-unsafe-memory-access=allow");

    /**
     * The estimate until the first measurement has ended: a part by size, and a part for the JVM, its heap and the
     * warm-up.
     */
    private static final double SECONDS_PER_MILLION = 0.7;

    private static final int OVERHEAD_SECONDS = 5;

    private final Path folder;
    private final int size;
    private final List<Variant> plan;
    private final boolean pin;
    private final PrintWriter out;
    private final PrintWriter err;
    private final Machine machine = Machine.read();
    private final RunFile.Begin begin;
    private final List<Variant> measured = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private volatile @Nullable Process running;
    private volatile boolean interrupted;

    GrowthSession(
            Path folder, int size, List<Variant> plan, boolean pin, String command, PrintWriter out, PrintWriter err) {
        this.folder = folder;
        this.size = size;
        this.plan = plan;
        this.pin = pin;
        this.begin = RunFile.Begin.now("growth", command);
        this.out = out;
        this.err = err;
    }

    /**
     * Measures, and prints progress and finally the report.
     *
     * @return whether every measurement succeeded
     */
    boolean run() throws IOException, InterruptedException {
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
                    i + 1,
                    plan.size(),
                    RunFolder.minutes(secondsLeft(start, i)),
                    plan.get(i).name());
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
        say("Written to %s", folder.resolve(GrowthReport.NAME));
        say("Next: berth-bench report %s", folder);
        failures.forEach(failure -> err.println("failed: " + failure));
        err.flush();
        return failures.isEmpty();
    }

    private void measure(Variant variant) throws InterruptedException {
        Instant start = Instant.now();
        try {
            int exit = fork(variant);
            if (interrupted) {
                return;
            }
            if (exit == 0) {
                measured.add(variant);
                say("%d s", Duration.between(start, Instant.now()).toSeconds());
                return;
            }
            failures.add("variant=" + variant.name() + " exit=" + exit);
        } catch (IOException e) {
            failures.add("variant=" + variant.name() + " reason=" + e);
        }
        say("failed");
    }

    private int fork(Variant variant) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM_ARGS);
        if (pin) {
            command.add(CpuOrder.NATIVE_ACCESS);
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "org.berth.bench.Main", "growth"));
        command.addAll(List.of("--size", Integer.toString(size), "--out", folder.toString()));
        command.addAll(List.of("--one", variant.kind().name(), "--round", Integer.toString(variant.round())));
        if (pin) {
            command.add("--pin");
        }
        if (variant.presized()) {
            command.add("--presized");
        }
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
        long left = (long) plan.size() - done;
        return done == 0
                ? left * (OVERHEAD_SECONDS + Math.round(SECONDS_PER_MILLION * size / 1e6))
                : Duration.between(start, Instant.now()).toSeconds() * left / done;
    }

    /** Returns the report. */
    private String write() throws IOException {
        RunFile run = begin.now(plan.size(), measured.size(), failures.size(), caveats());
        List<String> header = new ArrayList<>(machine.summary());
        header.add("Run: " + run.start());
        header.add("JVM of each measurement: " + String.join(" ", JVM_ARGS));
        if (pin) {
            header.add(CpuOrder.current().describe());
        }
        header.addAll(run.lines());
        String report = GrowthReport.render(header, size, folder, measured);
        RunFolder.write(folder, GrowthReport.NAME, report);
        run.write(folder);
        return report;
    }

    private List<String> caveats() {
        return plan.stream().anyMatch(variant -> variant.round() > 1)
                ? List.of()
                : List.of("measured once, so a difference cannot be told from noise; use --rounds 2 or more");
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
