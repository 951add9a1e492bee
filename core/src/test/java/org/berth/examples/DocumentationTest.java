package org.berth.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The programs in the README and in docs/ compile, run, and print what is said there. */
class DocumentationTest {

    private static final Path ROOT = Path.of("..");
    private static final Path EXAMPLES = Path.of("src/test/java/org/berth/examples");

    private interface Program {
        void main(String[] args) throws Exception;
    }

    @Test
    void slots() throws Exception {
        assertShown("README.md", "SlotExample", SlotExample::main);
    }

    @Test
    void map() throws Exception {
        assertShown("README.md", "MapExample", MapExample::main);
    }

    @Test
    void keyLocks() throws Exception {
        assertShown("docs/locks.md", "KeyLockExample", KeyLockExample::main);
    }

    @Test
    void stock() throws Exception {
        assertShown("docs/locks.md", "StockExample", StockExample::main);
    }

    @Test
    void workers() throws Exception {
        assertShown("docs/threads.md", "WorkersExample", WorkersExample::main);
    }

    @Test
    void handOver() throws Exception {
        assertShown("docs/threads.md", "RecordQueuesExample", RecordQueuesExample::main);
    }

    @Test
    void virtualThreads() throws Exception {
        assertShown("docs/threads.md", "VirtualThreadsExample", VirtualThreadsExample::main);
    }

    /** The page has the program, as it is, and behind it what it prints. */
    private static void assertShown(String page, String example, Program program) throws Exception {
        String text = Files.readString(ROOT.resolve(page));
        String source = Files.readString(EXAMPLES.resolve(example + ".java"));
        String shown = "```java\n" + between(source, "// readme: begin\n", "// readme: end") + "```\n";
        assertThat(text).contains(shown);
        String behind = text.substring(text.indexOf(shown) + shown.length());
        assertThat(between(behind, "```text\n", "```")).isEqualTo(printed(program));
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
