package org.berth.core.map;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import org.berth.offheap.TestDepth;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A map shrinks if it is sparse as a whole, wherever in the table its mappings are. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SparsenessTest {

    private static final int SIZE = TestDepth.of(200_000, 1_000_000);

    private static LongLongMap filled(int size) {
        LongLongMap map = LongLongMap.create();
        for (long key = 0; key < size; key++) {
            map.put(key * 7_919, key);
        }
        map.finishResize();
        return map;
    }

    /** Where a traversal begins, all slots are empty then. */
    @Test
    void theFirstOfATraversalAreNoSampleOfATable() {
        try (LongLongMap map = filled(SIZE)) {
            long capacity = map.capacity();
            int next = SIZE;
            for (int round = 0; round < 4; round++) {
                Iterator<Long> keys = map.asConcurrentMap().keySet().iterator();
                for (int i = 0; i < SIZE / 50; i++) {
                    keys.next();
                    keys.remove();
                }
                for (int i = 0; i < SIZE / 50; i++, next++) {
                    map.put(next * 7_919L, next);
                }
            }
            assertThat(map.statistics().shrinks()).isZero();
            // A table of which the slots are nearly all occupied may still be followed by a larger one.
            assertThat(map.capacity()).isGreaterThanOrEqualTo(capacity);
            assertThat(map.size()).isEqualTo(SIZE);
        }
    }

    @Test
    void theFirstOfATraversalFitIntoASmallTable() {
        try (LongLongMap map = filled(SIZE)) {
            int kept = SIZE / 125;
            Iterator<Long> keys = map.asConcurrentMap().keySet().iterator();
            for (int i = 0; i < kept; i++) {
                keys.next();
            }
            while (keys.hasNext()) {
                keys.next();
                keys.remove();
            }
            for (long key = 1; key <= SIZE; key++) {
                map.put(-key, key);
                map.remove(-key);
            }
            assertThat(map.size()).isEqualTo(kept);
            assertThat(map.memoryBytes() / kept).as(map.statistics().toString()).isLessThan(200);
            // A resize that is under way ends with the updates.
            for (long key = 1; key <= SIZE && map.tables() > 1; key++) {
                map.put(-key, key);
                map.remove(-key);
            }
            assertThat(map.tables()).isEqualTo(1);
            map.finishResize();
            assertThat(map.memoryBytes() / kept).isLessThan(80);
        }
    }

    @Test
    void aClearedMapIsSmall() throws InterruptedException {
        long[] nanos = new long[2];
        // The quickest of several, as other processes run at the same time.
        for (int round = 0; round < 4; round++) {
            try (LongLongMap map = filled(SIZE)) {
                long start = System.nanoTime();
                map.clear();
                nanos[0] = quicker(nanos[0], System.nanoTime() - start);
                assertThat(map.size()).isZero();
                assertThat(map.memoryBytes()).isLessThanOrEqualTo(1 << 14);
                assertThat(map.tables()).isEqualTo(1);
                // Large tables are freed by a thread of the library's own.
                awaitBytes(map, 1 << 20);
            }
            try (LongLongMap map = filled(SIZE)) {
                long start = System.nanoTime();
                for (long key = 0; key < SIZE; key++) {
                    map.remove(key * 7_919);
                }
                nanos[1] = quicker(nanos[1], System.nanoTime() - start);
                assertThat(map.size()).isZero();
            }
        }
        assertThat(nanos[0]).isLessThan(2 * nanos[1]);
    }

    private static void awaitBytes(LongLongMap map, long bytes) throws InterruptedException {
        for (int i = 0; map.memory.bytes() > bytes && i < 1_000; i++) {
            Thread.sleep(2);
        }
        assertThat(map.memory.bytes()).as(map.statistics().toString()).isLessThanOrEqualTo(bytes);
    }

    private static long quicker(long best, long nanos) {
        return best == 0 ? nanos : Math.min(best, nanos);
    }
}
