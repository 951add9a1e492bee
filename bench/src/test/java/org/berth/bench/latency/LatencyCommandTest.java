package org.berth.bench.latency;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.HistogramLogReader;
import org.berth.bench.Commands;
import org.berth.bench.OwnJvm;
import org.berth.bench.folder.RunFile;
import org.berth.bench.report.ReportCommand;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class LatencyCommandTest {

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void aRunIsPrintedAndWritten() throws IOException {
        Path run = folder.resolve("run");
        int exit = execute(
                "--workload=insert",
                "--implementation=berth,lock,berth",
                "--rate=2000,2000",
                "--threads=2",
                "--arrivals=poisson",
                "--neighbour",
                "--seconds=1",
                "--warmup=0",
                "--out=" + run);
        // On a busy machine the threads may fall behind; their results are written all the same.
        assertThat(exit).as(err.toString()).isEqualTo(out.toString().contains("rate not reached") ? 1 : 0);
        assertThat(out.toString()).contains("[  2/2, ").contains("Next: ");
        assertThat(out.toString()).contains(Files.readString(run.resolve("latency.md")));
        JsonObject raw = JsonParser.parseString(Files.readString(run.resolve("latency.json")))
                .getAsJsonObject();
        assertThat(raw.get("schema").getAsInt()).isEqualTo(1);
        assertThat(RunFile.parse(Files.readString(run.resolve("run.json"))))
                .extracting(RunFile::kind, RunFile::planned, RunFile::measured)
                .containsExactly("latency", 2, 2);
        assertThat(run.resolve("latency.md")).content().contains("**Not to be published: measured once, ");
        assertThat(raw.getAsJsonArray("measurements")).hasSize(2);
        JsonObject first = raw.getAsJsonArray("measurements").get(0).getAsJsonObject();
        assertThat(first.get("implementation").getAsString()).isEqualTo("Berth");
        long done = first.get("done").getAsLong();
        // Two threads for a second, give or take chance.
        assertThat(done).isBetween(3_600L, 4_400L);
        String file = first.get("file").getAsString();
        assertThat(count(run.resolve(file + ".hlog").toFile())).isEqualTo(done);
        assertThat(run.resolve(file + ".hgrm")).content().contains("Total count    = " + "%12d".formatted(done));
        assertThat(new CommandLine(new ReportCommand()).execute(run.toString())).isZero();
        assertThat(run.resolve("report.md")).content().contains("## Latency: insert, 2,000 operations");
    }

    /** Reads beside updates and a neighbour, and the bound on their tail. */
    @Test
    void theStoreIsComparedWithAMapOnTheHeap() throws IOException {
        Path run = folder.resolve("run");
        int exit = execute(
                "--workload=store-get,store-put",
                "--implementation=berth,concurrent,lock",
                "--rate=1000",
                "--threads=1",
                "--neighbour",
                "--seconds=1",
                "--warmup=0",
                "--out=" + run);
        assertThat(exit).as(err.toString()).isEqualTo(out.toString().contains("rate not reached") ? 1 : 0);
        assertThat(out.toString()).contains("[  4/4, ");
        assertThat(run.resolve("store-get-concurrent-1000-constant-g1-neighbour-1.hgrm"))
                .isNotEmptyFile();
        assertThat(run.resolve("latency.md"))
                .content()
                .contains("## store-put, 1,000 per second and thread, 1 thread, constant arrivals, G1, beside a thread")
                .contains(
                        exit == 0
                                ? "| p99.99 of Berth ÷ that of ConcurrentHashMap: store-get, 1,000 per second and "
                                : "store-get");
        assertThat(new CommandLine(new ReportCommand()).execute(run.toString())).isZero();
        assertThat(run.resolve("report.md"))
                .content()
                .contains("## Latency: store-get, 1,000 operations", "## Latency: store-put, 1,000 operations");
    }

    private static long count(File log) throws IOException {
        long count = 0;
        try (HistogramLogReader reader = new HistogramLogReader(log)) {
            for (EncodableHistogram interval = reader.nextIntervalHistogram();
                    interval != null;
                    interval = reader.nextIntervalHistogram()) {
                count += ((org.HdrHistogram.Histogram) interval).getTotalCount();
            }
        }
        return count;
    }

    @Test
    void aRateThatCannotBeReachedIsReportedAsSuch() throws IOException {
        assertThat(execute(
                        "--workload=test-and-set",
                        "--implementation=lock",
                        "--rate=100000000",
                        "--seconds=1",
                        "--warmup=0",
                        "--out=" + folder.resolve("run")))
                .isEqualTo(1);
        assertThat(err.toString())
                .startsWith("rate not reached: file=test-and-set-lock-100000000-constant-g1-1 done=")
                .hasLineCount(1);
        assertThat(out.toString()).contains("rate not reached: done=");
        // So far behind that no measured operation was completed.
        assertThat(out.toString()).contains("p50 –, p99.9 –, max –");
        assertThat(folder.resolve("run/latency.md"))
                .content()
                .contains("**rate not reached**")
                .contains("| – | – |");
        assertThat(new CommandLine(new ReportCommand())
                        .execute(folder.resolve("run").toString()))
                .isZero();
        assertThat(folder.resolve("run/report.md")).content().contains("**not reached**");
    }

    @Test
    void theHighestRateIsSearched() throws IOException {
        Path run = folder.resolve("run");
        assertThat(execute(
                        "--find-max=1",
                        "--workload=own-key",
                        "--implementation=berth",
                        "--rate=100",
                        "--threads=1",
                        "--seconds=1",
                        "--warmup=0",
                        "--out=" + run))
                .as(err.toString())
                .isZero();
        JsonObject maximum = JsonParser.parseString(Files.readString(run.resolve("latency.json")))
                .getAsJsonObject()
                .getAsJsonArray("maxima")
                .get(0)
                .getAsJsonObject();
        assertThat(maximum.get("boundMicros").getAsLong()).isEqualTo(1);
        // Whether a cold thread meets a bound of a microsecond is unknown; that the search ends with a result is not.
        assertThat(maximum.get("rate").getAsLong() + maximum.get("exceeded").getAsLong())
                .isPositive();
        assertThat(run.resolve("latency.md")).content().contains("## Highest rates");
        assertThat(new CommandLine(new ReportCommand()).execute(run.toString())).isZero();
        assertThat(run.resolve("report.md"))
                .content()
                .contains("| own-key, 1 threads, constant arrivals, G1 | Berth | 1 | 1 µs |")
                .doesNotContain("## Latency");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void threadsAreOnTheirCpus() throws IOException, InterruptedException {
        Path run = folder.resolve("run");
        OwnJvm jvm = OwnJvm.withNativeAccess(
                "latency",
                "--pin",
                "--workload=own-key-with-reader",
                "--implementation=berth",
                "--rate=1000",
                "--threads=1",
                "--seconds=1",
                "--warmup=0",
                "--out=" + run);

        assertThat(run.resolve("own-key-with-reader-berth-1000-constant-g1-1.hlog"))
                .as(jvm.output())
                .content()
                .contains("#[Pinned: thread 0, CPU ", "#[Pinned: thread 1, CPU ");
        assertThat(run.resolve("latency.md"))
                .content()
                .contains("- Threads are pinned, one after the other to the CPUs ");
        assertThat(RunFile.parse(Files.readString(run.resolve("run.json"))).command())
                .contains(" --pin ");
        assertThat(new CommandLine(new ReportCommand()).execute(run.toString())).isZero();
    }

    @Test
    void mistakesAreNamed() throws IOException {
        assertThat(execute("--workload=own-kye")).isEqualTo(2);
        assertThat(err.toString())
                .startsWith("unknown name: option=--workload name=own-kye known=[own-key, own-key-with-reader,");
        assertThat(execute("--implementation=hashmap")).isEqualTo(2);
        assertThat(err.toString()).contains("name=hashmap known=[berth, concurrent,");
        assertThat(execute("--rate=0")).isEqualTo(2);
        assertThat(err.toString()).contains("--rate must be from 1 to 100000000: value=0");
        assertThat(execute("--rate=fast")).isEqualTo(2);
        assertThat(execute("--gc=serial")).isEqualTo(2);
        assertThat(execute("--rate=1000000000000")).isEqualTo(2);
        assertThat(execute("--threads=1000")).isEqualTo(2);
        assertThat(execute("--find-max=10", "--rate=100,200")).isEqualTo(2);
        assertThat(err.toString()).contains("--find-max begins at one rate");
        assertThat(execute("--full", "--gc=zgc")).isEqualTo(2);
        assertThat(err.toString()).contains("--full has each --gc");
        assertThat(execute("--workload=store-get", "--implementation=lock,synchronized"))
                .isEqualTo(2);
        assertThat(err.toString())
                .contains("no such implementation of these workloads: --implementation=lock,synchronized");
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThat(execute("--out=" + file.resolve("run"))).isEqualTo(2);
        assertThat(err.toString()).contains("cannot write to folder " + file);
        Files.writeString(folder.resolve("latency.json"), "{}");
        assertThat(execute("--out=" + folder)).isEqualTo(2);
        assertThat(err.toString()).contains("holds a run already: file=latency.json");
        assertThat(out.toString()).isEmpty();
    }

    private int execute(String... args) {
        return Commands.execute(new LatencyCommand(), out, err, args);
    }
}
