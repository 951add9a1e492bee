package org.berth.bench.growth;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.berth.bench.affinity.CpuOrder;
import org.berth.bench.fork.ForkedRun;

/**
 * A growth run.
 *
 * @param size   keys at the end
 * @param rounds of each variant
 * @param pin    whether each thread is pinned to its own CPU
 */
record GrowthForks(int size, int rounds, boolean pin) implements ForkedRun<Variant> {

    static final String KIND = "growth";

    private static final List<String> JVM_ARGS =
            List.of("-Xms4g", "-Xmx4g", "-XX:+AlwaysPreTouch", "--sun-misc-unsafe-memory-access=allow");

    /**
     * The estimate until the first measurement has ended: a part by size, and a part for the JVM, its heap and the
     * warm-up.
     */
    private static final double SECONDS_PER_MILLION = 0.7;

    private static final int OVERHEAD_SECONDS = 5;

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String name(Variant variant) {
        return variant.name();
    }

    @Override
    public List<String> jvmArgs() {
        return JVM_ARGS;
    }

    @Override
    public List<String> jvmArgs(Variant variant) {
        return pin ? List.of(CpuOrder.NATIVE_ACCESS) : variant.kind().flags();
    }

    @Override
    public List<String> args(Variant variant) {
        List<String> args = new ArrayList<>(List.of("--size", Integer.toString(size)));
        args.addAll(List.of("--one", variant.kind().name(), "--round", Integer.toString(variant.round())));
        if (pin) {
            args.add("--pin");
        }
        if (variant.presized()) {
            args.add("--presized");
        }
        return args;
    }

    @Override
    public double seconds(Variant variant) {
        return OVERHEAD_SECONDS + SECONDS_PER_MILLION * size / 1e6;
    }

    @Override
    public List<String> caveats() {
        return rounds > 1
                ? List.of()
                : List.of("measured once, so a difference cannot be told from noise; use --rounds 2 or more");
    }

    @Override
    public String render(List<String> header, Path folder, List<Variant> measured) throws IOException {
        List<String> lines = new ArrayList<>(header);
        if (pin) {
            lines.add(CpuOrder.current().describe());
        }
        return GrowthReport.render(lines, size, folder, measured);
    }
}
