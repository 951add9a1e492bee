package org.berth.bench.memory;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.berth.bench.folder.RunFile;
import org.berth.bench.folder.RunFolder;
import org.berth.bench.fork.ForkSession;
import org.berth.bench.store.StoreKind;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures the memory that the store and its peers take for each entry. */
@Command(
        name = StoreMemory.KIND,
        description = "Measures the memory that the store and its peers take for each entry, filled and after churn: "
                + "ten minutes, and 8 GB of memory. Needs Linux.")
@SuppressWarnings("NullAway.Init") // by picocli
public final class StoreMemoryCommand implements Callable<Integer> {

    private static final Pattern HEAP = Pattern.compile("\\d{1,6}[mMgG]");
    private static final int MOST_ENTRIES = 100_000_000;
    private static final int LEAST_BYTES = 16;
    private static final int MOST_BYTES = 65_536;
    private static final int MOST_CHURN = 1_000;
    private static final int MOST_ROUNDS = 100;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--entries",
            paramLabel = "N",
            split = ",",
            defaultValue = "5000000",
            description = "Entries in the store, such as 1000000,5000000; 5000000 by default.")
    private List<Integer> entries;

    @Option(
            names = "--value-bytes",
            paramLabel = "N",
            split = ",",
            defaultValue = "32",
            description = "The length of each value, such as 32,256; 32 by default.")
    private List<Integer> valueBytes;

    @Option(
            names = "--churn",
            paramLabel = "N",
            defaultValue = "5",
            description = "How often fresh keys take the place of all others; 5 by default.")
    private int churn;

    @Option(names = "--heap", paramLabel = "SIZE", defaultValue = "4g", description = "The heap; 4g by default.")
    private String heap;

    @Option(
            names = "--implementation",
            paramLabel = "NAME",
            split = ",",
            description = "berth, concurrent, chronicle, caffeine, ehcache, ohc; by default all.")
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
        StoreVariant variant = one == null ? null : StoreVariant.parse(one);
        if (variant != null && out != null) {
            StoreMemoryRun.main(variant, churn, out);
            return 0;
        }
        if (!ResidentMemory.isKnown()) {
            throw mistake("the resident memory of a process is known on Linux only");
        }
        entries.forEach(count -> require("--entries", count, 1, MOST_ENTRIES));
        valueBytes.forEach(count -> require("--value-bytes", count, LEAST_BYTES, MOST_BYTES));
        require("--churn", churn, 1, MOST_CHURN);
        require("--rounds", rounds, 1, MOST_ROUNDS);
        if (!HEAP.matcher(heap).matches()) {
            throw mistake("--heap must be a size such as 512m or 1g: value=" + heap);
        }
        ForkSession<StoreVariant> session = new ForkSession<>(
                new StoreMemoryForks(churn, jvmArgs()),
                plan(),
                folder(),
                RunFolder.command(
                        StoreMemory.KIND, spec.commandLine().getParseResult().originalArgs()),
                spec.commandLine().getOut(),
                spec.commandLine().getErr());
        return session.run() ? 0 : 1;
    }

    /** All of the heap is resident from the start, and its collector needs the least memory besides. */
    private List<String> jvmArgs() {
        return List.of(
                "-Xms" + heap,
                "-Xmx" + heap,
                "-XX:+AlwaysPreTouch",
                "-XX:+UseSerialGC",
                "--sun-misc-unsafe-memory-access=allow");
    }

    private List<StoreVariant> plan() {
        List<StoreVariant> plan = new ArrayList<>();
        Set<StoreKind> kinds = kinds();
        for (int i = 1; i <= rounds; i++) {
            for (int count : entries.stream().distinct().toList()) {
                for (int bytes : valueBytes.stream().distinct().toList()) {
                    for (StoreKind kind : kinds) {
                        plan.add(new StoreVariant(kind, count, bytes, i));
                    }
                }
            }
        }
        return plan;
    }

    private Set<StoreKind> kinds() {
        try {
            return StoreKind.named(implementations);
        } catch (IllegalArgumentException e) {
            throw mistake(String.valueOf(e.getMessage()));
        }
    }

    private Path folder() {
        Path folder = RunFolder.orByTime(out);
        try {
            RunFolder.claim(folder, StoreMemory.REPORT, ForkSession.MACHINE, RunFile.NAME);
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
