package org.berth.bench.folder;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.annotations.SerializedName;
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
 * The description of a run and its progress, in a file of its own, which publishing reads instead of the report.
 *
 * @param schema   version of the format
 * @param kind     of run, such as latency
 * @param command  the command line
 * @param berth    the version that was measured
 * @param start    in ISO 8601
 * @param planned  measurements
 * @param measured measurements made so far
 * @param failed   of them
 * @param stolen   share of the CPU time that the hypervisor took, as text
 * @param caveats  why its figures must not be published
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

        @SerializedName(value = "caveats", alternate = "doubts")
        List<String> caveats) {

    /** The file's name in a run's folder. */
    public static final String NAME = "run.json";

    /** The version of the format, as written. */
    public static final int SCHEMA = 1;

    /**
     * The start of a run.
     *
     * @param kind    of run
     * @param command the command line
     * @param start   of the run
     * @param before  the CPUs' times at the start
     */
    public record Begin(String kind, String command, Instant start, CpuTime before) {

        /** Returns a run that starts now. */
        public static Begin now(String kind, String command) {
            return new Begin(kind, command, Instant.now().truncatedTo(ChronoUnit.SECONDS), CpuTime.read());
        }

        /**
         * Returns the description as of now, with known caveats and those that this method detects; what is known to
         * make its figures doubtful already is given, the rest is found out.
         */
        public RunFile now(int planned, int measured, int failed, List<String> known) {
            List<String> caveats = new ArrayList<>();
            if (before.isMuchStolenSince()) {
                caveats.add(CpuTime.CAVEAT);
            }
            if (measured < planned) {
                caveats.add("%d of %d measurements are there, %d failed".formatted(measured, planned, failed));
            }
            caveats.addAll(known);
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
                    caveats);
        }
    }

    /**
     * Parses a run's description.
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
            // Fails here if a part is missing or is no time.
            Instant start = Instant.parse(run.start);
            Stream.of(start, run.kind, run.command, run.berth, run.stolen, run.caveats)
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

    /** Returns lines for the head of the run's report. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("Measured: %d of %d planned, %d failed".formatted(measured, planned, failed));
        lines.add("CPU time stolen by the hypervisor during the run: " + stolen);
        caveats.forEach(caveat -> lines.add("**Not to be published: " + caveat + ".**"));
        return lines;
    }

    /** Writes the file into the run's folder. */
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
