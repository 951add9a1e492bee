package org.berth.bench.chart;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A picture in SVG, without scripts, so that a Markdown page can show it. */
final class Svg {

    static final int WIDTH = 900;
    static final int MARGIN = 16;
    static final int TITLE = 30;
    static final int AXIS = 26;

    static final String TEXT = "#1b2430";
    static final String FAINT_TEXT = "#5c6773";
    static final String GRID = "#dfe4ea";

    static final String BERTH = "#0b6bb8";

    /** Another variant of Berth in the same chart. */
    private static final String BERTH_TOO = "#62b0ea";

    private static final List<String> PALETTE = List.of("#e08a00", "#009e73", "#c565a0", "#c9501c", "#7c6bc4");

    private final StringBuilder svg = new StringBuilder();

    Svg(String title, int height) {
        add(
                "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' viewBox='0 0 %d %d' "
                        + "font-family='Helvetica,Arial,sans-serif' font-size='12'>",
                WIDTH, height, WIDTH, height);
        add("<title>%s</title>", escape(title));
        add("<rect width='%d' height='%d' fill='#ffffff'/>", WIDTH, height);
        text(MARGIN, TITLE - 8, "start", TEXT, "bold", title);
    }

    /** Returns the colour of the next series, given the names and colours of those before. */
    static String color(Map<String, String> before, boolean berth) {
        return !berth ? PALETTE.get(before.size() % PALETTE.size()) : before.containsValue(BERTH) ? BERTH_TOO : BERTH;
    }

    /** Draws a line of each colour with its name, below the title. */
    void legend(Map<String, String> colors) {
        double x = MARGIN;
        for (Map.Entry<String, String> entry : colors.entrySet()) {
            line(x, TITLE + 5, x + 20, TITLE + 5, entry.getValue(), 3);
            text(x + 26, TITLE + 9, "start", TEXT, "normal", entry.getKey());
            x += 50 + 6.6 * entry.getKey().length();
        }
    }

    void line(double x1, double y1, double x2, double y2, String color, int width) {
        add(
                "<line x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f' stroke='%s' stroke-width='%d'/>",
                x1, y1, x2, y2, color, width);
    }

    void text(double x, double y, String anchor, String color, String weight, String text) {
        add(
                "<text x='%.1f' y='%.1f' text-anchor='%s' fill='%s' font-weight='%s'>%s</text>",
                x, y, anchor, color, weight, escape(text));
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    void add(String format, Object... args) {
        svg.append(String.format(Locale.ROOT, format + "\n", args));
    }

    String end(String caption, double y) {
        text(MARGIN, y, "start", FAINT_TEXT, "normal", caption);
        return svg.append("</svg>\n").toString();
    }
}
