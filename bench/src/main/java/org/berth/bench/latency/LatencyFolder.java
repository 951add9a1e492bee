package org.berth.bench.latency;

import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.berth.bench.folder.RunFile;
import org.berth.bench.folder.RunFolder;
import org.berth.bench.machine.Machine;

/** The folder that a latency run writes to. An interrupted run keeps what it has measured. */
final class LatencyFolder {

    static final String RAW = "latency.json";
    static final String REPORT = "latency.md";
    private static final String MACHINE = "machine.json";
    private static final int SCHEMA = 1;

    private record Raw(
            int schema,
            String start,
            List<String> jvm,
            List<LatencyResult> measurements,
            List<LatencyResult> probes,
            List<HighestRate> maxima) {}

    private final Path folder;

    private LatencyFolder(Path folder) {
        this.folder = folder;
    }

    /**
     * Creates the folder if it does not exist.
     *
     * @throws IOException if it cannot be created or written, or holds a run already
     */
    static LatencyFolder create(Path path) throws IOException {
        RunFolder.claim(path, RAW, REPORT, MACHINE, RunFile.NAME);
        return new LatencyFolder(path);
    }

    Path path() {
        return folder;
    }

    void writeMachine(Machine machine) {
        write(MACHINE, machine.json() + "\n");
    }

    /** Writes the results. Probes are the measurements of a search for highest rates. */
    void write(
            String start,
            List<String> jvm,
            List<LatencyResult> measurements,
            List<LatencyResult> probes,
            List<HighestRate> maxima,
            String report) {
        Raw raw = new Raw(SCHEMA, start, jvm, measurements, probes, maxima);
        write(RAW, new GsonBuilder().setPrettyPrinting().create().toJson(raw) + "\n");
        write(REPORT, report);
    }

    void writeRun(RunFile run) {
        run.write(folder);
    }

    private void write(String name, String text) {
        RunFolder.write(folder, name, text);
    }
}
