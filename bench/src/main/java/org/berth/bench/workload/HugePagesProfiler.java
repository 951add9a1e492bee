package org.berth.bench.workload;

import java.util.Collection;
import java.util.List;
import org.berth.offheap.placement.PlacementReport;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.ScalarResult;

/**
 * A JMH profiler that adds the share of memory in huge pages to the results: the kernel need not grant a request for
 * them.
 */
public final class HugePagesProfiler implements InternalProfiler {

    /** The metric: the least share of any iteration, in percent. */
    public static final String SHARE = "huge.pages.share";

    /** In percent; NaN if the kernel does not report it. Set by the benchmark's thread. */
    private static volatile double share = Double.NaN;

    /** For JMH. */
    public HugePagesProfiler() {}

    static void found(PlacementReport actual) {
        long bytes = actual.untouchedBytes()
                + actual.bytesOnNode().values().stream()
                        .mapToLong(Long::longValue)
                        .sum();
        boolean known = actual.hugeBytes().isPresent() && bytes > 0;
        share = known ? 100.0 * actual.hugeBytes().getAsLong() / bytes : Double.NaN;
    }

    @Override
    public String getDescription() {
        return "the share of memory in huge pages";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {}

    @Override
    public Collection<ScalarResult> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        double now = share;
        return Double.isNaN(now) ? List.of() : List.of(new ScalarResult(SHARE, now, "%", AggregationPolicy.MIN));
    }
}
