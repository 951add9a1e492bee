package org.berth.bench.report;

import java.util.List;
import java.util.stream.Collectors;
import org.berth.bench.memory.ChurnMemory;
import org.berth.bench.memory.Samples;

/**
 * Resident memory over time.
 *
 * @param samples of each measurement
 */
record MemorySummary(List<Samples> samples) implements Summary {

    @Override
    public Rendered render() {
        StringBuilder table = new StringBuilder(line(ChurnMemory.HEAD, false))
                .append("|---:|---|")
                .append("---:|".repeat(ChurnMemory.HEAD.size() - 2))
                .append('\n');
        for (Samples one : samples) {
            table.append(line(ChurnMemory.row(one), one.variant().kind().label().startsWith("Berth")));
        }
        return new Rendered(table.toString(), ChurnMemory.svg(samples));
    }

    /** The second cell is the implementation's name. */
    private static String line(List<String> cells, boolean berth) {
        String name = berth ? "**" + cells.get(1) + "**" : cells.get(1);
        return cells.subList(2, cells.size()).stream()
                .collect(Collectors.joining(" | ", "| " + cells.getFirst() + " | " + name + " | ", " |\n"));
    }
}
