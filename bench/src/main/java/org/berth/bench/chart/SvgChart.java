package org.berth.bench.chart;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.berth.bench.compare.Measured;
import org.jspecify.annotations.Nullable;

/** Charts as pictures: SVG without scripts, so that a Markdown page can show them. */
public final class SvgChart {

    private static final int NAMES = 330;
    private static final int VALUES = 100;
    private static final int BAR = 13;
    private static final int GAP = 9;

    /** A spread beyond which an axis is logarithmic. */
    private static final double LINEAR_SPREAD = 15;

    private static final int PANEL_HEIGHT = 250;
    private static final int PANEL_AXIS = 52;

    /** Labels of more nines would overlap. */
    private static final int MOST_NINES = 5;

    private static final String PEER = "#8a95a3";

    /**
     * A row of bars, one for each series.
     *
     * @param name  of the implementation
     * @param berth whether it is Berth
     * @param cells of the series
     */
    public record Bar(String name, boolean berth, List<Measured.@Nullable Cell> cells) {}

    /**
     * A chart among several.
     *
     * @param title  its heading
     * @param curves distributions
     */
    public record Panel(String title, List<Curve> curves) {}

    /**
     * A latency distribution.
     *
     * @param name   of the implementation
     * @param berth  whether it is Berth
     * @param points number of nines, nanoseconds
     */
    public record Curve(String name, boolean berth, List<double[]> points) {}

    private final Svg svg;

    private SvgChart(String title, int height) {
        svg = new Svg(title, height);
    }

    /** Draws horizontal bars with their errors. */
    public static String bars(String title, List<String> series, List<Bar> rows) {
        int legend = series.size() > 1 ? 20 : 0;
        int top = Svg.TITLE + legend + 6;
        int rowHeight = series.size() * BAR + GAP;
        int bottom = top + rows.size() * rowHeight;
        SvgChart chart = new SvgChart(title, bottom + Svg.AXIS + 6);
        List<Measured.Cell> cells = rows.stream()
                .flatMap(row -> row.cells.stream())
                .filter(Objects::nonNull)
                .map(Objects::requireNonNull)
                .toList();
        double most = cells.stream().mapToDouble(Measured.Cell::nanos).max().orElse(1);
        double least = cells.stream().mapToDouble(Measured.Cell::nanos).min().orElse(1);
        boolean log = most > LINEAR_SPREAD * least;
        Axis axis = new Axis(
                log,
                log ? Math.pow(10, Math.floor(Math.log10(least / 2))) : 0,
                most * 1.05,
                NAMES,
                Svg.WIDTH - VALUES - Svg.MARGIN);
        if (legend > 0) {
            chart.legend(series);
        }
        for (double tick : axis.ticks()) {
            double x = axis.at(tick);
            chart.svg.line(x, top - 2, x, bottom, Svg.GRID, 1);
            chart.svg.text(x, bottom + 15, "middle", Svg.FAINT_TEXT, "normal", Digits.time(tick));
        }
        for (int i = 0; i < rows.size(); i++) {
            chart.row(rows.get(i), top + i * rowHeight, axis);
        }
        return chart.svg.end((log ? "logarithmic scale, " : "") + "less is better", bottom + 15);
    }

    private void legend(List<String> series) {
        double x = NAMES;
        for (int i = 0; i < series.size(); i++) {
            svg.add(
                    "<rect x='%.1f' y='%d' width='11' height='11' fill='%s' fill-opacity='%.2f'/>",
                    x, Svg.TITLE, Svg.BERTH, opacity(i, series.size()));
            svg.text(x + 16, Svg.TITLE + 10, "start", Svg.TEXT, "normal", series.get(i));
            x += 34 + 6.6 * series.get(i).length();
        }
    }

