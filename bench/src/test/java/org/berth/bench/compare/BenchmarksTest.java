package org.berth.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.berth.bench.affinity.AffinityProfiler;
import org.berth.bench.compare.Jmh.BenchmarkFailed;
import org.berth.offheap.TestDepth;
import org.berth.offheap.placement.Topology;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.RunnerException;

/**
 * Runs every benchmark for a moment: each verifies at its end that it has counted something. A thorough build runs each
 * with all of its parameters.
 */
class BenchmarksTest {

    private static final Timing INSIDE = new Timing(0, 0, 1, 5);
    private static final Timing FORKED = new Timing(1, 0, 1, 5);

    private final ByteArrayOutputStream log = new ByteArrayOutputStream();

    @BeforeAll
    static void runBesideOthers() {
        System.setProperty("jmh.ignoreLock", "true");
    }

    /** Benchmarks that need flags: peers except Agrona's map, and those that need native access. */
    private static final String WITH_FLAGS = "agrona(?!HashMap)|chronicle|ohc|MapPages|CurrentNode|ClaimAndRemove";

    static List<Measurement> inside() {
        return briefly(measurements("", WITH_FLAGS), Measurement::benchmark);
    }

    static List<Measurement> forked() {
        // A JVM for each takes seconds.
        return briefly(measurements(WITH_FLAGS, "nothing"), measurement -> workload(measurement.benchmark()));
    }

    private static String workload(String benchmark) {
        return benchmark.substring(0, benchmark.lastIndexOf('.'));
    }

    /** The first of each group, or all in a thorough build. */
    private static List<Measurement> briefly(List<Measurement> all, Function<Measurement, String> group) {
        if (TestDepth.THOROUGH) {
            return all;
        }
        Map<String, Measurement> first = new LinkedHashMap<>();
        all.forEach(measurement -> first.putIfAbsent(group.apply(measurement), measurement));
        return List.copyOf(first.values());
    }

    @ParameterizedTest
    @MethodSource("inside")
    void runs(Measurement measurement) throws BenchmarkFailed, RunnerException {
        assertCosts(measurement, run(measurement, INSIDE));
    }

    /** In a forked JVM, because this one lacks the flag that Agrona requires. */
    @ParameterizedTest
    @MethodSource("forked")
    void runsWithItsOwnFlags(Measurement measurement) throws BenchmarkFailed, RunnerException {
        assertCosts(measurement, run(measurement, FORKED));
    }

    @Test
    void aFailingBenchmarkIsDistinguishedFromAFailureOfJmh() {
        Measurement agrona = forked().getFirst();

        assertThatThrownBy(() -> run(agrona, INSIDE)).isInstanceOf(BenchmarkFailed.class);
        assertThat(log.toString(StandardCharsets.UTF_8)).contains("UnsafeApi");
    }

    /** Each thread verifies its CPU and is counted; with more threads than CPUs the order starts over. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void threadsAreOnTheirCpus() throws BenchmarkFailed, RunnerException {
        int threads = Topology.current().usableCpus().size() + 1;
        Measurement measurement = inside().stream()
                .filter(one -> one.benchmark().endsWith("FalseSharing.owned"))
                .map(one -> new Measurement(one.section(), one.row(), threads))
                .findFirst()
                .orElseThrow();
        try (PrintStream out = new PrintStream(log, true, StandardCharsets.UTF_8)) {
            RunResult result = new Jmh(new Timing(1, 1, 1, 20), true, out).run(measurement);
            assertThat(result.getSecondaryResults()
                            .get(AffinityProfiler.THREADS)
                            .getScore())
                    .isEqualTo(threads);
        }
    }

    private static void assertCosts(Measurement measurement, RunResult result) {
        assertThat(result.getParams().getThreads()).isEqualTo(measurement.threads());
        measurement
                .row()
                .params()
                .forEach((param, value) ->
                        assertThat(result.getParams().getParam(param)).isEqualTo(value));
        Results results = new Results();
        results.put(measurement, result);
        for (String table : measurement.section().tables()) {
            Cost cost = results.find(table, measurement.row().label(), measurement.threads());
            assertThat(cost).as(table).isNotNull();
            assertThat(cost.nanos()).as(table).isPositive();
            assertThat(cost.bytes()).as(table).isNotNaN();
        }
    }

    private RunResult run(Measurement measurement, Timing timing) throws BenchmarkFailed, RunnerException {
        try (PrintStream out = new PrintStream(log, true, StandardCharsets.UTF_8)) {
            return new Jmh(timing, false, out).run(measurement);
        }
    }

    /** Replaces a large map by a small one. */
    private static Measurement small(Measurement measurement) {
        Row row = measurement.row();
        return row.hasPages() && row.params().containsKey("size")
                ? new Measurement(measurement.section(), row.with("size", "1000"), measurement.threads())
                : measurement;
    }

    /** Two threads where a benchmark has them, and one where it does not. */
    private static List<Measurement> measurements(String include, String exclude) {
        return Stream.of(Suite.values())
                .flatMap(suite -> Plan.of(
                        suite, RunMode.FULL, Cpus.ofOneNode(2), Pattern.compile(include), Pattern.compile(exclude))
                        .stream())
                .filter(measurement -> measurement.threads() == 2
                        || measurement.section().threadCounts().equals(EnumSet.of(ThreadCounts.ONE)))
                .map(BenchmarksTest::small)
                // Larger maps run the same code, and take long to fill.
                .filter(measurement ->
                        measurement.row().params().getOrDefault("size", "1000").equals("1000"))
                .toList();
    }
}
