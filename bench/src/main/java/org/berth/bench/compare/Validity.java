package org.berth.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Why the figures of a comparison are not to be published. */
final class Validity {

    /** An error of more than this part of its figure leaves open even how large that is. */
    private static final double WIDE = 0.5;

    /** Percent. */
    private static final double FEW_HUGE_PAGES = 90;

    private Validity() {}

    static List<String> of(Suite subject, RunMode effort, Results results) {
        List<String> doubts = new ArrayList<>();
        if (effort == RunMode.SMOKE) {
            doubts.add("a smoke run shows that everything runs, and its figures mean nothing");
        }
        if (effort == RunMode.QUICK) {
            doubts.add("a first impression: one JVM for each measurement, and a second of it");
        }
        if (!effort.isShort() && tellNothing(subject, results)) {
            doubts.add("the errors are so wide that no figure tells anything; run it again, with more forks");
        }
        doubts.addAll(withoutHugePages(subject, results));
        return doubts;
    }

    /** Measurements with huge pages that had none, or too few to tell what they are worth. */
    private static List<String> withoutHugePages(Suite subject, Results results) {
        List<String> doubts = new ArrayList<>();
        for (ReportSection section : subject.sections()) {
            for (String table : section.tables()) {
                for (int threads : results.threads(List.of(table))) {
                    for (Row row : section.rows()) {
                        if (row.asksForHugePages() && results.find(table, row.label(), threads) != null) {
                            Double share = results.hugePages(table, row.label(), threads);
                            if (share == null || share < FEW_HUGE_PAGES) {
                                doubts.add(String.format(
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
        return doubts;
    }

    /** Whether no ratio is won or lost, or known to half of itself; of figures without ratios, whether none is known so well. */
    private static boolean tellNothing(Suite subject, Results results) {
        List<Ratio> ratios = new ArrayList<>();
        List<Ratio> figures = new ArrayList<>();
        for (ReportSection section : subject.sections()) {
            for (String table : section.tables()) {
                for (int threads : results.threads(List.of(table))) {
                    for (Row row : section.rows()) {
                        Cost cost = results.find(table, row.label(), threads);
                        if (cost != null) {
                            figures.add(new Ratio(cost.nanos(), cost.error()));
                        }
                        Ratio ratio = row.berth() ? null : results.ratio(table, row.label(), row.against(), threads);
                        if (ratio != null) {
                            ratios.add(ratio);
                        }
                    }
                }
            }
        }
        return ratios.isEmpty()
                ? !figures.isEmpty() && figures.stream().noneMatch(Validity::isKnown)
                : ratios.stream().noneMatch(ratio -> ratio.isWin() || ratio.isLoss() || isKnown(ratio));
    }

    private static boolean isKnown(Ratio figure) {
        return figure.error() <= WIDE * figure.value();
    }
}