    private void row(Bar row, int y, Axis axis) {
        int height = row.cells.size() * BAR;
        svg.text(
                NAMES - 8,
                y + height / 2.0 + 4,
                "end",
                row.berth ? Svg.BERTH : Svg.TEXT,
                row.berth ? "bold" : "normal",
                row.name);
        for (int i = 0; i < row.cells.size(); i++) {
            Measured.Cell cell = row.cells.get(i);
            if (cell != null) {
                double end = axis.at(cell.nanos());
                double middle = y + i * BAR + BAR / 2.0;
                svg.add(
                        "<rect x='%d' y='%.1f' width='%.1f' height='%d' fill='%s' fill-opacity='%.2f'/>",
                        NAMES,
                        y + i * BAR + 1.0,
                        Math.max(1, end - NAMES),
                        BAR - 2,
                        row.berth ? Svg.BERTH : PEER,
                        opacity(i, row.cells.size()));
                double error = cell.error() == null ? 0 : cell.error();
                double upper = axis.at(cell.nanos() + error);
                svg.line(axis.at(Math.max(axis.from(), cell.nanos() - error)), middle, upper, middle, Svg.TEXT, 1);
                svg.text(upper + 5, middle + 4, "start", Svg.TEXT, "normal", Digits.three(cell.nanos()));
            }
        }
    }

    private static double opacity(int index, int count) {
        return count == 1 ? 1 : 0.45 + 0.55 * index / (count - 1);
    }

    /** Draws latency distributions, the number of nines against time, panel by panel. */
    public static String curves(String title, List<Panel> panels) {
        Map<String, String> colors = new LinkedHashMap<>();
        for (Panel panel : panels) {
            for (Curve curve : panel.curves) {
                if (!colors.containsKey(curve.name)) {
                    colors.put(curve.name, Svg.color(colors, curve.berth));
                }
            }
        }
        int top = Svg.TITLE + 44;
        int bottom = top + PANEL_HEIGHT;
        SvgChart chart = new SvgChart(title, bottom + Svg.AXIS + 20);
        chart.svg.legend(colors);
        List<double[]> points = panels.stream()
                .flatMap(panel -> panel.curves.stream())
                .flatMap(curve -> curve.points.stream())
                .toList();
        double least = points.stream().mapToDouble(point -> point[1]).min().orElse(1);
        double most = points.stream().mapToDouble(point -> point[1]).max().orElse(1);
        double nines =
                Math.ceil(points.stream().mapToDouble(point -> point[0]).max().orElse(1));
        double width = (Svg.WIDTH - Svg.MARGIN) / (double) panels.size();
        for (int i = 0; i < panels.size(); i++) {
            double left = i * width + PANEL_AXIS;
            Axis across = new Axis(false, 0, nines, left, (i + 1) * width - 6);
            Axis up = new Axis(true, Math.pow(10, Math.floor(Math.log10(least))), most * 1.2, bottom, top);
            chart.svg.text(left, top - 10, "start", Svg.TEXT, "bold", panels.get(i).title);
            chart.panel(panels.get(i), across, up, colors);
        }
        return chart.svg.end("percentage of calls (across), and the time that they take at most (up)", bottom + 36);
    }

    private void panel(Panel panel, Axis across, Axis up, Map<String, String> colors) {
        for (double tick : up.ticks()) {
            svg.line(across.begin(), up.at(tick), across.end(), up.at(tick), Svg.GRID, 1);
            svg.text(across.begin() - 5, up.at(tick) + 4, "end", Svg.FAINT_TEXT, "normal", Digits.time(tick));
        }
        for (int nines = 0; nines <= across.to(); nines++) {
            svg.line(across.at(nines), up.begin(), across.at(nines), up.end(), "#eef1f4", 1);
            if (nines == 0 || (nines % 2 == 1 && nines <= MOST_NINES)) {
                String percent = nines == 0 ? "0" : nines == 1 ? "90" : "99." + "9".repeat(nines - 2);
                svg.text(across.at(nines), up.begin() + 15, "middle", Svg.FAINT_TEXT, "normal", percent);
            }
        }
        for (Curve curve : panel.curves) {
            StringBuilder path = new StringBuilder();
            for (double[] point : curve.points) {
                path.append(String.format(
                        Locale.ROOT, "%s%.1f %.1f", path.isEmpty() ? "M" : " L", across.at(point[0]), up.at(point[1])));
            }
            svg.add(
                    "<path d='%s' fill='none' stroke='%s' stroke-width='%s' stroke-linejoin='round'/>",
                    path, colors.getOrDefault(curve.name, PEER), curve.berth ? "2.6" : "1.5");
        }
    }
}
