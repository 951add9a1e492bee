package org.berth.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.berth.bench.Commands;
import org.berth.bench.folder.RunFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublishCommandTest {

    private static final String NAME = "2026-11-24-epyc-2cpu-0.1.0-map";

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Path to;

    @BeforeEach
    void index() throws IOException {
        to = Files.createDirectory(folder.resolve("results"));
        Files.writeString(to.resolve("README.md"), """
                # Published runs

                | run | machine | what |
                |---|---|---|
                | [older](older/compare.md) | a machine | a run |

                More text.
                """);
    }

    @Test
    void aRunIsCopiedAndStandsFirstInTheIndex() throws IOException {
        Path run = run("good", List.of());
        Files.writeString(run.resolve("jmh.log"), "a path of this machine");
        Files.createDirectory(run.resolve("profiles"));
        Files.writeString(run.resolve("profiles/perf.txt"), "cycles");

        assertThat(execute(run, "--note", "The newest | code"))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).contains("Published as " + to.resolve(NAME)).contains("Next: ");
        assertThat(files(to.resolve(NAME)))
                .containsExactlyInAnyOrder(
                        "compare.md", "jmh.json.gz", "machine.json", "run.json", "profiles/perf.txt");
        assertThat(Folders.decompressed(to.resolve(NAME).resolve("jmh.json.gz")))
                .isEqualTo(Files.readString(run.resolve("jmh.json")));
        assertThat(Files.readAllLines(to.resolve("README.md")))
                .containsExactly(
                        "# Published runs",
                        "",
                        "| run | machine | what |",
                        "|---|---|---|",
                        "| [" + NAME + "](" + NAME + "/compare.md) | AMD EPYC, 2 CPUs; JDK 25.0.3 | `compare --map`, "
                                + "Berth 0.1.0-SNAPSHOT. The newest \\| code |",
                        "| [older](older/compare.md) | a machine | a run |",
                        "",
                        "More text.");
    }

    @Test
    void runsWithCaveatsAreRefusedUnlessForced() throws IOException {
        Path run = run("invalid", List.of("1 of 2 measurements are there, 1 failed", "others had the CPUs"));

        assertThat(execute(run)).isEqualTo(1);
        assertThat(err.toString())
                .isEqualToIgnoringNewLines(
                        "not published: folder=" + run + " reason=1 of 2 measurements are there, 1 failed; "
                                + "others had the CPUs (--force publishes it all the same)");
        assertThat(files(to)).containsExactly("README.md");
        assertThat(to.resolve("README.md")).content().doesNotContain(NAME);

        assertThat(execute(run, "--force")).isZero();
        assertThat(to.resolve(NAME)).isDirectory();
        assertThat(to.resolve("README.md")).content().contains("**Published all the same: others had the CPUs**");
    }

    @Test
    void aRefusedRunDoesNotStopTheOthers() throws IOException {
        assertThat(execute(folder.resolve("nowhere"), run("good", List.of()))).isEqualTo(1);

        assertThat(err.toString()).startsWith("no such folder: path=").hasLineCount(1);
        assertThat(to.resolve(NAME)).isDirectory();
    }

    @Test
    void publishedRunsAreNotReplaced() throws IOException {
        Path run = run("good", List.of());
        assertThat(execute(run)).isZero();
        assertThat(execute(run)).isEqualTo(1);
        assertThat(err.toString())
                .contains("there is such a run already, choose another --label: ")
                .hasLineCount(1);

        assertThat(execute(run, "--label", "again", "--machine", "my-server")).isZero();
        assertThat(to.resolve("2026-11-24-my-server-0.1.0-map-again")).isDirectory();
    }

    @Test
    void corruptFoldersAreRefused() throws IOException {
        Path run = run("good", List.of());
        Files.writeString(run.resolve("jmh.json"), "[{");
        refused(run, "corrupt, no JSON: file=");
        run = run("other", List.of());
        Files.writeString(run.resolve("run.json"), "{\"schema\": 9}");
        refused(run, "unknown schema: found=9 wanted=1: file=");
        Files.writeString(run.resolve("run.json"), "{\"schema\": 1, \"start\": \"yesterday\"}");
        refused(run, "no description of a run: file=");
        Files.delete(run.resolve("run.json"));
        refused(run, "has no run.json: ");
        to = Files.writeString(folder.resolve("file"), "");
        err.getBuffer().setLength(0);
        assertThat(execute(run("third", List.of()))).isEqualTo(1);
        assertThat(err.toString()).startsWith("not published: folder=").hasLineCount(1);
    }

    @Test
    void namesAreNoPaths() throws IOException {
        assertThat(execute(run("good", List.of()), "--label", "../../elsewhere"))
                .isEqualTo(2);
        assertThat(err.toString()).startsWith("--label must be letters, digits, ");
        assertThat(files(to)).containsExactly("README.md");
    }

    @Test
    void machinesAreCalledByTheirProcessors() {
        assertThat(PublishedRun.slug("AMD EPYC 9654 96-Core Processor")).isEqualTo("epyc-9654");
        assertThat(PublishedRun.slug("Intel(R) Xeon(R) Platinum 8481C CPU @ 2.70GHz"))
                .isEqualTo("xeon-platinum-8481c");
        assertThat(PublishedRun.slug("implementer 0x41 part 0xd40")).isEqualTo("implementer-0x41-part-0xd40");
        assertThat(PublishedRun.slug(null)).isEqualTo("unknown");
    }

    @Test
    void withoutAnIndexTheRowIsPrinted() throws IOException {
        to = folder.resolve("elsewhere");
        assertThat(execute(run("good", List.of()))).isZero();
        assertThat(out.toString()).contains("reason=there is none", "| [" + NAME + "](");
        assertThat(to.resolve(NAME)).isDirectory();
    }

    private Path run(String name, List<String> caveats) throws IOException {
        Path run = Folders.copy(Folders.published("-map-newest"), folder.resolve(name));
        new RunFile(
                        RunFile.SCHEMA,
                        "map",
                        "compare --map",
                        "0.1.0-SNAPSHOT",
                        "2026-11-24T10:00:00Z",
                        2,
                        2 - caveats.size() / 2,
                        caveats.size() / 2,
                        "0.01 %",
                        caveats)
                .write(run);
        return run;
    }

    private void refused(Path run, String message) throws IOException {
        err.getBuffer().setLength(0);
        assertThat(execute(run)).isEqualTo(1);
        assertThat(err.toString()).contains(message).hasLineCount(1);
        assertThat(files(to)).containsExactly("README.md");
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .toList();
        }
    }

    private int execute(Object... args) {
        Stream<Object> all = Stream.of(args);
        return Commands.execute(
                new PublishCommand(),
                out,
                err,
                Stream.concat(Stream.of("--to", to), all).map(Object::toString).toArray(String[]::new));
    }
}
