package org.berth.bench.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.berth.bench.folder.RunFolder;
import org.berth.bench.fork.ForkedRun;

/**
 * A churn-memory run.
 *
 * @param seconds of each measurement
 * @param threads that churn
 * @param jvmArgs the heap and the collector
 */
record ChurnMemoryForks(int seconds, int threads, List<String> jvmArgs) implements ForkedRun<ChurnVariant> {

    /** Fewer do not show whether memory goes on to grow. */
    private static final int FEW_SECONDS = 120;

    private static final int OVERHEAD_SECONDS = 1;

    @Override
    public String kind() {
        return ChurnMemory.KIND;
    }

    @Override
    public String name(ChurnVariant variant) {
        return variant.name();
    }

    @Override
    public List<String> jvmArgs(ChurnVariant variant) {
        return variant.kind().flags();
    }

    @Override
    public List<String> args(ChurnVariant variant) {
        return List.of(
                "--one",
                variant.name(),
                "--seconds",
                Integer.toString(seconds),
                "--threads",
                Integer.toString(threads));
    }

    @Override
    public double seconds(ChurnVariant variant) {
        return seconds + OVERHEAD_SECONDS;
    }

    @Override
    public List<String> caveats() {
        return seconds >= FEW_SECONDS
                ? List.of()
                : List.of(
                        "too short to show whether memory goes on to grow; use --seconds " + FEW_SECONDS + " or more");
    }

    @Override
    public String render(List<String> header, Path folder, List<ChurnVariant> measured) throws IOException {
        List<Samples> all = new ArrayList<>();
        for (ChurnVariant variant : measured) {
            all.add(Samples.parse(variant, Files.readString(folder.resolve(variant.name() + Samples.CSV))));
        }
        StringBuilder report = new StringBuilder();
        report.append("<!-- berth-churn-memory schema=" + Samples.SCHEMA + " -->\n");
        report.append("# Resident memory under churn\n\n");
        header.forEach(line -> report.append("- ").append(line).append('\n'));
        report.append("""

                In a process of its own each, %d threads put fresh keys into a map and remove their oldest ones for %d
                seconds; an operation is both. Once a second the process reads its resident memory (VmRSS), which
                includes the JVM and its heap: after ten seconds, halfway, at the end, and the most. The map's own
                memory is that at the end.
                """.formatted(threads, seconds));
        if (!all.isEmpty()) {
            RunFolder.write(folder, ChurnMemory.CHART, ChurnMemory.svg(all));
            report.append("\n![Resident memory over time](" + ChurnMemory.CHART + ")\n\n");
            report.append("| ").append(String.join(" | ", ChurnMemory.HEAD)).append(" |\n");
            report.append("|---:|---|")
                    .append("---:|".repeat(ChurnMemory.HEAD.size() - 2))
                    .append('\n');
            for (Samples samples : ChurnMemory.sorted(all)) {
                report.append("| ")
                        .append(String.join(" | ", ChurnMemory.row(samples)))
                        .append(" |\n");
            }
        }
        return report.toString();
    }
}
