package org.berth.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.berth.bench.compare.Measured;
import org.junit.jupiter.api.Test;

class CostsTest {

    @Test
    void aChangeIsNoiseAsLongAsTheIntervalsOverlap() {
        assertThat(Costs.Change.of(cell(10, 1.0), cell(12, 1.0)).within()).isTrue();
        assertThat(Costs.Change.of(cell(10, 1.0), cell(12.1, 1.0)).within()).isFalse();
        assertThat(Costs.Change.of(cell(10, 1.0), cell(5, 1.0))).isEqualTo(new Costs.Change(0.5, false));
        assertThat(Costs.Change.of(cell(10, null), cell(99, 1.0)).within())
                .as("not known")
                .isTrue();
    }

    @Test
    void tablesOfTheSameNameStandSideBySide() throws BadInput {
        Folder first = Folder.read(Folders.published("-default"), 0);
        Folder second = Folder.read(Folders.published(""), 1);

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
    void scalingIsThatOfTheThroughputOnTheCpusThereAre() throws BadInput {
        Costs table = Costs.of(List.of(Folder.read(Folders.published(""), 0))).getFirst();
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
