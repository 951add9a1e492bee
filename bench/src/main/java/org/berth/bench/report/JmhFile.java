package org.berth.bench.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.berth.bench.compare.Measured;
import org.berth.bench.workload.HugePagesProfiler;
import org.jspecify.annotations.Nullable;

/**
 * The JSON results of JMH.
 *
 * @param results in the order of the run
 * @param facts   how they were measured, for the report
 */
record JmhFile(List<Measured.Raw> results, List<String> facts) {

    static final String NAME = "jmh.json";

    /** Its name among the published runs, which are committed. */
    static final String PUBLISHED = NAME + Json.COMPRESSED;

    private static final String UNIT = "ns/op";
    private static final String BYTES = "gc.alloc.rate.norm";

    /** Returns the name of the results among a folder's files, or null. */
    static @Nullable String in(List<String> files) {
        return files.contains(NAME) ? NAME : files.contains(PUBLISHED) ? PUBLISHED : null;
    }

    static JmhFile read(Path file) throws InvalidInputException {
        List<Json> entries = Json.array(file);
        List<Measured.Raw> results = new ArrayList<>();
        for (Json entry : entries) {
            results.add(result(entry));
        }
        return new JmhFile(results, facts(entries));
    }

    private static Measured.Raw result(Json entry) throws InvalidInputException {
        String benchmark = entry.text("benchmark");
        Json primary = entry.object("primaryMetric");
        String unit = primary.text("scoreUnit");
        if (!unit.equals(UNIT)) {
            throw new InvalidInputException("not what a run writes: file=" + entry.file() + " benchmark=" + benchmark
                    + " unit=" + unit + " wanted=" + UNIT);
        }
        double bytes = Double.NaN;
        double hugePages = Double.NaN;
        Map<String, Measured.Figure> secondary = new LinkedHashMap<>();
        for (Map.Entry<String, Json> metric :
                entry.object("secondaryMetrics").children().entrySet()) {
            if (metric.getKey().equals(BYTES)) {
                bytes = metric.getValue().number("score");
            } else if (metric.getKey().equals(HugePagesProfiler.SHARE)) {
                hugePages = metric.getValue().number("score");
            } else if (metric.getValue().text("scoreUnit").equals(UNIT)) {
                secondary.put(metric.getKey(), figure(metric.getValue()));
            }
        }
        Map<String, String> params =
                entry.has("params") ? entry.object("params").values() : Map.of();
        return new Measured.Raw(
                benchmark, params, (int) entry.whole("threads"), figure(primary), secondary, bytes, hugePages);
    }

    private static Measured.Figure figure(Json metric) throws InvalidInputException {
        double score = metric.number("score");
        if (!(score > 0)) {
            throw new InvalidInputException(
                    "not what a run writes: file=" + metric.file() + " score=" + score + " wanted=a time");
        }
        return new Measured.Figure(score, metric.number("scoreError"));
    }

    private static List<String> facts(List<Json> entries) throws InvalidInputException {
        Json first = entries.getFirst();
        return List.of(
                "%d measurements, %d %s each of %d + %d iterations (warm-up + measured) of %s"
                        .formatted(
                                entries.size(),
                                first.whole("forks"),
                                first.whole("forks") == 1 ? "fork" : "forks",
                                first.whole("warmupIterations"),
                                first.whole("measurementIterations"),
                                first.text("measurementTime")),
                "JVM of each fork: " + String.join(" ", first.texts("jvmArgs")));
    }
}
