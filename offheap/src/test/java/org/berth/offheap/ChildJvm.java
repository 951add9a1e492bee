package org.berth.offheap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Another JVM, with flags of its own and this one's class path, that runs a class to its end. */
public final class ChildJvm {

    private ChildJvm() {}

    /**
     * Runs the {@code main} method of a class, which must succeed.
     *
     * @param flags of the JVM
     * @param main  the class
     * @return all that it prints
     */
    public static String run(List<String> flags, Class<?> main) throws IOException, InterruptedException {
        Process process = start(flags, main);
        String output = read(process);
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }

    /** The same, if it must end with an uncaught exception. */
    public static String fail(List<String> flags, Class<?> main) throws IOException, InterruptedException {
        Process process = start(flags, main);
        String output = read(process);
        assertThat(process.exitValue()).as(output).isEqualTo(1);
        return output;
    }

    private static Process start(List<String> flags, Class<?> main) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        // The JVM says on stderr that it has read them.
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
        return builder.start();
    }

    private static String read(Process process) throws IOException, InterruptedException {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return output;
    }
}
