package org.berth.bench.machine;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The CPU time that control groups grant this process, in CPUs: the least of its own group's and those above it. */
final class CpuLimit {

    private static final String ROOT = "sys/fs/cgroup";

    private final HostFiles host;
    private @Nullable Double least;

    CpuLimit(HostFiles host) {
        this.host = host;
    }

    /** The limit, or null if none is found. */
    @Nullable
    Double read() {
        for (String line : host.lines("proc/self/cgroup")) {
            // hierarchy:controllers:path, where version 2 has no controllers.
            String[] parts = line.split(":", 3);
            if (parts.length == 3) {
                String path = parts[2].equals("/") ? "" : parts[2];
                if (parts[1].isEmpty()) {
                    climb(path, this::version2);
                } else if (List.of(parts[1].split(",", -1)).contains("cpu")) {
                    climb(path, this::version1);
                }
            }
        }
        return least;
    }

    private static void climb(String path, Consumer<String> reader) {
        String at = path;
        while (!at.isEmpty()) {
            reader.accept(at);
            at = at.substring(0, Math.max(0, at.lastIndexOf('/')));
        }
        reader.accept("");
    }

    private void version2(String path) {
        String text = host.text(ROOT + path + "/cpu.max");
        String[] words = text == null ? new String[0] : text.split(" ", -1);
        if (words.length == 2) {
            // The quota is "max" where there is none.
            limit(HostFiles.parse(words[0]), HostFiles.parse(words[1]));
        }
    }

    private void version1(String path) {
        String folder = ROOT + "/cpu" + path;
        limit(host.number(folder + "/cpu.cfs_quota_us"), host.number(folder + "/cpu.cfs_period_us"));
    }

    private void limit(@Nullable Long quota, @Nullable Long period) {
        if (quota != null && period != null && quota > 0 && period > 0) {
            double cpus = (double) quota / period;
            least = least == null ? cpus : Math.min(least, cpus);
        }
    }
}
