package org.berth.bench.latency;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Renders the report of a latency run as Markdown. */
final class LatencyReport {

    /** Set before the measurement. */
    private static final double TAIL_BOUND = 0.2;

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
        targets(report, settings);
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

    /** Of the store beside a neighbour: its tail as a part of that of the map on the heap, a mean of the rounds. */
    private static void targets(StringBuilder report, Map<String, List<LatencyResult>> settings) {
        StringBuilder rows = new StringBuilder();
        settings.forEach((setting, measured) -> {
            LatencyResult first = measured.getFirst();
            double berth = tail(measured, Implementation.BERTH);
            double heap = tail(measured, Implementation.CONCURRENT);
            if (first.workload().equals(Workload.STORE_GET.id()) && first.neighbour() && berth > 0 && heap > 0) {
                double ratio = berth / heap;
                rows.append(String.format(
                        Locale.ROOT,
                        "| p99.99 of Berth ÷ that of ConcurrentHashMap: %s | ≤ %.1f | %.2f | %s |\n",
                        setting,
                        TAIL_BOUND,
                        ratio,
                        ratio <= TAIL_BOUND ? "reached" : "**missed**"));
            }
        });
        if (!rows.isEmpty()) {
            report.append("\n## Targets\n\n| target | wanted | measured | |\n|---|---:|---:|---|\n")
                    .append(rows);
        }
    }

    /** Returns 0 if a rate was not reached, as then the times say nothing. */
    private static double tail(List<LatencyResult> measured, Implementation implementation) {
        List<LatencyResult> rounds = measured.stream()
                .filter(result -> result.implementation().equals(implementation.label))
                .toList();
        return rounds.stream().allMatch(LatencyResult::reached)
                ? rounds.stream().mapToLong(LatencyResult::p9999).average().orElse(0)
                : 0;
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
