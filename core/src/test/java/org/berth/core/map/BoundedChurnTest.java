package org.berth.core.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.berth.core.map.LongLongMap.MISSING;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.berth.offheap.TestDepth;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Threads that keep their number of keys: each evicts its oldest before it adds one. A map has room for that within the
 * memory of two tables, and of one more for each thread that may be suspended in the middle of an operation.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BoundedChurnTest {

    private static final int LIVE = 800;
    private static final long BUCKETS = Table.bucketsFor(LIVE);
    private static final long TABLE = Table.bytes(BUCKETS);
    private static final long OPERATIONS = TestDepth.of(1_000_000, 20_000_000);

    private static final long PASSES_NANOS = TimeUnit.SECONDS.toNanos(20);

    @ParameterizedTest
    @CsvSource({"1, 2", "2, 3", "2, 4", "4, 6", "16, 18"})
    void thereIsAlwaysRoom(int threads, int tables) throws InterruptedException {
        CountedMemory memory = new CountedMemory();
        LongLongMap map = memory.map(new Transfer(), BUCKETS, BUCKETS, ChunkSource.EAGER_CHUNK, tables * TABLE);
        AtomicLong most = new AtomicLong();
        memory.beforeAllocation = size -> most.accumulateAndGet(map.memory.bytes(), Math::max);
        CountedMemory.inParallel(threads, thread -> evictAndAdd(map, threads, thread));
        assertThat(map.size()).isEqualTo((long) LIVE / threads * threads);
        // A resize that was under way ends with some more updates, without a call that finishes it.
        for (long key = 1; key <= LIVE && map.tables() > 1; key++) {
            map.put(-key, key);
            map.remove(-key);
        }
        assertThat(map.tables()).isEqualTo(1);
        assertThat(memory.allocations()).isGreaterThan(OPERATIONS / (4 * LIVE));
        assertThat(most.get()).isLessThanOrEqualTo(tables * TABLE);
        // Beyond what counts, only what a thread allocates a second time because another is slow.
        assertThat(memory.peak()).isLessThanOrEqualTo((tables + threads - 1) * TABLE);
        map.close();
        memory.reclaimer.reclaim();
        assertThat(memory.bytes()).isZero();
    }

    private static void evictAndAdd(LongLongMap map, int threads, int thread) {
        long window = LIVE / threads;
        for (long i = 0; i < OPERATIONS / threads; i++) {
            if (i >= window) {
                assertThat(map.remove(1_000 + (i - window) * threads + thread)).isEqualTo(i - window);
            }
            assertThat(put(map, 1_000 + i * threads + thread, i, threads)).isEqualTo(MISSING);
        }
    }

    /**
     * A busy machine may stop a thread in the middle of a transfer for longer than a put has patience. That must pass:
     * no refusal makes the next one more likely.
     */
    private static long put(LongLongMap map, long key, long value, int threads) {
        long start = System.nanoTime();
        while (true) {
            try {
                return map.put(key, value);
            } catch (MapFullException e) {
                if (threads == 1 || System.nanoTime() - start > PASSES_NANOS) {
                    throw e;
                }
            }
        }
    }
}
