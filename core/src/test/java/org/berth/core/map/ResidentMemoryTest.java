package org.berth.core.map;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.berth.offheap.ChildJvm;
import org.berth.offheap.ResidentMemory;
import org.berth.offheap.TestDepth;
import org.berth.offheap.internal.MemoryBudget;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a process takes that inserts fresh keys for ever, and removes them again, whatever its collector is. */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@EnabledOnOs(value = OS.LINUX, disabledReason = "looks at /proc/self/status")
class ResidentMemoryTest {

    private static final String OPERATIONS = "-Doperations=" + TestDepth.of(3_000_000, 20_000_000);

    private static final long WINDOW = 1_000;

    /** The size of the process off the heap and on it, when the JIT compilers have done most of their work. */
    private static final long ALLOWED_GROWTH = 16 << 20;

    private static final long ALLOWED_BUDGET = 4 << 20;

    @ParameterizedTest
    @ValueSource(strings = {"G1", "Z", "Serial"})
    void churnTakesNoMoreMemory(String collector) throws Exception {
        String output = ChildJvm.run(
                List.of(
                        "-XX:+Use" + collector + "GC",
                        "-XX:+DisableExplicitGC",
                        "-Xms64m",
                        "-Xmx256m",
                        "-XX:+AlwaysPreTouch",
                        OPERATIONS),
                Churn.class);
        assertThat(output).startsWith("resident=");
    }

    /** Churns, and fails if that takes memory. */
    static final class Churn {

        private Churn() {}

        @SuppressWarnings("SystemOut")
        public static void main(String[] args) {
            LongLongMap map = LongLongMap.create();
            long operations = Long.getLong("operations");
            long key = churn(map, 0, operations / 3);
            long before = ResidentMemory.bytes();
            long peak = before;
            while (key < operations) {
                key = churn(map, key, Math.min(operations, key + operations / 20));
                peak = Math.max(peak, ResidentMemory.bytes());
                check("used", MemoryBudget.PROCESS.used(), ALLOWED_BUDGET);
            }
            check("size", map.size(), WINDOW);
            check("growth", peak - before, ALLOWED_GROWTH);
            System.out.println("resident=" + peak + " growth=" + (peak - before) + ' ' + map.statistics());
        }

        private static long churn(LongLongMap map, long from, long to) {
            for (long key = from; key < to; key++) {
                map.put(key, key);
                map.remove(key - WINDOW);
            }
            return to;
        }

        private static void check(String what, long actual, long allowed) {
            if (actual > allowed) {
                throw new AssertionError(what + "=" + actual + " allowed=" + allowed);
            }
        }
    }
}
