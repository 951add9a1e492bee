package org.berth.core.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.berth.core.map.LongLongMap.MISSING;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import org.berth.offheap.TestDepth;
import org.berth.offheap.Words;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When tables are made and retired, and how a map gets over a resize that fails or is disturbed. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ResizeTest {

    /** A traversal ends, though a writer makes one table after the other meanwhile. */
    @Test
    void aTraversalEndsUnderChurn() throws InterruptedException {
        LongLongMap map = LongLongMap.create();
        AtomicBoolean done = new AtomicBoolean();
        AtomicLong begun = new AtomicLong();
        Thread writer = Thread.ofPlatform().start(() -> {
            for (long key = 0; !done.get(); key++) {
                begun.set(key + 1);
                map.put(key, key);
                map.remove(key);
            }
        });
        try {
            for (int i = 0; i < 300; i++) {
                // One mapping there may be all the time, and those that come meanwhile may all be seen.
                long before = begun.get();
                assertThat(map.size()).isLessThanOrEqualTo(1 + begun.get() - before);
                before = begun.get();
                assertThat(map.statistics().size()).isLessThanOrEqualTo(1 + begun.get() - before);
            }
        } finally {
            done.set(true);
            writer.join();
        }
    }

    /** A large table is followed by ever smaller ones, so that none fills before the one before it is transferred. */
    @Test
    void shrinkingMakesNoLongLists() {
        LongLongMap map =
                LongLongMap.builder().expectedSize(600_000).minimumSize(0).build();
        int longest = 0;
        for (long key = 0; key < 100_000; key++) {
            map.put(key, key);
            map.remove(key);
            longest = Math.max(longest, map.tables());
        }
        assertThat(longest).isLessThanOrEqualTo(4);
        assertThat(map.capacity()).isEqualTo(256);
    }

    /** The keys come while the thread that is about to shrink the map allocates the smaller table. */
    @Test
    void anOutdatedShrinkIsDropped() {
        AtomicLong inserted = new AtomicLong();
        LongLongMap[] map = new LongLongMap[1];
        LongFunction<Words> memory = bytes -> {
            if (map[0] != null && inserted.get() == 0) {
                // By another thread, as a thread is inside one operation at a time.
                Thread other = Thread.ofPlatform().start(() -> {
                    for (long key = 1_000_000; key < 1_005_000; key++) {
                        inserted.incrementAndGet();
                        map[0].put(key, key);
                    }
                });
                join(other);
            }
            return Words.ofAuto(bytes);
        };
        map[0] = TestMaps.create(memory, new SplittableRandom(1)::nextLong, new Transfer(), 4096, 1, Long.MAX_VALUE);
        // One removal of some looks whether the map is sparse.
        for (long key = 2; inserted.get() == 0; key++) {
            assertThat(key).isLessThan(100_000);
            map[0].put(key, key);
            map[0].remove(key);
        }
        assertThat(inserted.get()).isEqualTo(5_000);
        assertThat(map[0].size()).isEqualTo(5_000);
        assertThat(map[0].resizer.resizes(Resizer.Resize.SHRINK)).isZero();
        assertThat(map[0].tables()).isEqualTo(1);
    }

    /** So many maps that, for some seed, a hash that is too regular would put many such keys into sampled buckets. */
    @Test
    void theExpectedSizeHoldsForKeysInArithmeticProgression() {
        SplittableRandom random = new SplittableRandom(42);
        for (long buckets : new long[] {256, 1024, 4096, 16384}) {
            // As many mappings as do not need the next size.
            long size = buckets * 2;
            while (Table.bucketsFor(size + 1) == buckets) {
                size++;
            }
            for (long puts = 0; puts < TestDepth.of(1_000_000, 8_000_000); puts += size) {
                LongLongMap map = TestMaps.create(
                        Words::ofAuto, random::nextLong, new Transfer(), buckets, buckets, Long.MAX_VALUE);
                long first = random.nextLong();
                long step = random.nextBoolean() ? random.nextInt(1, 100) : 1L << random.nextInt(40);
                for (long n = 0; n < size; n++) {
                    map.put(first + n * step, n);
                }
                assertThat(map.capacity())
                        .as("size=" + size + " first=" + first + " step=" + step)
                        .isEqualTo(buckets * Table.SLOTS_PER_BUCKET);
            }
        }
    }

    /** A refused call tries again a few times, and does not wait where there is nothing to wait for. */
    @Test
    void aMapWithoutMemoryGoesOnAtItsSizeAndRefusesSoon() {
        AtomicInteger requests = new AtomicInteger();
        AtomicBoolean refuse = new AtomicBoolean();
        LongFunction<Words> memory = bytes -> {
            if (refuse.get()) {
                requests.incrementAndGet();
                throw new OutOfMemoryError("refused");
            }
            return Words.ofAuto(bytes);
        };
        LongLongMap map =
                TestMaps.create(memory, new SplittableRandom(1)::nextLong, new Transfer(), 64, 1, Long.MAX_VALUE);
        for (long key = 2; key < 150; key++) {
            map.put(key, key);
        }
        refuse.set(true);
        for (long key = 2; key < 140; key++) {
            assertThat(map.remove(key)).isEqualTo(key);
        }
        long start = System.nanoTime();
        int full = 0;
        for (long key = 1_000; key < 2_000; key++) {
            try {
                map.put(key, key);
            } catch (MapFullException e) {
                assertThat(e).hasRootCauseMessage("refused");
                full++;
            }
        }
        assertThat(full).isGreaterThan(500);
        assertThat(requests.get()).isLessThan(10 * full);
        assertThat(System.nanoTime() - start).isLessThan(TimeUnit.MILLISECONDS.toNanos(5) * full);
        assertThat(map.get(145)).isEqualTo(145);
        refuse.set(false);
        assertThat(map.put(5_000, 1)).isEqualTo(MISSING);
    }

    /** Where memory for the best size is refused, a smaller size may do, whatever the hash. */
    @Test
    void aBoundedMapDropsTombstones() {
        SplittableRandom random = new SplittableRandom(42);
        long buckets = Table.bucketsFor(1_000);
        long bytes = buckets * Table.BUCKET;
        for (int i = 0; i < 20; i++) {
            churn(random, buckets, 1, 2 * bytes - Table.BUCKET, 400);
            // Twice a power of two is a limit that a user would set.
            churn(random, buckets, buckets, 2 * bytes, 900);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void churn(
            SplittableRandom random, long buckets, long minimumBuckets, long maximumBytes, long size) {
        LongLongMap map =
                TestMaps.create(Words::ofAuto, random::nextLong, new Transfer(), buckets, minimumBuckets, maximumBytes);
        for (long key = 0; key < 20_000; key++) {
            map.put(key, key);
            map.remove(key - size);
        }
        assertThat(map.size()).isEqualTo(size);
    }

    /** A transfer that is abandoned, before or after it has made a copy, leaves its range to other threads. */
    @Test
    void anAbandonedRangeIsRetriedByAnotherThread() {
        for (int survives = 0; survives < 40; survives++) {
            AtomicInteger left = new AtomicInteger(survives);
            Transfer failing = new Transfer() {
                @Override
                long markMoved(Table from, long valueAt, long word) {
                    if (left.getAndDecrement() == 0) {
                        throw new UnsupportedOperationException("abandoned");
                    }
                    return super.markMoved(from, valueAt, word);
                }
            };
            LongLongMap map = TestMaps.create(
                    Words::ofAuto, new SplittableRandom(survives)::nextLong, failing, 16, 1, Long.MAX_VALUE);
            long key = 2;
            try {
                for (; key < 60; key++) {
                    map.put(key, key);
                }
            } catch (UnsupportedOperationException e) {
                // The call that was helping has not done its own work yet.
                assertThat(map.get(key)).isEqualTo(MISSING);
            }
            assertThat(key).isLessThan(60);
            // A mapping that was copied and not yet moved may change or be removed.
            for (long present = 2; present < key; present++) {
                if (present % 3 == 0) {
                    assertThat(map.remove(present)).isEqualTo(present);
                } else {
                    assertThat(map.getAndAdd(present, 1)).isEqualTo(present);
                }
            }
            assertThat(map.finishResize()).isTrue();
            assertThat(map.tables()).isEqualTo(1);
            for (long present = 2; present < key; present++) {
                assertThat(map.get(present)).isEqualTo(present % 3 == 0 ? MISSING : present + 1);
            }
        }
    }

    @Test
    void collidingKeysGetAnotherHash() {
        // With the seed of the first hash at hand, colliding keys can be chosen.
        long seed = 12345;
        AtomicLong seeds = new AtomicLong(seed);
        LongLongMap map = TestMaps.create(
                Words::ofAuto, () -> seeds.getAndAdd(0x9E3779B97F4A7C15L), new Transfer(), 1024, 1024, Long.MAX_VALUE);
        SplittableRandom random = new SplittableRandom(7);
        int added = 0;
        while (added < 700) {
            long key = random.nextLong();
            if ((Table.hash(key, seed) & (1023 * 64)) < 64) {
                map.put(key, added++);
            }
        }
        assertThat(map.resizer.resizes(Resizer.Resize.OVERFLOW)).isEqualTo(1);
        assertThat(map.resizer.resizes(Resizer.Resize.EXPANSION)).isZero();
        assertThat(map.capacity()).isEqualTo(4096);
        assertThat(map.finishResize()).isTrue();
        MapStatistics statistics = map.statistics();
        assertThat(statistics.size()).isEqualTo(700);
        assertThat(statistics.overflows()).isEqualTo(1);
        assertThat(statistics.longestProbe()).isLessThan(4);
    }

    /** With each of these seeds a probe passes 64 buckets, which of so many keys one set of four hundred does. */
    @ParameterizedTest
    @ValueSource(longs = {1045, 1144, 1293, 1544})
    void noKeyOverflowsByChance(long seed) {
        long buckets = 1 << 16;
        SplittableRandom keys = new SplittableRandom(seed);
        try (LongLongMap map = TestMaps.small(buckets, seed)) {
            // Up to a load of 0.748: an expansion begins at 0.75.
            for (int i = 0; i < 196_000; i++) {
                map.put(keys.nextLong(), i);
            }
            assertThat(map.resizer.resizes(Resizer.Resize.OVERFLOW)).isZero();
        }
    }

    @Test
    void closingWithinAFunction() {
        LongLongMap map = LongLongMap.create();
        assertThatThrownBy(() -> map.compute(5, before -> {
                    map.close();
                    return 1;
                }))
                .isInstanceOf(IllegalStateException.class);
    }
}
