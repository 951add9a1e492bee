package org.berth.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import org.agrona.concurrent.AtomicBuffer;
import org.berth.core.slots.SlotTable;
import org.berth.offheap.Region;
import org.berth.offheap.Thorough;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The recipe for jlink in docs/faq.md: an image of the JDK's modules that Berth needs, and Berth on its class path. */
@Timeout(300)
class RuntimeImageTest {

    @TempDir
    private Path folder;

    @Test
    @Thorough
    void berthRunsInAnImageWithTheModulesThatItNeeds() throws Exception {
        Path examples = folder.resolve("app.jar");
        Path classes = locationOf(SlotExample.class);
        String slots = SlotExample.class.getName();
        String map = MapExample.class.getName();
        run(
                "jar",
                "--create",
                "--file=" + examples,
                "-C",
                classes.toString(),
                file(slots),
                "-C",
                classes.toString(),
                file(map));
        String libraries = String.join(
                File.pathSeparator,
                locationOf(SlotTable.class).toString(),
                locationOf(Region.class).toString(),
                locationOf(AtomicBuffer.class).toString());

        String modules = run(
                        "jdeps",
                        "--ignore-missing-deps",
                        "--multi-release=25",
                        "--print-module-deps",
                        "--class-path=" + libraries,
                        examples.toString())
                .strip();
        assertThat(modules.split(",")).contains("java.base").doesNotContain("jdk.unsupported");

        Path image = folder.resolve("image");
        run(
                "jlink",
                "--add-modules=" + modules,
                "--strip-debug",
                "--no-header-files",
                "--no-man-pages",
                "--output=" + image);

        assertThat(java(image, "--list-modules").lines()).hasSize(modules.split(",").length);
        String path = examples + File.pathSeparator + libraries;
        assertThat(java(image, "-cp", path, slots)).isEqualToIgnoringNewLines("90 1 1");
        assertThat(java(image, "-cp", path, map)).isEqualToIgnoringNewLines("20 true 0");
    }

    private static String file(String className) {
        return className.replace('.', '/') + ".class";
    }

    private static Path locationOf(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    /** Runs a tool of this JDK, and returns what it prints. */
    private static String run(String tool, String... args) {
        StringWriter out = new StringWriter();
        int status = ToolProvider.findFirst(tool)
                .orElseThrow()
                .run(new PrintWriter(out, true), new PrintWriter(out, true), args);
        assertThat(status).as("%s: %s", tool, out).isZero();
        return out.toString();
    }

    private String java(Path image, String... args) throws IOException, InterruptedException {
        Path output = Files.createTempFile(folder, "java", ".txt");
        List<String> command =
                new ArrayList<>(List.of(image.resolve("bin").resolve("java").toString()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
        Process process = builder.redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = process.waitFor(60, TimeUnit.SECONDS);
        process.destroyForcibly();
        String printed = Files.readString(output);
        assertThat(ended).as(printed).isTrue();
        assertThat(process.exitValue()).as(printed).isZero();
        return printed;
    }
}
