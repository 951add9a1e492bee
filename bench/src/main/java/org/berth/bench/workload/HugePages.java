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
 * Adds to JMH's results how much of the memory was in huge pages: the kernel makes them as far as it finds room, so that who asks may
 * not get any.
 */
public final class HugePages implements InternalProfiler {

    /** The name of the result, the least share of any iteration in percent. */
    public static final String SHARE = "huge.pages.share";

    /** Percent; NaN where the kernel does not tell. Written by the thread of the benchmark that looks. */
    private static volatile double share = Double.NaN;

    /** For JMH. */
    public HugePages() {}

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
