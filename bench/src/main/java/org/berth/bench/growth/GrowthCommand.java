package org.berth.bench.growth;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.berth.bench.affinity.CpuOrder;
import org.berth.bench.folder.RunFile;
import org.berth.bench.folder.RunFolder;
import org.berth.bench.fork.ForkSession;
import org.berth.bench.fork.MapKind;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Measures calls while a map grows. Each kind of map, growing and presized, runs in its own JVM, in turn, so that noise
 * affects all alike.
 */
@Command(
        name = "growth",
        description = "Measures how long reads and inserts take while a map grows: some minutes, and 6 GB of memory.")
@SuppressWarnings("NullAway.Init") // by picocli
public final class GrowthCommand implements Callable<Integer> {

    /** A smaller map is full before enough calls are recorded. */
    private static final int SMALLEST = 100_000;

    private static final int LARGEST = 100_000_000;
    private static final int MOST_ROUNDS = 100;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--size",
            paramLabel = "N",
            defaultValue = "10000000",
            description = "Keys at the end; 10 million by default.")
    private int size;

    @Option(
            names = "--implementation",
            paramLabel = "NAME",
            split = ",",
            description = "berth, berth-native (with native access), concurrent, non-blocking; by default all.")
    private @Nullable List<String> implementations;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "3",
            description = "How often each is measured: rounds of one variant differ by noise alone. 3 by default.")
    private int rounds;

    @Option(names = "--pin", description = "Pin each of the two threads to its own CPU.")
    private boolean pin;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where to write; by default results/local/ and the time, under the current directory.")
    private @Nullable Path out;

    /** For the forked JVMs: the measurement to make. */
    @Option(names = "--one", hidden = true)
    private @Nullable MapKind one;

    @Option(names = "--presized", hidden = true)
    private boolean presized;

    @Option(names = "--round", hidden = true)
    private int round;

    @Override
    public Integer call() throws Exception {
        if (one != null && out != null) {
            GrowthRun.main(new Variant(one, presized, round), size, pin ? CpuOrder.current() : null, out);
            return 0;
        }
        require("--size", size, SMALLEST, LARGEST);
        require("--rounds", rounds, 1, MOST_ROUNDS);
        String obstacle = pin ? CpuOrder.current().obstacle() : null;
        if (obstacle != null) {
            throw mistake("--pin: " + obstacle);
        }
        List<Variant> plan = plan();
        Path folder = folder();
        String command =
                RunFolder.command("growth", spec.commandLine().getParseResult().originalArgs());
        ForkSession<Variant> session = new ForkSession<>(
                new GrowthForks(size, rounds, pin),
                plan,
                folder,
                command,
                spec.commandLine().getOut(),
                spec.commandLine().getErr());
        return session.run() ? 0 : 1;
    }

    private List<Variant> plan() {
        List<Variant> plan = new ArrayList<>();
        for (int i = 1; i <= rounds; i++) {
            for (MapKind kind : kinds()) {
                plan.add(new Variant(kind, false, i));
                plan.add(new Variant(kind, true, i));
            }
        }
        return plan;
    }

    private Set<MapKind> kinds() {
        try {
            Set<MapKind> kinds = MapKind.named(implementations);
            if (pin && implementations == null) {
                // Every JVM with pinned threads has native access.
                kinds.remove(MapKind.BERTH_NATIVE);
            }
            return kinds;
        } catch (IllegalArgumentException e) {
            throw mistake(String.valueOf(e.getMessage()));
        }
    }

    private Path folder() {
        Path folder = RunFolder.orByTime(out);
        try {
            RunFolder.claim(folder, GrowthReport.NAME, ForkSession.MACHINE, RunFile.NAME);
            return folder;
        } catch (IOException e) {
            throw mistake("cannot write to folder " + folder + ": " + RunFolder.reason(e));
        }
    }

    private void require(String option, int value, int lowest, int highest) {
        if (value < lowest || value > highest) {
            throw mistake(option + " must be from " + lowest + " to " + highest + ": value=" + value);
        }
    }

    private ParameterException mistake(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
