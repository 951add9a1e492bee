package org.berth.bench.latency;

import com.google.gson.Gson;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.berth.bench.pinning.CpuOrder;
import org.jspecify.annotations.Nullable;

/** Starts JVMs, one for each measurement. */
final class Fork {

    /** The same for everyone: a heap that is all there from the start. */
    static final List<String> JVM_ARGS =
            List.of("-Xms2g", "-Xmx2g", "-XX:+AlwaysPreTouch", "--sun-misc-unsafe-memory-access=allow");

    /** So that the line is told from what a JVM may print. */
    private static final String PREFIX = "outcome: ";

    private volatile @Nullable Process running;
    private volatile boolean stopped;

    /** Ends what runs, and lets nothing begin any more: an interrupted run must not leave a JVM behind. */
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
     * @throws IOException if the JVM failed; what it said is on this process's standard error
     */
    Outcome run(LatencyParameters load, Path folder) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM_ARGS);
        if (load.pinned()) {
            command.add(CpuOrder.NATIVE_ACCESS);
        }
        command.add(load.gc().flag());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "org.berth.bench.Main", "latency"));
        command.addAll(List.of("--out", folder.toString(), "--one", new Gson().toJson(load)));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        running = process;
        if (stopped) {
            process.destroy();
        }
        Outcome outcome = null;
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(PREFIX)) {
                    outcome = new Gson().fromJson(line.substring(PREFIX.length()), Outcome.class);
                }
            }
        }
        int exit = process.waitFor();
        if (exit != 0 || outcome == null) {
            throw new IOException("a measurement failed: file=" + load.file() + " exit=" + exit);
        }
        return outcome;
    }

    /** The other end: what the JVM that was started does. */
    static String answer(String load, Path folder) throws IOException, InterruptedException {
        return PREFIX
                + new Gson().toJson(LatencyRun.measure(new Gson().fromJson(load, LatencyParameters.class), folder));
    }
}
