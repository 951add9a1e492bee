package org.berth.bench.report;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.zip.GZIPInputStream;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;
import org.berth.bench.fork.MapKind;
import org.berth.bench.memory.ChurnVariant;
import org.berth.bench.memory.Samples;
import org.berth.bench.memory.StoreUse;
import org.berth.bench.memory.StoreVariant;
import org.berth.bench.store.StoreKind;
import org.berth.bench.workload.StoreRead;

/** Folders with results: published ones, and some made up. */
final class Folders {

    private static final Path RESULTS = Path.of("..", "results");
    private static final int SECONDS = 5;

    private Folders() {}

    static Path published(String end) {
        return RESULTS.resolve("2026-11-23-epyc-2cpu-0.1.0" + end);
    }

    /** Copies a published folder's files, decompressed as a run writes them, so that a test can damage them. */
    static Path copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (var files = Files.list(from)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (name.equals(JmhFile.PUBLISHED)) {
                    Files.writeString(to.resolve(JmhFile.NAME), decompressed(file));
                } else {
                    Files.copy(file, to.resolve(name));
                }
            }
        }
        return to;
    }

    /** Copies a published comparison without its repeated measurements, which tell the noise floor. */
    static Path withoutRepetitions(Path from, Path to) throws IOException {
        copy(from, to);
        JsonArray all = JsonParser.parseString(Files.readString(to.resolve(JmhFile.NAME)))
                .getAsJsonArray();
        Set<String> seen = new HashSet<>();
        JsonArray once = new JsonArray();
        for (JsonElement each : all) {
            JsonObject result = each.getAsJsonObject();
            if (seen.add(result.get("benchmark") + " " + result.get("threads") + " " + result.get("params"))) {
                once.add(result);
            }
        }
        Files.writeString(to.resolve(JmhFile.NAME), once.toString());
        return to;
    }

    static String decompressed(Path file) throws IOException {
        try (var in = new GZIPInputStream(Files.newInputStream(file))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** What a run of latency writes, with made-up times: two loads, three implementations, one of which is too slow. */
    static Path latency(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.copy(published("-map-newest").resolve("machine.json"), folder.resolve("machine.json"));
        List<String> entries = new ArrayList<>();
        for (long rate : new long[] {100_000, 1_000_000}) {
            for (int round = 1; round <= 2; round++) {
                entries.add(measurement(folder, "Berth", rate, 150, 1, round));
                entries.add(measurement(folder, "ConcurrentHashMap", rate, 300, 1, round));
                entries.add(measurement(folder, "long under a ReentrantLock", rate, 900, rate / 1e6, round));
            }
        }
        Files.writeString(folder.resolve("latency.json"), """
                {"schema": 1, "start": "2026-11-23T07:00:00Z", "jvm": ["-Xms1g", "-Xmx1g"], "measurements": [%s],
                 "maxima": [
                {"workload": "own-key", "implementation": "Berth", "threads": 2, "arrivals": "constant",
                 "neighbour": false, "gc": "G1", "round": 1, "boundMicros": 100, "rate": 800000, "exceeded": 850000},
                {"workload": "own-key", "implementation": "ConcurrentHashMap", "threads": 2, "arrivals": "constant",
                 "neighbour": false, "gc": "G1", "round": 1, "boundMicros": 100, "rate": 0, "exceeded": 200}]}
                """.formatted(String.join(",\n", entries)));
        return folder;
    }

    /** What a run of churn-memory writes, with made-up memory: that of Berth is constant, that of a peer grows. */
    static Path churnMemory(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.copy(published("-map-newest").resolve("machine.json"), folder.resolve("machine.json"));
        for (MapKind kind : List.of(MapKind.BERTH, MapKind.CONCURRENT)) {
            StringBuilder lines = new StringBuilder(Samples.HEAD + "\n");
            for (int second = 1; second <= 60; second++) {
                long resident = kind == MapKind.BERTH ? 100_000_000 : 100_000_000 + 1_000_000L * second;
                lines.append("%d.000,%d,%d,65536\n".formatted(second, second * 1_000_000L, resident));
            }
            Files.writeString(folder.resolve(new ChurnVariant(kind, 1_000, 1).name() + Samples.CSV), lines);
        }
        return folder;
    }

    /** What a comparison of the store writes, with made-up times. */
    static Path store(Path folder) throws IOException {
        Files.createDirectories(folder);
        Path like = published("-map-newest");
        Files.copy(like.resolve("machine.json"), folder.resolve("machine.json"));
        JsonElement any = JsonParser.parseString(decompressed(like.resolve(JmhFile.PUBLISHED)))
                .getAsJsonArray()
                .get(0);
        JsonArray all = new JsonArray();
        for (String method : List.of("berth", "chronicleMap")) {
            JsonObject result = any.deepCopy().getAsJsonObject();
            result.addProperty("benchmark", StoreRead.class.getName() + "." + method);
            result.addProperty("threads", 2);
            JsonObject params = result.getAsJsonObject("params");
            params.addProperty("size", "1000");
            params.addProperty("bytes", "32");
            JsonObject metric = result.getAsJsonObject("primaryMetric");
            metric.addProperty("score", method.equals("berth") ? 40 : 120);
            metric.addProperty("scoreError", 1);
            all.add(result);
        }
        Files.writeString(folder.resolve(JmhFile.NAME), all.toString());
        return folder;
    }

    /** What a run of store-memory writes, with made-up memory. */
    static Path storeMemory(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.copy(published("-map-newest").resolve("machine.json"), folder.resolve("machine.json"));
        for (StoreKind kind : List.of(StoreKind.BERTH, StoreKind.CONCURRENT)) {
            String memory = kind == StoreKind.BERTH ? "10000,99990000,95000000\n" : "150000000,0,0\n";
            Files.writeString(
                    folder.resolve(new StoreVariant(kind, 1_000_000, 32, 1).name() + StoreUse.CSV),
                    StoreUse.HEAD + "\n" + memory + memory);
        }
        return folder;
    }

    private static String measurement(
            Path folder, String implementation, long rate, int nanos, double slowness, int round) {
        boolean reached = slowness < 1 || !implementation.startsWith("long");
        String file = "own-key-%s-%d-%d"
                .formatted(implementation.toLowerCase(Locale.ROOT).replace(' ', '-'), rate, round);
        Histogram whole = new Histogram(3);
        SplittableRandom random = new SplittableRandom(file.hashCode());
        try (PrintStream out = stream(folder.resolve(file + ".hlog"))) {
            HistogramLogWriter writer = new HistogramLogWriter(out);
            writer.outputLogFormatVersion();
            writer.outputLegend();
            for (int second = 0; second < SECONDS; second++) {
                Histogram interval = new Histogram(3);
                interval.setStartTimeStamp(1_000_000L + second * 1_000L);
                interval.setEndTimeStamp(1_000_000L + second * 1_000L + 1_000L);
                for (int i = 0; i < 20_000; i++) {
                    double tail = Math.pow(1 - random.nextDouble(), -0.6);
                    interval.recordValue((long) (nanos * tail) + (reached ? 0 : 200_000_000L * second));
                }
                writer.outputIntervalHistogram(interval);
                whole.add(interval);
            }
        }
        try (PrintStream out = stream(folder.resolve(file + ".hgrm"))) {
            whole.outputPercentileDistribution(out, 1.0);
        }
        return """
                {"workload": "own-key", "implementation": "%s", "rate": %d, "threads": 2, "arrivals": "constant",
                 "neighbour": false, "gc": "G1", "seconds": %d, "scheduled": 100000, "done": %d, "reached": %b,
                 "round": %d, "file": "%s"}\
                """.formatted(implementation, rate, SECONDS, reached ? 100_000 : 60_000, reached, round, file);
    }

    private static PrintStream stream(Path file) {
        try {
            return new PrintStream(Files.newOutputStream(file), false, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
