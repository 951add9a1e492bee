package org.berth.bench.calls;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.berth.bench.fork.ForkedRun;

/**
 * A calls run.
 *
 * @param size    keys of a map under churn
 * @param removed keys of a map from which all are removed
 * @param threads under churn
 * @param rounds  of each variant
 */
record CallsForks(int size, int removed, int threads, int rounds) implements ForkedRun<CallsVariant> {

    static final String KIND = "calls";

    private static final List<String> JVM_ARGS =
            List.of("-Xms4g", "-Xmx4g", "-XX:+AlwaysPreTouch", "--sun-misc-unsafe-memory-access=allow");

    /** For the estimate: what the JVM, its heap and the warm-up take, and a million keys under churn. */
    private static final int OVERHEAD_SECONDS = 5;

    private static final double SECONDS_PER_MILLION = 3;

    /** Returns the keys of a variant's map. */
    int keys(CallsVariant variant) {
        return variant.workload() == CallsVariant.Workload.CHURN ? size : removed;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String name(CallsVariant variant) {
        return variant.name();
    }

    @Override
    public List<String> jvmArgs() {
        return JVM_ARGS;
    }

    @Override
    public List<String> jvmArgs(CallsVariant variant) {
        return variant.kind().flags();
    }

    @Override
    public List<String> args(CallsVariant variant) {
        return List.of(
                "--one",
                variant.name(),
                "--size",
                Integer.toString(size),
                "--removed",
                Integer.toString(removed),
                "--threads",
                Integer.toString(threads));
    }

    @Override
    public double seconds(CallsVariant variant) {
        boolean churn = variant.workload() == CallsVariant.Workload.CHURN;
        return OVERHEAD_SECONDS + (churn ? SECONDS_PER_MILLION : 1) * keys(variant) / 1e6;
    }

    @Override
    public List<String> caveats() {
        return rounds > 1
                ? List.of()
                : List.of("measured once, so a difference cannot be told from noise; use --rounds 2 or more");
    }

    @Override
    public String render(List<String> header, Path folder, List<CallsVariant> measured) throws IOException {
        return CallsReport.render(header, this, folder, measured);
    }
}
