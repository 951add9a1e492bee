package org.berth.bench.latency;

import com.google.gson.Gson;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.berth.bench.affinity.CpuOrder;
import org.jspecify.annotations.Nullable;

/** Forks a JVM for each measurement. */
final class Fork {

    /** The same for all: a fixed, pre-touched heap. */
    static final List<String> JVM_ARGS =
            List.of("-Xms2g", "-Xmx2g", "-XX:+AlwaysPreTouch", "--sun-misc-unsafe-memory-access=allow");

    /** Distinguishes the line from other output of the JVM. */
    private static final String PREFIX = "result: ";

    private volatile @Nullable Process running;
    private volatile boolean stopped;

    /** Ends the running JVM and starts no more: an interrupted run must not leave a JVM behind. */
    void stop() {
        stopped = true;
        Process process = running;
        if (process != null) {
            process.destroy();
        }
    }

    /**
     * Measures.
     *
     * @throws IOException if the JVM failed; its errors are on this process's standard error
     */
    LatencyResult run(LatencyParameters parameters, Path folder) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM_ARGS);
        if (parameters.pinned()) {
            command.add(CpuOrder.NATIVE_ACCESS);
        }
        command.add(parameters.gc().flag());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "org.berth.bench.Main", "latency"));
        command.addAll(List.of("--out", folder.toString(), "--one", new Gson().toJson(parameters)));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        running = process;
        if (stopped) {
            process.destroy();
        }
        LatencyResult result = null;
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(PREFIX)) {
                    result = new Gson().fromJson(line.substring(PREFIX.length()), LatencyResult.class);
                }
            }
        }
        int exit = process.waitFor();
        if (exit != 0 || result == null) {
            throw new IOException("a measurement failed: file=" + parameters.file() + " exit=" + exit);
        }
        return result;
    }

    /** Measures in the forked JVM, and returns the line for the parent. */
    static String answer(String parameters, Path folder) throws IOException, InterruptedException {
        return PREFIX
                + new Gson()
                        .toJson(LatencyRun.measure(new Gson().fromJson(parameters, LatencyParameters.class), folder));
    }
}
