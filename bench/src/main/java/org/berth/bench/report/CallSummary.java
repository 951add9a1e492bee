package org.berth.bench.report;

import java.util.List;
import java.util.stream.Collectors;
import org.berth.bench.chart.Digits;
import org.berth.bench.chart.SvgChart;

/**
 * Latency distributions of calls.
 *
 * @param title  of the chart
 * @param last   heading of the last column
 * @param rows   of the table
 * @param panels of the chart
 */
record CallSummary(String title, String last, List<Row> rows, List<SvgChart.Panel> panels) implements Summary {

    /**
     * A row.
     *
     * @param name   its heading
     * @param berth  whether it is Berth
     * @param rounds the distribution of each round, or of all together
     * @param last   the cell of the last column
     */
    record Row(String name, boolean berth, List<Percentiles> rounds, String last) {}

    @Override
    public Rendered render() {
        StringBuilder table = new StringBuilder("| | p50 | p99 | p99.9 | p99.99 | max | " + last + " |\n");
        table.append("|---|---:|---:|---:|---:|---:|---:|\n");
        for (Row row : rows) {
            table.append("| ")
                    .append(row.berth ? "**" + row.name + "**" : row.name)
                    .append(" | ")
                    .append(List.of(
                                    row.rounds.stream().map(Percentiles::p50).toList(),
                                    row.rounds.stream().map(Percentiles::p99).toList(),
                                    row.rounds.stream().map(Percentiles::p999).toList(),
                                    row.rounds.stream().map(Percentiles::p9999).toList(),
                                    row.rounds.stream().map(Percentiles::max).toList())
                            .stream()
                            .map(Digits::times)
                            .collect(Collectors.joining(" | ")))
                    .append(" | ")
                    .append(row.last)
                    .append(" |\n");
        }
        return new Rendered(table.toString(), SvgChart.curves(title, panels));
    }
}
