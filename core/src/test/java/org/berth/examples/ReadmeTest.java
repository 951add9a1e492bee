package org.berth.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The code in the README is a program that compiles, runs, and prints what the README says. */
class ReadmeTest {

    private static final Path README = Path.of("..", "README.md");
    private static final Path EXAMPLE = Path.of("src/test/java/org/berth/examples/ReadmeExample.java");

    @Test
    void showsTheProgram() throws IOException {
        String source = Files.readString(EXAMPLE);
        String region = between(source, "// readme: begin\n", "// readme: end");
        assertThat(between(Files.readString(README), "```java\n", "```")).isEqualTo(region);
    }

    @Test
    void showsWhatItPrints() throws Exception {
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            ReadmeExample.main(new String[0]);
        } finally {
            System.setOut(before);
        }
        assertThat(between(Files.readString(README), "```text\n", "```"))
                .isEqualTo(printed.toString(StandardCharsets.UTF_8));
    }

    private static String between(String text, String begin, String end) {
        int from = text.indexOf(begin);
        assertThat(from).as("where %s begins", begin).isNotNegative();
        from += begin.length();
        return text.substring(from, text.indexOf(end, from));
    }
}
