package org.berth.bench.growth;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Renders the report of a growth run as Markdown. */
final class GrowthReport {

    static final String NAME = "growth.md";

    private GrowthReport() {}

    static String render(List<String> header, int size, Path folder, List<Variant> measured) throws IOException {
        StringBuilder report = new StringBuilder();
        report.append("<!-- berth-growth schema=" + Variant.SCHEMA + " -->\n# Reads and inserts while a map grows\n\n");
        header.forEach(line -> report.append("- ").append(line).append('\n'));
        report.append("""

                One thread inserts keys, from 1 K to %d, another reads random keys that are present. Times are from a
                call to its return, in microseconds: a closed loop. Rounds of one variant differ by noise alone.
                """.formatted(size));
        for (String what : List.of("reads", "inserts")) {
            report.append("\n## ")
                    .append(what.equals("reads") ? "Reads" : "Inserts")
                    .append("\n\n");
            report.append("| map | round | calls | p50 | p99.9 | p99.99 | max | bytes per entry | peak MB |\n");
            report.append("|---|---:|---:|---:|---:|---:|---:|---:|---:|\n");
            for (Variant variant : sorted(measured)) {
                for (String line : Files.readAllLines(folder.resolve(variant.name() + ".csv"))) {
                    String[] cells = line.split(",", -1);
                    if (cells[0].equals(what)) {
                        report.append(row(variant, cells));
                    }
                }
            }
        }
        return report.toString();
    }

    private static String row(Variant variant, String[] cells) {
        return "| %s | %d | %s | %s | %s | %s | %s | %s | %s |\n"
                .formatted(
                        variant.label(),
                        variant.round(),
                        cells[1],
                        micros(cells[2]),
                        micros(cells[3]),
                        micros(cells[4]),
                        micros(cells[5]),
                        cells[6].equals("0.00") ? "–" : cells[6],
                        cells[7].equals("0") ? "–" : Long.toString(Long.parseLong(cells[7]) >> 20));
    }

    /** Sorts so that rounds of a variant follow each other. */
    private static List<Variant> sorted(List<Variant> measured) {
        return measured.stream()
                .sorted(Comparator.comparing(Variant::kind)
                        .thenComparing(Variant::presized)
                        .thenComparingInt(Variant::round))
                .toList();
    }

    private static String micros(String nanos) {
        return String.format(Locale.ROOT, "%.2f", Long.parseLong(nanos) / 1_000.0);
    }
}
