package org.berth.bench.calls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Renders the report of a calls run as Markdown. */
final class CallsReport {

    static final String NAME = CallsForks.KIND + ".md";

    private CallsReport() {}

    static String render(List<String> header, CallsForks run, Path folder, List<CallsVariant> measured)
            throws IOException {
        StringBuilder report = new StringBuilder();
        report.append("<!-- berth-calls schema=" + CallsVariant.SCHEMA + " -->\n");
        report.append("# Calls under churn, and when every key is removed\n\n");
        header.forEach(line -> report.append("- ").append(line).append('\n'));
        report.append("""

                A map has room for its keys from the start. Times are from a call to its return, in microseconds: a
                closed loop. The total is that of all calls and of the clock, in milliseconds. Rounds of one variant
                differ by noise alone.
                """);
        for (CallsVariant.Workload workload : CallsVariant.Workload.values()) {
            List<CallsVariant> rounds = measured.stream()
                    .filter(variant -> variant.workload() == workload)
                    .sorted(Comparator.comparing(CallsVariant::kind).thenComparingInt(CallsVariant::round))
                    .toList();
            if (!rounds.isEmpty()) {
                report.append("\n## %s\n\n%s.\n\n".formatted(title(workload, run), workload.about()));
                report.append("| map | round | calls | count | p50 | p99.9 | p99.99 | max | total ms |\n");
                report.append("|---|---:|---|---:|---:|---:|---:|---:|---:|\n");
                for (CallsVariant variant : rounds) {
                    List<String> lines = Files.readAllLines(folder.resolve(variant.name() + ".csv"));
                    lines.subList(1, lines.size()).forEach(line -> report.append(row(variant, line)));
                }
            }
        }
        return report.toString();
    }

    private static String title(CallsVariant.Workload workload, CallsForks run) {
        return workload == CallsVariant.Workload.CHURN
                ? String.format(Locale.ROOT, "churn, %,d keys, %d threads", run.size(), run.threads())
                : String.format(Locale.ROOT, "%s, %,d keys", workload.id(), run.removed());
    }

    private static String row(CallsVariant variant, String line) {
        String[] cells = line.split(",", -1);
        return "| %s | %d | %s | %s | %s | %s | %s | %s | %s |\n"
                .formatted(
                        variant.kind().label(),
                        variant.round(),
                        cells[0],
                        cells[1],
                        thousandth(cells[2]),
                        thousandth(cells[3]),
                        thousandth(cells[4]),
                        thousandth(cells[5]),
                        Long.parseLong(cells[6]) / 1_000_000);
    }

    private static String thousandth(String nanos) {
        return String.format(Locale.ROOT, "%.2f", Long.parseLong(nanos) / 1_000.0);
    }
}
