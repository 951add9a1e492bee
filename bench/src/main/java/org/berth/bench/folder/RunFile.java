package org.berth.bench.folder;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.berth.bench.machine.CpuTime;

/**
 * What a run is, and how far it has come: a file of its own, so that whoever publishes the run need not read its report.
 *
 * @param schema   version of this description
 * @param kind     of run, such as latency
 * @param command  with its options
 * @param berth    the version that was measured
 * @param start    as ISO 8601
 * @param planned  measurements
 * @param measured of them, so far
 * @param failed   of them
 * @param stolen   share of the CPU time that the hypervisor took, as text
 * @param doubts   why its figures are not to be published, in words
 */
public record RunFile(
        int schema,
        String kind,
        String command,
        String berth,
        String start,
        int planned,
        int measured,
        int failed,
        String stolen,
        List<String> doubts) {

    /** Its name in a run's folder. */
    public static final String NAME = "run.json";

    /** The version of this description, as written. */
    public static final int SCHEMA = 1;

    /**
     * A run's beginning.
     *
     * @param kind    of run
     * @param command with its options
     * @param start   of the run
     * @param before  the CPUs' time at the start
     */
    public record Begin(String kind, String command, Instant start, CpuTime before) {

        /** A run that begins now. */
        public static Begin now(String kind, String command) {
            return new Begin(kind, command, Instant.now().truncatedTo(ChronoUnit.SECONDS), CpuTime.read());
        }

        /** The run as it is now; what is known to make its figures doubtful already is given, the rest is found out. */
        public RunFile now(int planned, int measured, int failed, List<String> known) {
            List<String> doubts = new ArrayList<>();
            if (before.isMuchStolenSince()) {
                doubts.add(CpuTime.DOUBT);
            }
            if (measured < planned) {
                doubts.add("%d of %d measurements are there, %d failed".formatted(measured, planned, failed));
            }
            doubts.addAll(known);
            return new RunFile(
                    SCHEMA,
                    kind,
                    command,
                    Versions.ofBerth(),
                    start.toString(),
                    planned,
                    measured,
                    failed,
                    before.stolenSince(),
                    doubts);
        }
    }

    /**
     * Reads a run's description.
     *
     * @throws IllegalArgumentException if it is none, or of another version
     */
    public static RunFile parse(String json) {
        try {
            JsonObject object = JsonParser.parseString(json).getAsJsonObject();
            int schema = object.get("schema").getAsInt();
            if (schema != SCHEMA) {
                throw new IllegalArgumentException("unknown schema: found=" + schema + " wanted=" + SCHEMA);
            }
            RunFile run = new Gson().fromJson(object, RunFile.class);
            // Whatever is missing or no time shows here.
            Instant start = Instant.parse(run.start);
            Stream.of(start, run.kind, run.command, run.berth, run.stolen, run.doubts)
                    .forEach(Objects::requireNonNull);
            return run;
        } catch (JsonParseException
                | DateTimeException
                | IllegalStateException
                | UnsupportedOperationException
                | NullPointerException e) {
            throw new IllegalArgumentException("no description of a run", e);
        }
    }

    /** Lines for the head of the run's report. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("Measured: %d of %d planned, %d failed".formatted(measured, planned, failed));
        lines.add("CPU time stolen by the hypervisor during the run: " + stolen);
        doubts.forEach(doubt -> lines.add("**Not to be published: " + doubt + ".**"));
        return lines;
    }

    /** Writes it into the run's folder. */
    public void write(Path folder) {
        RunFolder.write(
                folder,
                NAME,
                new GsonBuilder()
                                .disableHtmlEscaping()
                                .setPrettyPrinting()
                                .create()
                                .toJson(this) + "\n");
    }
}
