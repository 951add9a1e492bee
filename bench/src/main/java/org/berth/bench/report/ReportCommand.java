package org.berth.bench.report;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.berth.bench.folder.RunFolder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Renders the results of runs as one page. */
@Command(
        name = "report",
        description = "Makes one page with charts of the folders that compare, latency and growth have written.")
@SuppressWarnings("NullAway.Init") // by picocli
public final class ReportCommand implements Callable<Integer> {

    static final String HTML = "report.html";
    static final String MARKDOWN = "report.md";

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "1..*",
            paramLabel = "FOLDER",
            description = "Folders with results; the same tables of several stand side by side, in this order.")
    private List<Path> paths;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where to write report.html and report.md; by default the first folder.")
    private @Nullable Path out;

    @Override
    public Integer call() {
        PrintWriter print = spec.commandLine().getOut();
        try {
            Path target = out == null ? paths.getFirst() : out;
            List<Folder> folders = read();
            String html = HtmlPage.render(folders, target);
            String markdown = MarkdownPage.render(folders, target);
            write(target, html, markdown);
            print.println("Written to " + target.resolve(HTML).toAbsolutePath().normalize());
            print.println("Next: open it in a browser; it needs no network. As text: " + target.resolve(MARKDOWN));
            print.println("To publish the runs: berth-bench publish "
                    + paths.stream().map(Path::toString).collect(Collectors.joining(" ")));
            print.flush();
            return 0;
        } catch (InvalidInputException e) {
            spec.commandLine().getErr().println(e.getMessage());
            spec.commandLine().getErr().flush();
            return 2;
        }
    }

    private List<Folder> read() throws InvalidInputException {
        List<Folder> folders = new ArrayList<>();
        Set<Path> seen = new HashSet<>();
        for (Path path : paths) {
            if (!seen.add(path.toAbsolutePath().normalize())) {
                throw new InvalidInputException("given twice: folder=" + path);
            }
            folders.add(Folder.read(path, folders.size()));
        }
        return folders;
    }

    /** Replaces both files atomically, or neither if one cannot be written. */
    private static void write(Path folder, String html, String markdown) throws InvalidInputException {
        Path nextHtml = folder.resolve(HTML + ".next");
        Path nextMarkdown = folder.resolve(MARKDOWN + ".next");
        try {
            Files.createDirectories(folder);
            try {
                Files.writeString(nextHtml, html);
                Files.writeString(nextMarkdown, markdown);
                Files.move(nextHtml, folder.resolve(HTML), StandardCopyOption.REPLACE_EXISTING);
                Files.move(nextMarkdown, folder.resolve(MARKDOWN), StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(nextHtml);
                Files.deleteIfExists(nextMarkdown);
            }
        } catch (IOException e) {
            throw new InvalidInputException("cannot write to folder " + folder + ": " + RunFolder.reason(e), e);
        }
    }
}
