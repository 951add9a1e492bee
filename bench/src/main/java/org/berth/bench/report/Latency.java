package org.berth.bench.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.berth.bench.compare.Measured.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * The lines of one latency chart: implementations under the same load.
 *
 * @param folder its index in the page
 * @param load   under which they are measured
 * @param lines  of the implementations
 */
record Latency(int folder, Load load, List<Line> lines) {

    static final String NAME = "latency.json";
    static final int SCHEMA = 1;

    /**
     * The load that all lines of a chart share.
     *
     * @param workload  what an operation is
     * @param rate      operations scheduled per second and thread
     * @param threads   that run concurrently
     * @param arrivals  the arrival process
     * @param neighbour whether another thread allocates concurrently
     * @param gc        the garbage collector
     * @param seconds   measured
     */
    record Load(
            String workload,
            double rate,
            long threads,
            String arrivals,
            boolean neighbour,
            String gc,
            double seconds) {}

    /**
     * An implementation, all rounds together.
     *
     * @param implementation its name
     * @param berth          whether it is Berth
     * @param reached        whether every round kept up with the rate
     * @param scheduled      operations that were scheduled
     * @param done           operations that were completed
     * @param percentiles    of all rounds; null if none was recorded
     * @param rounds         p99.9 of each round; their spread is noise
     * @param medians        of each round
     * @param changes        since an earlier folder under the same load; null if there is none, or if either did not
     *                       keep up
     * @param ratio          p99.9 divided by that of Berth's first line; null for Berth itself, and if either did not
     *                       keep up, as its times are then meaningless
     * @param verdict        of the ratio: won or lost only if the ranges of the rounds do not overlap
     * @param seconds        second, p99.9 and maximum of each interval, round by round, with a null between rounds
     * @param files          raw data
     */
    record Line(
            String implementation,
            boolean berth,
            boolean reached,
            long scheduled,
            long done,
            @Nullable Percentiles percentiles,
            List<Long> rounds,
            List<Long> medians,
            Change.@Nullable OfCalls changes,
            @Nullable Double ratio,
            Verdict verdict,
            List<double @Nullable []> seconds,
            List<String> files) {

        Line comparedWith(Line own) {
            if (berth || percentiles == null || own.percentiles == null) {
                return this;
            }
            boolean comparable = reached && own.reached;
            Verdict judged = !comparable
                    ? byRate(own)
                    : Collections.min(rounds) > Collections.max(own.rounds)
                            ? Verdict.WON
                            : Collections.max(rounds) < Collections.min(own.rounds)
                                    ? Verdict.LOST
                                    : Verdict.NO_DIFFERENCE;
            // With a single round, noise is unknown.
            boolean judgeable = rounds.size() > 1 && own.rounds.size() > 1;
            return new Line(
                    implementation,
                    berth,
                    reached,
                    scheduled,
                    done,
                    percentiles,
                    rounds,
                    medians,
                    changes,
                    comparable ? (Double) (percentiles.p999() / own.percentiles.p999()) : null,
                    judgeable ? judged : Verdict.NONE,
                    seconds,
                    files);
        }

        Line since(Line before) {
            boolean comparable = reached && before.reached && percentiles != null && before.percentiles != null;
            return new Line(
                    implementation,
                    berth,
                    reached,
                    scheduled,
                    done,
                    percentiles,
                    rounds,
                    medians,
                    comparable
                            ? new Change.OfCalls(Change.of(before.medians, medians), Change.of(before.rounds, rounds))
                            : null,
                    ratio,
                    verdict,
                    seconds,
                    files);
        }

        /** An implementation that does not keep up loses to one that does, whatever its recorded times. */
        private Verdict byRate(Line own) {
            return reached == own.reached ? Verdict.NONE : own.reached ? Verdict.WON : Verdict.LOST;
        }
    }

    private record Round(boolean reached, long scheduled, long done, String file, IntervalLog log) {}

