package org.berth.bench;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** Runs commands as {@link Main} does, for their tests. */
public final class Commands {

    private Commands() {}

    /** The exit code; a mistake in the options is a line of {@code err}. */
    public static int execute(Object command, StringWriter out, StringWriter err, String... args) {
        CommandLine line = new CommandLine(command);
        line.setParameterExceptionHandler((mistake, ignored) -> {
            err.append(mistake.getMessage()).append(System.lineSeparator());
            return CommandLine.ExitCode.USAGE;
        });
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(args);
    }
}
