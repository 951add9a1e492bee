package org.berth.bench.latency;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Renders the report of a latency run as Markdown. */
final class LatencyReport {

    private LatencyReport() {}

    static String render(List<String> header, List<LatencyResult> results, List<HighestRate> maxima) {
        StringBuilder report = new StringBuilder("<!-- berth-latency schema=1 -->\n# Latency at a given rate\n\n");
        header.forEach(line -> report.append("- ").append(line).append('\n'));
        report.append("""

                From the intended start of an operation, by a schedule that does not wait, to its end, in microseconds:
                an open loop, free of coordinated omission. If a rate was not reached, the times only show the backlog.
                """);
        if (!maxima.isEmpty()) {
            highestRates(report, maxima);
        }
        Map<String, List<LatencyResult>> settings = results.stream()
                .collect(Collectors.groupingBy(LatencyResult::setting, LinkedHashMap::new, Collectors.toList()));
        settings.forEach((setting, measured) -> setting(report, setting, measured));
        return report.toString();
    }

    /** Returns why measurements at given rates must not be published. */
    static List<String> caveats(List<LatencyResult> measurements) {
        List<String> caveats = new ArrayList<>();
        if (!measurements.isEmpty() && measurements.stream().noneMatch(result -> result.round() > 1)) {
            caveats.add("measured once, so a difference cannot be told from noise; use --rounds 2 or more");
        }
        if (!measurements.isEmpty() && measurements.stream().noneMatch(LatencyResult::reached)) {
            caveats.add("no rate was reached, so the times only show the backlog");
        }
        return caveats;
    }

    private static void highestRates(StringBuilder report, List<HighestRate> maxima) {
        report.append("\n## Highest rates\n\n| workload | implementation | round | p99.9 within | operations per "
                + "second and thread | exceeded |\n");
        report.append("|---|---|---:|---:|---:|---:|\n");
        for (HighestRate highest : maxima) {
            report.append("| %s | %s | %d | %d µs | %s | %s |\n"
                    .formatted(
                            highest.setting(),
                            highest.implementation(),
                            highest.round(),
                            highest.boundMicros(),
                            highest.rate() == 0 ? "none" : "%,d".formatted(highest.rate()),
                            highest.exceeded() == 0 ? "–" : "%,d".formatted(highest.exceeded())));
        }
    }

    private static void setting(StringBuilder report, String setting, List<LatencyResult> measured) {
        report.append("\n## ")
                .append(setting)
                .append("\n\n")
                .append(about(measured.getFirst().workload()));
        report.append("\n\n| implementation | round | p50 | p99 | p99.9 | p99.99 | max | operations | |\n");
        report.append("|---|---:|---:|---:|---:|---:|---:|---:|---|\n");
        for (LatencyResult result : measured) {
            report.append("| %s | %d | %s | %s | %s | %s | %s | %,d | %s |\n"
                    .formatted(
                            result.implementation(),
                            result.round(),
                            result.micros(result.p50()),
                            result.micros(result.p99()),
                            result.micros(result.p999()),
                            result.micros(result.p9999()),
                            result.micros(result.max()),
                            result.done(),
                            result.reached()
                                    ? ""
                                    : "**rate not reached**, %,d were due".formatted(result.scheduled())));
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
