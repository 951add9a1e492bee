package org.berth.bench.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/** A scale from values to pixels. */
record Axis(boolean log, double from, double to, double begin, double end) {

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
