package org.berth.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.MutableDirectBuffer;
import org.berth.offheap.ChildJvm;
import org.berth.offheap.OffHeapBuffer;
import org.berth.offheap.ResidentMemory;
import org.berth.offheap.TestDepth;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a process takes that overwrites values, or replaces keys, again and again, whatever its collector is. */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@EnabledOnOs(value = OS.LINUX, disabledReason = "looks at /proc/self/status")
class StoreResidentMemoryTest {

    private static final int KEYS = 50_000;
    private static final int VALUE = 200;

    /** How often as much as there is comes anew. */
    private static final String TURNS = "-Dturns=" + TestDepth.of(20, 100);

    /** The size of the process beside the store, when the JIT compilers have done most of their work. */
    private static final long ALLOWED_GROWTH = 16 << 20;

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
                        TURNS),
                Churn.class);
        assertThat(output).startsWith("resident=");
    }

    /** Churns, and fails if that takes memory. */
    static final class Churn {

        private static final MutableDirectBuffer KEY = OffHeapBuffer.ofAuto(8);
        private static final MutableDirectBuffer BYTES = OffHeapBuffer.ofAuto(VALUE);

        private Churn() {}

        @SuppressWarnings("SystemOut")
        public static void main(String[] args) {
            int turns = Integer.getInteger("turns");
            try (BytesMap map = BytesMap.create()) {
                long live = KEYS * Records.size(Records.header(8, VALUE));
                // Each processor up to sixteen has a segment of its own to append to.
                long segments = 6L + Math.min(16, Runtime.getRuntime().availableProcessors());
                long allowed = live + live / 2 + segments * Reference.MAX_SEGMENT;
                long key = 0;
                long before = 0;
                for (int turn = 0; turn < turns; turn++) {
                    for (int i = 0; i < KEYS; i++) {
                        put(map, key);
                        // Every other turn has fresh keys; the one between overwrites those at random.
                        if (turn % 2 == 0) {
                            remove(map, key - KEYS);
                            key++;
                        } else {
                            put(map, key - 1 - (i * 0x9E3779B9L & 0x7fff_ffff) % KEYS);
                            remove(map, key);
                        }
                    }
                    BytesMapStatistics statistics = map.statistics();
                    check("size", statistics.size(), KEYS);
                    check("allocated", statistics.allocatedBytes(), allowed);
                    if (turn == turns / 4) {
                        before = ResidentMemory.bytes();
                    }
                }
                long growth = ResidentMemory.bytes() - before;
                check("growth", growth, ALLOWED_GROWTH);
                System.out.println("resident=" + ResidentMemory.bytes() + " growth=" + growth + ' ' + map.statistics());
            }
        }

        private static void put(BytesMap map, long key) {
            KEY.putLong(0, key);
            map.put(KEY, 0, 8, BYTES, 0, VALUE);
        }

        private static void remove(BytesMap map, long key) {
            KEY.putLong(0, key);
            map.remove(KEY, 0, 8);
        }

        private static void check(String what, long actual, long allowed) {
            if (actual > allowed) {
                throw new IllegalStateException("too much: " + what + '=' + actual + " allowed=" + allowed);
            }
        }
    }
}
