package org.berth.bench.report;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.berth.bench.folder.RunFolder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Copies runs to the published ones, unless they have caveats. */
@Command(
        name = "publish",
        description = "Copies runs to the published ones and adds them to the index; refuses runs with caveats.")
@SuppressWarnings("NullAway.Init") // by picocli
public final class PublishCommand implements Callable<Integer> {

    private static final Pattern NAME_PART = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "FOLDER", description = "Folders that a run has written.")
    private List<Path> paths;

    @Option(
            names = "--to",
            paramLabel = "DIR",
            defaultValue = "results",
            description = "Where published runs are, with their index in README.md; by default results.")
    private Path to;

    @Option(
            names = "--machine",
            paramLabel = "NAME",
            description =
                    "What to call the machine in the folder's name; by default by its processor and number of CPUs.")
    private @Nullable String machine;

    @Option(names = "--label", paramLabel = "NAME", description = "What to end the folder's name with.")
    private @Nullable String label;

    @Option(names = "--note", paramLabel = "TEXT", defaultValue = "", description = "What to say in the index besides.")
    private String note;

    @Option(names = "--force", description = "Publish also what is marked as not to be published.")
    private boolean force;

    @Override
    public Integer call() {
        requireName("--machine", machine);
        requireName("--label", label);
        int refused = 0;
        for (Path path : paths) {
            try {
                publish(path);
            } catch (InvalidInputException e) {
                refused++;
                spec.commandLine().getErr().println(e.getMessage());
                spec.commandLine().getErr().flush();
            }
        }
        PrintWriter print = spec.commandLine().getOut();
        if (refused < paths.size()) {
            print.println("Next: read what it says and commit it; berth-bench report makes a page of several.");
        }
        print.flush();
        return refused == 0 ? 0 : 1;
    }

    private void publish(Path path) throws InvalidInputException {
        PublishedRun run = PublishedRun.read(path);
        if (!force && !run.file().caveats().isEmpty()) {
            throw new InvalidInputException("not published: folder=" + path + " reason="
                    + String.join("; ", run.file().caveats()) + " (--force publishes it all the same)");
        }
        String name = run.name(machine, label);
        Path target = to.resolve(name);
        if (Files.exists(target)) {
            throw new InvalidInputException("not published: folder=" + path
                    + " reason=there is such a run already, choose another --label: " + target);
        }
        try {
            run.copy(target);
        } catch (IOException e) {
            throw new InvalidInputException("not published: folder=" + path + " reason=" + RunFolder.reason(e), e);
        }
        PrintWriter print = spec.commandLine().getOut();
        print.println("Published as " + target);
        String row = run.row(name, note);

        String trouble = PublishedRun.addRow(to, row);
        if (!trouble.isEmpty()) {
            print.println("Not added to the index, add it by hand: file=" + to.resolve(PublishedRun.INDEX) + " reason="
                    + trouble);
            print.println(row);
        }
        print.flush();
    }

    private void requireName(String option, @Nullable String name) {
        if (name != null && !NAME_PART.matcher(name).matches()) {
            throw new ParameterException(
                    spec.commandLine(),
                    option + " must be letters, digits, dots, underscores and hyphens: value=" + name);
        }
    }
}
