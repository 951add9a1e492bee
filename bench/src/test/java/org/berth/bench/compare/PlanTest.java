package org.berth.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

class PlanTest {

    private static final Pattern ALL = Pattern.compile("");

    @Test
    void everyBenchmarkIsInTheCatalogueAndNoOther() {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
        Set<String> known = BenchmarkList.defaultList()
                .getAll(OutputFormatFactory.createFormatInstance(nowhere, VerboseMode.SILENT), List.of())
                .stream()
                .map(BenchmarkListEntry::getUsername)
                .collect(Collectors.toSet());

        assertThat(known).isNotEmpty();
        assertThat(Stream.of(Suite.values())
                        .flatMap(suite -> Plan.of(suite, RunMode.FULL, Cpus.ofOneNode(2), ALL, null).stream())
                        .map(Measurement::benchmark)
                        .collect(Collectors.toSet()))
                .isEqualTo(known);
    }

    @Test
    void defaultModeEndsWithinTenMinutesOnTwoCpus() {
        assertThat(estimate(RunMode.DEFAULT)).isLessThan(Duration.ofMinutes(9));
        assertThat(estimate(RunMode.SMOKE)).isLessThan(Duration.ofSeconds(30));
        assertThat(estimate(RunMode.QUICK)).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(60));
        assertThat(estimate(RunMode.FULL)).isBetween(Duration.ofMinutes(15), Duration.ofMinutes(40));
        assertThat(RunMode.FULL.timing().forks()).isGreaterThanOrEqualTo(2);
    }

    @Test
    void recordsTakeAMinuteOnTwoCpus() {
        List<Measurement> records = Plan.of(Suite.RECORDS, RunMode.DEFAULT, Cpus.ofOneNode(2), ALL, null);
        assertThat(records).hasSize(8);
        assertThat(RunMode.DEFAULT.timing().estimate(records.size())).isLessThan(Duration.ofMinutes(1));
    }

    @Test
    void aShortRunHasTheSmallestStoreAndADefaultRunAllSizes() {
        List<Measurement> smoke = Plan.of(Suite.STORE, RunMode.SMOKE, Cpus.ofOneNode(2), ALL, null);
        assertThat(smoke)
                .hasSize(13)
                .allMatch(measurement -> measurement.row().params().get("size").equals("1000"))
                .allMatch(measurement -> measurement.row().params().get("bytes").equals("32"));
        assertThat(smoke)
                .extracting(measurement -> measurement.section().benchmarks().getSimpleName())
                .contains("StoreRead", "StoreUpdate", "StoreMix", "StoreChurn");
        List<Measurement> run = Plan.of(Suite.STORE, RunMode.DEFAULT, Cpus.ofOneNode(2), ALL, null);
        assertThat(run)
                .allMatch(measurement -> measurement.row().params().get("bytes").equals("32"))
                .extracting(measurement -> measurement.row().params().get("size"))
                .contains("1000", "100000", "5000000");
        assertThat(run).extracting(Measurement::threads).containsOnly(1, 2, 8);
        assertThat(RunMode.DEFAULT.timing().estimate(run.size())).isLessThan(Duration.ofMinutes(6));
        assertThat(Plan.of(Suite.STORE, RunMode.FULL, Cpus.ofOneNode(2), ALL, null))
                .extracting(measurement -> measurement.row().params().get("bytes"))
                .contains("256", "4096");
    }

    @Test
    void fullOnlyRowsAreInAFullRunOnly() {
        assertThat(plan(RunMode.FULL, 2))
                .anyMatch(measurement -> measurement.row().fullOnly());
        assertThat(plan(RunMode.DEFAULT, 2))
                .noneMatch(measurement -> measurement.row().fullOnly());
    }

    @Test
    void smokeTouchesEveryWorkloadWithBerthAndAnother() {
        for (ReportSection section : Suite.SLOTS.sections()) {
            List<Row> rows = plan(RunMode.SMOKE, 2).stream()
                    .filter(measurement -> measurement.section().tables().equals(section.tables()))
                    .map(Measurement::row)
                    .toList();
            assertThat(rows).as(section.toString()).hasSizeGreaterThanOrEqualTo(2);
            assertThat(rows)
                    .anyMatch(Row::berth)
                    .anyMatch(row -> !row.baseline().isEmpty());
        }
    }

    @Test
    void theBaselineIsTheNearestRowAboveWithoutARatio() {
        for (ReportSection section : allSections()) {
            String base = "";
            for (Row row : section.rows()) {
                if (row.baseline().isEmpty()) {
                    assertThat(row.berth()).as(row.label()).isTrue();
                    base = row.label();
                } else {
                    assertThat(row.baseline()).as(row.label()).isEqualTo(base);
                }
            }
            assertThat(section.rows()).extracting(Row::label).doesNotHaveDuplicates();
        }
    }

    @Test
    void threadsFollowTheCpus() {
        assertThat(threads(1)).containsExactlyInAnyOrder(1, 4);
        assertThat(threads(2)).containsExactlyInAnyOrder(1, 2, 8);
        assertThat(threads(16)).containsExactlyInAnyOrder(1, 16, 64);
    }

    @Test
    void aFullRunRepeatsTheBaselineOfEachSection() {
        for (ReportSection section : allSections()) {
            Row first = section.rows().getFirst();
            Row repeated = section.rows().stream()
                    .filter(row -> row.label().equals(Row.repeated(first.label())))
                    .findFirst()
                    .orElseThrow();
            assertThat(repeated.method()).isEqualTo(first.method());
            assertThat(repeated.params()).isEqualTo(first.params());
            assertThat(repeated.oversubscribed()).isEqualTo(first.oversubscribed());
        }
        assertThat(plan(RunMode.DEFAULT, 2))
                .noneMatch(measurement -> measurement.row().label().endsWith("repeated"));
    }

    @Test
    void aFullRunShowsTheScaling() {
        Cpus twoNodes = new Cpus(24, 12);
        assertThat(Plan.of(Suite.SLOTS, RunMode.FULL, twoNodes, ALL, null))
                .extracting(Measurement::threads)
                .containsOnly(1, 2, 4, 8, 12, 16, 24, 96);
        assertThat(Cpus.ofOneNode(1).steps()).containsExactly(1);
        assertThat(Cpus.ofOneNode(2).steps()).containsExactly(2);
        assertThat(Cpus.ofOneNode(6).steps()).containsExactly(2, 4, 6);
    }

    @Test
    void threadCountsCanBeChosen() {
        List<Measurement> plan = Plan.of(Suite.SLOTS, RunMode.DEFAULT, 4, List.of(1, 3, 9), ALL, null);

        assertThat(plan).extracting(Measurement::threads).containsOnly(1, 3, 9);
        assertThat(plan)
                .filteredOn(measurement -> measurement.threads() == 1)
                .allMatch(measurement -> measurement.section().threadCounts().contains(ThreadCounts.ONE));
        assertThat(plan)
                .filteredOn(measurement -> measurement.threads() > 1)
                .allMatch(measurement -> measurement.section().threadCounts().contains(ThreadCounts.ONE_PER_CPU)
                        || measurement.row().oversubscribed());
        assertThat(plan)
                .as("a section with a reader")
                .anyMatch(measurement -> measurement.section().hasRoles() && measurement.threads() == 9);
    }

    @Test
    void patternsChoose() {
        assertThat(Plan.of(Suite.SLOTS, RunMode.DEFAULT, Cpus.ofOneNode(2), Pattern.compile("ByHandle\\.agrona"), null))
                .hasSize(5)
                .allMatch(measurement -> measurement.benchmark().contains("OwnKeyByHandle.agrona"));
        assertThat(Plan.of(
                        Suite.SLOTS,
                        RunMode.DEFAULT,
                        Cpus.ofOneNode(2),
                        Pattern.compile("ByHandle\\.agrona"),
                        Pattern.compile("Eight$")))
                .hasSize(3);
        assertThat(Plan.of(Suite.SLOTS, RunMode.DEFAULT, Cpus.ofOneNode(2), Pattern.compile("nothing"), null))
                .isEmpty();
    }

    @Test
    void patternsChooseByParameters() {
        Pattern small = Pattern.compile("MapRead.*size=1000$");
        assertThat(Plan.of(Suite.MAP, RunMode.FULL, Cpus.ofOneNode(2), small, Pattern.compile("distribution=zipf")))
                .isNotEmpty()
                .allMatch(measurement -> measurement.row().params().get("size").equals("1000"))
                .allMatch(measurement ->
                        measurement.row().params().get("distribution").equals("uniform"));
    }

    private static List<ReportSection> allSections() {
        return Stream.of(Suite.values())
                .flatMap(suite -> suite.sections().stream())
                .toList();
    }

    private static Set<Integer> threads(int cpus) {
        return plan(RunMode.DEFAULT, cpus).stream().map(Measurement::threads).collect(Collectors.toSet());
    }

    private static Duration estimate(RunMode mode) {
        return mode.timing().estimate(plan(mode, 2).size());
    }

    private static List<Measurement> plan(RunMode mode, int cpus) {
        return Plan.of(Suite.SLOTS, mode, Cpus.ofOneNode(cpus), ALL, null);
    }
}
