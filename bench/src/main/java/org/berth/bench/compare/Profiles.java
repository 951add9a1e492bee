package org.berth.bench.compare;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.berth.bench.folder.RunFolder;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/** The profilers' output, in a folder of its own beside the figures. */
final class Profiles {

    /** The folder, within that of the run. */
    static final String FOLDER = "profiles";

    private static final String OF_GC = "gc.";

    private final Path run;
    private final List<String> lines = new ArrayList<>();

    Profiles(Path run) {
        this.run = run;
    }

    /** Creates the folder for the profiles of one measurement. */
    Path folder(Measurement measurement) {
        String name = measurement.searchable().replaceAll(".*\\.(?=\\w+\\.\\w+)", "") + "-" + measurement.threads();
        Path folder = run.resolve(FOLDER).resolve(name.replaceAll("[^A-Za-z0-9._=-]+", "-"));
        try {
            return Files.createDirectories(folder).toAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write: folder=" + folder, e);
        }
    }

    /** Stores a profiler's output: its counters as text, and the files that it wrote. */
    void add(Measurement measurement, Profilers.Profiler profiler, RunResult result) {
        Path folder = folder(measurement);
        String counted = text(result);
        if (!counted.isBlank() && !profiler.folders()) {
            RunFolder.write(folder, profiler.name() + ".txt", counted);
        }
        flatten(folder);
        List<String> links = links(folder, profiler);
        lines.add("- %s, %s: %s"
                .formatted(measurement, profiler.name(), links.isEmpty() ? "nothing" : String.join(", ", links)));
    }

    /** Moves the files up: a profiler's own folder repeats the benchmark's name. */
    private static void flatten(Path folder) {
        try (Stream<Path> below = Files.list(folder)) {
            for (Path inner : below.filter(Files::isDirectory).toList()) {
                try (Stream<Path> files = Files.list(inner)) {
                    for (Path file : files.toList()) {
                        Files.move(file, folder.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
                    }
                }
                Files.delete(inner);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write: folder=" + folder, e);
        }
    }

    private static String text(RunResult result) {
        StringBuilder text = new StringBuilder();
        for (Result<?> metric : result.getSecondaryResults().values()) {
            if (!metric.getLabel().startsWith(OF_GC)) {
                String info = metric.extendedInfo().strip();
                text.append(
                        info.isEmpty()
                                ? String.format(
                                        Locale.ROOT,
                                        "%-40s %14.4f %s\n",
                                        metric.getLabel(),
                                        metric.getScore(),
                                        metric.getScoreUnit())
                                : info + "\n");
            }
        }
        return text.toString();
    }

    private List<String> links(Path folder, Profilers.Profiler profiler) {
        try (Stream<Path> files = Files.list(folder)) {
            Path from = run.toAbsolutePath();
            return files.filter(Files::isRegularFile)
                    .filter(file -> profiler.folders() != file.toString().endsWith(".txt"))
                    .sorted()
                    .map(file -> "[%s](<%s>)".formatted(file.getFileName(), from.relativize(file)))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read: folder=" + folder, e);
        }
    }

    /** Returns the section of the report; empty if nothing was profiled. */
    String markdown() {
        return lines.isEmpty()
                ? ""
                : "\n## Profiles\n\nFrom separate runs, whose times are in no table, as a profiler slows down "
                        + "what it observes.\n\n"
                        + String.join("\n", lines) + "\n";
    }
}
