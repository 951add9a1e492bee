package org.berth.bench.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.berth.bench.compare.Measured;
import org.berth.bench.folder.RunFile;
import org.berth.bench.machine.Machine;
import org.berth.bench.memory.ChurnMemory;
import org.berth.bench.memory.StoreMemory;
import org.jspecify.annotations.Nullable;

/**
 * The contents of a run's folder, read and validated.
 *
 * @param path     as given
 * @param name     its name on the page
 * @param machine  that it ran on
 * @param run      the run's description; null for runs of the first versions
 * @param facts    facts about the run, for the report
 * @param files    names of the raw data files
 * @param measured costs, if it is a comparison
 * @param latency  charts, if it has any
 * @param highest  highest rates, if the run searched for them
 * @param growth   calls while a map grows, if it holds any
 * @param tables   of other kinds of runs
 */
record Folder(
        Path path,
        String name,
        Machine machine,
        @Nullable RunFile run,
        List<String> facts,
        List<String> files,
        @Nullable Measured measured,
        List<Latency> latency,
        List<Highest> highest,
        @Nullable Growth growth,
        List<RunTable> tables) {

    private static final String MACHINE = "machine.json";
    /** The runs' own reports. */
    private static final List<String> REPORTS =
            List.of("compare.md", "latency.md", "growth.md", Calls.REPORT, ChurnMemory.REPORT, StoreMemory.REPORT);

    private static final List<String> RAW = Stream.concat(
                    Stream.of(".json", ".json.gz", ".csv", ".hgrm", ".hlog", ".log", ChurnMemory.CHART),
                    REPORTS.stream())
            .toList();

    /** The folder of the profilers' output, which holds no figures. */
    static final String PROFILES = "profiles";

    static Folder read(Path path, int index) throws InvalidInputException {
        List<String> files = list(path);
        boolean growth = files.stream().anyMatch(Growth::isFigures);
        String jmh = JmhFile.in(files);
        boolean tables = files.stream()
                .anyMatch(file ->
                        Calls.isFigures(file) || ChurnMemoryFiles.isSamples(file) || StoreMemoryFiles.isUse(file));
        if (jmh == null && !files.contains(Latency.NAME) && !growth && !tables) {
            throw new InvalidInputException("holds no result: folder=" + path + " wanted=" + JmhFile.NAME + ", "
                    + Latency.NAME
                    + " or the .csv files of growth, calls, churn-memory or store-memory");
        }
        Machine machine = machine(path.resolve(MACHINE));
        RunFile run = files.contains(RunFile.NAME) ? run(path.resolve(RunFile.NAME)) : null;
        List<String> facts = new ArrayList<>();
        if (run != null) {
            facts.add("Run: " + run.command() + ", Berth " + run.berth() + ", " + run.start());
        }
        facts.addAll(notes(path, files));
        return new Folder(
                path,
                path.toAbsolutePath().normalize().getFileName().toString(),
                machine,
                run,
                facts,
                files,
                jmh == null ? null : measured(path.resolve(jmh), machine, facts),
                files.contains(Latency.NAME) ? Latency.read(path, index, facts) : List.of(),
                files.contains(Latency.NAME) ? Highest.read(path, index) : List.of(),
                growth ? growth(path, index, files, facts) : null,
                tables(path, index, files));
    }

    private static List<RunTable> tables(Path path, int index, List<String> files) throws InvalidInputException {
        List<RunTable> tables = new ArrayList<>();
        if (files.stream().anyMatch(Calls::isFigures)) {
            tables.add(Calls.read(path, files).table(index));
        }
        if (files.stream().anyMatch(ChurnMemoryFiles::isSamples)) {
            tables.add(ChurnMemoryFiles.table(ChurnMemoryFiles.read(path, files), index));
        }
        if (files.stream().anyMatch(StoreMemoryFiles::isUse)) {
            tables.add(StoreMemoryFiles.table(StoreMemoryFiles.read(path, files), index));
        }
        return tables;
    }

    /** Returns the name of the run's own report. */
    String report() {
        if (measured != null) {
            return "compare.md";
        }
        return growth != null
                ? "growth.md"
                : Stream.of(Calls.REPORT, ChurnMemory.REPORT, StoreMemory.REPORT)
                        .filter(files::contains)
                        .findFirst()
                        .orElse("latency.md");
    }

    private static List<String> list(Path path) throws InvalidInputException {
        if (!Files.isDirectory(path)) {
            throw new InvalidInputException(
                    (Files.exists(path) ? "not a folder: path=" : "no such folder: " + "path=") + path);
        }
        Path profiles = path.resolve(PROFILES);
        try (Stream<Path> files = Files.list(path);
                Stream<Path> more = Files.isDirectory(profiles) ? Files.walk(profiles) : Stream.empty()) {
            Stream<Path> raw = files.filter(
                    file -> RAW.stream().anyMatch(file.getFileName().toString()::endsWith));
            return Stream.concat(raw, more)
                    .filter(Files::isRegularFile)
                    .map(file -> path.relativize(file).toString().replace('\\', '/'))
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new InvalidInputException("cannot read: folder=" + path + " reason=" + e, e);
        }
    }

    /** Returns the caveats in the run's own report. */
    private static List<String> notes(Path path, List<String> files) throws InvalidInputException {
        List<String> notes = new ArrayList<>();
        for (String report : REPORTS) {
            if (files.contains(report)) {
                Json.text(path.resolve(report))
                        .lines()
                        .filter(line -> line.startsWith("- **") || line.startsWith("- CPU time stolen"))
                        .map(line -> line.substring(2).replace("**", ""))
                        .forEach(notes::add);
            }
        }
        return notes;
    }

    private static RunFile run(Path file) throws InvalidInputException {
        try {
            return RunFile.parse(Json.text(file));
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException(e.getMessage() + ": file=" + file, e);
        }
    }

    private static Machine machine(Path file) throws InvalidInputException {
        try {
            return Machine.parse(Json.text(file));
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException(e.getMessage() + ": file=" + file, e);
        }
    }

    private static Measured measured(Path file, Machine machine, List<String> facts) throws InvalidInputException {
        JmhFile jmh = JmhFile.read(file);
        Measured measured = Measured.of(jmh.results(), machine.cpu().available());
        if (measured.tables().isEmpty()) {
            throw new InvalidInputException("holds no benchmark of this program: file=" + file + " first="
                    + jmh.results().getFirst().benchmark());
        }
        facts.addAll(jmh.facts());
        if (!measured.unknown().isEmpty()) {
            facts.add("Left out, as this version has no such benchmark: " + String.join("; ", measured.unknown()));
        }
        return measured;
    }

    private static Growth growth(Path path, int index, List<String> files, List<String> facts)
            throws InvalidInputException {
        Growth growth = Growth.read(path, index, files);
        facts.add("Reads and inserts while a map grows, %d rounds"
                .formatted(growth.lines().stream()
                        .mapToInt(Growth.Line::round)
                        .max()
                        .orElse(0)));
        return growth;
    }
}
