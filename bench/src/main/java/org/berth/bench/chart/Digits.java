package org.berth.bench.chart;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Formats figures for tables and charts. */
public final class Digits {

    private Digits() {}

    /** Formats about three significant digits. */
    public static String three(double value) {
        return String.format(Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value);
    }

    /** Formats a value with its error, both with the decimals of the value. */
    public static String withError(double value, @Nullable Double error) {
        String format = value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f";
        return String.format(Locale.ROOT, format, value) + " ± "
                + (error == null ? "?" : String.format(Locale.ROOT, format, error));
    }

    /** Formats nanoseconds in a suitable unit. */
    public static String time(double nanos) {
        return nanos < 1_000
                ? short3(nanos) + " ns"
                : nanos < 1e6
                        ? short3(nanos / 1e3) + " µs"
                        : nanos < 1e9 ? short3(nanos / 1e6) + " ms" : short3(nanos / 1e9) + " s";
    }

    /** Formats the times of rounds. */
    public static String times(List<Double> nanos) {
        return nanos.stream().map(Digits::time).collect(Collectors.joining(" / "));
    }

    private static String short3(double value) {
        String text = String.format(Locale.ROOT, value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value);
        return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
    }
}
