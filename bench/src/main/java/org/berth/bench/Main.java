package org.berth.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import org.berth.bench.calls.CallsCommand;
import org.berth.bench.growth.GrowthCommand;
import org.berth.bench.latency.LatencyCommand;
import org.berth.bench.memory.ChurnMemoryCommand;
import org.berth.bench.memory.StoreMemoryCommand;
import org.berth.bench.placement.PlacementCheckCommand;
import org.berth.bench.report.PublishCommand;
import org.berth.bench.report.ReportCommand;
import org.berth.bench.report.SummaryCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command line of Berth's benchmarks. */
@Command(
        name = "berth-bench",
        description = "Compares Berth with other ways to share a dictionary between threads.",
        subcommands = {
            CallsCommand.class,
            ChurnMemoryCommand.class,
            CompareCommand.class,
            GrowthCommand.class,
            LatencyCommand.class,
            MachineCommand.class,
            PlacementCheckCommand.class,
            PublishCommand.class,
            ReportCommand.class,
            StoreMemoryCommand.class,
            SummaryCommand.class
        })
public final class Main {

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help.")
    @SuppressWarnings("unused") // picocli answers it
    private boolean help;

    private Main() {}

    /**
     * Runs a command. Exits with 0, with 1 if something failed, or with 2 if nothing ran because of a mistake in the
     * command.
     */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main());
        // One line with the mistake; the whole help would push it off the screen.
        line.setParameterExceptionHandler((mistake, args) -> {
            CommandLine command = mistake.getCommandLine();
            PrintWriter err = command.getErr();
            if (args.length == 0) {
                command.usage(err);
            } else {
                err.println(mistake.getMessage());
                err.println("For help: " + command.getCommandSpec().qualifiedName() + " --help");
            }
            err.flush();
            return CommandLine.ExitCode.USAGE;
        });
        // A full disk is no defect of this program: one line suffices, and finished results are kept.
        line.setExecutionExceptionHandler((failure, command, result) -> {
            if (!(failure instanceof IOException || failure instanceof UncheckedIOException)) {
                throw failure;
            }
            Throwable cause = failure instanceof UncheckedIOException ? failure.getCause() : null;
            command.getErr().println("failed: " + failure.getMessage() + (cause == null ? "" : ": " + cause));
            command.getErr().flush();
            return CommandLine.ExitCode.SOFTWARE;
        });
        return line;
    }
}
