package org.berth.bench.report;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.berth.bench.compare.Measured;
import org.jspecify.annotations.Nullable;

/** Renders the page's figures as Markdown, for readers without a browser. */
final class MarkdownPage {

    private static final double NANOS_PER_MICRO = 1_000;

    private final StringBuilder out = new StringBuilder();

    private MarkdownPage() {}

    static String render(List<Folder> folders, Path target) {
        MarkdownPage page = new MarkdownPage();
        page.line("<!-- berth-report schema=1 -->");
        page.line("# Berth measured");
        page.line("");
        page.line("The same with charts: [" + ReportCommand.HTML + "](" + ReportCommand.HTML + ").");
        page.changes(folders);
        for (Folder folder : folders) {
            page.folder(folder, HtmlPage.link(target, folder.path()));
        }
        return page.out.toString();
    }

    private void folder(Folder folder, String link) {
        line("");
        line("# " + folder.name());
        line("");
        folder.machine().summary().forEach(fact -> line("- " + fact));
        folder.facts().forEach(fact -> line("- " + fact));
        line("- Raw data: [" + link + "](<" + link + ">)");
        if (folder.measured() != null) {
            out.append(folder.measured().markdown());
        }
        highest(folder.highest());
        folder.latency().forEach(this::latency);
        if (folder.growth() != null) {
            growth(folder.growth());
        }
        folder.tables().forEach(this::table);
    }

    private void table(RunTable table) {
        line("");
        line("## " + table.title());
        line("");
        line("| " + String.join(" | ", table.head()) + " |");
        line("|" + "---|".repeat(table.head().size()));
        table.rows().forEach(row -> line("| " + String.join(" | ", row) + " |"));
    }

    private void changes(List<Folder> folders) {
        MarkdownPage changes = new MarkdownPage();
        for (Costs costs : Costs.of(folders)) {
            for (int i = 1; i < costs.folders().size(); i++) {
                changes.changes(costs, i, folders.get(costs.folders().get(i)).name());
            }
        }
        for (Latency chart : Latency.sideBySide(folders)) {
            for (Latency.Line measured : chart.lines()) {
                changes.changes(
                        title(chart.load()),
                        measured.implementation(),
                        folders.get(chart.folder()).name(),
                        new Calls(measured.medians(), measured.rounds(), measured.changes()));
            }
        }
        for (Growth growth : Growth.sideBySide(folders)) {
            for (Growth.Group group : growth.groups()) {
                changes.changes(
                        group.what() + ", " + (group.presized() ? "room from the start" : "growing"),
                        group.map(),
                        folders.get(growth.folder()).name(),
                        new Calls(group.medians(), group.tails(), group.changes()));
            }
        }
        if (!changes.out.isEmpty()) {
            line("");
            line("# Changes from folder to folder");
            line("");
            line("""
                    Each figure as a multiple of that in the folder before. A cost is within noise if the two intervals
                    overlap, none of which is taken to be narrower than the noise floor; a time of calls if the ranges
                    of the rounds overlap.
                    """);
            line("| measured | implementation | folder | figure | change |");
            line("|---|---|---|---:|---|");
            out.append(changes.out);
        }
    }

    private record Calls(List<Long> medians, List<Long> tails, Change.@Nullable OfCalls changes) {}

    private void changes(String where, String implementation, String folder, Calls calls) {
        if (calls.changes != null) {
            line("| %s, p50 | %s | %s | %s µs | %s |"
                    .formatted(where, implementation, folder, rounds(calls.medians), change(calls.changes.p50())));
            line("| %s, p99.9 | %s | %s | %s µs | %s |"
                    .formatted(where, implementation, folder, rounds(calls.tails), change(calls.changes.p999())));
        }
    }

    private static String rounds(List<Long> nanos) {
        return nanos.stream().map(MarkdownPage::micros).collect(Collectors.joining(", "));
    }

    private void changes(Costs costs, int index, String folder) {
        for (Costs.Row row : costs.rows()) {
            for (int column = 0; column < costs.threads().size(); column++) {
                Costs.Cell cell = row.cells().get(index).get(column);
                if (cell != null && cell.change() != null) {
                    int threads = costs.threads().get(column);
                    line("| %s, %d %s | %s | %s | %s ns | %s |"
                            .formatted(
                                    costs.title(),
                                    threads,
                                    threads == 1 ? "thread" : "threads",
                                    row.label(),
                                    folder,
                                    cost(cell.figure()),
                                    change(cell.change())));
                }
            }
        }
    }

