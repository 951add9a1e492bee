package org.berth.bench.calls;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.berth.bench.Commands;
import org.berth.bench.folder.RunFile;
import org.berth.bench.report.PublishCommand;
import org.berth.bench.report.ReportCommand;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CallsCommandTest {

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void aRunIsPrintedWrittenAndPublished() throws IOException {
        Path run = folder.resolve("run");
        assertThat(execute("--size=3000", "--removed=2000", "--implementation=berth", "--rounds=1", "--out=" + run))
                .as(err.toString())
                .isZero();

        assertThat(out.toString())
                .contains("4 measurements, about ")
                .contains("] berth-clear-1: ")
                .contains("Next: berth-bench report " + run)
                .contains(Files.readString(run.resolve("calls.md")));
        assertThat(run.resolve("calls.md"))
                .content()
                .contains("## churn, 3,000 keys, 2 threads", "## iterator, 2,000 keys", "| Berth | 1 | clear | 1 |");
        assertThat(figures(run, "berth-churn-1"))
                .hasSize(3)
                .element(1)
                .asString()
                .startsWith("inserts,6000,");
        assertThat(figures(run, "berth-remove-1").get(1)).startsWith("removes,2000,");
        assertThat(figures(run, "berth-iterator-1").get(1)).startsWith("removes,2000,");
        RunFile file = RunFile.parse(Files.readString(run.resolve("run.json")));
        assertThat(file.kind()).isEqualTo("calls");
        assertThat(file.caveats()).anyMatch(caveat -> caveat.startsWith("measured once"));
        assertThat(Commands.execute(new ReportCommand(), out, err, run.toString()))
                .isZero();
        assertThat(run.resolve("report.md")).content().contains("| churn | removes | Berth | 1 | 6000 |");
        assertThat(run.resolve("report.html")).content().contains("Calls under churn");
        Path to = Files.createDirectory(folder.resolve("results"));
        assertThat(Commands.execute(
                        new PublishCommand(), out, err, "--to=" + to, "--force", "--machine=a", run.toString()))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).contains("-calls/calls.md) | ");
    }

    @Test
    void mistakesAreNamed() throws IOException {
        assertThat(execute("--size=10")).isEqualTo(2);
        assertThat(err.toString()).startsWith("--size must be from 1000 to ");
        assertThat(execute("--workload=churn,grow")).isEqualTo(2);
        assertThat(err.toString()).contains("name=grow known=[churn, remove, iterator, clear]");
        assertThat(execute("--implementation=tree")).isEqualTo(2);
        assertThat(execute("--threads=0")).isEqualTo(2);
        Files.writeString(folder.resolve("calls.md"), "");
        assertThat(execute("--out=" + folder)).isEqualTo(2);
        assertThat(err.toString()).contains("holds a run already: file=calls.md");
        assertThat(out.toString()).isEmpty();
    }

    private static List<String> figures(Path run, String name) throws IOException {
        List<String> lines = Files.readAllLines(run.resolve(name + ".csv"));
        assertThat(lines).first().isEqualTo(CallsVariant.HEAD);
        return lines;
    }

    private int execute(String... args) {
        return Commands.execute(new CallsCommand(), out, err, args);
    }
}
