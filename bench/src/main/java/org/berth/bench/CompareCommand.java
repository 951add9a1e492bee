package org.berth.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import org.berth.bench.affinity.CpuOrder;
import org.berth.bench.compare.Comparison;
import org.berth.bench.compare.Profilers;
import org.berth.bench.compare.ResultFolder;
import org.berth.bench.compare.RunMode;
import org.berth.bench.compare.Suite;
import org.berth.bench.folder.RunFolder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(name = "compare", description = "Measures Berth and its peers, prints the tables and writes them.")
@SuppressWarnings("NullAway.Init") // by picocli
final class CompareCommand implements Callable<Integer> {

    private static final int MOST_THREADS = 10_000;

    @Spec
    private CommandSpec spec;

    @Option(names = "--smoke", description = "Only check that everything runs: a minute at the most.")
    private boolean smoke;

    @Option(names = "--quick", description = "A first impression, in about a minute.")
    private boolean quick;

    @Option(names = "--full", description = "For figures to publish: about 40 minutes on two CPUs.")
    private boolean full;

    @Option(
            names = "--map",
            description =
                    "Measure the map instead of the slots: 12 minutes on two CPUs, and 6 GB of memory; with --full some"
                            + " hours, so include what matters.")
    private boolean map;

    @Option(names = "--locks", description = "Measure key locks instead of the slots: 4 minutes on two CPUs.")
    private boolean locks;

    @Option(
            names = "--per-thread",
            description = "Measure per-thread records instead of the slots: 3 minutes on two CPUs.")
    private boolean perThread;

    @Option(
            names = "--records",
            description = "Measure consistent copies of records instead of the slots: a minute on two CPUs.")
    private boolean records;

    @Option(
            names = "--placement",
            description = "Measure padding, huge pages and the cost of the current node instead of the slots: 9 "
                    + "minutes on two CPUs, and 6 GB of memory.")
    private boolean placement;

    @Option(
            names = "--store",
            description =
                    "Measure the store of strings and bytes instead of the slots: 15 minutes on two CPUs, and 8 GB"
                            + " of memory; with --full some hours, so include what matters.")
    private boolean store;

    @Option(
            names = "--include",
            paramLabel = "REGEX",
            defaultValue = "",
            description = "Only benchmarks whose name and parameters match, such as OwnKey, TestAndSet.berth or"
                    + " MapRead.*size=1000$")
    private String include;

    @Option(names = "--exclude", paramLabel = "REGEX", description = "No benchmarks whose name and parameters match.")
    private @Nullable String exclude;

    @Option(names = "--forks", paramLabel = "N", description = "Forks of each measurement, one after the other.")
    private @Nullable Integer forks;

    @Option(
            names = "--warmups",
            paramLabel = "N",
            description = "Warm-up iterations in each fork, instead of the mode's.")
    private @Nullable Integer warmups;

    @Option(
            names = "--iterations",
            paramLabel = "N",
            description = "Measured iterations in each fork, instead of the mode's.")
    private @Nullable Integer iterations;

    @Option(
            names = "--iteration-millis",
            paramLabel = "N",
            description = "How long an iteration takes, instead of the mode's.")
    private @Nullable Integer iterationMillis;

    @Option(
            names = "--threads",
            paramLabel = "N",
            split = ",",
            description = "Thread counts, such as 1,4,16, instead of those for this machine: one, and one for each "
                    + "CPU; with --full more.")
    private @Nullable List<Integer> threads;

    @Option(
            names = "--pin",
            description = "Pin each thread to its own CPU: one of each core first, node by node. More threads than "
                    + "CPUs start over.")
    private boolean pin;

    @Option(
            names = "--profile",
            description = "Afterwards run each benchmark again under async-profiler and perf, if available; their "
                    + "times are discarded.")
    private boolean profile;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where to write; by default results/local/ and the time, under the current directory.")
    private @Nullable Path out;

    @Override
    public Integer call() {
        if (Stream.of(smoke, quick, full).filter(chosen -> chosen).count() > 1) {
            throw mistake("--smoke, --quick and --full exclude each other");
        }
        if (Stream.of(map, locks, perThread, records, placement, store)
                        .filter(chosen -> chosen)
                        .count()
                > 1) {
            throw mistake("--map, --locks, --per-thread, --records, --placement and --store exclude each other");
        }
        require("--forks", forks, 1);
        require("--warmups", warmups, 0);
        require("--iterations", iterations, 1);
        require("--iteration-millis", iterationMillis, 1);
        for (int count : threads == null ? List.<Integer>of() : threads) {
            if (count < 1 || count > MOST_THREADS) {
                throw mistake("--threads must be from 1 to " + MOST_THREADS + ": value=" + count);
            }
        }
        String obstacle = pin ? CpuOrder.current().obstacle() : null;
        if (obstacle != null) {
            throw mistake("--pin: " + obstacle);
        }
        RunMode mode = smoke ? RunMode.SMOKE : quick ? RunMode.QUICK : full ? RunMode.FULL : RunMode.DEFAULT;
        Comparison comparison = new Comparison(
                suite(),
                mode,
                mode.timing().with(forks, warmups, iterations, iterationMillis),
                threads == null ? List.of() : threads.stream().distinct().toList(),
                pattern("--include", include),
                exclude == null ? null : pattern("--exclude", exclude),
                profilers(),
                pin);
        if (comparison.size() == 0) {
            throw mistake("no benchmark of this mode matches: mode=" + mode + " include=" + include + " exclude="
                    + (exclude == null ? "" : exclude));
        }
        return comparison.run(
                        folder(),
                        RunFolder.command(
                                "compare", spec.commandLine().getParseResult().originalArgs()),
                        spec.commandLine().getOut(),
                        spec.commandLine().getErr())
                ? 0
                : 1;
    }

    private void require(String option, @Nullable Integer value, int lowest) {
        if (value != null && value < lowest) {
            throw mistake(option + " must be " + lowest + " or more: value=" + value);
        }
    }

    private Suite suite() {
        if (map) {
            return Suite.MAP;
        }
        if (locks) {
            return Suite.KEY_LOCKS;
        }
        if (perThread) {
            return Suite.PER_THREAD;
        }
        if (records) {
            return Suite.RECORDS;
        }
        if (store) {
            return Suite.STORE;
        }
        return placement ? Suite.PLACEMENT : Suite.SLOTS;
    }

    private Profilers profilers() {
        if (!profile) {
            return Profilers.NONE;
        }
        Profilers profilers = Profilers.find();
        if (profilers.found().isEmpty()) {
            throw mistake("no profiler works here: " + String.join("; ", profilers.missing()));
        }
        profilers.missing().forEach(reason -> spec.commandLine().getErr().println("without " + reason));
        spec.commandLine().getErr().flush();
        return profilers;
    }

    private Pattern pattern(String option, String regex) {
        try {
            return Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw mistake(option + " is no regular expression: regex=" + regex + " position=" + e.getIndex() + ": "
                    + e.getDescription());
        }
    }

    private ResultFolder folder() {
        Path path = RunFolder.orByTime(out);
        try {
            return ResultFolder.create(path);
        } catch (IOException e) {
            throw mistake("cannot write to folder " + path + ": " + RunFolder.reason(e));
        }
    }

    private ParameterException mistake(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
