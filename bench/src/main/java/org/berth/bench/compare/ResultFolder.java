package org.berth.bench.compare;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import org.berth.bench.folder.RunFile;
import org.berth.bench.folder.RunFolder;
import org.berth.bench.machine.Machine;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;

/**
 * The folder that a run writes to. Files are replaced atomically, so that an interrupted run keeps what it has
 * measured.
 */
public final class ResultFolder {

    private static final String RAW = "jmh.json";
    private static final String LOG = "jmh.log";
    private static final String REPORT = "compare.md";
    private static final String MACHINE = "machine.json";

    private final Path folder;

    private ResultFolder(Path folder) {
        this.folder = folder;
    }

    /**
     * Creates the folder if it does not exist.
     *
     * @throws IOException if it cannot be created or written, or holds a run already
     */
    public static ResultFolder create(Path path) throws IOException {
        RunFolder.claim(path, RAW, LOG, REPORT, MACHINE, RunFile.NAME);
        return new ResultFolder(path);
    }

    /** Returns the path as given. */
    public Path path() {
        return folder;
    }

    Path report() {
        return folder.resolve(REPORT);
    }

    PrintStream openLog() {
        try {
            return new PrintStream(Files.newOutputStream(folder.resolve(LOG)), true, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void writeMachine(Machine machine) {
        write(MACHINE, machine.json() + "\n");
    }

    void writeReport(String report) {
        write(REPORT, report);
    }

    void writeRaw(Collection<RunResult> results) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8)) {
            ResultFormatFactory.getInstance(ResultFormatType.JSON, out).writeOut(results);
        }
        write(RAW, bytes.toString(StandardCharsets.UTF_8));
    }

    void writeRun(RunFile run) {
        run.write(folder);
    }

    private void write(String file, String text) {
        RunFolder.write(folder, file, text);
    }
}
