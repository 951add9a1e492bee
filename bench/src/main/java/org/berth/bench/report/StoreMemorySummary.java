package org.berth.bench.report;

import java.util.List;
import java.util.stream.Collectors;
import org.berth.bench.memory.StoreMemory;
import org.berth.bench.memory.StoreUse;
import org.berth.bench.store.StoreKind;

/**
 * The memory of the store and its peers. It has no chart.
 *
 * @param uses of each measurement
 */
record StoreMemorySummary(List<StoreUse> uses) implements Summary {

    @Override
    public Rendered render() {
        StringBuilder table = new StringBuilder(line(StoreMemory.HEAD, false))
                .append("|---:|---|")
                .append("---:|".repeat(StoreMemory.HEAD.size() - 2))
                .append('\n');
        for (StoreUse use : uses) {
            table.append(line(StoreMemory.row(use), use.variant().kind() == StoreKind.BERTH));
        }
        return new Rendered(table.toString(), "");
    }

    /** The second cell is the implementation's name. */
    private static String line(List<String> cells, boolean berth) {
        String name = berth ? "**" + cells.get(1) + "**" : cells.get(1);
        return cells.subList(2, cells.size()).stream()
                .collect(Collectors.joining(" | ", "| " + cells.getFirst() + " | " + name + " | ", " |\n"));
    }
}
