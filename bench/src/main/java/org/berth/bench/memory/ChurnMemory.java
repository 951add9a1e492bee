package org.berth.bench.memory;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.berth.bench.chart.SvgLines;

/** The table and the chart of a churn-memory run. */
public final class ChurnMemory {

    /** The kind of run. */
    public static final String KIND = "churn-memory";

    /** The file name of the report. */
    public static final String REPORT = KIND + ".md";

    /** The file name of the chart. */
    public static final String CHART = KIND + ".svg";

    /** The headings of the table. */
    public static final List<String> HEAD = List.of(
            "keys", "map", "round", "M operations/s", "MB, warm", "MB, half-time", "MB, end", "MB, most", "map's MB");

    private ChurnMemory() {}

    /** Sorts so that what is compared follows each other. */
    public static List<Samples> sorted(List<Samples> all) {
        return all.stream()
                .sorted(Comparator.comparing(
                        Samples::variant,
                        Comparator.comparingInt(ChurnVariant::keys)
                                .thenComparing(ChurnVariant::kind)
                                .thenComparingInt(ChurnVariant::round)))
                .toList();
    }

    /** Returns the cells of a row. */
    public static List<String> row(Samples samples) {
        long mapBytes = samples.last().mapBytes();
        return List.of(
                String.format(Locale.ROOT, "%,d", samples.variant().keys()),
                samples.variant().kind().label(),
                Integer.toString(samples.variant().round()),
                String.format(Locale.ROOT, "%.2f", samples.operationsPerSecond() / 1e6),
                megabytes(samples.warm().resident()),
                megabytes(samples.half().resident()),
                megabytes(samples.last().resident()),
                megabytes(samples.most()),
                mapBytes == 0 ? "–" : String.format(Locale.ROOT, "%.2f", mapBytes / 1e6));
    }

    private static String megabytes(long bytes) {
        return Long.toString(Math.round(bytes / 1e6));
    }

    /** Draws the resident memory over time, a panel for each number of keys. */
    public static String svg(List<Samples> all) {
        List<SvgLines.Panel> panels = new ArrayList<>();
        List<Samples> sorted = sorted(all);
        for (int keys : sorted.stream()
                .mapToInt(samples -> samples.variant().keys())
                .distinct()
                .toArray()) {
            panels.add(new SvgLines.Panel(
                    String.format(Locale.ROOT, "%,d keys", keys),
                    sorted.stream()
                            .filter(samples -> samples.variant().keys() == keys)
                            .map(ChurnMemory::line)
                            .toList()));
        }
        return SvgLines.render(
                "Resident memory of a process whose map has fresh keys all the time",
                "seconds (across), and resident memory in MB (up)",
                panels);
    }

    private static SvgLines.Line line(Samples samples) {
        String label = samples.variant().kind().label();
        List<double[]> points = samples.all().stream()
                .map(sample -> new double[] {sample.seconds(), sample.resident() / 1e6})
                .toList();
        return new SvgLines.Line(label, label.startsWith("Berth"), points);
    }
}
