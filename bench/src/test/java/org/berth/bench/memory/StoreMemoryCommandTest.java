package org.berth.bench.memory;

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
import org.berth.bench.store.StoreKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
@Timeout(300)
class StoreMemoryCommandTest {

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void aRunIsPrintedWrittenAndPublished() throws IOException {
        Path run = folder.resolve("run");
        assertThat(execute("--entries=30000", "--value-bytes=256", "--churn=2", "--heap=200m", "--out=" + run))
                .as(err.toString())
                .isZero();

        assertThat(out.toString())
                .contains("6 measurements, about ", "] chronicle-30000-entries-256-bytes-1: ")
                .contains(Files.readString(run.resolve("store-memory.md")));
        assertThat(run.resolve("store-memory.md"))
                .content()
                .contains("-Xmx200m -XX:+AlwaysPreTouch", "| 30,000 | ConcurrentHashMap | 256 | 1 | ")
                .contains("| overhead per entry, filled: 30,000 values of 256 bytes, round 1 | ≤ 64 | ")
                .contains("| live heap after a full collection ÷ that of ConcurrentHashMap: 30,000 values of 256 ");
        StoreUse berth = use(run, StoreKind.BERTH);
        StoreUse heap = use(run, StoreKind.CONCURRENT);
        // Values, keys and what holds them are on the heap there, and here nearly nothing is.
        assertThat(heap.filled().heap()).isBetween(30_000 * 300L, 30_000 * 500L);
        assertThat(heap.churned().heap()).isBetween(30_000 * 300L, 30_000 * 500L);
        assertThat(berth.filled().heap()).isLessThan(30_000 * 20L);
        assertThat(berth.filled().own()).isBetween(30_000 * 280L, 30_000 * 1_000L);
        assertThat(berth.churned().own()).isBetween(30_000 * 280L, 30_000 * 1_000L);
        RunFile file = RunFile.parse(Files.readString(run.resolve("run.json")));
        assertThat(file.kind()).isEqualTo("store-memory");
        assertThat(Commands.execute(new ReportCommand(), out, err, run.toString()))
                .isZero();
        assertThat(run.resolve("report.md")).content().contains("| 30,000 | Berth | 256 | 1 |");
        Path to = Files.createDirectory(folder.resolve("results"));
        assertThat(Commands.execute(
                        new PublishCommand(), out, err, "--to=" + to, "--force", "--machine=a", run.toString()))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).contains("-store-memory/store-memory.md) | ");
    }

    private static StoreUse use(Path run, StoreKind kind) throws IOException {
        StoreVariant variant = new StoreVariant(kind, 30_000, 256, 1);
        return StoreUse.parse(variant, Files.readString(run.resolve(variant.name() + StoreUse.CSV)));
    }

    @Test
    void mistakesAreNamed() {
        for (List<String> mistake : List.of(
                List.of("--entries=0", "--entries must be from 1 to "),
                List.of("--value-bytes=8", "--value-bytes must be from 16 to "),
                List.of("--churn=0", "--churn must be from 1 to "),
                List.of("--heap=much", "--heap must be a size such as 512m or 1g: value=much"),
                List.of("--implementation=oak", "name=oak known=[berth, concurrent, chronicle, caffeine, "))) {
            err.getBuffer().setLength(0);
            assertThat(execute(mistake.getFirst(), "--out=" + folder.resolve("run")))
                    .isEqualTo(2);
            assertThat(err.toString()).contains(mistake.getLast()).hasLineCount(1);
        }
        assertThat(out.toString()).isEmpty();
    }

    private int execute(String... args) {
        return Commands.execute(new StoreMemoryCommand(), out, err, args);
    }
}
