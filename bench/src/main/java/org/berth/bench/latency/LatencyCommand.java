package org.berth.bench.latency;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.berth.bench.affinity.CpuOrder;
import org.berth.bench.folder.RunFolder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Plans and runs latency measurements. */
@Command(
        name = "latency",
        description = "Measures the latency of operations at a given rate, from their intended start (an open loop): "
                + "about a minute.")
@SuppressWarnings("NullAway.Init") // by picocli
public final class LatencyCommand implements Callable<Integer> {

    /** Above this rate, reading the clock takes longer than the gap between operations. */
    private static final long HIGHEST_RATE = 100_000_000;

    private static final int HIGHEST_SECONDS = 3_600;
    private static final int HIGHEST_ROUNDS = 100;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--full",
            description = "All workloads and implementations, also beside a noisy neighbour, with G1 and ZGC, twice: "
                    + "half an hour.")
    private boolean full;

    @Option(
            names = "--workload",
            paramLabel = "NAME",
            split = ",",
            description = "own-key, own-key-with-reader, test-and-set, map-5, map-50, insert, store-get, store-put; by "
                    + "default own-key and map-50. The last two of berth and concurrent only.")
    private @Nullable List<String> workloads;

    @Option(
            names = "--implementation",
            paramLabel = "NAME",
            split = ",",
            description = "berth, concurrent, synchronized, lock, non-blocking; by default the first four.")
    private @Nullable List<String> implementations;

    @Option(
            names = "--rate",
            paramLabel = "N",
            split = ",",
            defaultValue = "100000",
            description = "Intended operations per second and thread, one or more rates; 100000 by default.")
    private List<Long> rates;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads of load; by default one for each CPU, but one CPU is left to other threads.")
    private @Nullable Integer threads;

    @Option(
            names = "--arrivals",
            paramLabel = "HOW",
            defaultValue = "constant",
            description = "constant (by default), or poisson, as requests of many independent clients.")
    private String arrivals;

    @Option(names = "--neighbour", description = "Beside a thread that allocates up to 256 MB per second.")
    private boolean neighbour;

    @Option(names = "--gc", paramLabel = "NAME", description = "g1 (by default) or zgc.")
    private @Nullable String gc;

    @Option(names = "--seconds", paramLabel = "N", defaultValue = "3", description = "Measured seconds; 3 by default.")
    private int seconds;

    @Option(names = "--warmup", paramLabel = "N", defaultValue = "2", description = "Warm-up seconds; 2 by default.")
    private int warmup;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "How often each is measured: rounds differ by noise alone. 1 by default, 2 with --full.")
    private @Nullable Integer rounds;

    @Option(
            names = "--pin",
            description = "Pin each thread to its own CPU: one of each core first, node by node. More threads than "
                    + "CPUs start over.")
    private boolean pin;

    @Option(
            names = "--find-max",
            paramLabel = "MICROS",
            description = "Search for the highest rate at which p99.9 stays within so many microseconds, "
                    + "starting at --rate.")
    private @Nullable Long bound;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where to write; by default results/local/ and the time, under the current directory.")
    private @Nullable Path out;

    /** For the forked JVMs: the measurement to make. */
    @Option(names = "--one", hidden = true)
    private @Nullable String one;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (one != null && out != null) {
            spec.commandLine().getOut().println(Fork.answer(one, out));
            spec.commandLine().getOut().flush();
            return 0;
        }
        rates.forEach(rate -> require("--rate", rate, HIGHEST_RATE));
        require("--threads", threads == null ? 1 : threads, Dictionary.RECORDS / 2);
        require("--seconds", seconds, HIGHEST_SECONDS);
        require("--rounds", rounds(), HIGHEST_ROUNDS);
        require("--find-max", bound == null ? 1 : bound, TimeUnit.SECONDS.toMicros(HIGHEST_SECONDS));
        if (bound != null && rates.size() > 1) {
            throw mistake("--find-max begins at one rate: --rate=" + rates);
        }
        if (full && (neighbour || gc != null)) {
            throw mistake("--full has each --gc and --neighbour: leave them out");
        }
        String obstacle = pin ? CpuOrder.current().obstacle() : null;
        if (obstacle != null) {
            throw mistake("--pin: " + obstacle);
        }
        if (warmup < 0 || warmup > HIGHEST_SECONDS) {
            throw mistake("--warmup must be from 0 to " + HIGHEST_SECONDS + ": value=" + warmup);
        }
        List<LatencyParameters> plan = plan();
        if (plan.isEmpty()) {
            throw mistake("no such implementation of these workloads: --implementation="
                    + String.join(",", implementations == null ? List.of() : implementations));
        }
        LatencySession session = new LatencySession(
                folder(),
                RunFolder.command("latency", spec.commandLine().getParseResult().originalArgs()),
                pin,
                spec.commandLine().getOut(),
                spec.commandLine().getErr());
        return (bound == null ? session.measure(plan) : session.findMaxima(plan, bound)) ? 0 : 1;
    }

    /** The conditions of a measurement. */
    private record Environment(LatencyParameters.Collector gc, boolean neighbour) {}

    private List<LatencyParameters> plan() {
        List<LatencyParameters> plan = new ArrayList<>();
        for (int round = 1; round <= rounds(); round++) {
            for (Workload workload : workloads()) {
                for (Environment environment : environments()) {
                    addLoads(plan, workload, environment, round);
                }
            }
        }
        return plan;
    }

    /** Compared implementations run one after the other, so that noise affects them alike. */
    private void addLoads(List<LatencyParameters> plan, Workload workload, Environment environment, int round) {
        for (long rate : Set.copyOf(rates).stream().sorted().toList()) {
            for (Implementation implementation : implementations()) {
                if (!workload.suits(implementation)) {
                    continue;
                }
                plan.add(new LatencyParameters(
                        workload,
                        implementation,
                        rate,
                        threads(environment.neighbour || workload.hasBackground()),
                        named("--arrivals", arrivals, Arrivals.values()),
                        environment.neighbour,
                        environment.gc,
                        seconds,
                        warmup,
                        round,
                        pin));
            }
        }
    }

    private List<Workload> workloads() {
        if (workloads != null) {
            return workloads.stream()
                    .map(name -> named("--workload", name, Workload.values()))
                    .distinct()
                    .toList();
        }
        return full ? List.of(Workload.values()) : List.of(Workload.OWN_KEY, Workload.MAP_50);
    }

    private List<Implementation> implementations() {
        if (implementations != null) {
            return implementations.stream()
                    .map(name -> named("--implementation", name, Implementation.values()))
                    .distinct()
                    .toList();
        }
        Set<Implementation> known = EnumSet.allOf(Implementation.class);
        if (!full) {
            known.remove(Implementation.NON_BLOCKING);
        }
        return List.copyOf(known);
    }

    private List<Environment> environments() {
        LatencyParameters.Collector chosen =
                gc == null ? LatencyParameters.Collector.G1 : named("--gc", gc, LatencyParameters.Collector.values());
        return full
                ? List.of(
                        new Environment(LatencyParameters.Collector.G1, false),
                        new Environment(LatencyParameters.Collector.G1, true),
                        new Environment(LatencyParameters.Collector.ZGC, true))
                : List.of(new Environment(chosen, neighbour));
    }

    private int threads(boolean withBackground) {
        int cpus = Runtime.getRuntime().availableProcessors();
        return threads != null ? threads : Math.max(1, withBackground ? cpus - 1 : cpus);
    }

    private <E extends Enum<E>> E named(String option, String name, E[] known) {
        for (E one : known) {
            if (id(one).equals(name.toLowerCase(Locale.ROOT))) {
                return one;
            }
        }
        throw mistake("unknown name: option=" + option + " name=" + name + " known="
                + Arrays.stream(known).map(LatencyCommand::id).toList());
    }

    static String id(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private void require(String option, long value, long highest) {
        if (value < 1 || value > highest) {
            throw mistake(option + " must be from 1 to " + highest + ": value=" + value);
        }
    }

    private int rounds() {
        return rounds != null ? rounds : full ? 2 : 1;
    }

    private LatencyFolder folder() {
        Path path = RunFolder.orByTime(out);
        try {
            return LatencyFolder.create(path);
        } catch (IOException e) {
            throw mistake("cannot write to folder " + path + ": " + RunFolder.reason(e));
        }
    }

    private ParameterException mistake(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
