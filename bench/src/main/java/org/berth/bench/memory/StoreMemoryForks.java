package org.berth.bench.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.berth.bench.fork.ForkedRun;

/**
 * A store-memory run.
 *
 * @param churn   how often fresh keys take the place of all others
 * @param jvmArgs the heap and the collector
 */
record StoreMemoryForks(int churn, List<String> jvmArgs) implements ForkedRun<StoreVariant> {

    private static final double SECONDS_PER_ENTRY = 3e-6;
    private static final int OVERHEAD_SECONDS = 3;

    @Override
    public String kind() {
        return StoreMemory.KIND;
    }

    @Override
    public String name(StoreVariant variant) {
        return variant.name();
    }

    @Override
    public List<String> jvmArgs(StoreVariant variant) {
        return variant.kind().flags();
    }

    @Override
    public List<String> args(StoreVariant variant) {
        return List.of("--one", variant.name(), "--churn", Integer.toString(churn));
    }

    @Override
    public double seconds(StoreVariant variant) {
        return OVERHEAD_SECONDS + variant.entries() * SECONDS_PER_ENTRY * (1 + churn);
    }

    @Override
    public List<String> caveats() {
        return List.of();
    }

    @Override
    public String render(List<String> header, Path folder, List<StoreVariant> measured) throws IOException {
        List<StoreUse> all = new ArrayList<>();
        for (StoreVariant variant : measured) {
            all.add(StoreUse.parse(variant, Files.readString(folder.resolve(variant.name() + StoreUse.CSV))));
        }
        StringBuilder report = new StringBuilder();
        report.append("<!-- berth-store-memory schema=" + StoreUse.SCHEMA + " -->\n");
        report.append("# Memory of the store\n\n");
        header.forEach(line -> report.append("- ").append(line).append('\n'));
        report.append("""

                In a process of its own each, a presized store is filled with keys of 16 to 32 bytes, 24 in the mean.
                Then fresh keys take the place of the oldest, %d times all of them, and as many values are set again.
                Bytes per entry are what is live on the heap after a full collection, and what the process has resident
                besides its heap, more than before there was a store; the overhead is what exceeds the key and the
                value. The heap and the memory off it are those after the churn. Chronicle Map, Ehcache and OHC are
                given a capacity when they are made; Ehcache takes all of it at once. With fewer than a million entries
                the process itself makes a difference: go by the store's own account there.
                """.formatted(churn));
        if (!all.isEmpty()) {
            report.append("\n| ").append(String.join(" | ", StoreMemory.HEAD)).append(" |\n");
            report.append("|---:|---|")
                    .append("---:|".repeat(StoreMemory.HEAD.size() - 2))
                    .append('\n');
            for (StoreUse use : StoreMemory.sorted(all)) {
                report.append("| ")
                        .append(String.join(" | ", StoreMemory.row(use)))
                        .append(" |\n");
            }
            report.append("\n## Targets\n\n| target | wanted | measured | |\n|---|---:|---:|---|\n");
            StoreMemory.targets(all).forEach(line -> report.append(line).append('\n'));
        }
        return report.toString();
    }
}
