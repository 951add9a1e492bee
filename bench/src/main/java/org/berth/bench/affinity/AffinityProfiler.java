package org.berth.bench.affinity;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.ScalarResult;

/** A JMH profiler that adds the number of threads that have verified their CPU to the results. */
public final class AffinityProfiler implements InternalProfiler {

    /** The metric: the least number of any iteration. */
    public static final String THREADS = "pinned.threads";

    private static final AtomicInteger COUNT = new AtomicInteger();

    /** Used by JMH. */
    public AffinityProfiler() {}

    static void oneMore() {
        COUNT.incrementAndGet();
    }

    @Override
    public String getDescription() {
        return "the number of threads that are pinned";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {}

    @Override
    public Collection<ScalarResult> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        return List.of(new ScalarResult(THREADS, COUNT.get(), "threads", AggregationPolicy.MIN));
    }
}
