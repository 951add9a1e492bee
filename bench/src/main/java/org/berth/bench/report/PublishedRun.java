package org.berth.bench.report;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.berth.bench.folder.RunFile;
import org.berth.bench.folder.RunFolder;
import org.berth.bench.machine.Machine;
import org.jspecify.annotations.Nullable;

/**
 * A run to publish.
 *
 * @param folder it is in
 * @param file   its description
 */
record PublishedRun(Folder folder, RunFile file) {

    static final String INDEX = "README.md";

    private static final String LOG = ".log";
    private static final String TABLE = "| run |";
    private static final String RULE = "|---|";
    private static final int DAY = "2026-01-01".length();

    /** Words in a processor's name that do not identify it. */
    private static final Pattern FILLER = Pattern.compile(
            "\\((r|tm)\\)|@.*|\\b(amd|intel|cpu|processor|with|\\d+-core)\\b", Pattern.CASE_INSENSITIVE);

    /** Reads the whole folder, so that no corrupt run is published. */
    static PublishedRun read(Path path) throws InvalidInputException {
        Folder folder = Folder.read(path, 0);
        if (folder.run() == null) {
            throw new InvalidInputException("not published: folder=" + path + " reason=has no " + RunFile.NAME
                    + ": interrupted before the first measurement was written, or by a version that wrote none");
        }
        return new PublishedRun(folder, folder.run());
    }

    /** Returns the folder's name: date, machine, version and kind. */
    String name(@Nullable String machine, @Nullable String label) {
        return Stream.of(
                        file.start().substring(0, DAY),
                        machine == null ? machine(folder.machine()) : machine,
                        file.berth().replace("-SNAPSHOT", ""),
                        file.kind(),
                        label)
                .filter(part -> part != null)
                .collect(Collectors.joining("-"));
    }

    private static String machine(Machine machine) {
        return slug(machine.cpu().model()) + "-" + machine.cpu().available() + "cpu";
    }

    /** Returns what identifies a processor, as part of a file name. */
    static String slug(@Nullable String model) {
        String words = FILLER.matcher(model == null ? "" : model).replaceAll(" ");
        String slug =
                words.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
        return slug.isEmpty() ? "unknown" : slug;
    }

    /**
     * Copies all files of the run, or none if one fails. Logs are left out: they name paths of the machine and add
     * nothing to the raw data.
     */
    void copy(Path target) throws IOException {
        Path part = target.resolveSibling(target.getFileName() + ".next");
        delete(part);
        try {
            for (String file : folder.files()) {
                if (!file.endsWith(LOG)) {
                    Path copy = part.resolve(file);
                    Files.createDirectories(copy.getParent());
                    copy(folder.path().resolve(file), copy);
                }
            }
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            delete(part);
        }
    }

    /** Compresses JMH's results, by far the largest file of a run. */
    private static void copy(Path file, Path copy) throws IOException {
        if (!file.endsWith(JmhFile.NAME)) {
            Files.copy(file, copy);
            return;
        }
        Path compressed = copy.resolveSibling(JmhFile.PUBLISHED);
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(compressed))) {
            Files.copy(file, out);
        }
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /** Returns the run's row of the index. */
    String row(String name, String note) {
        String report = folder.report();
        Machine machine = folder.machine();
        List<String> what = new ArrayList<>(List.of("`" + file.command() + "`, Berth " + file.berth()));
        file.caveats().forEach(caveat -> what.add("**Published all the same: " + caveat + "**"));
        if (!note.isBlank()) {
            what.add(note);
        }
        @Nullable String model = machine.cpu().model();
        return "| [%s](%s/%s) | %s, %d CPUs; JDK %s | %s |"
                .formatted(
                        name,
                        name,
                        report,
                        model == null ? "unknown" : cell(model),
                        machine.cpu().available(),
                        cell(machine.jdk().version().replaceAll("[+-].*", "")),
                        cell(String.join(". ", what)));
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace('\n', ' ');
    }

    /** Inserts the first row of the index. Returns why it could not, or an empty string. */
    static String addRow(Path to, String row) {
        try {
            List<String> lines = new ArrayList<>(Files.readAllLines(to.resolve(INDEX)));
            for (int i = 1; i < lines.size(); i++) {
                if (lines.get(i - 1).startsWith(TABLE) && lines.get(i).startsWith(RULE)) {
                    lines.add(i + 1, row);
                    RunFolder.write(to, INDEX, String.join("\n", lines) + "\n");
                    return "";
                }
            }
            return "it has no table of runs";
        } catch (NoSuchFileException e) {
            return "there is none";
        } catch (IOException e) {
            return RunFolder.reason(e);
        } catch (UncheckedIOException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
