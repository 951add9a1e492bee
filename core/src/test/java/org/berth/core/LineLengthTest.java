package org.berth.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** No line is longer than {@code .editorconfig} says: the formatter leaves comments and literals as they are. */
class LineLengthTest {

    private static final int COLUMNS = 120;

    @Test
    void noLineOfAJavaFileIsLongerThanTheLimit() throws IOException {
        Path root = Path.of("..").toRealPath();
        List<String> longer = new ArrayList<>();
        for (Path module : modules(root)) {
            List<Path> files = javaFiles(module.resolve("src"));
            assertThat(files).as("Java files of %s", module).isNotEmpty();
            for (Path file : files) {
                List<String> lines = Files.readAllLines(file);
                for (int i = 0; i < lines.size(); i++) {
                    String line = lines.get(i);
                    int columns = line.codePointCount(0, line.length());
                    if (columns > COLUMNS) {
                        longer.add(root.relativize(file) + ":" + (i + 1) + " columns=" + columns);
                    }
                }
            }
        }
        assertThat(longer).as("lines longer than %s columns", COLUMNS).isEmpty();
    }

    private static List<Path> modules(Path root) throws IOException {
        try (Stream<Path> folders = Files.list(root)) {
            List<Path> modules = folders.filter(folder -> Files.exists(folder.resolve("pom.xml")))
                    .sorted()
                    .toList();
            assertThat(modules).as("modules below %s", root).isNotEmpty();
            return modules;
        }
    }

    private static List<Path> javaFiles(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .sorted()
                    .toList();
        }
    }
}
