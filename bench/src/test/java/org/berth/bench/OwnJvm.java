package org.berth.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Commands in JVMs of their own, with native access, as the jar has, or without. The JVM of the tests is neither: it
 * has native access from when any library has loaded native code.
 *
 * @param exit   code
 * @param output of both streams
 */
public record OwnJvm(int exit, String output) {

    public static OwnJvm withNativeAccess(String... args) throws IOException, InterruptedException {
        return run("--enable-native-access=ALL-UNNAMED", args);
    }

    public static OwnJvm withoutNativeAccess(String... args) throws IOException, InterruptedException {
        return run("--illegal-native-access=deny", args);
    }

    private static OwnJvm run(String flag, String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                flag,
                "-Djmh.ignoreLock=true",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(args));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new OwnJvm(process.waitFor(), output);
    }
}
