package org.berth.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.berth.bench.folder.RunFile;
import org.berth.bench.growth.Variant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A refused input leaves one line of error and no file. */
class ReportCommandTest {

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void aPageIsWrittenAndReplaced() throws IOException {
        Path target = folder.resolve("new/page");
        assertThat(execute(Folders.published("-map-newest"), "--out", target))
                .as(err.toString())
                .isZero();

        assertThat(out.toString())
                .contains("Written to " + target.resolve("report.html").toAbsolutePath())
                .contains("Next: open it in a browser", "berth-bench publish " + Folders.published("-map-newest"));
        assertThat(target.resolve("report.html")).content().contains("Map: get, 1 K keys");
        Files.writeString(target.resolve("report.html"), "old");
        assertThat(execute(Folders.published("-map-newest"), "--out", target)).isZero();
        assertThat(target.resolve("report.html")).content().startsWith("<!doctype html>");
        try (Stream<Path> files = Files.list(target)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("report.html", "report.md");
        }
    }

    @Test
    void thePageStandsInTheFirstFolderIfNothingElseIsSaid() throws IOException {
        Path run = Folders.copy(Folders.published("-filling"), folder.resolve("run"));

        assertThat(execute(run)).isZero();
        assertThat(run.resolve("report.html")).exists();
        assertThat(run.resolve("report.md")).exists();
    }

    @Test
    void theTextHasTheFiguresOfTheRun() throws IOException {
        assertThat(execute(
                        Folders.published("-map-newest"),
                        Folders.published("-growth"),
                        Folders.latency(folder.resolve("latency")),
                        "--out",
                        folder))
                .isZero();

        String compare = Files.readString(Folders.published("-map-newest").resolve("compare.md"));
        String row = compare.lines()
                .filter(line -> line.startsWith("| ConcurrentHashMap |"))
                .findFirst()
                .orElseThrow();
        assertThat(folder.resolve("report.md"))
                .content()
                .contains(row)
                .contains(compare.lines()
                        .filter(line -> line.startsWith("Berth wins"))
                        .findFirst()
                        .orElseThrow())
                .contains("## Latency: own-key, 100,000 operations per second on each of 2 threads")
                .contains("**not reached**: 120000 of 200000 done")
                .contains("| reads | Berth | growing | 1 |");
    }

    @Test
    void changesAreReported() throws IOException {
        assertThat(execute(Folders.published("-map-newest"), Folders.published("-map-1k"), "--out", folder))
                .isZero();

        assertThat(folder.resolve("report.md")).content().contains("# Changes from folder to folder", "within noise");
    }

    @Test
    void changesOfCallsAreReportedWithTheirNoise() throws IOException {
        Path before = Folders.copy(Folders.published("-growth"), folder.resolve("before"));
        Path after = Folders.copy(Folders.published("-growth"), folder.resolve("after"));
        for (int round = 1; round <= 2; round++) {
            Files.writeString(
                    after.resolve("berth-growing-%d.csv".formatted(round)),
                    Variant.HEAD + "\nreads,29604816,%d,901,21423,8134655,32.26,402654336\n".formatted(999 + round));
        }
        assertThat(execute(
                        before,
                        after,
                        Folders.latency(folder.resolve("latency")),
                        Folders.latency(folder.resolve("again")),
                        "--out",
                        folder))
                .as(err.toString())
                .isZero();

        String report = Files.readString(folder.resolve("report.md"));
        assertThat(report.lines()
                        .filter(line -> line.startsWith("| reads, growing, p50 | Berth | after | 1.00, 1.00 µs | ")))
                .hasSize(1)
                .first()
                .asString()
                .endsWith(" ×, **slower** |");
        assertThat(report)
                .contains("| reads, room from the start, p50 | Berth | after | ")
                .contains("operations per second on each of 2 threads, constant arrivals, G1, p99.9 | Berth | again | ")
                .contains("| 1.00 ×, within noise |")
                .doesNotContain(
                        "1,000,000 operations per second on each of 2 threads, constant arrivals, G1, p50 | long");
    }

