package org.berth.bench.growth;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.berth.bench.Commands;
import org.berth.bench.folder.RunFile;
import org.berth.bench.report.ReportCommand;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class GrowthCommandTest {

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void aRunIsPrintedAndWritten() throws IOException {
        Path run = folder.resolve("run");
        assertThat(execute("--size=100000", "--implementation=berth", "--rounds=1", "--out=" + run))
                .as(err.toString())
                .isZero();

        assertThat(out.toString())
                .contains("2 measurements, about ")
                .contains("[  2/2, ", " left] berth-presized-1: ")
                .contains("Next: berth-bench report " + run)
                .contains(Files.readString(run.resolve("growth.md")));
        List<String> figures = Files.readAllLines(run.resolve("berth-growing-1.csv"));
        assertThat(figures).hasSize(3).first().isEqualTo(Variant.HEAD);
        // All keys but the first thousand.
        assertThat(figures.get(2)).startsWith("inserts,99000,");
        RunFile file = RunFile.parse(Files.readString(run.resolve("run.json")));
        assertThat(file.kind()).isEqualTo("growth");
        assertThat(file.command()).isEqualTo("growth --size=100000 --implementation=berth --rounds=1");
        assertThat(file.measured()).isEqualTo(2);
        assertThat(file.caveats()).anyMatch(caveat -> caveat.startsWith("measured once, "));
        assertThat(new CommandLine(new ReportCommand()).execute(run.toString())).isZero();
        assertThat(run.resolve("report.md")).content().contains("| inserts | Berth | growing | 1 |");
    }

    @Test
    void aMeasurementThatFailsIsNamedAndTheOthersAreKept() throws IOException {
        Path run = Files.createDirectory(folder.resolve("run"));
        // In the way of the second measurement's figures.
        Files.createDirectories(run.resolve("berth-presized-1.csv/full"));

        assertThat(execute("--size=100000", "--implementation=berth", "--rounds=1", "--out=" + run))
                .isEqualTo(1);
        assertThat(err.toString()).contains("failed: variant=berth-presized-1 exit=1");
        assertThat(run.resolve("growth.md"))
                .content()
                .contains("1 of 2 measurements are there, 1 failed")
                .contains("| Berth, growing | 1 |");
    }

    @Test
    void mistakesAreNamed() throws IOException {
        assertThat(execute("--size=10")).isEqualTo(2);
        assertThat(err.toString()).startsWith("--size must be from 100000 to ");
        assertThat(execute("--rounds=0")).isEqualTo(2);
        assertThat(execute("--implementation=berth,tree")).isEqualTo(2);
        assertThat(err.toString()).contains("name=tree known=[berth, berth-native, concurrent, non-blocking]");
        Files.writeString(folder.resolve("growth.md"), "");
        assertThat(execute("--out=" + folder)).isEqualTo(2);
        assertThat(err.toString())
                .contains("cannot write to folder " + folder + ": holds a run already: file=growth.md; choose another");
        assertThat(out.toString()).isEmpty();
    }

    private int execute(String... args) {
        return Commands.execute(new GrowthCommand(), out, err, args);
    }
}
