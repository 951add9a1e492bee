package org.berth.bench.pinning;

import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads of a JMH benchmark, each on a CPU of its own: JMH's own pool of as many threads as the benchmark has, but for the pins.
 * Each looks where it is before it begins; {@link PinCount} has those that did.
 */
public final class PinnedThreads extends ThreadPoolExecutor {

    /** For the JVM of a benchmark. */
    public static final List<String> JVM_ARGS = List.of(
            CpuOrder.NATIVE_ACCESS, "-Djmh.executor=CUSTOM", "-Djmh.executor.class=" + PinnedThreads.class.getName());

    /** For JMH, which makes one in each JVM. */
    public PinnedThreads(int threads, String prefix) {
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
                    // Else JMH would wait for a thread that never came to its work.
                    .uncaughtExceptionHandler((failed, thrown) -> {
                        thrown.printStackTrace();
                        System.exit(1);
                    })
                    .unstarted(order.pinned(thread, task, seen -> PinCount.oneMore()));
        }
    }
}