    @Test
    void mapsOfOtherSizesAreNotCompared() throws IOException {
        Path before = Folders.copy(Folders.published("-growth"), folder.resolve("before"));
        Path after = Folders.copy(Folders.published("-growth"), folder.resolve("after"));
        try (Stream<Path> files = Files.list(after)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".csv")).toList()) {
                Files.writeString(file, Files.readString(file).replace("inserts,9999000,", "inserts,99000,"));
            }
        }
        assertThat(execute(before, after, "--out", folder)).isZero();
        assertThat(folder.resolve("report.md")).content().doesNotContain("# Changes");
    }

    @Test
    void theDescriptionOfTheRunIsReported() throws IOException {
        Path run = Folders.copy(Folders.published("-filling"), folder.resolve("run"));
        RunFile.Begin.now("map", "compare --map").now(3, 2, 1, List.of()).write(run);
        assertThat(execute(run)).isZero();
        assertThat(run.resolve("report.md")).content().contains("- Run: compare --map, Berth 0.");
    }

    @Test
    void badDescriptionsOfARunAreRefused() throws IOException {
        refusedWith("-filling", "run.json", "{}", "no description of a run: file=");
        refusedWith("-filling", "run.json", "{\"schema\": 2}", "unknown schema: found=2 wanted=1: file=");
    }

    @Test
    void aFolderThatIsNotThereIsRefused() throws IOException {
        refused(folder.resolve("nowhere"), "no such folder: path=");
        refused(Files.writeString(folder.resolve("file"), ""), "not a folder: path=");
    }

    @Test
    void aFolderWithoutAResultIsRefused() throws IOException {
        refused(Files.createDirectory(folder.resolve("empty")), "holds no result: folder=");
    }

    @Test
    void theSameFolderTwiceIsRefused() {
        refused(Folders.published("-map-newest"), "given twice: folder=", Folders.published("-map-newest"));
    }

    @Test
    void oneBadFolderAmongGoodOnesIsEnough() {
        refused(Folders.published("-map-newest"), "no such folder: path=", folder.resolve("nowhere"));
    }

    @Test
    void badResultsOfJmhAreRefused() throws IOException {
        refusedWith("-filling", "jmh.json", "[{\"benchmark\": \"x\"", "corrupt, no JSON: file=");
        refusedWith("-filling", "jmh.json", "{}", "not what a run writes: file=");
        refusedWith("-filling", "jmh.json", "[]", "not what a run writes: file=");
        refusedWith("-filling", "jmh.json", "[{\"name\": 1}]", "field=benchmark wanted=text");
        refusedWith(
                "-filling", "jmh.json", result("org.other.Benchmark", "ns/op"), "holds no benchmark of this program");
        refusedWith("-filling", "jmh.json", result("org.other.Benchmark", "ops/s"), "unit=ops/s wanted=ns/op");
    }

    @Test
    void badDescriptionsOfAMachineAreRefused() throws IOException {
        refusedWith("-filling", "machine.json", "{\"schema\": 7}", "unknown schema: found=7 wanted=1");
        refusedWith("-filling", "machine.json", "{\"schema\": 1}", "no description of a machine: file=");
        refusedWith("-filling", "machine.json", "nonsense {", "no description of a machine: file=");
        Path run = Folders.copy(Folders.published("-filling"), folder.resolve("without"));
        Files.delete(run.resolve("machine.json"));
        refused(run, "cannot read: file=");
    }

    @Test
    void badLatencyIsRefused() throws IOException {
        refusedLatency("latency.json", "{\"schema\": 2, \"measurements\": []}", "found=2 wanted=1");
        refusedLatency("latency.json", "{\"schema\": 1, \"start\": \"\", \"measurements\": 3}", "field=measurements");
        refusedLatency("latency.json", "]", "corrupt, no JSON: file=");
        refusedLatency("own-key-berth-100000-1.hlog", "hello", "corrupt, no log of histograms: file=");
        refusedLatency("own-key-berth-100000-1.hlog", "", "corrupt, no log of histograms: file=");
    }

    @Test
    void aTruncatedLogIsRefused() throws IOException {
        Path run = Folders.latency(folder.resolve("truncated"));
        Path log = run.resolve("own-key-berth-100000-1.hlog");
        String text = Files.readString(log);
        Files.writeString(log, text.substring(0, text.length() - 200));
        refused(run, "corrupt, no log of histograms: file=" + log);

        Files.delete(log);
        refused(run, "missing: file=" + log);
    }

    @Test
    void badGrowthIsRefused() throws IOException {
        refusedWith("-growth", "berth-growing-1.csv", "reads,x,1,1,1,1,1,1", "corrupt: file=");
        refusedWith("-growth", "berth-growing-1.csv", "# berth-growth schema=7: calls", "unknown schema: file=");
        refusedWith("-growth", "berth-growing-1-reads.hgrm", "", "corrupt, no percentiles: file=");
        refusedWith("-growth", "growth.md", "<!-- berth-growth schema=9 -->\n", "found=9 wanted=1");
    }

    @Test
    void anUnwritableTargetIsRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThat(execute(Folders.published("-filling"), "--out", file.resolve("below")))
                .isEqualTo(2);
        assertThat(err.toString()).startsWith("cannot write to folder " + file).hasLineCount(1);
    }

    private void refusedWith(String end, String file, String content, String message) throws IOException {
        Path run = Files.createTempDirectory(folder, "run");
        Folders.copy(Folders.published(end), run);
        Files.writeString(run.resolve(file), content);
        refused(run, message);
    }

    private void refusedLatency(String file, String content, String message) throws IOException {
        Path run = Folders.latency(Files.createTempDirectory(folder, "run").resolve("latency"));
        Files.writeString(run.resolve(file), content);
        refused(run, message);
    }

    private void refused(Path run, String message, Path... more) {
        Path target = folder.resolve("target");
        err.getBuffer().setLength(0);
        Object[] args =
                Stream.concat(Stream.of("--out", target, run), Stream.of(more)).toArray();
        assertThat(execute(args)).isEqualTo(2);
        assertThat(err.toString()).contains(message).hasLineCount(1);
        assertThat(out.toString()).isEmpty();
        assertThat(target).doesNotExist();
    }

    private static String result(String benchmark, String unit) {
        return """
                [{"benchmark": "%s", "threads": 1, "forks": 1, "warmupIterations": 1, "measurementIterations": 1,
                  "measurementTime": "1 s", "jvmArgs": [], "secondaryMetrics": {},
                  "primaryMetric": {"score": 1, "scoreError": "NaN", "scoreUnit": "%s"}}]
                """.formatted(benchmark, unit);
    }

    private int execute(Object... args) {
        CommandLine line = new CommandLine(new ReportCommand());
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(Stream.of(args).map(Object::toString).toArray(String[]::new));
    }
}
