package org.berth.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.berth.bench.chart.Digits;
import org.berth.bench.chart.SvgChart;
import org.berth.bench.compare.Measured;
import org.jspecify.annotations.Nullable;

/**
 * Costs of implementations, in several columns.
 *
 * @param title   of the chart
 * @param columns of the table
 * @param rows    the implementations
 * @param folders to search, in order
 */
record CostSummary(String title, List<Column> columns, List<Row> rows, List<Folder> folders) implements Summary {

    /**
     * A column.
     *
     * @param name    its heading
     * @param key     what the titles of tables are completed with
     * @param threads of the figures
     */
    record Column(String name, String key, int threads) {}

    /**
     * A row.
     *
     * @param name   its heading
     * @param table  the title of the table, with {@code %s} for the column's key
     * @param labels of the implementation; the first that is found counts
     */
    record Row(String name, String table, List<String> labels) {

        boolean berth() {
            return labels.getFirst().startsWith("Berth");
        }
    }

    @Override
    public Rendered render() {
        StringBuilder table = new StringBuilder("| ns per operation |");
        columns.forEach(column -> table.append(' ').append(column.name).append(" |"));
        table.append("\n|---|").append("---:|".repeat(columns.size())).append('\n');
        List<SvgChart.Bar> bars = new ArrayList<>();
        for (Row row : rows) {
            List<Measured.@Nullable Cell> cells = new ArrayList<>();
            columns.forEach(column -> cells.add(find(row, column)));
            if (cells.stream().allMatch(Objects::isNull)) {
                // No run has measured it yet.
                continue;
            }
            table.append("| ")
                    .append(row.berth() ? "**" + row.name + "**" : row.name)
                    .append(" |");
            cells.forEach(cell -> table.append(' ').append(text(cell)).append(" |"));
            table.append('\n');
            bars.add(new SvgChart.Bar(row.name, row.berth(), cells));
        }
        String svg = SvgChart.bars(title, columns.stream().map(Column::name).toList(), bars);
        return new Rendered(table.toString(), svg);
    }

    private Measured.@Nullable Cell find(Row row, Column column) {
        String title = String.format(Locale.ROOT, row.table, column.key);
        for (Folder folder : folders) {
            Measured measured = folder.measured();
            for (Measured.Table table : measured == null ? List.<Measured.Table>of() : measured.tables()) {
                int index = table.threads().indexOf(column.threads);
                for (Measured.Line line :
                        table.title().equals(title) && index >= 0 ? table.rows() : List.<Measured.Line>of()) {
                    Measured.Cell cell =
                            row.labels.contains(line.label()) ? line.cells().get(index) : null;
                    if (cell != null) {
                        return cell;
                    }
                }
            }
        }
        return null;
    }

    private static String text(Measured.@Nullable Cell cell) {
        if (cell == null) {
            return "–";
        }
        String ratio = cell.ratio() == null ? "" : Digits.three(cell.ratio()) + " ×";
        return Digits.withError(cell.nanos(), cell.error())
                + switch (cell.verdict()) {
                    case WON -> ", " + ratio;
                    case LOST -> ", **" + ratio + "**";
                    case NO_DIFFERENCE -> ", ≈";
                    case NONE -> "";
                };
    }
}
