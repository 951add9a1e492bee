package org.berth.bench.latency;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The report in Markdown. */
final class LatencyReport {

    private LatencyReport() {}

    static String render(List<String> header, List<Outcome> outcomes, List<Maximum> maxima) {
        StringBuilder report = new StringBuilder("<!-- berth-latency schema=1 -->\n# Latency at a given rate\n\n");
        header.forEach(line -> report.append("- ").append(line).append('\n'));
        report.append("""

                From the moment at which an operation should have begun, by a schedule that does not wait, to its end; in microseconds. So
                what one operation holds up behind it counts. Where a rate was not reached, the figures tell only how far the
                threads fell behind.
                """);
        if (!maxima.isEmpty()) {
            maxima(report, maxima);
        }
        Map<String, List<Outcome>> settings = outcomes.stream()
                .collect(Collectors.groupingBy(Outcome::setting, LinkedHashMap::new, Collectors.toList()));
        settings.forEach((setting, measured) -> setting(report, setting, measured));
        return report.toString();
    }

    /** Why measurements at given rates are not to be published. */
    static List<String> doubts(List<Outcome> measurements) {
        List<String> doubts = new ArrayList<>();
        if (!measurements.isEmpty() && measurements.stream().noneMatch(outcome -> outcome.round() > 1)) {
            doubts.add("measured once, so nothing tells a difference from noise; use --rounds 2 or more");
        }
        if (!measurements.isEmpty() && measurements.stream().noneMatch(Outcome::reached)) {
            doubts.add("no rate was reached, so the times tell only how far the threads fell behind");
        }
        return doubts;
    }

    private static void maxima(StringBuilder report, List<Maximum> maxima) {
        report.append(
                "\n## Highest rates\n\n| workload | implementation | round | p99.9 within | operations per second and thread | too many |\n");
        report.append("|---|---|---:|---:|---:|---:|\n");
        for (Maximum maximum : maxima) {
            report.append("| %s | %s | %d | %d µs | %s | %s |\n"
                    .formatted(
                            maximum.setting(),
                            maximum.implementation(),
                            maximum.round(),
                            maximum.boundMicros(),
                            maximum.rate() == 0 ? "none" : "%,d".formatted(maximum.rate()),
                            maximum.exceeded() == 0 ? "–" : "%,d".formatted(maximum.exceeded())));
        }
    }

    private static void setting(StringBuilder report, String setting, List<Outcome> measured) {
        report.append("\n## ")
                .append(setting)
                .append("\n\n")
                .append(about(measured.getFirst().workload()));
        report.append("\n\n| implementation | round | p50 | p99 | p99.9 | p99.99 | max | operations | |\n");
        report.append("|---|---:|---:|---:|---:|---:|---:|---:|---|\n");
        for (Outcome outcome : measured) {
            report.append("| %s | %d | %s | %s | %s | %s | %s | %,d | %s |\n"
                    .formatted(
                            outcome.implementation(),
                            outcome.round(),
                            outcome.micros(outcome.p50()),
                            outcome.micros(outcome.p99()),
                            outcome.micros(outcome.p999()),
                            outcome.micros(outcome.p9999()),
                            outcome.micros(outcome.max()),
                            outcome.done(),
                            outcome.reached()
                                    ? ""
                                    : "**rate not reached**, %,d were due".formatted(outcome.scheduled())));
        }
    }

    private static String about(String workload) {
        for (Workload known : Workload.values()) {
            if (known.id().equals(workload)) {
                return known.about;
            }
        }
        return "";
    }
}
