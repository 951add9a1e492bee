package org.berth.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.DoubleStream;
import org.berth.bench.compare.Measured;
import org.jspecify.annotations.Nullable;

/** Charts as pictures: SVG without scripts, so that a Markdown page can show them. */
final class SvgChart {

    private static final int WIDTH = 900;
    private static final int MARGIN = 16;
    private static final int TITLE = 30;
    private static final int AXIS = 26;

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

    private static final String BERTH = "#0b6bb8";
    private static final String PEER = "#8a95a3";
    private static final List<String> PALETTE = List.of("#e08a00", "#009e73", "#c565a0", "#c9501c", "#7c6bc4");

    /**
     * A row of bars, one for each series.
     *
     * @param name  of the implementation
     * @param berth whether it is Berth
     * @param cells of the series
     */
    record Bar(String name, boolean berth, List<Measured.@Nullable Cell> cells) {}

    /**
     * A chart among several.
     *
     * @param title  its heading
     * @param curves distributions
     */
    record Panel(String title, List<Curve> curves) {}

    /**
     * A latency distribution.
     *
     * @param name   of the implementation
     * @param berth  whether it is Berth
     * @param points number of nines, nanoseconds
     */
    record Curve(String name, boolean berth, List<double[]> points) {}

    private final StringBuilder svg = new StringBuilder();

    private SvgChart(String title, int height) {
        add(
                "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' viewBox='0 0 %d %d' "
                        + "font-family='Helvetica,Arial,sans-serif' font-size='12'>",
                WIDTH, height, WIDTH, height);
        add("<title>%s</title>", escape(title));
        add("<rect width='%d' height='%d' fill='#ffffff'/>", WIDTH, height);
        text(MARGIN, TITLE - 8, "start", "#1b2430", "bold", title);
    }

