package org.berth.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.berth.bench.Commands;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SummaryCommandTest {

    private static final Path RESULTS = Path.of("..", "results");

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    /** Every figure of the committed page and its charts is that of the committed raw data. */
    @Test
    void theCommittedPageIsUpToDate() throws IOException {
        assertThat(execute("--results=" + RESULTS, "--out=" + folder))
                .as(err.toString())
                .isZero();

        assertThat(folder.resolve("README.md")).hasSameTextualContentAs(RESULTS.resolve("README.md"));
        List<Path> charts = files(folder.resolve("charts"));
        assertThat(charts).hasSizeGreaterThanOrEqualTo(9);
        for (Path chart : charts) {
            assertThat(chart).hasSameTextualContentAs(RESULTS.resolve("charts").resolve(chart.getFileName()));
        }
        assertThat(files(RESULTS.resolve("charts"))).hasSameSizeAs(charts);
    }

    /** Also those with raw data under former names of benchmarks. */
    @Test
    void everyPublishedRunIsRead() throws IOException, InvalidInputException {
        for (Path run : files(RESULTS)) {
            if (Files.exists(run.resolve("machine.json"))) {
                List<String> facts = Folder.read(run, 0).facts();
                // One run has repeated rows that the catalogue does not repeat.
                if (!run.endsWith(Folders.published("-map-1k").getFileName())) {
                    assertThat(facts).as(run.toString()).noneMatch(fact -> fact.startsWith("Left out"));
                }
            }
        }
    }

    /** Of the runs of this kind, the newest answers. */
    @Test
    void memoryUnderChurnIsAnsweredOnceARunIsPublished() throws IOException {
        Path page = folder.resolve("results");
        for (Path run : files(RESULTS)) {
            if (Files.isDirectory(run)) {
                Files.createSymbolicLink(Files.createDirectories(page).resolve(run.getFileName()), run.toRealPath());
            }
        }
        Folders.churnMemory(page.resolve("2026-12-01-a-churn-memory"));
        Files.writeString(page.resolve("README.md"), "<!-- table: churn-memory -->\nold\n<!-- end -->\n");

        assertThat(execute("--results=" + page, "--out=" + folder))
                .as(err.toString())
                .isZero();
        assertThat(folder.resolve("README.md"))
                .content()
                .contains("| keys | map | round |", "| 1,000 | **Berth** | 1 | 1.00 | 100 | 100 | 100 | 100 | 0.07 |")
                .contains("| 1,000 | ConcurrentHashMap | 1 | 1.00 | 110 | 131 | 160 | 160 | 0.07 |");
        assertThat(folder.resolve("charts/churn-memory.svg")).content().contains(">Berth<");
    }

    /** The memory of the store is a table without a chart; of its costs there is no published run yet. */
    @Test
    void theStoreIsAnsweredOnceARunIsPublished() throws IOException {
        Path page = folder.resolve("results");
        for (Path run : files(RESULTS)) {
            if (Files.isDirectory(run)) {
                Files.createSymbolicLink(Files.createDirectories(page).resolve(run.getFileName()), run.toRealPath());
            }
        }
        Folders.storeMemory(page.resolve("2026-12-01-a-store-memory"));
        Folders.store(page.resolve("2026-12-01-a-store"));
        Files.writeString(
                page.resolve("README.md"),
                "<!-- table: store -->\nold\n<!-- end -->\n<!-- table: store-memory -->\nold\n<!-- end -->\n");

        assertThat(execute("--results=" + page, "--out=" + folder))
                .as(err.toString())
                .isZero();
        assertThat(folder.resolve("README.md"))
                .content()
                .contains("| **get: Berth** | 40.0 ± 1.0 | – | – | – |")
                .contains("| get: Chronicle Map | 120 ± 1, 3.00 × | – | – | – |")
                .contains("| 1,000,000 | **Berth** | 32 | 1 | 100 | 44 | 100 | 44 | 0.0 | 100.0 | 95.0 |")
                .contains("| 1,000,000 | ConcurrentHashMap | 32 | 1 | 150 | 94 | 150 | 94 | 150.0 | 0.0 | – |");
        assertThat(folder.resolve("charts/store.svg")).content().contains(">get: Chronicle Map<");
        assertThat(folder.resolve("charts/store-memory.svg")).doesNotExist();
    }

    @Test
    void missingRunsAreRefused() throws IOException {
        Path page = folder.resolve("results");
        Files.createDirectories(page);
        assertThat(execute("--results=" + page)).isEqualTo(2);
        assertThat(err.toString()).contains("no such folder: path=" + page).hasLineCount(1);
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    private int execute(String... args) {
        return Commands.execute(new SummaryCommand(), out, err, args);
    }
}
