package org.berth.bench.chart;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Draws values over time, panel by panel, all with the same axes. */
public final class SvgLines {

    private static final int PANEL_HEIGHT = 250;
    private static final int PANEL_AXIS = 52;

    /** More points than pixels only make the file larger. */
    private static final int MOST_POINTS = 400;

    /**
     * A chart among several.
     *
     * @param title its heading
     * @param lines in it
     */
    public record Panel(String title, List<Line> lines) {}

    /**
     * A series of values.
     *
     * @param name   of the implementation
     * @param berth  whether it is Berth
     * @param points time, value
     */
    public record Line(String name, boolean berth, List<double[]> points) {}

    private SvgLines() {}

    /**
     * Draws the panels.
     *
     * @param title   of the chart
     * @param caption what the axes are
     * @param panels  at least one
     */
    public static String render(String title, String caption, List<Panel> panels) {
        Map<String, String> colors = new LinkedHashMap<>();
        for (Panel panel : panels) {
            for (Line line : panel.lines) {
                if (!colors.containsKey(line.name)) {
                    colors.put(line.name, Svg.color(colors, line.berth));
                }
            }
        }
        int top = Svg.TITLE + 44;
        int bottom = top + PANEL_HEIGHT;
        Svg svg = new Svg(title, bottom + Svg.AXIS + 20);
        svg.legend(colors);
        double width = (Svg.WIDTH - Svg.MARGIN) / (double) panels.size();
        for (int i = 0; i < panels.size(); i++) {
            double left = i * width + PANEL_AXIS;
            Axis across = new Axis(false, 0, most(panels, 0), left, (i + 1) * width - 6);
            Axis up = new Axis(false, 0, most(panels, 1) * 1.1, bottom, top);
            svg.text(left, top - 10, "start", Svg.TEXT, "bold", panels.get(i).title);
            grid(svg, across, up);
            for (Line line : panels.get(i).lines) {
                draw(svg, line, across, up, colors.getOrDefault(line.name, Svg.TEXT));
            }
        }
        return svg.end(caption, bottom + 36.0);
    }

    private static double most(List<Panel> panels, int coordinate) {
        return panels.stream()
                .flatMap(panel -> panel.lines.stream())
                .flatMap(line -> line.points.stream())
                .mapToDouble(point -> point[coordinate])
                .max()
                .orElse(1);
    }

    private static void grid(Svg svg, Axis across, Axis up) {
        for (double tick : up.ticks()) {
            svg.line(across.begin(), up.at(tick), across.end(), up.at(tick), Svg.GRID, 1);
            svg.text(across.begin() - 5, up.at(tick) + 4, "end", Svg.FAINT_TEXT, "normal", number(tick));
        }
        for (double tick : across.ticks()) {
            svg.line(across.at(tick), up.begin(), across.at(tick), up.end(), Svg.GRID, 1);
            svg.text(across.at(tick), up.begin() + 15, "middle", Svg.FAINT_TEXT, "normal", number(tick));
        }
    }

    private static String number(double tick) {
        return String.format(Locale.ROOT, tick == Math.rint(tick) ? "%.0f" : "%.1f", tick);
    }

    private static void draw(Svg svg, Line line, Axis across, Axis up, String color) {
        StringBuilder path = new StringBuilder();
        int step = Math.max(1, line.points.size() / MOST_POINTS);
        for (int i = 0; i < line.points.size(); i += step) {
            double[] point = line.points.get(i);
            path.append(String.format(
                    Locale.ROOT, "%s%.1f %.1f", path.isEmpty() ? "M" : " L", across.at(point[0]), up.at(point[1])));
        }
        svg.add(
                "<path d='%s' fill='none' stroke='%s' stroke-width='%s' stroke-linejoin='round'/>",
                path, color, line.berth ? "2.6" : "1.5");
    }
}
