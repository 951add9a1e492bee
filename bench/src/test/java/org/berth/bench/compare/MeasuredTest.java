package org.berth.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.berth.bench.compare.Measured.Figure;
import org.berth.bench.compare.Measured.Raw;
import org.berth.bench.compare.Measured.Table;
import org.berth.bench.compare.Measured.Verdict;
import org.junit.jupiter.api.Test;

class MeasuredTest {

    @Test
    void everyMeasurementOfEveryPlanFindsItsTableAndRow() {
        for (Suite suite : Suite.values()) {
            List<Raw> raw = new ArrayList<>();
            List<String> expected = new ArrayList<>();
            for (ReportSection section : suite.sections()) {
                for (int threads : threads(section)) {
                    for (Row row : section.rows()) {
                        double score = raw.size() + 1;
                        raw.add(raw(new Measurement(section, row, threads), score));
                        section.tables().forEach(table -> expected.add(table + row.label() + threads + score));
                    }
                }
            }

            Measured measured = Measured.of(raw, 2);
            assertThat(measured.unknown()).isEmpty();
            assertThat(measured.tables().stream().flatMap(table -> cells(table).stream()))
                    .containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    /** A benchmark of two tables may be planned for one of them only. */
    @Test
    void whatIsPlannedFindsItsTableInEveryMode() {
        for (Suite suite : Suite.values()) {
            for (RunMode mode : RunMode.values()) {
                List<Raw> raw = new ArrayList<>();
                List<String> expected = new ArrayList<>();
                for (Measurement measurement : Plan.of(suite, mode, Cpus.ofOneNode(2), Pattern.compile(""), null)) {
                    double score = raw.size() + 1;
                    raw.add(raw(measurement, score));
                    for (String table : measurement.section().tables()) {
                        expected.add(table + measurement.row().label() + measurement.threads() + score);
                    }
                }
                assertThat(Measured.of(raw, 2).tables().stream().flatMap(table -> cells(table).stream()))
                        .as(suite + " " + mode)
                        .containsExactlyInAnyOrderElementsOf(expected);
            }
        }
    }

    @Test
    void verdictsAreThoseOfTheReport() {
        ReportSection section = Catalogue.sections().getFirst();
        List<Raw> raw = List.of(
                raw(new Measurement(section, section.rows().get(0), 1), 2),
                raw(new Measurement(section, section.rows().get(1), 1), 4),
                raw(new Measurement(section, section.rows().get(2), 1), 1),
                raw(new Measurement(section, section.rows().get(4), 1), 2.01));

        Measured measured = Measured.of(raw, 2);
        assertThat(measured.tables().getFirst().rows())
                .extracting(row -> row.cells().getFirst().verdict())
                .containsExactly(Verdict.NONE, Verdict.WON, Verdict.LOST, Verdict.NO_DIFFERENCE);
        assertThat(measured.markdown())
                .contains("Berth wins 1 comparisons and loses 1; in 1 there is no difference. It loses:");
    }

    @Test
    void unknownBenchmarksAreListed() {
        Raw foreign =
                new Raw("org.other.Benchmark.run", Map.of(), 1, new Figure(1, 1), Map.of(), Double.NaN, Double.NaN);

        Measured measured = Measured.of(List.of(foreign), 2);
        assertThat(measured.tables()).isEmpty();
        assertThat(measured.unknown()).containsExactly("org.other.Benchmark.run {}");
    }

    /** Published runs have raw data under the former names of benchmark classes. */
    @Test
    void formerNamesAreThoseOfPresentBenchmarks() {
        Figure figure = new Figure(1, 0.01);
        List<Raw> raw = List.of(
                new Raw(
                        "org.berth.bench.workload.Entering.striped",
                        Map.of("keys", "own"),
                        1,
                        figure,
                        Map.of(),
                        Double.NaN,
                        Double.NaN),
                new Raw(
                        "org.berth.bench.workload.WhereAmI.node",
                        Map.of(),
                        1,
                        figure,
                        Map.of(),
                        Double.NaN,
                        Double.NaN),
                new Raw(
                        "org.berth.bench.workload.Claiming.claimAndRemove",
                        Map.of("spread", "true"),
                        1,
                        figure,
                        Map.of(),
                        Double.NaN,
                        Double.NaN));

        Measured measured = Measured.of(raw, 2);
        assertThat(measured.unknown()).isEmpty();
        assertThat(measured.tables())
                .extracting(Table::title)
                .containsExactly(KeyLockCatalogue.OWN, PlacementCatalogue.WHERE, PlacementCatalogue.CLAIM);
        assertThat(FormerNames.present("unknown")).isEqualTo("unknown");
    }

    private static List<Integer> threads(ReportSection section) {
        return section.threadCounts().stream()
                .map(counts -> counts.threads(2))
                .sorted()
                .toList();
    }

    /** Errors are a hundredth; of a group each role has the same time. */
    private static Raw raw(Measurement measurement, double score) {
        Figure figure = new Figure(score, score / 100);
        String method = measurement.row().method();
        return new Raw(
                measurement.benchmark(),
                measurement.row().params(),
                measurement.threads(),
                figure,
                Map.of(method + "Write", figure, method + "Read", figure),
                0,
                Double.NaN);
    }

    private static List<String> cells(Table table) {
        List<String> cells = new ArrayList<>();
        for (Measured.Line row : table.rows()) {
            for (int i = 0; i < table.threads().size(); i++) {
                if (row.cells().get(i) != null) {
                    cells.add(table.title()
                            + row.label()
                            + table.threads().get(i)
                            + row.cells().get(i).nanos());
                }
            }
        }
        return cells;
    }
}
