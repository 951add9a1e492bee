package org.berth.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.berth.offheap.ChildJvm;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The programs in the README and in docs/ compile, run, and print what is shown; links lead somewhere. */
class DocumentationTest {

    private static final Path ROOT = Path.of("..");
    private static final Path EXAMPLES = Path.of("src/test/java/org/berth/examples");

    /** The part of a program that is shown, without its indentation. A program may have several parts. */
    private static final Pattern SHOWN = Pattern.compile("( *)// docs: begin\n(.*?) *// docs: end", Pattern.DOTALL);

    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(#[^)]*)?\\)");

    private interface Program {
        void main(String[] args) throws Exception;
    }

    @Test
    void map() throws Exception {
        assertShown("README.md", "MapExample", MapExample::main);
    }

    @Test
    void slots() throws Exception {
        assertShown("README.md", "SlotExample", SlotExample::main);
    }

    @Test
    void requestCounters() throws Exception {
        assertShown("docs/getting-started.md", "RequestCountersExample", RequestCountersExample::main);
    }

    @Test
    void quotes() throws Exception {
        assertShown("docs/getting-started.md", "QuotesExample", QuotesExample::main);
    }

    @Test
    void stock() throws Exception {
        assertShown("docs/getting-started.md", "StockExample", StockExample::main);
        assertShown("docs/locks.md", "StockExample", StockExample::main);
    }

    @Test
    void workers() throws Exception {
        assertShown("docs/getting-started.md", "WorkersExample", WorkersExample::main);
    }

    @Test
    void restart() throws Exception {
        assertShown("docs/getting-started.md", "RestartExample", RestartExample::main);
    }

    @Test
    void keyLocks() throws Exception {
        assertShown("docs/locks.md", "KeyLockExample", KeyLockExample::main);
    }

    @Test
    void recordQueues() throws Exception {
        assertShown("docs/threads.md", "RecordQueuesExample", RecordQueuesExample::main);
    }

    @Test
    void virtualThreads() throws Exception {
        assertShown("docs/threads.md", "VirtualThreadsExample", VirtualThreadsExample::main);
    }

    @Test
    void documents() throws Exception {
        assertShown("docs/bytes.md", "DocumentsExample", DocumentsExample::main);
    }

    /** Of fewer sessions here, in a heap that would not hold them. */
    @Test
    void sessionService() throws Exception {
        String page = Files.readString(ROOT.resolve("docs/bytes.md"));
        assertThat(page).contains(block("SessionServiceExample"));
        assertThat(page).contains("5000000 sessions\n1000000 requests\n");
        List<String> flags =
                List.of("-Xmx24m", "-XX:+UseSerialGC", "-Dorg.berth.maxMemoryBytes=2g", "-Dsessions=300000");
        assertThat(ChildJvm.run(flags, SessionServiceExample.class)).isEqualTo("300000 sessions\n60000 requests");
    }

    @Test
    void snapshots() throws Exception {
        assertShown("docs/snapshots.md", "SnapshotExample", SnapshotExample::main);
    }

    @Test
    void sessionStore() throws Exception {
        assertShown("docs/bytes.md", "SessionStoreExample", SessionStoreExample::main);
    }

    @Test
    void sbeQuotes() throws Exception {
        assertShown("docs/buffers.md", "SbeQuotesExample", SbeQuotesExample::main);
    }

    @Test
    void latency() throws Exception {
        assertShown("docs/histograms.md", "LatencyExample", LatencyExample::main);
    }

    @Test
    void rateLimiter() throws Exception {
        assertShown("docs/recipes.md", "RateLimiterExample", RateLimiterExample::main);
    }

    @Test
    void sessions() throws Exception {
        assertShown("docs/recipes.md", "SessionsExample", SessionsExample::main);
    }

    @Test
    void bank() throws Exception {
        assertShown("docs/recipes.md", "BankExample", BankExample::main);
    }

    @Test
    void watcher() throws Exception {
        assertShown("docs/recipes.md", "WatcherExample", WatcherExample::main);
    }

    /** It runs as a test of its own. */
    @Test
    void overlappingWrites() throws IOException {
        assertThat(Files.readString(ROOT.resolve("docs/recipes.md"))).contains(block("OverlappingWritesTest"));
    }

    @Test
    @Tag("native-access")
    void container() throws Exception {
        assertShown("docs/recipes.md", "ContainerExample", ContainerExample::main);
    }

    @Test
    void readmeIsShort() throws IOException {
        assertThat(Files.readString(ROOT.resolve("README.md")).strip().split("\\s+"))
                .hasSizeLessThanOrEqualTo(1_200);
    }

    @Test
    void linksLeadToFiles() throws IOException {
        List<String> broken = new ArrayList<>();
        int links = 0;
        for (Path page : pages()) {
            Matcher link = LINK.matcher(Files.readString(page));
            while (link.find()) {
                links++;
                if (Files.notExists(page.resolveSibling(link.group(1)))) {
                    broken.add(page + " -> " + link.group(1));
                }
            }
        }
        assertThat(links).isGreaterThan(10);
        assertThat(broken).isEmpty();
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            Stream<Path> others = Stream.of("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "results/README.md")
                    .map(ROOT::resolve);
            return Stream.concat(docs.filter(page -> page.toString().endsWith(".md")), others)
                    .toList();
        }
    }

    /** The page has the shown part of the program, as it is, and behind it what the program prints. */
    private static void assertShown(String page, String example, Program program) throws Exception {
        String text = Files.readString(ROOT.resolve(page));
        String shown = block(example);
        assertThat(text).contains(shown);
        String behind = text.substring(text.indexOf(shown) + shown.length());
        assertThat(between(behind, "```text\n", "```")).isEqualTo(printed(program));
    }

    /** The shown part of a program, as a page has it. */
    private static String block(String example) throws IOException {
        return "```java\n" + shown(Files.readString(EXAMPLES.resolve(example + ".java"))) + "```\n";
    }

    private static String shown(String source) {
        List<String> parts = new ArrayList<>();
        Matcher part = SHOWN.matcher(source);
        while (part.find()) {
            parts.add(part.group(2).replaceAll("(?m)^" + part.group(1), ""));
        }
        assertThat(parts).isNotEmpty();
        return String.join("\n", parts);
    }

    private static String printed(Program program) throws Exception {
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            program.main(new String[0]);
        } finally {
            System.setOut(before);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }

    private static String between(String text, String begin, String end) {
        int from = text.indexOf(begin);
        assertThat(from).as("where %s begins", begin).isNotNegative();
        from += begin.length();
        return text.substring(from, text.indexOf(end, from));
    }
}
