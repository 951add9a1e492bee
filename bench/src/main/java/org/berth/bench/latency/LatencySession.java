package org.berth.bench.latency;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.berth.bench.folder.RunFile;
import org.berth.bench.folder.RunFolder;
import org.berth.bench.machine.Machine;
import org.berth.bench.pinning.CpuOrder;
import org.jspecify.annotations.Nullable;

/** A run: measures what was planned, one by one, and writes after each what there is. */
final class LatencySession {

    private static final int ATTEMPTS = 2;

    private final LatencyFolder folder;
    private final boolean pin;
    private final PrintWriter out;
    private final PrintWriter err;

    private final Machine machine = Machine.read();
    private final RunFile.Begin begin;
    private final Fork fork = new Fork();
    private final List<Outcome> measurements = new ArrayList<>();
    private final List<Outcome> probes = new ArrayList<>();
    private final List<Maximum> maxima = new ArrayList<>();
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
     * Measures each load.
     *
     * @return whether all could be measured, and each at its rate
     */
    boolean measure(List<LatencyParameters> plan) throws InterruptedException {
        planned = plan.size();
        int seconds = plan.stream().mapToInt(LatencyParameters::estimateSeconds).sum();
        say("%d measurements, about %s. Results go to %s", plan.size(), RunFolder.minutes(seconds), folder.path());
        return keepingWhatIsFinished(() -> {
            int left = seconds;
            for (int i = 0; i < plan.size() && !interrupted; i++) {
                LatencyParameters load = plan.get(i);
                out.printf("[%3d/%d, %s left] %s: ", i + 1, plan.size(), RunFolder.minutes(left), load.file());
                measure(load, measurements);
                left -= load.estimateSeconds();
            }
        });
    }

    /**
     * Looks, for each load, for the highest rate at which p99.9 stays within a bound: doubles it until it does not, and then halves the
     * distance a few times.
     *
     * @return whether all could be measured
     */
    boolean findMaxima(List<LatencyParameters> plan, long boundMicros) throws InterruptedException {
        planned = plan.size();
        say(
                "The highest rate at which p99.9 is at most %d µs, from %d searches. Results go to %s",
                boundMicros, plan.size(), folder.path());
        return keepingWhatIsFinished(() -> {
            for (LatencyParameters load : plan) {
                MaximumSearch search = new MaximumSearch(load.rate());
                while (!search.isOver() && tell(search, load, boundMicros)) {
                    // Each time the search knows more.
                }
                if (search.isOver()) {
                    maxima.add(Maximum.of(load, boundMicros, search));
                    write();
                }
            }
        });
    }

    /** Tries a rate; twice if it is too much at first, as a moment of noise would otherwise decide for good. */
    private boolean tell(MaximumSearch search, LatencyParameters load, long boundMicros) throws InterruptedException {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            // The files of each attempt, and of each round, have names of their own.
            LatencyParameters probe = load.with(search.rate(), (load.round() - 1) * ATTEMPTS + attempt);
            out.printf("%s: ", probe.file());
            Outcome outcome = interrupted ? null : measure(probe, probes);
            if (outcome == null) {
                return false;
            }
            if (outcome.reached() && outcome.p999() <= boundMicros * 1_000) {
                search.tell(true);
                return true;
            }
        }
        search.tell(false);
        return true;
    }

    /** Null if the measurement failed. */
    private @Nullable Outcome measure(LatencyParameters load, List<Outcome> outcomes) throws InterruptedException {
        out.flush();
        try {
            Outcome outcome = fork.run(load, folder.path());
            outcomes.add(outcome);
            say("%s", outcome);
            write();
            return outcome;
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
        List<Outcome> behind =
                measurements.stream().filter(outcome -> !outcome.reached()).toList();
        behind.forEach(outcome -> err.printf(
                "rate not reached: file=%s done=%d scheduled=%d%n",
                outcome.file(), outcome.done(), outcome.scheduled()));
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
                LatencyReport.doubts(measurements));
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
