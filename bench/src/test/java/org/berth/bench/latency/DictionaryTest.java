package org.berth.bench.latency;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** All implementations behave the same. */
class DictionaryTest {

    private static final int THREADS = 2;

    @ParameterizedTest
    @EnumSource(Implementation.class)
    void threadsWorkOnOneDictionary(Implementation implementation) throws InterruptedException {
        Dictionary shared = implementation.create(THREADS, 1_000);
        long before = shared.sum();
        AtomicLong set = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            Dictionary own = shared.forThread(i);
            long base = 10_000L * (i + 1);
            threads.add(Thread.ofPlatform().start(() -> {
                for (int n = 0; n < 5_000; n++) {
                    own.addToOwn();
                    long wanted = own.testAndSet();
                    set.addAndGet(wanted == -1 ? 0 : 1);
                    own.put(base + n, n);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        // A failed attempt changes nothing, so what was set is a sequence without gaps.
        long next = shared.testAndSet();
        assertThat(next - first(implementation)).isEqualTo(set.get());
        assertThat(recordsSum(shared, implementation, set.get() + 1) - before).isEqualTo(THREADS * 5_000L);
        assertThat(shared.get(10_007)).isEqualTo(7);
        assertThat(shared.put(10_007, 8)).isEqualTo(7);
        assertThat(shared.remove(10_007)).isEqualTo(8);
        assertThat(shared.get(10_007)).isEqualTo(Dictionary.NOTHING);
        assertThat(shared.remove(10_007)).isEqualTo(Dictionary.NOTHING);
        assertThat(shared.put(10_007, 9)).isEqualTo(Dictionary.NOTHING);
    }

    private static long first(Implementation implementation) {
        return implementation == Implementation.BERTH ? 0 : 1;
    }

    /** In a plain map the records, the contended one among them, and the mappings share one map. */
    private static long recordsSum(Dictionary shared, Implementation implementation, long sets) {
        long mappings = THREADS * 5_000L * 4_999 / 2;
        return shared.sum() - (implementation == Implementation.BERTH ? 0 : sets + mappings);
    }
}
