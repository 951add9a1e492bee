package org.berth.core.map;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.berth.core.reclaim.Reclaimer;
import org.berth.offheap.ChildJvm;
import org.berth.offheap.Region;
import org.berth.offheap.RegionStatistics;
import org.berth.offheap.TestDepth;
import org.berth.offheap.internal.MemoryBudget;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The memory of the map off the heap, after it has grown, was churned and has shrunk, and at the limit of the process.
 * The system property {@code berth.map.memory.size} sets the number of mappings.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MapMemoryTest {

    private static final int SIZE = TestDepth.of("berth.map.memory.size", 100_000, 500_000);
    private static final int CHURNED = SIZE / 10;
    private static final int CHURNS = TestDepth.of(30, 100);

    private static final long ALLOWED_PER_MAPPING = 80;

    /** What all maps of the process collect before they free it, and keep for their next tables. */
    private static final long ALLOWED_OVERHEAD = 2 << 20;

    @Test
    void memoryIsInProportionToTheMappings() {
        Reclaimer.PROCESS.reclaim();
        SpareChunks.PROCESS.clear();
        long budget = MemoryBudget.PROCESS.used();
        long regions = regionBytes();
        try (LongLongMap map =
                LongLongMap.builder().maximumBytes(Long.MAX_VALUE).build()) {
            for (long key = 0; key < SIZE; key++) {
                map.put(key, key);
            }
            map.finishResize();
            assertProportionate("grown", map, budget, regions);

            long next = SIZE;
            for (int churn = 0; churn < CHURNS; churn++) {
                for (int i = 0; i < CHURNED; i++, next++) {
                    map.put(next, next);
                    map.remove(next - SIZE);
                }
            }
            map.finishResize();
            assertThat(map.size()).isEqualTo(SIZE);
            assertProportionate("after churn", map, budget, regions);

            for (long key = next - SIZE; key < next - SIZE / 100; key++) {
                map.remove(key);
            }
            map.finishResize();
            assertThat(map.size()).isEqualTo(SIZE / 100);
            assertProportionate("after shrinking", map, budget, regions);
            assertThat(map.get(next - 1)).isEqualTo(next - 1);
        }
        Reclaimer.PROCESS.reclaim();
        SpareChunks.PROCESS.clear();
        // The tests of this JVM before may have left maps to the collector.
        assertThat(MemoryBudget.PROCESS.used()).isLessThanOrEqualTo(budget);
        assertThat(regionBytes()).isLessThanOrEqualTo(regions);
    }

    private static void assertProportionate(String when, LongLongMap map, long budget, long regions) {
        // Another thread may be reclaiming at this moment.
        for (int i = 0; map.memory.retiredBytes() > 0 && i < 1_000; i++) {
            LockSupport.parkNanos(1_000_000);
        }
        String as = when + ", " + map.statistics();
        long allowed = ALLOWED_PER_MAPPING * map.size();
        assertThat(map.memory.bytes()).as(as).isBetween(map.memoryBytes(), allowed + (1 << 16));
        assertThat(map.memory.retiredBytes()).as(as).isZero();
        // At most: maps that other tests have left to the collector may be freed meanwhile.
        assertThat(MemoryBudget.PROCESS.used() - budget).as(as).isLessThanOrEqualTo(allowed + ALLOWED_OVERHEAD);
        assertThat(regionBytes() - regions).as(as).isLessThanOrEqualTo(allowed + ALLOWED_OVERHEAD);
    }

    private static long regionBytes() {
        RegionStatistics statistics = Region.statistics();
        return statistics.anonymousBytes() + statistics.placedBytes();
    }

    @Test
    void atTheLimitOfTheProcessTheMapGoesOnAtItsSize() throws Exception {
        assertThat(ChildJvm.run(List.of("-Xmx64m", "-Dorg.berth.maxMemoryBytes=8m"), Limited.class))
                .contains("full at ")
                .contains("source=-Dorg.berth.maxMemoryBytes");
        assertThat(ChildJvm.run(List.of("-Xmx64m", "-XX:MaxDirectMemorySize=8m"), Limited.class))
                .contains("full at ")
                .contains("source=-XX:MaxDirectMemorySize");
    }

    /** Fills a map until there is no memory, in a JVM that has little. */
    static final class Limited {

        private Limited() {}

        @SuppressWarnings("SystemOut")
        public static void main(String[] args) {
            LongLongMap map = LongLongMap.create();
            long key = 0;
            try {
                while (true) {
                    map.put(key, key);
                    key++;
                }
            } catch (MapFullException e) {
                check(e.getCause() instanceof OutOfMemoryError, "cause");
                System.out.println(e.getMessage());
            }
            check(map.size() == key, "size");
            for (long present = 0; present < key; present++) {
                check(map.getAndAdd(present, 1) == present, "value");
            }
            check(map.memoryBytes() <= 8 << 20, "bytes");
            check(MemoryBudget.PROCESS.used() <= 8 << 20, "budget");
            // A mapping less leaves a slot for another only once its tombstone is dropped: a map half as large can.
            for (long present = 0; present < key; present++) {
                check(present % 16 == 0 || map.remove(present) == present + 1, "removed");
            }
            map.finishResize();
            for (long fresh = key; fresh < 2 * key; fresh++) {
                map.put(fresh, fresh);
                map.remove(fresh);
            }
            System.out.println("full at " + key);
        }

        private static void check(boolean condition, String what) {
            if (!condition) {
                throw new AssertionError(what);
            }
        }
    }
}
