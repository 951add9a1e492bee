package org.berth.bench.latency;

import java.io.IOException;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.berth.bench.machine.CpuTime;
import org.berth.bench.machine.Machine;
import org.jspecify.annotations.Nullable;

/** A run: measures what was planned, one by one, and writes after each what there is. */
final class LatencySession {

    private static final int ATTEMPTS = 2;

    private final LatencyFolder folder;
    private final PrintWriter out;
    private final PrintWriter err;

    private final Machine machine = Machine.read();
    private final CpuTime before = CpuTime.read();
    private final String start = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    private final Fork fork = new Fork();
    private final List<Outcome> measurements = new ArrayList<>();
    private final List<Outcome> probes = new ArrayList<>();
    private final List<Maximum> maxima = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private volatile boolean interrupted;

    LatencySession(LatencyFolder folder, PrintWriter out, PrintWriter err) {
        this.folder = folder;
        this.out = out;
        this.err = err;
        folder.writeMachine(machine);
    }

    /**
     * Measures each load.
     *
     * @return whether all could be measured, which says nothing about their rates
     */
    boolean measure(List<Load> plan) throws InterruptedException {
        int seconds = plan.stream().mapToInt(Load::estimateSeconds).sum();
        say("%d measurements, about %s. Results go to %s", plan.size(), minutes(seconds), folder.path());
        return keepingWhatIsFinished(() -> {
            int left = seconds;
            for (int i = 0; i < plan.size() && !interrupted; i++) {
                Load load = plan.get(i);
                out.printf("[%3d/%d, %s left] %s: ", i + 1, plan.size(), minutes(left), load.file());
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
    boolean findMaxima(List<Load> plan, long boundMicros) throws InterruptedException {
        say(
                "The highest rate at which p99.9 is at most %d µs, from %d searches. Results go to %s",
                boundMicros, plan.size(), folder.path());
        return keepingWhatIsFinished(() -> {
            for (Load load : plan) {
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
    private boolean tell(MaximumSearch search, Load load, long boundMicros) throws InterruptedException {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            // The files of each attempt, and of each round, have names of their own.
            Load probe = load.with(search.rate(), (load.round() - 1) * ATTEMPTS + attempt);
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
    private @Nullable Outcome measure(Load load, List<Outcome> outcomes) throws InterruptedException {
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
        say("%s", report());
        say("Written to %s", folder.path().resolve(LatencyFolder.REPORT));
        say("Next: berth-bench report %s", folder.path());
        failures.forEach(failure -> err.println("failed: " + failure));
        err.flush();
        return failures.isEmpty();
    }

    private void farewell() {
        interrupted = true;
        fork.stop();
        err.printf("%nInterrupted. What was measured until then is in %s%n", folder.path());
        err.flush();
    }

    private void write() {
        if (!interrupted) {
            folder.write(start, Fork.JVM_ARGS, measurements, probes, maxima, report());
        }
    }

    private String report() {
        List<String> header = new ArrayList<>(machine.summary());
        header.add("Run: " + start);
        header.add("JVM of each measurement: " + String.join(" ", Fork.JVM_ARGS));
        header.add("CPU time stolen by the hypervisor during the run: " + before.stolenSince());
        if (before.isMuchStolenSince()) {
            header.add(CpuTime.MARK);
        }
        return LatencyReport.render(
                header, Stream.concat(measurements.stream(), probes.stream()).toList(), maxima);
    }

    private void say(String format, Object... args) {
        out.printf(format + "%n", args);
        out.flush();
    }

    private static String minutes(int seconds) {
        return seconds < 60 ? seconds + " s" : "%d min %02d s".formatted(seconds / 60, seconds % 60);
    }
}
