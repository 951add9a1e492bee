package org.berth.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The code in the README is a program that compiles, runs, and prints what the README says. */
class ReadmeTest {

    private static final Path README = Path.of("..", "README.md");
    private static final Path EXAMPLES = Path.of("src/test/java/org/berth/examples");

    private interface Program {
        void main(String[] args) throws Exception;
    }

    @Test
    void slots() throws Exception {
        assertShown(0, "ReadmeExample.java", ReadmeExample::main);
    }

    @Test
    void map() throws Exception {
        assertShown(1, "MapExample.java", MapExample::main);
    }

    /** The program and what it prints are the README's blocks of their kind with this number. */
    private static void assertShown(int number, String file, Program program) throws Exception {
        String readme = Files.readString(README);
        String source = Files.readString(EXAMPLES.resolve(file));
        assertThat(between(readme, "```java\n", "```", number))
                .isEqualTo(between(source, "// readme: begin\n", "// readme: end", 0));
        assertThat(between(readme, "```text\n", "```", number)).isEqualTo(printed(program));
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

    private static String between(String text, String begin, String end, int number) {
        int from = -1;
        for (int i = 0; i <= number; i++) {
            from = text.indexOf(begin, from + 1);
            assertThat(from).as("where %s begins, number %s", begin, i).isNotNegative();
        }
        from += begin.length();
        return text.substring(from, text.indexOf(end, from));
    }
}
