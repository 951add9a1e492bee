package org.berth.bench.latency;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.berth.bench.affinity.CpuOrder;
import org.berth.bench.folder.RunFile;
import org.berth.bench.folder.RunFolder;
import org.berth.bench.machine.Machine;
import org.jspecify.annotations.Nullable;

/** A latency run: measures each entry of the plan in a forked JVM, and writes the results after each one. */
final class LatencySession {

    private static final int ATTEMPTS = 2;

    private final LatencyFolder folder;
    private final boolean pin;
    private final PrintWriter out;
    private final PrintWriter err;

    private final Machine machine = Machine.read();
    private final RunFile.Begin begin;
    private final Fork fork = new Fork();
    private final List<LatencyResult> measurements = new ArrayList<>();
    private final List<LatencyResult> probes = new ArrayList<>();
    private final List<HighestRate> maxima = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private int planned;
    private volatile boolean interrupted;

    LatencySession(LatencyFolder folder, String command, boolean pin, PrintWriter out, PrintWriter err) {
        this.folder = folder;
        this.begin = RunFile.Begin.now("latency", command);
        this.pin = pin;
        this.out = out;
        this.err = err;
        folder.writeMachine(machine);
    }

    /**
     * Measures each entry of the plan.
     *
     * @return whether every measurement succeeded and kept up with its rate
     */
    boolean measure(List<LatencyParameters> plan) throws InterruptedException {
        planned = plan.size();
        int seconds = plan.stream().mapToInt(LatencyParameters::estimateSeconds).sum();
        say("%d measurements, about %s. Results go to %s", plan.size(), RunFolder.minutes(seconds), folder.path());
        return keepingWhatIsFinished(() -> {
            int left = seconds;
            for (int i = 0; i < plan.size() && !interrupted; i++) {
                LatencyParameters parameters = plan.get(i);
                out.printf("[%3d/%d, %s left] %s: ", i + 1, plan.size(), RunFolder.minutes(left), parameters.file());
                measure(parameters, measurements);
                left -= parameters.estimateSeconds();
            }
        });
    }

    /**
     * Searches, for each entry of the plan, for the highest rate whose p99.9 stays within a bound.
     *
     * @return whether every measurement succeeded
     */
    boolean findMaxima(List<LatencyParameters> plan, long boundMicros) throws InterruptedException {
        planned = plan.size();
        say(
                "The highest rate at which p99.9 is at most %d µs, from %d searches. Results go to %s",
                boundMicros, plan.size(), folder.path());
        return keepingWhatIsFinished(() -> {
            for (LatencyParameters parameters : plan) {
                HighestRateSearch search = new HighestRateSearch(parameters.rate());
                while (!search.isOver() && probe(search, parameters, boundMicros)) {
                    // Each probe narrows the search.
                }
                if (search.isOver()) {
                    maxima.add(HighestRate.of(parameters, boundMicros, search));
                    write();
                }
            }
        });
    }

    /** Probes a rate; twice if it exceeds the bound at first, so that a moment of noise does not decide. */
    private boolean probe(HighestRateSearch search, LatencyParameters parameters, long boundMicros)
            throws InterruptedException {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            // Each attempt of each round has its own files.
            LatencyParameters probe = parameters.with(search.rate(), (parameters.round() - 1) * ATTEMPTS + attempt);
            out.printf("%s: ", probe.file());
            LatencyResult result = interrupted ? null : measure(probe, probes);
            if (result == null) {
                return false;
            }
            if (result.reached() && result.p999() <= boundMicros * 1_000) {
                search.record(true);
                return true;
            }
        }
        search.record(false);
        return true;
    }

    /** Returns null if the measurement failed. */
    private @Nullable LatencyResult measure(LatencyParameters parameters, List<LatencyResult> results)
            throws InterruptedException {
        out.flush();
        try {
            LatencyResult result = fork.run(parameters, folder.path());
            results.add(result);
            say("%s", result);
            write();
            return result;
        } catch (IOException e) {
            if (interrupted) {
                return null;
            }
            failures.add(e.getMessage());
            say("failed");
            write();
            return null;
        }
    }

    private interface Work {
        void run() throws InterruptedException;
    }

    private boolean keepingWhatIsFinished(Work work) throws InterruptedException {
        Thread onInterrupt = new Thread(this::farewell, "farewell");
        Runtime.getRuntime().addShutdownHook(onInterrupt);
        try {
            work.run();
        } finally {
            if (!interrupted) {
                Runtime.getRuntime().removeShutdownHook(onInterrupt);
            }
        }
        if (interrupted) {
            return false;
        }
        say("");
        say("%s", write());
        say("Written to %s", folder.path().resolve(LatencyFolder.REPORT));
        say("Next: berth-bench report %s", folder.path());
        failures.forEach(failure -> err.println("failed: " + failure));
        List<LatencyResult> behind =
                measurements.stream().filter(result -> !result.reached()).toList();
        behind.forEach(result -> err.printf(
                "rate not reached: file=%s done=%d scheduled=%d%n", result.file(), result.done(), result.scheduled()));
        err.flush();
        return failures.isEmpty() && behind.isEmpty();
    }

    private void farewell() {
        interrupted = true;
        fork.stop();
        err.printf("%nInterrupted. What was measured until then is in %s%n", folder.path());
        err.flush();
    }

    /** Returns the report. */
    private String write() {
        RunFile run = now();
        String report = report(run);
        if (!interrupted) {
            folder.write(run.start(), Fork.JVM_ARGS, measurements, probes, maxima, report);
            folder.writeRun(run);
        }
        return report;
    }

    private RunFile now() {
        boolean searched = measurements.isEmpty() && !(probes.isEmpty() && maxima.isEmpty());
        return begin.now(
                planned,
                searched ? maxima.size() : measurements.size(),
                failures.size(),
                LatencyReport.caveats(measurements));
    }

    private String report(RunFile run) {
        List<String> header = new ArrayList<>(machine.summary());
        header.add("Run: " + run.start());
        header.add("JVM of each measurement: " + String.join(" ", Fork.JVM_ARGS));
        if (pin) {
            header.add(CpuOrder.current().describe());
        }
        header.addAll(run.lines());
        return LatencyReport.render(
                header, Stream.concat(measurements.stream(), probes.stream()).toList(), maxima);
    }

    private void say(String format, Object... args) {
        out.printf(format + "%n", args);
        out.flush();
    }
}