    /** Draws horizontal bars with their errors. */
    static String bars(String title, List<String> series, List<Bar> rows) {
        int legend = series.size() > 1 ? 20 : 0;
        int top = TITLE + legend + 6;
        int rowHeight = series.size() * BAR + GAP;
        int bottom = top + rows.size() * rowHeight;
        SvgChart chart = new SvgChart(title, bottom + AXIS + 6);
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
                WIDTH - VALUES - MARGIN);
        if (legend > 0) {
            chart.legend(series);
        }
        for (double tick : axis.ticks()) {
            double x = axis.at(tick);
            chart.line(x, top - 2, x, bottom, "#dfe4ea", 1);
            chart.text(x, bottom + 15, "middle", "#5c6773", "normal", Digits.time(tick));
        }
        for (int i = 0; i < rows.size(); i++) {
            chart.row(rows.get(i), top + i * rowHeight, axis);
        }
        return chart.end((log ? "logarithmic scale, " : "") + "less is better", bottom + 15);
    }

    private void legend(List<String> series) {
        double x = NAMES;
        for (int i = 0; i < series.size(); i++) {
            add(
                    "<rect x='%.1f' y='%d' width='11' height='11' fill='%s' fill-opacity='%.2f'/>",
                    x, TITLE, BERTH, opacity(i, series.size()));
            text(x + 16, TITLE + 10, "start", "#1b2430", "normal", series.get(i));
            x += 34 + 6.6 * series.get(i).length();
        }
    }

    private void row(Bar row, int y, Axis axis) {
        int height = row.cells.size() * BAR;
        text(
                NAMES - 8,
                y + height / 2.0 + 4,
                "end",
                row.berth ? BERTH : "#1b2430",
                row.berth ? "bold" : "normal",
                row.name);
        for (int i = 0; i < row.cells.size(); i++) {
            Measured.Cell cell = row.cells.get(i);
            if (cell != null) {
                double end = axis.at(cell.nanos());
                double middle = y + i * BAR + BAR / 2.0;
                add(
                        "<rect x='%d' y='%.1f' width='%.1f' height='%d' fill='%s' fill-opacity='%.2f'/>",
                        NAMES,
                        y + i * BAR + 1.0,
                        Math.max(1, end - NAMES),
                        BAR - 2,
                        row.berth ? BERTH : PEER,
                        opacity(i, row.cells.size()));
                double error = cell.error() == null ? 0 : cell.error();
                double upper = axis.at(cell.nanos() + error);
                line(axis.at(Math.max(axis.from, cell.nanos() - error)), middle, upper, middle, "#1b2430", 1);
                text(upper + 5, middle + 4, "start", "#1b2430", "normal", Digits.three(cell.nanos()));
            }
        }
    }

    private static double opacity(int index, int count) {
        return count == 1 ? 1 : 0.45 + 0.55 * index / (count - 1);
    }

    /** Draws latency distributions, the number of nines against time, panel by panel. */
    static String curves(String title, List<Panel> panels) {
        Map<String, String> colors = new LinkedHashMap<>();
        for (Panel panel : panels) {
            for (Curve curve : panel.curves) {
                if (!colors.containsKey(curve.name)) {
                    colors.put(curve.name, curve.berth ? BERTH : PALETTE.get(colors.size() % PALETTE.size()));
                }
            }
        }
        int top = TITLE + 44;
        int bottom = top + PANEL_HEIGHT;
        SvgChart chart = new SvgChart(title, bottom + AXIS + 20);
        double x = MARGIN;
        for (Map.Entry<String, String> entry : colors.entrySet()) {
            chart.line(x, TITLE + 5, x + 20, TITLE + 5, entry.getValue(), 3);
            chart.text(x + 26, TITLE + 9, "start", "#1b2430", "normal", entry.getKey());
            x += 50 + 6.6 * entry.getKey().length();
        }
        List<double[]> points = panels.stream()
                .flatMap(panel -> panel.curves.stream())
                .flatMap(curve -> curve.points.stream())
                .toList();
        double least = points.stream().mapToDouble(point -> point[1]).min().orElse(1);
        double most = points.stream().mapToDouble(point -> point[1]).max().orElse(1);
        double nines =
                Math.ceil(points.stream().mapToDouble(point -> point[0]).max().orElse(1));
        double width = (WIDTH - MARGIN) / (double) panels.size();
        for (int i = 0; i < panels.size(); i++) {
            double left = i * width + PANEL_AXIS;
            Axis across = new Axis(false, 0, nines, left, (i + 1) * width - 6);
            Axis up = new Axis(true, Math.pow(10, Math.floor(Math.log10(least))), most * 1.2, bottom, top);
            chart.text(left, top - 10, "start", "#1b2430", "bold", panels.get(i).title);
            chart.panel(panels.get(i), across, up, colors);
        }
        return chart.end("percentage of calls (across), and the time that they take at most (up)", bottom + 36);
    }

    private void panel(Panel panel, Axis across, Axis up, Map<String, String> colors) {
        for (double tick : up.ticks()) {
            line(across.begin, up.at(tick), across.end, up.at(tick), "#dfe4ea", 1);
            text(across.begin - 5, up.at(tick) + 4, "end", "#5c6773", "normal", Digits.time(tick));
        }
        for (int nines = 0; nines <= across.to; nines++) {
            line(across.at(nines), up.begin, across.at(nines), up.end, "#eef1f4", 1);
            if (nines == 0 || (nines % 2 == 1 && nines <= MOST_NINES)) {
                String percent = nines == 0 ? "0" : nines == 1 ? "90" : "99." + "9".repeat(nines - 2);
                text(across.at(nines), up.begin + 15, "middle", "#5c6773", "normal", percent);
            }
        }
        for (Curve curve : panel.curves) {
            StringBuilder path = new StringBuilder();
            for (double[] point : curve.points) {
                path.append(String.format(
                        Locale.ROOT, "%s%.1f %.1f", path.isEmpty() ? "M" : " L", across.at(point[0]), up.at(point[1])));
            }
            add(
                    "<path d='%s' fill='none' stroke='%s' stroke-width='%s' stroke-linejoin='round'/>",
                    path, colors.getOrDefault(curve.name, PEER), curve.berth ? "2.6" : "1.5");
        }
    }

    /** A scale from values to pixels. */
    private record Axis(boolean log, double from, double to, double begin, double end) {

        double at(double value) {
            double share =
                    log ? Math.log(Math.max(value, from) / from) / Math.log(to / from) : (value - from) / (to - from);
            return begin + Math.min(1, share) * (end - begin);
        }

        List<Double> ticks() {
            List<Double> ticks = new ArrayList<>();
            if (log) {
                for (double tick = from; tick <= to; tick *= 10) {
                    ticks.add(tick);
                }
                return ticks;
            }
            double unit = Math.pow(10, Math.floor(Math.log10(to / 2)));
            double step = DoubleStream.of(unit, 2 * unit, 5 * unit)
                    .filter(each -> to / each <= 6)
                    .findFirst()
                    .orElse(5 * unit);
            for (double tick = 0; tick <= to; tick += step) {
                ticks.add(tick);
            }
            return ticks;
        }
    }

    private void line(double x1, double y1, double x2, double y2, String color, int width) {
        add(
                "<line x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f' stroke='%s' stroke-width='%d'/>",
                x1, y1, x2, y2, color, width);
    }

    private void text(double x, double y, String anchor, String color, String weight, String text) {
        add(
                "<text x='%.1f' y='%.1f' text-anchor='%s' fill='%s' font-weight='%s'>%s</text>",
                x, y, anchor, color, weight, escape(text));
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private void add(String format, Object... args) {
        svg.append(String.format(Locale.ROOT, format + "\n", args));
    }

    private String end(String caption, double y) {
        text(MARGIN, y, "start", "#5c6773", "normal", caption);
        return svg.append("</svg>\n").toString();
    }
}
