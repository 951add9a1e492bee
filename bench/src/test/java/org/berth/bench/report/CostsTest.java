package org.berth.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.berth.bench.compare.Measured;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CostsTest {

    @TempDir
    private Path folder;

    @Test
    void aChangeIsNoiseAsLongAsTheIntervalsOverlap() {
        assertThat(Change.of(cell(10, 1.0), cell(12, 1.0), 0).within()).isTrue();
        assertThat(Change.of(cell(10, 1.0), cell(12.1, 1.0), 0).within()).isFalse();
        assertThat(Change.of(cell(10, 1.0), cell(5, 1.0), 0)).isEqualTo(new Change(0.5, false, true));
        assertThat(Change.of(cell(10, null), cell(99, 1.0), 0)).isEqualTo(new Change(9.9, true, false));
    }

    @Test
    void aChangeBelowTheNoiseFloorIsNone() {
        assertThat(Change.of(cell(10, 0.1), cell(12, 0.1), 0.05).within()).isFalse();
        assertThat(Change.of(cell(10, 0.1), cell(12, 0.1), 0.1).within()).isTrue();
    }

    @Test
    void theNoiseFloorIsThatOfEitherFolder() throws IOException, InvalidInputException {
        Folder full = Folder.read(Folders.published("-slots"), 0);
        Folder other = Folder.read(Folders.withoutRepetitions(Folders.published("-slots"), folder.resolve("once")), 1);

        Costs table = Costs.of(List.of(other, full)).getFirst();
        assertThat(table.title()).isEqualTo("Own key, by handle");
        // Berth, owned add, on one thread, and repeated, as in its report.
        assertThat(table.noise().get(0)).containsOnly(0.0);
        assertThat(table.noise().get(1).get(0)).isCloseTo(0.013, within(0.0005));
    }

    @Test
    void roundsThatMeetAreNoise() {
        assertThat(Change.of(List.of(10L, 20L), List.of(21L, 29L))).isEqualTo(new Change(25 / 15.0, false, true));
        assertThat(Change.of(List.of(10L, 20L), List.of(20L, 29L)).within()).isTrue();
        assertThat(Change.of(List.of(10L, 20L, 30L), List.of(5L, 6L, 9L))).isEqualTo(new Change(0.3, false, true));
        assertThat(Change.of(List.of(10L), List.of(99L)).verdict()).isEqualTo("noise not known");
    }

    @Test
    void tablesOfTheSameNameStandSideBySide() throws IOException, InvalidInputException {
        Folder first = Folder.read(Folders.withoutRepetitions(Folders.published("-slots"), folder.resolve("once")), 0);
        Folder second = Folder.read(Folders.published("-slots"), 1);

        List<Costs> tables = Costs.of(List.of(first, second));
        assertThat(tables).hasSize(first.measured().tables().size());
        Costs table = tables.getFirst();
        assertThat(table.folders()).containsExactly(0, 1);
        Costs.Row berth = table.rows().getFirst();
        assertThat(berth.cells().get(0))
                .allSatisfy(cell -> assertThat(cell.change()).isNull());
        assertThat(berth.cells().get(1))
                .allSatisfy(cell -> assertThat(cell.change()).isNotNull());
    }

    @Test
    void scalingIsThatOfTheThroughputOnTheCpusThereAre() throws IOException, InvalidInputException {
        Costs table =
                Costs.of(List.of(Folder.read(Folders.published("-slots"), 0))).getFirst();
        List<Costs.Cell> cells = table.rows().getFirst().cells().getFirst();

        assertThat(table.threads()).containsExactly(1, 2, 8);
        double alone = cells.get(0).figure().nanos();
        assertThat(cells.get(0).throughput()).isCloseTo(1_000 / alone, within(1e-9));
        assertThat(cells.get(2).speedup())
                .isCloseTo(8 * alone / cells.get(2).figure().nanos(), within(1e-9));
        assertThat(cells.get(2).efficiency()).isCloseTo(cells.get(2).speedup() / 2, within(1e-9));
    }

    private static Measured.Cell cell(double nanos, Double error) {
        return new Measured.Cell(nanos, error, "0", null, null, Measured.Verdict.NONE);
    }
}
