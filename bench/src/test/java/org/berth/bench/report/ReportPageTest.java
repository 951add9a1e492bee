package org.berth.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.berth.bench.compare.Measured;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opens pages in a real browser, without a network, and verifies the DOM once their scripts have run. */
class ReportPageTest {

    private static final String BROWSER = "chromium";
    private static final int TIMEOUT_SECONDS = 120;

    private static final Pattern CHART = Pattern.compile("<div class=\"chart\".*?</svg>", Pattern.DOTALL);
    /** Only bars and lines; signs, legends and rulers are moved into place or have other colours. */
    private static final Pattern BAR = Pattern.compile("<path d=\"[^\"]{20,}\" fill=\"#(?:0b6bb8|a5aebb)\"");

    private static final Pattern LINE = Pattern.compile("<path d=\"[^\"]{20,}\" fill=\"transparent\" "
            + "stroke=\"#(?:0b6bb8|e08a00|009e73|c565a0|c9501c|7c6bc4|7d8896|4aa8a0)\"");

    private static final Pattern TEXT = Pattern.compile("<text [^>]*>[^<]*\\w");
    private static final Pattern LOADED = Pattern.compile(
            "<(?:link|img|iframe|object|embed|source|script)\\b[^>]*\\b(?:src|href|data)=|@import|url\\(");

    @TempDir
    private Path folder;

    @BeforeEach
    void needsABrowser() {
        boolean found = Pattern.compile(File.pathSeparator, Pattern.LITERAL)
                .splitAsStream(System.getenv().getOrDefault("PATH", ""))
                .anyMatch(path -> Files.isExecutable(Path.of(path, BROWSER)));
        assumeTrue(found, "skipped: no " + BROWSER + " on the PATH; to test the page, apt-get install chromium");
    }

    @Test
    void everyChartIsDrawn() throws Exception {
        List<Folder> folders = List.of(
                Folder.read(Folders.published("-map-newest"), 0),
                Folder.read(Folders.published("-growth"), 1),
                Folder.read(Folders.latency(folder.resolve("latency")), 2));
        Page page = open(folders);

        int tables = measured(folders.getFirst()).tables().size();
        long several = measured(folders.getFirst()).tables().stream()
                .filter(table -> table.threads().size() > 1)
                .count();
        // Costs and throughput; highest rates; percentiles and tail of two loads; reads and inserts, growing and not;
        // bytes per entry.
        assertThat(page.charts).hasSize((int) (tables + several + 1 + 2 * 2 + 2 * 2 + 1));
        // One for each result of JMH, for a highest rate that is one, and for the four rounds of Berth with bytes per
        // entry.
        assertThat(page.bars()).isEqualTo(40 + 1 + 4);
        page.isSound();
    }

    @Test
    void everyFigureHasItsBarAndItsValue() throws Exception {
        List<Folder> folders = List.of(Folder.read(Folders.published("-filling"), 0));
        Page page = open(folders);

        page.isSound();
        // One table on one thread: Berth and three peers, each with its bar, a name and a value.
        assertThat(page.charts).hasSize(1);
        assertThat(page.bars()).isEqualTo(4);
        assertThat(page.charts.getFirst()).contains("ConcurrentHashMap", "418 ± 57.6", "0.70 ×");
        assertThat(page.dom).contains("What Berth loses", "HashMap, not thread-safe");
    }

    @Test
    void severalFoldersStandSideBySide() throws Exception {
        List<Folder> folders =
                List.of(Folder.read(Folders.published("-map-newest"), 0), Folder.read(Folders.published("-map-1k"), 1));
        Page page = open(folders);

        page.isSound();
        assertThat(page.dom)
                .contains("within noise", folders.get(0).name(), folders.get(1).name())
                // Of either run.
                .contains(">Targets</h2>", " missed", "▼ missed", "▲ reached");
    }

    @Test
    void memoryOverTimeIsDrawn() throws Exception {
        Page page = open(List.of(
                Folder.read(Folders.published("-filling"), 0),
                Folder.read(Folders.churnMemory(folder.resolve("memory")), 1)));

        page.isSound();
        assertThat(page.dom).contains("class=\"picture\"><svg", ">Resident memory under churn – ", ">160</td>");
    }

    @Test
    void noiseFloorsAreNamed() throws Exception {
        Page page = open(List.of(Folder.read(Folders.published("-slots"), 0)));

        page.isSound();
        assertThat(page.dom)
                .contains("from a repeated measurement: 1.3 % (1 thread), 1.1 % (2 threads), 0.2 % (8 threads)");
    }

