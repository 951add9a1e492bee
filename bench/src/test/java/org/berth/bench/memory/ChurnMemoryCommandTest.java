package org.berth.bench.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.berth.bench.Commands;
import org.berth.bench.folder.RunFile;
import org.berth.bench.fork.MapKind;
import org.berth.bench.report.PublishCommand;
import org.berth.bench.report.ReportCommand;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class ChurnMemoryCommandTest {

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void aRunIsPrintedWrittenAndPublished() throws IOException {
        Path run = folder.resolve("run");
        assertThat(execute(
                        "--seconds=2",
                        "--keys=1000,2000",
                        "--heap=200m",
                        "--gc=serial",
                        "--implementation=berth,concurrent",
                        "--out=" + run))
                .as(err.toString())
                .isZero();

        assertThat(out.toString())
                .contains("4 measurements, about ")
                .contains("] concurrent-2000-keys-1: ")
                .contains(Files.readString(run.resolve("churn-memory.md")));
        assertThat(run.resolve("churn-memory.md"))
                .content()
                .contains("-Xmx200m -XX:+UseSerialGC", "too short", "![Resident memory over time](churn-memory.svg)")
                .contains("| 2,000 | ConcurrentHashMap | 1 |");
        assertThat(run.resolve("churn-memory.svg"))
                .content()
                .startsWith("<svg")
                .contains(">1,000 keys<", ">Berth<", "<path d='M");
        Samples samples = Samples.parse(
                new ChurnVariant(MapKind.BERTH, 1_000, 1), Files.readString(run.resolve("berth-1000-keys-1.csv")));
        assertThat(samples.all()).hasSize(2).allMatch(sample -> sample.resident() > 10_000_000);
        assertThat(samples.last().operations()).isPositive();
        assertThat(samples.last().mapBytes()).isPositive();
        RunFile file = RunFile.parse(Files.readString(run.resolve("run.json")));
        assertThat(file.kind()).isEqualTo("churn-memory");
        assertThat(file.caveats()).anyMatch(caveat -> caveat.startsWith("too short"));
        assertThat(Commands.execute(new ReportCommand(), out, err, run.toString()))
                .isZero();
        assertThat(run.resolve("report.md")).content().contains("| 1,000 | Berth | 1 |");
        Path to = Files.createDirectory(folder.resolve("results"));
        assertThat(Commands.execute(
                        new PublishCommand(), out, err, "--to=" + to, "--force", "--machine=a", run.toString()))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).contains("-churn-memory/churn-memory.md) | ");
        try (var published = Files.walk(to)) {
            assertThat(published.map(path -> path.getFileName().toString()).toList())
                    .contains("churn-memory.svg", "concurrent-1000-keys-1.csv", "machine.json");
        }
    }

    @Test
    void mistakesAreNamed() {
        for (List<String> mistake : List.of(
                List.of("--seconds=0", "--seconds must be from 1 to "),
                List.of("--keys=1000,1001", "--keys must be a multiple of --threads: keys=1001 threads=2"),
                List.of("--heap=much", "--heap must be a size such as 512m or 1g: value=much"),
                List.of("--gc=mine", "name=mine known=[g1, zgc, parallel, serial]"),
                List.of("--implementation=tree", "name=tree known=[berth, berth-native, concurrent, non-blocking]"))) {
            err.getBuffer().setLength(0);
            assertThat(execute(mistake.getFirst(), "--out=" + folder.resolve("run")))
                    .isEqualTo(2);
            assertThat(err.toString()).contains(mistake.getLast()).hasLineCount(1);
        }
        assertThat(out.toString()).isEmpty();
    }

    private int execute(String... args) {
        return Commands.execute(new ChurnMemoryCommand(), out, err, args);
    }
}
