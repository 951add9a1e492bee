package org.berth.core.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.berth.core.map.LongLongMap.MISSING;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.berth.offheap.TestDepth;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Many threads, each with a ledger of what it has added and removed. At the end the map holds the balance of all
 * ledgers, after resizes of each kind. The system property {@code berth.map.operations} sets the operations per thread.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("every-compiler")
class MapLedgerTest {

    private static final int THREADS = 4;
    private static final int OPERATIONS = TestDepth.of("berth.map.operations", 200_000, 400_000);

    /** The length of a wave of inserts or removals: even a short run goes through several. */
    private static final int WAVE = OPERATIONS / 8;

    private static final int SHARED_KEYS = 1_000;
    private static final int OWN_KEYS = 3_000;

    @Test
    void noUpdateIsLostOrDoubled() throws Exception {
        LongLongMap map = LongLongMap.create();
        List<Long> sums = inParallel(thread -> new Ledger(map, thread).run());

        long[] total = new long[1];
        map.forEach((key, value) -> total[0] += value);
        assertThat(total[0]).isEqualTo(sums.stream().mapToLong(Long::longValue).sum());
        // By itself the map shrinks only with a margin, below which the waves do not always bring it.
        assertThat(map.finishResize()).isTrue();
        assertThat(map.size()).isPositive();
        MapStatistics statistics = map.statistics();
        assertThat(statistics.expansions()).as(statistics.toString()).isPositive();
        assertThat(statistics.rehashes() + statistics.overflows())
                .as(statistics.toString())
                .isPositive();
        assertThat(statistics.shrinks()).as(statistics.toString()).isPositive();
    }

    /** What one thread does, and expects: its own keys hold what it has put, and of the shared keys it keeps a sum. */
    private static final class Ledger {

        private final LongLongMap map;
        private final int thread;
        private final SplittableRandom random;
        private final Map<Long, Long> own = new HashMap<>();
        private long sum;

        Ledger(LongLongMap map, int thread) {
            this.map = map;
            this.thread = thread;
            random = new SplittableRandom(thread);
        }

        long run() {
            long fresh = 0;
            for (int i = 0; i < OPERATIONS; i++) {
                boolean removing = (i / WAVE) % 2 == 1;
                switch (random.nextInt(4)) {
                    case 0 -> shared(removing);
                    case 1, 2 -> ownKey(removing);
                    default -> {
                        // Insert a fresh key, and remove one that came a while ago.
                        fresh++;
                        set(freshKey(fresh), 1);
                        if (fresh > 200) {
                            set(freshKey(fresh - 200), MISSING);
                        }
                    }
                }
            }
            own.forEach((key, value) -> {
                assertThat(map.get(key)).isEqualTo(value);
                sum += value;
            });
            return sum;
        }

        /** A key that is used once, by this thread alone. */
        private long freshKey(long number) {
            return (1L << 40) + number * THREADS + thread;
        }

        private void shared(boolean removing) {
            long key = -random.nextInt(SHARED_KEYS);
            int delta = random.nextInt(1, 100);
            if (removing && random.nextInt(3) > 0) {
                long removed = map.remove(key);
                sum -= removed == MISSING ? 0 : removed;
                return;
            }
            switch (random.nextInt(8)) {
                case 0 -> map.addAll(new long[] {key}, new long[] {delta});
                case 1 -> map.compute(key, before -> before == MISSING ? delta : before + delta);
                case 3 -> map.updateAndGet(key, 0, before -> before + delta);
                case 4 -> {
                    if (map.updateIfPresent(key, before -> before + delta) == MISSING) {
                        return;
                    }
                }
                case 5 -> {
                    if (!map.tryAdd(key, delta, 0, 5_000)) {
                        return;
                    }
                }
                case 6 -> {
                    if (!map.compareAndSet(key, MISSING, delta)) {
                        return;
                    }
                }
                case 2 -> {
                    long before = map.get(key);
                    if (before == MISSING || !map.compareAndSet(key, before, before + delta)) {
                        return;
                    }
                }
                default -> map.getAndAdd(key, delta);
            }
            sum += delta;
        }

        private void ownKey(boolean removing) {
            // Neither the keys of other threads nor the shared ones; the reserved key 1 is among them.
            long key = (long) random.nextInt(OWN_KEYS) * THREADS + thread;
            set(key == 0 ? 4L * OWN_KEYS : key, removing && random.nextInt(4) > 0 ? MISSING : random.nextInt(1000));
        }

        private void set(long key, long value) {
            long expected = own.getOrDefault(key, MISSING);
            assertThat(map.get(key)).isEqualTo(expected);
            if (value == MISSING) {
                assertThat(map.remove(key)).isEqualTo(expected);
                own.remove(key);
            } else {
                assertThat(map.put(key, value)).isEqualTo(expected);
                own.put(key, value);
            }
        }
    }

    /**
     * Each traversal meets a mapping that exists throughout exactly once, though the map grows and shrinks meanwhile.
     */
    @Test
    void aTraversalMeetsEachMappingThatStaysOnce() throws Exception {
        LongLongMap map = LongLongMap.create();
        int staying = 500;
        for (long key = 0; key < staying; key++) {
            map.put(key, key);
        }
        AtomicBoolean done = new AtomicBoolean();
        List<Long> visits = inParallel(thread -> {
            if (thread > 0) {
                for (long i = 0; i < OPERATIONS / 4; i++) {
                    long key = staying + (thread << 20) + i % 5_000;
                    if ((i / 5_000) % 2 == 0) {
                        map.put(key, i);
                    } else {
                        map.remove(key);
                    }
                }
                done.set(true);
                return 0L;
            }
            long rounds = 0;
            while (!done.get() || rounds == 0) {
                int[] visited = new int[staying];
                map.forEach((key, value) -> {
                    if (key < staying) {
                        visited[(int) key]++;
                        assertThat(value).isEqualTo(key);
                    }
                });
                assertThat(visited).containsOnly(1);
                assertThat(map.size()).isGreaterThanOrEqualTo(staying);
                rounds++;
            }
            return rounds;
        });
        assertThat(visits.getFirst()).isPositive();
        assertThat(map.statistics().expansions()).isPositive();
    }

    /** An operation after close throws; one that is running is not disturbed. */
    @Test
    void closingUnderLoad() throws Exception {
        for (int round = 0; round < 30; round++) {
            LongLongMap map = LongLongMap.create();
            inParallel(thread -> {
                if (thread == 0) {
                    // A resize is an overflow if the thread that should expand the map is suspended.
                    while (map.resizer.resizes(Resizer.Resize.EXPANSION) + map.resizer.resizes(Resizer.Resize.OVERFLOW)
                            < 2) {
                        Thread.onSpinWait();
                    }
                    map.close();
                    return 0L;
                }
                try {
                    for (long i = 0; ; i++) {
                        map.getAndAdd(i % 10_000, 1);
                        map.remove((i + 5_000) % 10_000);
                    }
                } catch (IllegalStateException e) {
                    assertThat(e).hasMessageStartingWith("map is closed");
                    return 0L;
                }
            });
        }
    }

    private interface Work {
        long by(int thread) throws Exception;
    }

    private static List<Long> inParallel(Work work) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<Callable<Long>> calls = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int thread = i;
                calls.add(() -> work.by(thread));
            }
            List<Long> results = new ArrayList<>();
            for (Future<Long> result : threads.invokeAll(calls)) {
                try {
                    results.add(result.get());
                } catch (ExecutionException e) {
                    throw new AssertionError(e.getCause());
                }
            }
            return results;
        }
    }
}