    @Test
    void callsOfSeveralFoldersStandSideBySide() throws Exception {
        Path again = Folders.copy(Folders.published("-growth"), folder.resolve("growth-again"));
        List<Folder> folders = List.of(
                Folder.read(Folders.latency(folder.resolve("latency")), 0),
                Folder.read(Folders.latency(folder.resolve("latency-again")), 1),
                Folder.read(Folders.published("-growth"), 2),
                Folder.read(again, 3));
        Page page = open(folders);

        page.isSound();
        // Highest rates, one chart for each folder; percentiles and tail of two loads; reads and inserts, growing and
        // not; bytes: of two folders each.
        assertThat(page.charts).hasSize(2 + 2 * 2 * 2 + 2 * 2 * 2 + 2);
        assertThat(page.dom).contains("Nothing beyond noise.", "<small>1.00 ×, within noise</small>");
    }

    @Test
    void namesCannotBecomeMarkup() throws Exception {
        Path evil = folder.resolve("<img src=x onerror=alert(1)>");
        Folders.copy(Folders.published("-filling"), evil);
        Path json = evil.resolve("jmh.json");
        String text = Files.readString(json);
        Files.writeString(
                json, text.replaceFirst("\"-Xms1g\"", "\"</script><script>window.evil = nothing.at.all</script>\""));
        Page page = open(List.of(Folder.read(evil, 0)));

        page.isSound();
        assertThat(withoutScripts(page.dom)).doesNotContain("<img").contains("&lt;img src=x", "&lt;/script&gt;");
        assertThat(page.dom).doesNotContain("<script>window.evil");
    }

    /** Verifies that the other tests can fail. */
    @Test
    void aBrokenPageIsNoticed() throws Exception {
        String good = HtmlPage.render(List.of(Folder.read(Folders.published("-filling"), 0)), folder);

        Page withoutLibrary = open(good.replace("t.init=", "t.gone="));
        assertThat(withoutLibrary.errors()).isNotEmpty();
        assertThat(withoutLibrary.dom).doesNotContain("data-charts=");
        Page withoutBars = open(good.replace("type: 'bar'", "type: 'none'").replace("type: 'custom'", "type: 'none'"));
        assertThat(withoutBars.errors().isEmpty() && withoutBars.charts.stream().allMatch(Page::isFull))
                .isFalse();
    }

    private record Page(String html, String dom, List<String> charts) {

        void isSound() {
            assertThat(errors()).as("errors of the page's scripts").isEmpty();
            assertThat(dom).contains("data-charts=\"" + charts.size() + "\"");
            assertThat(charts)
                    .isNotEmpty()
                    .allSatisfy(chart -> assertThat(isFull(chart)).as(chart).isTrue());
            assertThat(LOADED.matcher(withoutScripts(html)).results().map(MatchResult::group))
                    .isEmpty();
            assertThat(html)
                    .contains("content=\"default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'\"");
        }

        String errors() {
            Matcher errors = Pattern.compile("data-errors=\"([^\"]*)\"").matcher(dom);
            return errors.find() ? errors.group(1) : "";
        }

        /** Axes and their texts alone are no chart. */
        static boolean isFull(String chart) {
            return count(BAR, chart) + count(LINE, chart) > 0 && count(TEXT, chart) > 3;
        }

        int bars() {
            return charts.stream().mapToInt(chart -> count(BAR, chart)).sum();
        }

        private static int count(Pattern pattern, String chart) {
            return (int) pattern.matcher(chart).results().count();
        }
    }

    /** What is in a script is a name at most, and the library has names of all sorts. */
    private static String withoutScripts(String html) {
        return html.replaceAll("(?s)<script.*?</script>", "<script></script>");
    }

    private static Measured measured(Folder folder) {
        Measured measured = folder.measured();
        assertThat(measured).isNotNull();
        return measured;
    }

    private Page open(List<Folder> folders) throws IOException, InterruptedException {
        return open(HtmlPage.render(folders, folder));
    }

    private Page open(String html) throws IOException, InterruptedException {
        Path file = Files.writeString(Files.createTempFile(folder, "page", ".html"), html);
        Path dom = Files.createTempFile(folder, "page", ".dom");
        Path log = Files.createTempFile(folder, "page", ".log");
        List<String> command = new ArrayList<>(List.of(BROWSER, "--headless=new", "--no-sandbox", "--disable-gpu"));
        command.addAll(
                List.of("--user-data-dir=" + Files.createTempDirectory(folder, "profile"), "--window-size=1400,1000"));
        command.addAll(
                List.of("--virtual-time-budget=5000", "--dump-dom", file.toUri().toString()));
        Process browser = new ProcessBuilder(command)
                .redirectOutput(dom.toFile())
                .redirectError(log.toFile())
                .start();
        if (!browser.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
            browser.destroyForcibly();
        }
        assertThat(browser.waitFor()).as(Files.readString(log)).isZero();
        String text = Files.readString(dom);
        List<String> charts =
                CHART.matcher(text).results().map(MatchResult::group).toList();
        return new Page(html, text, charts);
    }
}
