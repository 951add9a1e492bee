package org.berth.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/** Renders the results of a run as Markdown. Berth's losses come first, before the tables. */
final class Report {

    private static final int SCHEMA = 1;
    private static final String NONE = "–";

    private final Suite suite;
    private final Results results;
    private final int cpus;
    private final List<String> notMeasured = new ArrayList<>();
    private final StringBuilder out = new StringBuilder();

    private Report(Suite suite, Results results, int cpus) {
        this.suite = suite;
        this.results = results;
        this.cpus = cpus;
    }

    /**
     * Renders a run.
     *
     * @param suite   of the run
     * @param header  lines that describe the run
     * @param results of it
     * @param cpus    of the machine
     */
    static String render(Suite suite, List<String> header, Results results, int cpus) {
        StringBuilder top =
                new StringBuilder("<!-- berth-compare schema=%d -->\n# Berth compared\n\n".formatted(SCHEMA));
        header.forEach(line -> top.append("- ").append(line).append('\n'));
        return top + body(suite, results, cpus);
    }

    /** Renders the report without its header. */
    static String body(Suite suite, Results results, int cpus) {
        Report report = new Report(suite, results, cpus);
        report.summary();
        for (ReportSection section : suite.sections()) {
            section.tables().forEach(table -> report.table(section, table));
        }
        report.notMeasured();
        report.targets();
        return report.out.toString();
    }

    private void summary() {
        List<String> losses = new ArrayList<>();
        int wins = 0;
        int ties = 0;
        for (ReportSection section : suite.sections()) {
            for (String table : section.tables()) {
                for (Row row : section.rows()) {
                    for (int threads : results.threads(section.tables())) {
                        Ratio ratio = row.berth() ? null : ratio(table, row, threads);
                        if (ratio != null && ratio.isWin()) {
                            wins++;
                        } else if (ratio != null && ratio.isLoss()) {
                            losses.add("%s, %s, %s: %s".formatted(table, row.label(), threads(threads), ratio));
                        } else if (ratio != null && ratio.isNoDifference()) {
                            ties++;
                        }
                    }
                }
            }
        }
        line("");
        line("""
                Cost is the time of one operation on one thread. Ratios are a peer's cost ÷ Berth's: above 1 Berth wins.
                ± is the 99.9 % confidence interval, carried through the division; a ratio whose interval holds 1 is no
                difference. A row's baseline is the nearest row above without a ratio.
                """);
        line("Berth wins %d comparisons and loses %d; in %d there is no difference%s"
                .formatted(wins, losses.size(), ties, losses.isEmpty() ? "." : ". It loses:"));
        if (!losses.isEmpty()) {
            line("");
            losses.forEach(loss -> line("- " + loss));
        }
    }

    private void table(ReportSection section, String table) {
        SortedSet<Integer> threads = results.threads(List.of(table));
        if (threads.isEmpty()) {
            notMeasured.add(table);
            return;
        }
        line("");
        line("## " + table);
        line("");
        line(section.about());
        line("");
        StringBuilder head = new StringBuilder("| implementation |");
        StringBuilder rule = new StringBuilder("|---|");
        for (int count : threads) {
            head.append(" %s: ns/op | ratio to Berth | B/op |".formatted(threads(count)));
            rule.append("---:|---:|---:|");
        }
        line(head.toString());
        line(rule.toString());
        for (Row row : section.rows()) {
            if (threads.stream().anyMatch(count -> results.find(table, row.label(), count) != null)) {
                StringBuilder line = new StringBuilder("| " + row.label() + " |");
                threads.forEach(count -> line.append(cells(table, row, count)));
                line(line.toString());
            }
        }
        noise(table, threads);
        hugePages(section, table, threads);
    }

    /** Prints the share of huge pages, as the kernel need not grant them. */
    private void hugePages(ReportSection section, String table, SortedSet<Integer> threads) {
        List<String> parts = new ArrayList<>();
        for (Row row : section.rows()) {
            for (int count : threads) {
                if (row.hasPages() && results.find(table, row.label(), count) != null) {
                    Double share = results.hugePages(table, row.label(), count);
                    String text = share == null ? "not known" : String.format(Locale.ROOT, "%.0f %%", share);
                    parts.add("%s, %s: %s".formatted(row.label(), threads(count), text));
                }
            }
        }
        if (!parts.isEmpty()) {
            line("");
            line("Share of memory in huge pages, as the kernel reports it: " + String.join("; ", parts) + ".");
        }
    }

    private void noise(String table, SortedSet<Integer> threads) {
        List<String> parts = new ArrayList<>();
        for (int count : threads) {
            double noise = results.noise(table, count);
            if (noise > 0) {
                parts.add(String.format(Locale.ROOT, "%.1f %% (%s)", 100 * noise, threads(count)));
            }
        }
        if (!parts.isEmpty()) {
            line("");
            line("Noise floor, from a repeated measurement: " + String.join(", ", parts)
                    + ". No error is taken to be less.");
        }
    }

    private void notMeasured() {
        if (!notMeasured.isEmpty()) {
            line("");
            line("Not measured: " + String.join("; ", notMeasured) + ".");
        }
    }

    private String cells(String table, Row row, int threads) {
        Cost cost = results.find(table, row.label(), threads);
        if (cost == null) {
            return " %s | %s | %s |".formatted(NONE, NONE, NONE);
        }
        return " %s | %s | %s |".formatted(cost.time(), verdict(row, ratio(table, row, threads)), cost.allocation());
    }

    private static String verdict(Row row, @Nullable Ratio ratio) {
        if (ratio == null) {
            return NONE;
        }
        if (ratio.isNoDifference()) {
            return "no difference";
        }
        if (row.berth() || Double.isNaN(ratio.error())) {
            return ratio.toString();
        }
        return ratio + (ratio.isWin() ? ", won" : ", **lost**");
    }

    private @Nullable Ratio ratio(String table, Row row, int threads) {
        return row.baseline().isEmpty() ? null : results.ratio(table, row.label(), row.baseline(), threads);
    }

    private void targets() {
        line("");
        line("## Targets");
        line("");
        line("""
                Set before the measurement. A verdict goes by the figure itself, and says so where the bound is within
                its error.
                """);
        line("| target | wanted | measured | |");
        line("|---|---:|---:|---|");
        for (Targets.Outcome outcome : Targets.evaluate(suite, results, cpus)) {
            String format =
                    outcome.verdict().startsWith("missed") ? "| %s | %s | %s | **%s** |" : "| %s | %s | %s | %s |";
            line(format.formatted(outcome.what(), outcome.wanted(), outcome.measured(), outcome.verdict()));
        }
    }

    private static String threads(int threads) {
        return String.format(Locale.ROOT, threads == 1 ? "%d thread" : "%d threads", threads);
    }

    private void line(String line) {
        out.append(line).append('\n');
    }
}
