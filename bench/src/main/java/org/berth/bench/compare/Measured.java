package org.berth.bench.compare;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The results of a run, sorted from its raw data into the tables of the catalogue.
 *
 * @param tables   with at least one figure
 * @param targets  set before the run, with their verdicts
 * @param unknown  measurements that are not in the catalogue
 * @param markdown the tables, losses and targets as in the run's own report
 */
public record Measured(List<Table> tables, List<Target> targets, List<String> unknown, String markdown) {

    /** The verdict of a ratio. */
    public enum Verdict {
        WON,
        LOST,
        NO_DIFFERENCE,
        /** There is no baseline, or Berth is compared with itself. */
        NONE
    }

    /**
     * Time per operation as JMH gives it.
     *
     * @param score nanoseconds
     * @param error half-width of the interval, or NaN
     */
    public record Figure(double score, double error) {}

    /**
     * One of JMH's results.
     *
     * @param benchmark its full name
     * @param params    JMH parameters
     * @param threads   that worked at once
     * @param primary   time per operation
     * @param secondary time per operation of each method of a group
     * @param bytes     allocated per operation, or NaN
     * @param hugePages the share of memory that was in huge pages, in percent, or NaN
     */
    public record Raw(
            String benchmark,
            Map<String, String> params,
            int threads,
            Figure primary,
            Map<String, Figure> secondary,
            double bytes,
            double hugePages) {}

    /**
     * A table.
     *
     * @param title   as in the catalogue
     * @param about   what an operation is
     * @param roles   whether threads have different roles
     * @param threads the columns
     * @param noise   for each column, the noise floor: the relative difference of a repeated measurement; 0 if nothing
     *                was repeated
     * @param rows    the implementations
     */
    public record Table(
            String title, String about, boolean roles, List<Integer> threads, List<Double> noise, List<Line> rows) {}

    /**
     * A target, and whether a run reached it.
     *
     * @param what     the target is
     * @param wanted   bound
     * @param measured figure, or a dash
     * @param verdict  in words
     * @param reached  whether it was reached; null if it was not measured
     */
    public record Target(
            String what,
            String wanted,
            String measured,
            String verdict,
            @Nullable Boolean reached) {

        static Target of(Targets.Outcome outcome) {
            String verdict = outcome.verdict();
            Boolean reached = verdict.startsWith("not measured") ? null : (Boolean) verdict.startsWith("reached");
            return new Target(outcome.what(), outcome.wanted(), outcome.measured(), verdict, reached);
        }
    }

    /**
     * An implementation.
     *
     * @param label    its name
     * @param berth    whether it is Berth
     * @param baseline the label of its baseline, or empty
     * @param cells    one for each column, null where nothing was measured
     */
    public record Line(String label, boolean berth, String baseline, List<@Nullable Cell> cells) {}

    /**
     * A figure. An unknown value is null, as JSON has no NaN.
     *
     * @param nanos      per operation
     * @param error      half-width of its interval
     * @param bytes      allocated per operation, as reported
     * @param ratio      this cost divided by that of its baseline
     * @param ratioError half-width of the ratio's interval
     * @param verdict    of the ratio
     */
    public record Cell(
            double nanos,
            @Nullable Double error,
            String bytes,
            @Nullable Double ratio,
            @Nullable Double ratioError,
            Verdict verdict) {}

    /** Sorts raw results into tables; the targets are those of a machine with this many CPUs. */
    public static Measured of(List<Raw> raw, int cpus) {
        Map<Suite, Results> bySuite = new EnumMap<>(Suite.class);
        Set<Measurement> seen = new HashSet<>();
        List<String> unknown = new ArrayList<>();
        int last = 0;
        for (Raw result : raw) {
            int section = put(result, last, bySuite, seen);
            if (section < 0) {
                unknown.add(result.benchmark() + " " + result.params());
            } else {
                last = section;
            }
        }
        List<Table> tables = new ArrayList<>();
        List<Target> targets = new ArrayList<>();
        StringBuilder markdown = new StringBuilder();
        bySuite.forEach((suite, results) -> {
            Targets.evaluate(suite, results, cpus).forEach(outcome -> targets.add(Target.of(outcome)));
            markdown.append(Report.body(suite, results, cpus));
            for (ReportSection section : suite.sections()) {
                for (String title : section.tables()) {
                    List<Integer> threads = List.copyOf(results.threads(List.of(title)));
                    if (!threads.isEmpty()) {
                        tables.add(table(section, title, threads, results));
                    }
                }
            }
        });
        return new Measured(tables, targets, unknown, markdown.toString());
    }

