package org.berth.bench.latency;

import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.berth.bench.folder.RunFile;
import org.berth.bench.folder.RunFolder;
import org.berth.bench.machine.Machine;

/** The folder that a latency run is written to. What is finished is there, whenever the run ends. */
final class LatencyFolder {

    static final String RAW = "latency.json";
    static final String REPORT = "latency.md";
    private static final String MACHINE = "machine.json";
    private static final int SCHEMA = 1;

    private record Raw(
            int schema,
            String start,
            List<String> jvm,
            List<Outcome> measurements,
            List<Outcome> probes,
            List<Maximum> maxima) {}

    private final Path folder;

    private LatencyFolder(Path folder) {
        this.folder = folder;
    }

    /**
     * Makes the folder, if it is not there.
     *
     * @throws IOException if it cannot be made or written, or holds a run already
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

    /** Probes are the measurements of a search for maxima. */
    void write(
            String start,
            List<String> jvm,
            List<Outcome> measurements,
            List<Outcome> probes,
            List<Maximum> maxima,
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
