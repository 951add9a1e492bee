package org.berth.bench.calls;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
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

/** Measures single calls under churn, and calls that remove every key. */
@Command(
        name = CallsForks.KIND,
        description = "Measures the longest calls of maps under churn, and how long it takes to remove every key: some "
                + "minutes, and 6 GB of memory.")
@SuppressWarnings("NullAway.Init") // by picocli
public final class CallsCommand implements Callable<Integer> {

    private static final int SMALLEST = 1_000;
    private static final int LARGEST = 100_000_000;
    private static final int MOST_ROUNDS = 100;
    private static final int MOST_THREADS = 1_000;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--size",
            paramLabel = "N",
            defaultValue = "10000000",
            description = "Keys of a map under churn; 10 million by default.")
    private int size;

    @Option(
            names = "--removed",
            paramLabel = "N",
            defaultValue = "1000000",
            description = "Keys of a map from which all are removed; a million by default.")
    private int removed;

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "2",
            description = "Threads under churn, each with keys of its own; 2 by default.")
    private int threads;

    @Option(
            names = "--workload",
            paramLabel = "NAME",
            split = ",",
            description = "churn, remove, iterator, clear; by default all.")
    private @Nullable List<String> workloads;

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
        CallsForks run = new CallsForks(size, removed, threads, rounds);
        CallsVariant variant = one == null ? null : CallsVariant.parse(one);
        if (variant != null && out != null) {
            CallsRun.main(variant, run.keys(variant), threads, out);
            return 0;
        }
        require("--size", size, SMALLEST, LARGEST);
        require("--removed", removed, SMALLEST, LARGEST);
        require("--threads", threads, 1, MOST_THREADS);
        require("--rounds", rounds, 1, MOST_ROUNDS);
        List<CallsVariant> plan = plan();
        ForkSession<CallsVariant> session = new ForkSession<>(
                run,
                plan,
                folder(),
                RunFolder.command(
                        CallsForks.KIND, spec.commandLine().getParseResult().originalArgs()),
                spec.commandLine().getOut(),
                spec.commandLine().getErr());
        return session.run() ? 0 : 1;
    }

    private List<CallsVariant> plan() {
        Set<CallsVariant.Workload> chosen = workloads();
        Set<MapKind> kinds = kinds();
        List<CallsVariant> plan = new ArrayList<>();
        for (int i = 1; i <= rounds; i++) {
            for (CallsVariant.Workload workload : chosen) {
                for (MapKind kind : kinds) {
                    plan.add(new CallsVariant(kind, workload, i));
                }
            }
        }
        return plan;
    }

    private Set<CallsVariant.Workload> workloads() {
        Set<CallsVariant.Workload> all = EnumSet.allOf(CallsVariant.Workload.class);
        if (workloads != null) {
            List<String> known = all.stream().map(CallsVariant.Workload::id).toList();
            for (String name : workloads) {
                if (!known.contains(name)) {
                    throw mistake("unknown name: option=--workload name=" + name + " known=" + known);
                }
            }
            all.removeIf(workload -> !workloads.contains(workload.id()));
        }
        return all;
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
            RunFolder.claim(folder, CallsReport.NAME, ForkSession.MACHINE, RunFile.NAME);
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