    /**
     * Adds a result to its table. Two tables may share a benchmark, which then runs once for each. As a plan follows
     * the order of the tables, a result belongs to the first table that it fits, starting at that of the previous
     * result; or from the beginning, if runs were merged.
     *
     * @param from the table of the previous result
     * @return the table of this result, or -1
     */
    private static int put(Raw raw, int from, Map<Suite, Results> bySuite, Set<Measurement> seen) {
        for (int first : new int[] {from, 0}) {
            int index = 0;
            for (Suite suite : Suite.values()) {
                for (ReportSection section : suite.sections()) {
                    Measurement measurement = index >= first ? find(raw, section, seen) : null;
                    if (measurement != null) {
                        seen.add(measurement);
                        boolean put = put(raw, measurement, bySuite.computeIfAbsent(suite, s -> new Results()));
                        return put ? index : -1;
                    }
                    index++;
                }
            }
        }
        return -1;
    }

    private static @Nullable Measurement find(Raw raw, ReportSection section, Set<Measurement> seen) {
        for (Row row : section.rows()) {
            Measurement measurement = new Measurement(section, row, raw.threads());
            if (matches(raw, measurement) && !seen.contains(measurement)) {
                return measurement;
            }
        }
        return null;
    }

    private static boolean matches(Raw raw, Measurement measurement) {
        return measurement.benchmark().equals(FormerNames.present(raw.benchmark()))
                && raw.params()
                        .entrySet()
                        .containsAll(measurement.row().params().entrySet())
                && (raw.threads() == 1
                        || measurement.section().threadCounts().stream().anyMatch(counts -> counts != ThreadCounts.ONE)
                        || measurement.row().oversubscribed());
    }

    private static boolean put(Raw raw, Measurement measurement, Results results) {
        ReportSection section = measurement.section();
        for (int i = 0; i < section.tables().size(); i++) {
            Figure time = section.hasRoles()
                    ? raw.secondary().get(measurement.row().method() + ReportSection.ROLES.get(i))
                    : raw.primary();
            if (time == null) {
                return false;
            }
            Cost cost = new Cost(time.score(), time.error(), raw.bytes());
            results.put(section.tables().get(i), measurement.row().label(), measurement.threads(), cost);
            if (!Double.isNaN(raw.hugePages())) {
                results.putHugePages(
                        section.tables().get(i), measurement.row().label(), measurement.threads(), raw.hugePages());
            }
        }
        return true;
    }

    private static Table table(ReportSection section, String title, List<Integer> threads, Results results) {
        List<Line> lines = new ArrayList<>();
        for (Row row : section.rows()) {
            List<@Nullable Cell> cells = new ArrayList<>();
            threads.forEach(count -> cells.add(cell(title, row, count, results)));
            if (cells.stream().anyMatch(cell -> cell != null)) {
                lines.add(new Line(row.label(), row.berth(), row.baseline(), cells));
            }
        }
        List<Double> noise =
                threads.stream().map(count -> results.noise(title, count)).toList();
        return new Table(title, section.about(), section.hasRoles(), threads, noise, lines);
    }

    private static @Nullable Cell cell(String table, Row row, int threads, Results results) {
        Cost cost = results.find(table, row.label(), threads);
        if (cost == null) {
            return null;
        }
        Ratio ratio = row.baseline().isEmpty() ? null : results.ratio(table, row.label(), row.baseline(), threads);
        return new Cell(
                cost.nanos(),
                known(cost.error()),
                cost.allocation(),
                ratio == null ? null : known(ratio.value()),
                ratio == null ? null : known(ratio.error()),
                verdict(row, ratio));
    }

    private static Verdict verdict(Row row, @Nullable Ratio ratio) {
        if (ratio == null || row.berth()) {
            return Verdict.NONE;
        }
        if (ratio.isNoDifference()) {
            return Verdict.NO_DIFFERENCE;
        }
        return ratio.isWin() ? Verdict.WON : ratio.isLoss() ? Verdict.LOST : Verdict.NONE;
    }

    private static @Nullable Double known(double value) {
        return Double.isFinite(value) ? (Double) value : null;
    }
}
