package org.berth.bench.affinity;

import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A JMH executor whose threads are each pinned to a CPU: a fixed pool like JMH's own. Each thread verifies its CPU
 * before it starts, and is counted by {@link AffinityProfiler}.
 */
public final class AffinityExecutor extends ThreadPoolExecutor {

    /** The flags of a benchmark's JVM. */
    public static final List<String> JVM_ARGS = List.of(
            CpuOrder.NATIVE_ACCESS,
            "-Djmh.executor=CUSTOM",
            "-Djmh.executor.class=" + AffinityExecutor.class.getName());

    /** Used by JMH, which creates one executor in each fork. */
    public AffinityExecutor(int threads, String prefix) {
        super(threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), new Factory(prefix));
    }

    private record Factory(String prefix, CpuOrder order, AtomicInteger next) implements ThreadFactory {

        Factory(String prefix) {
            this(prefix, CpuOrder.current(), new AtomicInteger());
        }

        @Override
        public Thread newThread(Runnable task) {
            int thread = next.getAndIncrement();
            return Thread.ofPlatform()
                    .daemon()
                    .name(prefix + "-jmh-worker-" + (thread + 1))
                    // Otherwise JMH would wait for a thread that has died.
                    .uncaughtExceptionHandler((failed, thrown) -> {
                        thrown.printStackTrace();
                        System.exit(1);
                    })
                    .unstarted(order.pinned(thread, task, seen -> AffinityProfiler.oneMore()));
        }
    }
}
