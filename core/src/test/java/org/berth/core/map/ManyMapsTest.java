package org.berth.core.map;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.berth.core.reclaim.Reclaimer;
import org.berth.offheap.ChildJvm;
import org.berth.offheap.internal.MemoryBudget;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many maps, one after the other, in a JVM whose limit is that of a few. */
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ManyMapsTest {

    private static final List<String> FLAGS = List.of("-Xmx64m", "-Dorg.berth.maxMemoryBytes=8m");

    private static final int MAPS = 1_000;

    private static final long MAX_NANOS = 5_000_000_000L;

    /** For a table of 64 KB: in all, far more than the limit. */
    private static final int SIZE = 1_500;

    @Test
    void closedMapsAreFreed() throws Exception {
        List<String> flags = List.of("-XX:+DisableExplicitGC", FLAGS.get(0), FLAGS.get(1));
        assertThat(ChildJvm.run(flags, Closed.class)).contains("maps=" + MAPS + " used=0");
    }

    @Test
    void mapsThatAreLostAreFreedByTheCollector() throws Exception {
        assertThat(ChildJvm.run(FLAGS, Lost.class)).contains("maps=" + MAPS + " used=0");
    }

    static LongLongMap filled(long first) {
        LongLongMap map = LongLongMap.create();
        for (long key = first; key < first + SIZE; key++) {
            map.put(key, key);
        }
        return map;
    }

    /** Closes each map. */
    static final class Closed {

        private Closed() {}

        @SuppressWarnings("SystemOut")
        public static void main(String[] args) {
            for (int i = 0; i < MAPS; i++) {
                filled(i).close();
            }
            // The reclaimer's own thread may be in the middle of freeing some.
            long deadline = System.nanoTime() + MAX_NANOS;
            do {
                Reclaimer.PROCESS.reclaim();
                SpareChunks.PROCESS.clear();
            } while (MemoryBudget.PROCESS.used() > 0 && System.nanoTime() - deadline < 0);
            System.out.println("maps=" + MAPS + " used=" + MemoryBudget.PROCESS.used());
        }
    }

    /** Closes none. */
    static final class Lost {

        private Lost() {}

        @SuppressWarnings("SystemOut")
        public static void main(String[] args) throws InterruptedException {
            for (int i = 0; i < MAPS; i++) {
                if (i % 16 == 0) {
                    awaitUsed(2 << 20);
                }
                filled(i);
            }
            Reclaimer.PROCESS.reclaim();
            awaitUsed(0);
            System.out.println("maps=" + MAPS + " used=" + MemoryBudget.PROCESS.used());
        }

        /** A collection finds the maps; another thread frees what it has found, a moment later. */
        private static void awaitUsed(long bytes) throws InterruptedException {
            for (int i = 0; MemoryBudget.PROCESS.used() > bytes && i < 1_000; i++) {
                if (i % 50 == 0) {
                    System.gc();
                }
                Thread.sleep(2);
                Reclaimer.PROCESS.reclaim();
                SpareChunks.PROCESS.clear();
            }
        }
    }
}
