package org.berth.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.berth.bench.compare.Catalogue.ADD;
import static org.berth.bench.compare.Catalogue.BY_HANDLE;
import static org.berth.bench.compare.Catalogue.LONG_ADDER;
import static org.berth.bench.compare.Catalogue.PADDED_ARRAY;
import static org.berth.bench.compare.Catalogue.RELEASE_WRITE;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ReportTest {

    private final Results results = new Results();

    @Test
    void showsCostRatioAndAllocation() {
        put(ADD, 1, 1.0, 0.01, 0);
        put(LONG_ADDER, 1, 5.0, 0.05, 0.0004);
        put(ADD, 2, 1.0, 0.01, 0);
        put(LONG_ADDER, 2, 10, 0.1, 24);

        assertThat(report())
                .contains("| implementation | 1 thread: ns/op | ratio to Berth | B/op "
                        + "| 2 threads: ns/op | ratio to Berth | B/op |")
                .contains("| Berth, owned add | 1.00 ± 0.01 | – | 0 | 1.00 ± 0.01 | – | 0 |")
                .contains("| LongAdder | 5.00 ± 0.05 | 5.00 ± 0.07, won | 0 | 10.0 ± 0.10 | 10.0 ± 0.14, won | 24.0 |");
    }

    @Test
    void lossesStandBeforeTheTables() {
        put(ADD, 2, 1.0, 0.01, 0);
        put(LONG_ADDER, 2, 4.0, 0.01, 0);
        put(RELEASE_WRITE, 2, 0.5, 0.01, 0);
        put(PADDED_ARRAY, 2, 1.01, 0.1, 0);

        String report = report();
        assertThat(report)
                .contains("Berth wins 1 comparisons and loses 1; in 1 there is no difference. It loses:")
                .contains("| AtomicLongArray, padded | 1.01 ± 0.10 | no difference | 0 |")
                .contains("| 0.50 ± 0.01, **lost** |");
        assertThat(report.indexOf("- " + BY_HANDLE + ", " + RELEASE_WRITE + ", 2 threads: 0.50"))
                .isPositive()
                .isLessThan(report.indexOf("## " + BY_HANDLE));
    }

    @Test
    void aRatioWithinTheNoiseFloorIsNoDifference() {
        put(ADD, 1, 1.0, 0.001, 0);
        put(LONG_ADDER, 1, 1.1, 0.001, 0);
        assertThat(report()).contains("| 1.10 ± 0.00, won |").doesNotContain("Noise floor");

        put(Row.repeated(ADD), 1, 1.15, 0.001, 0);
        put(ADD, 2, 1.0, 0.001, 0);
        put(LONG_ADDER, 2, 1.1, 0.001, 0);
        put(Row.repeated(ADD), 2, 0.99, 0.001, 0);
        assertThat(report())
                .contains("| LongAdder | 1.10 ± 0.00 | no difference | 0 | 1.10 ± 0.00 | 1.10 ± 0.01, won | 0 |")
                .contains("Noise floor, from a repeated measurement: 15.0 % (1 thread), 1.0 % (2 threads).");
    }

    @Test
    void whatWasNotMeasuredIsADash() {
        put(ADD, 1, 1.0, 0.01, 0);
        put(ADD, 8, 1.0, 0.01, 0);
        put(LONG_ADDER, 8, 2.0, 0.01, 0);

        assertThat(report()).contains("| LongAdder | – | – | – | 2.00 ± 0.01 | 2.00 ± 0.02, won | 0 |");
    }

    @Test
    void aPeerWithoutBerthHasNoRatio() {
        put(LONG_ADDER, 2, 2.0, 0.01, 0);

        assertThat(report()).contains("| LongAdder | 2.00 ± 0.01 | – | 0 |");
    }

    @Test
    void workloadsThatWereNotMeasuredAreListed() {
        String report = report();

        for (ReportSection section : Catalogue.sections()) {
            assertThat(section.tables()).allSatisfy(table -> assertThat(report).doesNotContain("## " + table));
        }
        assertThat(report)
                .contains(Catalogue.sections().stream()
                        .flatMap(section -> section.tables().stream())
                        .collect(Collectors.joining("; ", "\nNot measured: ", ".\n")));
        assertThat(report).contains("## Targets").doesNotContain("reached |").doesNotContain("missed");
    }

    @Test
    void paddingIsComparedWithoutWinnersAndLosers() {
        results.put(Catalogue.FALSE_SHARING, "Berth, 128 bytes (the default)", 2, new Cost(1, 0.01, 0));
        results.put(Catalogue.FALSE_SHARING, "Berth, 8 bytes", 2, new Cost(20, 0.01, 0));

        assertThat(report())
                .contains("| Berth, 8 bytes | 20.0 ± 0.01 | 20.0 ± 0.20 | 0 |")
                .contains("Berth wins 0 comparisons and loses 0; in 0 there is no difference.");
    }

    @Test
    void theShareOfHugePagesIsReportedAndThatItIsUnknown() {
        String table = PlacementCatalogue.GET;
        results.put(table, PlacementCatalogue.HUGE_TOUCHED, 1, new Cost(50, 1, 0));
        results.put(table, PlacementCatalogue.ORDINARY, 1, new Cost(60, 1, 0));
        results.putHugePages(table, PlacementCatalogue.HUGE_TOUCHED, 1, 97.6);

        assertThat(Report.render(Suite.PLACEMENT, List.of(), results, 2))
                .contains(
                        "\nShare of memory in huge pages, as the kernel reports it: Berth, huge pages, pre-touched, 1 "
                                + "thread: 98 %; Berth, no placement, 1 thread: not known.\n");
    }

    @Test
    void startsWithItsSchemaAndTheRun() {
        assertThat(report()).startsWith("<!-- berth-compare schema=1 -->\n# Berth compared\n\n- Machine: hand-made\n");
    }

    private void put(String row, int threads, double nanos, double error, double bytes) {
        results.put(BY_HANDLE, row, threads, new Cost(nanos, error, bytes));
    }

    private String report() {
        return Report.render(Suite.SLOTS, List.of("Machine: hand-made"), results, 2);
    }
}
