package org.berth.bench.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.berth.bench.calls.CallsVariant;
import org.berth.bench.calls.CallsVariant.Workload;
import org.jspecify.annotations.Nullable;

/**
 * Calls under churn and calls that remove every key.
 *
 * @param lines of each variant, those of one workload and call together, rounds last
 */
record Calls(List<Line> lines) {

    static final String REPORT = "calls.md";

    private static final String CSV = ".csv";
    private static final int COLUMNS = 7;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final List<String> HEAD = List.of(
            "workload",
            "calls",
            "map",
            "round",
            "count",
            "p50 µs",
            "p99 µs",
            "p99.9 µs",
            "p99.99 µs",
            "max µs",
            "total ms");

    /**
     * The calls of one round.
     *
     * @param variant     of the measurement
     * @param what        the calls do
     * @param percentiles of the calls
     * @param totalNanos  of all calls
     */
    record Line(CallsVariant variant, String what, Percentiles percentiles, double totalNanos) {

        boolean berth() {
            return map().startsWith("Berth");
        }

        String map() {
            return variant.kind().label();
        }

        private List<String> cells() {
            return List.of(
                    variant.workload().id(),
                    what,
                    map(),
                    Integer.toString(variant.round()),
                    Long.toString(percentiles.count()),
                    micros(percentiles.p50()),
                    micros(percentiles.p99()),
                    micros(percentiles.p999()),
                    micros(percentiles.p9999()),
                    micros(percentiles.max()),
                    String.format(Locale.ROOT, "%.0f", totalNanos / NANOS_PER_MILLI));
        }

        private static String micros(double nanos) {
            return String.format(Locale.ROOT, "%.2f", nanos / 1_000);
        }
    }

    /** Returns whether a file holds the figures of a round. */
    static boolean isFigures(String file) {
        return variant(file) != null;
    }

    static Calls read(Path path, List<String> files) throws InvalidInputException {
        List<Line> lines = new ArrayList<>();
        for (String file : files) {
            CallsVariant variant = variant(file);
            if (variant != null) {
                List<String> text = Json.text(path.resolve(file)).lines().toList();
                if (text.isEmpty() || !text.getFirst().equals(CallsVariant.HEAD)) {
                    throw new InvalidInputException("unknown schema: file=" + path.resolve(file) + " found="
                            + (text.isEmpty() ? "" : text.getFirst()) + " wanted=" + CallsVariant.HEAD);
                }
                for (String figures : text.subList(1, text.size())) {
                    lines.add(line(path, file, variant, figures));
                }
            }
        }
        lines.sort(Comparator.<Line, Workload>comparing(line -> line.variant.workload())
                .thenComparing(Line::what)
                .thenComparing(line -> line.variant.kind())
                .thenComparingInt(line -> line.variant.round()));
        return new Calls(lines);
    }

    private static @Nullable CallsVariant variant(String file) {
        return file.endsWith(CSV) ? CallsVariant.parse(file.substring(0, file.length() - CSV.length())) : null;
    }

    private static Line line(Path path, String csv, CallsVariant variant, String figures) throws InvalidInputException {
        String[] cells = figures.split(",", -1);
        try {
            if (cells.length != COLUMNS) {
                throw new NumberFormatException("columns=" + cells.length);
            }
            Percentiles percentiles = Percentiles.read(
                    path.resolve(variant.name() + "-" + cells[0] + ".hgrm"),
                    Long.parseLong(cells[1]),
                    Long.parseLong(cells[2]),
                    Long.parseLong(cells[3]),
                    Long.parseLong(cells[4]),
                    Long.parseLong(cells[5]));
            return new Line(variant, cells[0], percentiles, Double.parseDouble(cells[6]));
        } catch (NumberFormatException e) {
            throw new InvalidInputException("corrupt: file=" + path.resolve(csv) + " line=" + figures, e);
        }
    }

    /** Returns the calls of one kind, as the rounds of each map. */
    List<List<Line>> rounds(Workload workload, String what) {
        List<Line> same = lines.stream()
                .filter(line -> line.variant.workload() == workload && line.what.equals(what))
                .toList();
        return same.stream()
                .map(Line::map)
                .distinct()
                .map(map -> same.stream().filter(line -> line.map().equals(map)).toList())
                .toList();
    }

    RunTable table(int folder) {
        return new RunTable(
                folder,
                "Calls under churn, and when every key is removed",
                HEAD,
                lines.stream().map(Line::cells).toList(),
                "");
    }
}
