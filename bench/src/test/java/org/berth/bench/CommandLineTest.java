package org.berth.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.berth.bench.compare.Profilers;
import org.berth.bench.folder.RunFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CommandLineTest {

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeAll
    static void runBesideOthers() {
        System.setProperty("jmh.ignoreLock", "true");
    }

    @Test
    void badPatternsAreRefused() {
        assertThat(execute("compare", "--smoke", "--include", "a(b", "--out", folder + "/run"))
                .isEqualTo(2);
        assertThat(err.toString()).startsWith("--include is no regular expression: regex=a(b position=");
        assertThat(folder.resolve("run")).doesNotExist();

        assertThat(execute("compare", "--exclude", "*", "--out", folder + "/run"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--exclude is no regular expression: regex=*");
    }

    @Test
    void aPatternThatNothingMatchesIsRefused() {
        assertThat(execute("compare", "--include", "NoSuchThing", "--out", folder + "/run"))
                .isEqualTo(2);
        assertThat(err.toString())
                .startsWith("no benchmark of this mode matches: mode=DEFAULT include=NoSuchThing exclude=");
        assertThat(folder.resolve("run")).doesNotExist();
    }

    @Test
    void aFolderThatCannotBeMadeIsRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");

        assertThat(execute("compare", "--smoke", "--out", file + "/run")).isEqualTo(2);
        assertThat(err.toString()).startsWith("cannot write to folder " + file);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void aFolderThatHoldsARunIsRefused() throws IOException {
        Files.writeString(folder.resolve("jmh.json"), "[]");

        assertThat(execute("compare", "--smoke", "--out", folder.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("holds a run already: file=jmh.json");
    }

    @Test
    void optionsThatMakeNoSenseAreRefused() {
        assertThat(execute("compare", "--smoke", "--full")).isEqualTo(2);
        assertThat(err.toString()).startsWith("--smoke, --quick and --full exclude each other");
        assertThat(execute("compare", "--map", "--store")).isEqualTo(2);
        assertThat(err.toString()).contains("--placement and --store exclude each other");
        assertThat(execute("compare", "--forks", "0")).isEqualTo(2);
        assertThat(err.toString()).contains("--forks must be 1 or more: value=0");
        assertThat(execute("compare", "--iterations", "0")).isEqualTo(2);
        assertThat(err.toString()).contains("--iterations must be 1 or more: value=0");
        assertThat(execute("compare", "--threads", "2,0")).isEqualTo(2);
        assertThat(err.toString()).contains("--threads must be from 1 to 10000: value=0");
        assertThat(execute("compare", "--frks", "1")).isEqualTo(2);
        assertThat(execute("cmpare")).isEqualTo(2);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void pinningNeedsNativeAccess() throws IOException, InterruptedException {
        for (String command : List.of("compare", "latency", "growth")) {
            OwnJvm jvm = OwnJvm.withoutNativeAccess(command, "--pin", "--out", folder + "/run");
            assertThat(jvm.exit()).as(jvm.output()).isEqualTo(2);
            assertThat(jvm.output()).startsWith("--pin: thread affinity is not available here: ");
            assertThat(folder.resolve("run")).doesNotExist();
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aPinnedRunSaysSo() throws IOException, InterruptedException {
        Path run = folder.resolve("run");
        OwnJvm jvm = OwnJvm.withNativeAccess(
                "compare", "--smoke", "--pin", "--include=SingleThread.hashMapMerge", "--out=" + run);
        assertThat(jvm.exit()).as(jvm.output()).isZero();

        assertThat(run.resolve("compare.md"))
                .content()
                .contains("- Threads are pinned, one after the other to the CPUs ", "AffinityExecutor");
        assertThat(run.resolve("jmh.log")).content().containsPattern("pinned\\.threads: +1\\.000 threads");
        assertThat(RunFile.parse(Files.readString(run.resolve("run.json"))).command())
                .isEqualTo("compare --smoke --pin --include=SingleThread.hashMapMerge");
    }

    @Test
    void withoutACommandTheHelpIsShown() {
        assertThat(execute()).isEqualTo(2);
        assertThat(err.toString()).contains("compare").contains("machine");
    }

    @Test
    void aRunIsPrintedAndWritten() throws IOException {
        assertThat(execute(
                        "compare",
                        "--smoke",
                        "--iterations=2",
                        "--include",
                        "SingleThread.hashMapMerge",
                        "--out",
                        folder + "/run"))
                .as(err.toString())
                .isZero();

        Path run = folder.resolve("run");
        assertThat(out.toString()).contains("1 measurements").contains("SingleThread.hashMapMerge, 1 thread: ");
        assertThat(out.toString()).contains(Files.readString(run.resolve("compare.md")));
        assertThat(run.resolve("compare.md"))
                .content()
                .contains("- Measured: 1 of 1 planned, 0 failed", "1 + 2 iterations");
        assertThat(JsonParser.parseString(Files.readString(run.resolve("jmh.json")))
                        .getAsJsonArray())
                .hasSize(1);
        assertThat(JsonParser.parseString(Files.readString(run.resolve("machine.json")))
                        .getAsJsonObject()
                        .get("schema")
                        .getAsInt())
                .isEqualTo(1);
        assertThat(RunFile.parse(Files.readString(run.resolve("run.json"))))
                .extracting(RunFile::kind, RunFile::command, RunFile::measured)
                .containsExactly("slots", "compare --smoke --iterations=2 --include SingleThread.hashMapMerge", 1);
        assertThat(run.resolve("compare.md")).content().contains("**Not to be published: a smoke run");
        assertThat(run.resolve("jmh.log")).content().contains("# Fork: 1 of 1");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void theStoreIsCompared() throws IOException {
        Path run = folder.resolve("run");
        assertThat(execute("compare", "--store", "--smoke", "--include=StoreRead.(berth|chronicle)", "--out=" + run))
                .as(err.toString())
                .isZero();

        assertThat(out.toString()).contains("2 measurements").contains("StoreRead.chronicleMap(32 uniform 1000), ");
        assertThat(run.resolve("compare.md"))
                .content()
                .contains("## Store: get, 1 K values of 32 bytes", "| Chronicle Map | ", "a heap of 4 GB")
                .contains("cost of Chronicle Map ÷ cost of Berth, get | ≥ 3.0 |");
        assertThat(RunFile.parse(Files.readString(run.resolve("run.json"))).kind())
                .isEqualTo("store");
        assertThat(execute("report", run.toString())).isZero();
        assertThat(run.resolve("report.md")).content().contains("Store: get, 1 K values of 32 bytes");
    }

    @Test
    void profilesAreRunsOfTheirOwn() throws IOException {
        assumeTrue(!Profilers.find().found().isEmpty(), "skipped: neither async-profiler nor perf is here");
        Path run = folder.resolve("run");
        assertThat(execute("compare", "--smoke", "--profile", "--include=SingleThread.hashMapMerge", "--out=" + run))
                .as(err.toString())
                .isZero();

        assertThat(out.toString()).contains("[  1/1, ", "[profile   1/");
        assertThat(JsonParser.parseString(Files.readString(run.resolve("jmh.json")))
                        .getAsJsonArray())
                .as("the profiled run's figures are in no table")
                .hasSize(1);
        Matcher link = Pattern.compile("]\\(<(profiles/SingleThread\\.hashMapMerge-1/[^>]+)>\\)")
                .matcher(Files.readString(run.resolve("compare.md")));
        assertThat(link.find()).isTrue();
        assertThat(run.resolve(link.group(1))).isNotEmptyFile();
        assertThat(execute("report", run.toString())).isZero();
        assertThat(run.resolve("report.html")).content().contains("\"" + link.group(1) + "\"");
    }

    @Test
    void theMachineIsDescribedInTextAndJson() {
        assertThat(execute("machine")).isZero();
        assertThat(out.toString()).contains("CPU ").contains("JDK ");

        out.getBuffer().setLength(0);
        assertThat(execute("machine", "--json")).isZero();
        assertThat(JsonParser.parseString(out.toString()).getAsJsonObject().has("cpu"))
                .isTrue();
    }

    private int execute(String... args) {
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(args);
    }
}
