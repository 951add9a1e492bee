package org.berth.bench.memory;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
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

/** Samples the resident memory of processes whose map has fresh keys all the time. */
@Command(
        name = ChurnMemory.KIND,
        description = "Samples the resident memory of processes whose map has fresh keys all the time: ten minutes for "
                + "each map. Needs Linux.")
@SuppressWarnings("NullAway.Init") // by picocli
public final class ChurnMemoryCommand implements Callable<Integer> {

    private static final Pattern HEAP = Pattern.compile("\\d{1,6}[mMgG]");
    private static final int MOST_SECONDS = 1_000_000;
    private static final int MOST_KEYS = 100_000_000;
    private static final int MOST_THREADS = 1_000;
    private static final int MOST_ROUNDS = 100;

    /** The garbage collectors to choose from. */
    enum Collector {
        G1("-XX:+UseG1GC"),
        ZGC("-XX:+UseZGC"),
        PARALLEL("-XX:+UseParallelGC"),
        SERIAL("-XX:+UseSerialGC");

        private final String flag;

        Collector(String flag) {
            this.flag = flag;
        }
    }

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "600",
            description = "How long each map is measured; 600 by default.")
    private int seconds;

    @Option(
            names = "--keys",
            paramLabel = "N",
            split = ",",
            defaultValue = "1000",
            description = "Keys in the map at any time, such as 1000,100000; 1000 by default.")
    private List<Integer> keys;

    @Option(names = "--threads", paramLabel = "N", defaultValue = "2", description = "Threads; 2 by default.")
    private int threads;

    @Option(names = "--heap", paramLabel = "SIZE", defaultValue = "1g", description = "The most heap; 1g by default.")
    private String heap;

    @Option(
            names = "--gc",
            paramLabel = "NAME",
            defaultValue = "g1",
            description = "g1, zgc, parallel or serial; g1 by default.")
    private String gc;

    @Option(
            names = "--implementation",
            paramLabel = "NAME",
            split = ",",
            description = "berth, berth-native (with native access), concurrent, non-blocking; by default all.")
    private @Nullable List<String> implementations;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "1", description = "How often; 1 by default.")
    private int rounds;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where to write; by default results/local/ and the time, under the current directory.")
    private @Nullable Path out;

    /** For the forked JVMs: the name of the measurement to make. */
    @Option(names = "--one", hidden = true)
    private @Nullable String one;

    @Override
    public Integer call() throws Exception {
        ChurnVariant variant = one == null ? null : ChurnVariant.parse(one);
        if (variant != null && out != null) {
            ChurnMemoryRun.main(variant, threads, seconds, out);
            return 0;
        }
        if (!ResidentMemory.isKnown()) {
            throw mistake("the resident memory of a process is known on Linux only");
        }
        require("--seconds", seconds, 1, MOST_SECONDS);
        require("--threads", threads, 1, MOST_THREADS);
        require("--rounds", rounds, 1, MOST_ROUNDS);
        for (int count : keys) {
            require("--keys", count, threads, MOST_KEYS);
            if (count % threads != 0) {
                throw mistake("--keys must be a multiple of --threads: keys=" + count + " threads=" + threads);
            }
        }
        if (!HEAP.matcher(heap).matches()) {
            throw mistake("--heap must be a size such as 512m or 1g: value=" + heap);
        }
        ForkSession<ChurnVariant> session = new ForkSession<>(
                new ChurnMemoryForks(seconds, threads, List.of("-Xmx" + heap, collector().flag)),
                plan(),
                folder(),
                RunFolder.command(
                        ChurnMemory.KIND, spec.commandLine().getParseResult().originalArgs()),
                spec.commandLine().getOut(),
                spec.commandLine().getErr());
        return session.run() ? 0 : 1;
    }

    private Collector collector() {
        for (Collector collector : Collector.values()) {
            if (collector.name().toLowerCase(Locale.ROOT).equals(gc)) {
                return collector;
            }
        }
        throw mistake("unknown name: option=--gc name=" + gc + " known=[g1, zgc, parallel, serial]");
    }

    private List<ChurnVariant> plan() {
        List<ChurnVariant> plan = new ArrayList<>();
        Set<MapKind> kinds = kinds();
        for (int i = 1; i <= rounds; i++) {
            for (int count : keys.stream().distinct().toList()) {
                for (MapKind kind : kinds) {
                    plan.add(new ChurnVariant(kind, count, i));
                }
            }
        }
        return plan;
    }

    private Set<MapKind> kinds() {
        try {
            return MapKind.named(implementations);
        } catch (IllegalArgumentException e) {
            throw mistake(String.valueOf(e.getMessage()));
        }
    }

    private Path folder() {
        Path folder = RunFolder.orByTime(out);
        try {
            RunFolder.claim(folder, ChurnMemory.REPORT, ForkSession.MACHINE, RunFile.NAME);
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