    private static String cost(Measured.Cell figure) {
        String error = figure.error() == null ? "?" : format("%.2f", figure.error());
        return format("%.2f", figure.nanos()) + " ± " + error;
    }

    private static String change(Change change) {
        boolean slower = !change.within() && change.times() > 1;
        return format("%.2f", change.times()) + " ×, " + (slower ? "**slower**" : change.verdict());
    }

    private static String title(Latency.Load load) {
        return "%s, %s operations per second on each of %d %s, %s arrivals, %s%s"
                .formatted(
                        load.workload(),
                        format("%,.0f", load.rate()),
                        load.threads(),
                        load.threads() == 1 ? "thread" : "threads",
                        load.arrivals(),
                        load.gc(),
                        load.neighbour() ? ", with a neighbour" : "");
    }

    private void highest(List<Highest> all) {
        if (all.isEmpty()) {
            return;
        }
        line("");
        line("## Highest rates");
        line("");
        line("Operations per second and thread at which p99.9 is within the bound, and the lowest rate that "
                + "exceeds it.");
        line("");
        line("| workload | implementation | round | p99.9 within | rate | exceeded |");
        line("|---|---|---:|---:|---:|---:|");
        for (Highest highest : all) {
            line("| %s | %s | %d | %d µs | %s | %s |"
                    .formatted(
                            highest.setting(),
                            highest.implementation(),
                            highest.round(),
                            highest.boundMicros(),
                            highest.rate() == 0 ? "none" : format("%,.0f", (double) highest.rate()),
                            highest.exceeded() == 0 ? "–" : format("%,.0f", (double) highest.exceeded())));
        }
    }

    private void latency(Latency chart) {
        Latency.Load load = chart.load();
        line("");
        line("## Latency: %s, %s operations per second on each of %d threads"
                .formatted(load.workload(), format("%,.0f", load.rate()), load.threads()));
        line("");
        line("Arrivals %s, %s, %s neighbour, %s s. Microseconds."
                .formatted(
                        load.arrivals(),
                        load.gc(),
                        load.neighbour() ? "with a" : "no",
                        format("%.0f", load.seconds())));
        line("");
        line("| implementation | p50 | p99 | p99.9 | p99.99 | max | p99.9 to Berth | rate |");
        line("|---|---:|---:|---:|---:|---:|---|---|");
        for (Latency.Line measured : chart.lines()) {
            line("| %s | %s | %s | %s |"
                    .formatted(
                            measured.implementation(),
                            cells(measured.percentiles()),
                            ratio(measured),
                            measured.reached()
                                    ? "reached"
                                    : "**not reached**: %d of %d done"
                                            .formatted(measured.done(), measured.scheduled())));
        }
    }

    private static String ratio(Latency.Line measured) {
        return (measured.ratio() == null ? "–" : format("%.2f", measured.ratio()))
                + switch (measured.verdict()) {
                    case WON -> ", won";
                    case LOST -> ", **lost**";
                    case NO_DIFFERENCE -> ", no difference";
                    case NONE -> "";
                };
    }

    private void growth(Growth growth) {
        line("");
        line("## Reads and inserts while a map grows");
        line("");
        line("Microseconds from a call to its return.");
        line("");
        line("| calls | map | room | round | p50 | p99 | p99.9 | p99.99 | max | bytes per entry |");
        line("|---|---|---|---:|---:|---:|---:|---:|---:|---:|");
        for (Growth.Line measured : growth.lines()) {
            line("| %s | %s | %s | %d | %s | %s |"
                    .formatted(
                            measured.what(),
                            measured.map(),
                            measured.presized() ? "from the start" : "growing",
                            measured.round(),
                            cells(measured.percentiles()),
                            measured.bytesPerEntry() == null ? "–" : format("%.1f", measured.bytesPerEntry())));
        }
    }

    private static String cells(@Nullable Percentiles percentiles) {
        return percentiles == null
                ? "– | – | – | – | –"
                : String.join(
                        " | ",
                        micros(percentiles.p50()),
                        micros(percentiles.p99()),
                        micros(percentiles.p999()),
                        micros(percentiles.p9999()),
                        micros(percentiles.max()));
    }

    private static String micros(double nanos) {
        return format("%.2f", nanos / NANOS_PER_MICRO);
    }

    private static String format(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    private void line(String line) {
        out.append(line).append('\n');
    }
}
