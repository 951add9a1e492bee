package org.berth.bench.pinning;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.ScalarResult;

/** Adds to JMH's results how many threads have found themselves on the CPU that is theirs. */
public final class PinCount implements InternalProfiler {

    /** The name of the result, the least of any iteration. */
    public static final String THREADS = "pinned.threads";

    private static final AtomicInteger COUNT = new AtomicInteger();

    /** For JMH. */
    public PinCount() {}

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
