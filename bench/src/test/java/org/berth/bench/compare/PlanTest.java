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
        assertThat(Stream.of(Subject.values())
                        .flatMap(subject -> Plan.of(subject, Effort.FULL, Cpus.ofOneNode(2), ALL, null).stream())
                        .map(Measurement::benchmark)
                        .collect(Collectors.toSet()))
                .isEqualTo(known);
    }

    @Test
    void defaultModeEndsWithinTenMinutesOnTwoCpus() {
        assertThat(estimate(Effort.DEFAULT)).isLessThan(Duration.ofMinutes(9));
        assertThat(estimate(Effort.SMOKE)).isLessThan(Duration.ofSeconds(30));
        assertThat(estimate(Effort.QUICK)).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(60));
        assertThat(estimate(Effort.FULL)).isBetween(Duration.ofMinutes(15), Duration.ofMinutes(40));
        assertThat(Effort.FULL.timing().forks()).isGreaterThanOrEqualTo(2);
    }

    @Test
    void detailsAreInTheLongestRunOnly() {
        assertThat(plan(Effort.FULL, 2))
                .anyMatch(measurement -> measurement.row().detail());
        assertThat(plan(Effort.DEFAULT, 2))
                .noneMatch(measurement -> measurement.row().detail());
    }

    @Test
    void smokeTouchesEveryWorkloadWithBerthAndAnother() {
        for (Section section : Subject.SLOTS.sections()) {
            List<Row> rows = plan(Effort.SMOKE, 2).stream()
                    .filter(measurement -> measurement.section().tables().equals(section.tables()))
                    .map(Measurement::row)
                    .toList();
            assertThat(rows).as(section.toString()).hasSizeGreaterThanOrEqualTo(2);
            assertThat(rows).anyMatch(Row::berth).anyMatch(row -> !row.against().isEmpty());
        }
    }

    @Test
    void rowsAreComparedWithTheNearestAboveThatHasNoRatio() {
        for (Section section : allSections()) {
            String base = "";
            for (Row row : section.rows()) {
                if (row.against().isEmpty()) {
                    assertThat(row.berth()).as(row.label()).isTrue();
                    base = row.label();
                } else {
                    assertThat(row.against()).as(row.label()).isEqualTo(base);
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
    void theLongestRunMeasuresBerthOfEachSectionTwice() {
        for (Section section : allSections()) {
            Row first = section.rows().getFirst();
            Row again = section.rows().stream()
                    .filter(row -> row.label().equals(Row.again(first.label())))
                    .findFirst()
                    .orElseThrow();
            assertThat(again.method()).isEqualTo(first.method());
            assertThat(again.params()).isEqualTo(first.params());
            assertThat(again.crowd()).isEqualTo(first.crowd());
        }
        assertThat(plan(Effort.DEFAULT, 2))
                .noneMatch(measurement -> measurement.row().label().endsWith("once more"));
    }

    @Test
    void theLongestRunShowsHowItScales() {
        Cpus twoNodes = new Cpus(24, 12);
        assertThat(Plan.of(Subject.SLOTS, Effort.FULL, twoNodes, ALL, null))
                .extracting(Measurement::threads)
                .containsOnly(1, 2, 4, 8, 12, 16, 24, 96);
        assertThat(Cpus.ofOneNode(1).steps()).containsExactly(1);
        assertThat(Cpus.ofOneNode(2).steps()).containsExactly(2);
        assertThat(Cpus.ofOneNode(6).steps()).containsExactly(2, 4, 6);
    }

    @Test
    void threadCountsCanBeChosen() {
        List<Measurement> plan = Plan.of(Subject.SLOTS, Effort.DEFAULT, 4, List.of(1, 3, 9), ALL, null);

        assertThat(plan).extracting(Measurement::threads).containsOnly(1, 3, 9);
        assertThat(plan)
                .filteredOn(measurement -> measurement.threads() == 1)
                .allMatch(measurement -> measurement.section().loads().contains(Load.ONE));
        assertThat(plan)
                .filteredOn(measurement -> measurement.threads() > 1)
                .allMatch(measurement -> measurement.section().loads().contains(Load.EACH_CPU)
                        || measurement.row().crowd());
        assertThat(plan)
                .as("a section with a reader")
                .anyMatch(measurement -> measurement.section().hasRoles() && measurement.threads() == 9);
    }

    @Test
    void patternsChoose() {
        assertThat(Plan.of(
                        Subject.SLOTS, Effort.DEFAULT, Cpus.ofOneNode(2), Pattern.compile("ByHandle\\.agrona"), null))
                .hasSize(5)
                .allMatch(measurement -> measurement.benchmark().contains("OwnKeyByHandle.agrona"));
        assertThat(Plan.of(
                        Subject.SLOTS,
                        Effort.DEFAULT,
                        Cpus.ofOneNode(2),
                        Pattern.compile("ByHandle\\.agrona"),
                        Pattern.compile("Eight$")))
                .hasSize(3);
        assertThat(Plan.of(Subject.SLOTS, Effort.DEFAULT, Cpus.ofOneNode(2), Pattern.compile("nothing"), null))
                .isEmpty();
    }

    @Test
    void patternsChooseByParameters() {
        Pattern small = Pattern.compile("MapRead.*size=1000$");
        assertThat(Plan.of(Subject.MAP, Effort.FULL, Cpus.ofOneNode(2), small, Pattern.compile("distribution=zipf")))
                .isNotEmpty()
                .allMatch(measurement -> measurement.row().params().get("size").equals("1000"))
                .allMatch(measurement ->
                        measurement.row().params().get("distribution").equals("uniform"));
    }

    private static List<Section> allSections() {
        return Stream.of(Subject.values())
                .flatMap(subject -> subject.sections().stream())
                .toList();
    }

    private static Set<Integer> threads(int cpus) {
        return plan(Effort.DEFAULT, cpus).stream().map(Measurement::threads).collect(Collectors.toSet());
    }

    private static Duration estimate(Effort effort) {
        return effort.timing().estimate(plan(effort, 2).size());
    }

    private static List<Measurement> plan(Effort effort, int cpus) {
        return Plan.of(Subject.SLOTS, effort, Cpus.ofOneNode(cpus), ALL, null);
    }
}
