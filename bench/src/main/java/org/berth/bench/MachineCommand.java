package org.berth.bench;

import java.io.PrintWriter;
import org.berth.bench.machine.Machine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "machine", description = "Prints what a run records about this machine.")
@SuppressWarnings("NullAway.Init") // by picocli
final class MachineCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "As it is written beside the results.")
    private boolean json;

    @Override
    public void run() {
        Machine machine = Machine.read();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(machine.json());
        } else {
            machine.lines().forEach(out::println);
            machine.warnings().forEach(warning -> out.println("warning: " + warning));
            out.println();
            out.println("Next: berth-bench compare --quick, and berth-bench latency; a minute each.");
        }
        out.flush();
    }
}