    /** Reads a folder; facts on the run are added to those given. */
    static List<Latency> read(Path path, int folder, List<String> facts) throws InvalidInputException {
        Json json = Json.object(path.resolve(NAME));
        json.checkSchema(SCHEMA);
        // Probes of a search for the highest rate are not charted.
        List<Json> measurements = json.objectsOrNone("probes").isEmpty()
                ? json.objects("measurements")
                : json.objectsOrNone("measurements");
        facts.add("%d measurements of latency, begun %s".formatted(measurements.size(), json.text("start")));
        facts.add("JVM: " + String.join(" ", json.texts("jvm")));
        Map<Load, Map<String, List<Round>>> groups = new LinkedHashMap<>();
        for (Json entry : measurements) {
            groups.computeIfAbsent(load(entry), load -> new LinkedHashMap<>())
                    .computeIfAbsent(entry.text("implementation"), name -> new ArrayList<>())
                    .add(round(path, entry));
        }
        List<Latency> charts = new ArrayList<>();
        groups.forEach((load, rounds) -> {
            List<Line> lines = rounds.entrySet().stream()
                    .map(line -> line(line.getKey(), line.getValue()))
                    .toList();
            charts.add(new Latency(folder, load, compared(lines)));
        });
        return charts;
    }

    /** Returns the charts of all folders, grouped by load, each with its changes since the one before. */
    static List<Latency> sideBySide(List<Folder> folders) {
        Map<Load, List<Latency>> loads = new LinkedHashMap<>();
        for (Folder folder : folders) {
            for (Latency chart : folder.latency()) {
                List<Latency> same = loads.computeIfAbsent(chart.load, load -> new ArrayList<>());
                same.add(chart.since(same));
            }
        }
        return loads.values().stream().flatMap(List::stream).toList();
    }

    private Latency since(List<Latency> before) {
        return new Latency(
                folder, load, lines.stream().map(line -> since(before, line)).toList());
    }

    private static Line since(List<Latency> before, Line line) {
        for (Latency chart : before.reversed()) {
            for (Line earlier : chart.lines) {
                if (earlier.implementation.equals(line.implementation)) {
                    return line.since(earlier);
                }
            }
        }
        return line;
    }

    private static List<Line> compared(List<Line> lines) {
        return lines.stream()
                .filter(Line::berth)
                .findFirst()
                .map(own -> lines.stream().map(line -> line.comparedWith(own)).toList())
                .orElse(lines);
    }

    private static Load load(Json entry) throws InvalidInputException {
        return new Load(
                entry.text("workload"),
                entry.number("rate"),
                entry.whole("threads"),
                entry.text("arrivals"),
                entry.flag("neighbour"),
                entry.text("gc"),
                entry.number("seconds"));
    }

    private static Round round(Path path, Json entry) throws InvalidInputException {
        String file = entry.text("file");
        if (file.contains("/") || file.contains("\\")) {
            throw new InvalidInputException(
                    "not what a run writes: file=" + entry.file() + " field=file wanted=a name in the folder");
        }
        return new Round(
                entry.flag("reached"),
                entry.whole("scheduled"),
                entry.whole("done"),
                file,
                IntervalLog.read(path.resolve(file + ".hlog")));
    }

    private static Line line(String implementation, List<Round> rounds) {
        Histogram whole = new Histogram(3);
        List<Long> tails = new ArrayList<>();
        List<Long> medians = new ArrayList<>();
        List<double @Nullable []> seconds = new ArrayList<>();
        List<String> files = new ArrayList<>();
        double offset = 0;
        for (Round round : rounds) {
            whole.add(round.log.whole());
            tails.add(round.log.whole().getValueAtPercentile(99.9));
            medians.add(round.log.whole().getValueAtPercentile(50));
            files.add(round.file + ".hlog");
            if (!seconds.isEmpty()) {
                seconds.add(null);
            }
            double last = 0;
            for (IntervalLog.Interval interval : round.log.intervals()) {
                last = interval.second();
                seconds.add(new double[] {offset + last, interval.p999(), interval.max()});
            }
            offset += Math.ceil(last) + 1;
        }
        return new Line(
                implementation,
                implementation.startsWith("Berth"),
                rounds.stream().allMatch(Round::reached),
                rounds.stream().mapToLong(Round::scheduled).sum(),
                rounds.stream().mapToLong(Round::done).sum(),
                Percentiles.of(whole),
                tails,
                medians,
                null,
                null,
                Verdict.NONE,
                seconds,
                files);
    }
}
