package org.berth.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The caveats of a comparison: why its figures must not be published. */
final class Validity {

    /** Relative error above which a figure is inconclusive. */
    private static final double WIDE_ERROR = 0.5;

    /** In percent. */
    private static final double FEW_HUGE_PAGES = 90;

    private Validity() {}

    static List<String> of(Suite suite, RunMode mode, Results results) {
        List<String> caveats = new ArrayList<>();
        if (mode == RunMode.SMOKE) {
            caveats.add("a smoke run shows that everything runs, and its figures mean nothing");
        }
        if (mode == RunMode.QUICK) {
            caveats.add("a first impression: one JVM for each measurement, and a second of it");
        }
        if (!mode.isShort() && isInconclusive(suite, results)) {
            caveats.add("the errors are so wide that no figure is conclusive; run it again, with more forks");
        }
        caveats.addAll(withoutHugePages(suite, results));
        return caveats;
    }

    /** Returns the measurements that asked for huge pages and had none, or too few. */
    private static List<String> withoutHugePages(Suite suite, Results results) {
        List<String> caveats = new ArrayList<>();
        for (ReportSection section : suite.sections()) {
            for (String table : section.tables()) {
                for (int threads : results.threads(List.of(table))) {
                    for (Row row : section.rows()) {
                        if (row.asksForHugePages() && results.find(table, row.label(), threads) != null) {
                            Double share = results.hugePages(table, row.label(), threads);
                            if (share == null || share < FEW_HUGE_PAGES) {
                                caveats.add(String.format(
                                        Locale.ROOT,
                                        "\"%s\" of \"%s\" had %s of its memory in huge pages (threads=%d)",
                                        row.label(),
                                        table,
                                        share == null ? "an unknown part" : "%.0f %%".formatted(share),
                                        threads));
                            }
                        }
                    }
                }
            }
        }
        return caveats;
    }

    /** Returns whether no ratio is won, lost or precise; without ratios, whether no figure is precise. */
    private static boolean isInconclusive(Suite suite, Results results) {
        List<Ratio> ratios = new ArrayList<>();
        List<Ratio> figures = new ArrayList<>();
        for (ReportSection section : suite.sections()) {
            for (String table : section.tables()) {
                for (int threads : results.threads(List.of(table))) {
                    for (Row row : section.rows()) {
                        Cost cost = results.find(table, row.label(), threads);
                        if (cost != null) {
                            figures.add(new Ratio(cost.nanos(), cost.error()));
                        }
                        Ratio ratio = row.berth() ? null : results.ratio(table, row.label(), row.baseline(), threads);
                        if (ratio != null) {
                            ratios.add(ratio);
                        }
                    }
                }
            }
        }
        return ratios.isEmpty()
                ? !figures.isEmpty() && figures.stream().noneMatch(Validity::isPrecise)
                : ratios.stream().noneMatch(ratio -> ratio.isWin() || ratio.isLoss() || isPrecise(ratio));
    }

    private static boolean isPrecise(Ratio figure) {
        return figure.error() <= WIDE_ERROR * figure.value();
    }
}
