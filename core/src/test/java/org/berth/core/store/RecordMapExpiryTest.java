package org.berth.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.MutableDirectBuffer;
import org.berth.core.map.LongLongMap;
import org.berth.offheap.OffHeapBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Maps that remove mappings by themselves: those whose lifetime is over, and the oldest where memory is short. */
@Timeout(120)
class RecordMapExpiryTest {

    private static final Duration LIFETIME = Duration.ofSeconds(10);
    private static final int BYTES = 1 << 20;

    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1_000);
    private final MutableDirectBuffer key = OffHeapBuffer.ofAuto(64);
    private final MutableDirectBuffer value = OffHeapBuffer.ofAuto(BYTES);
    private final List<String> removed = new ArrayList<>();

    private BytesMap.Builder builder() {
        return BytesMap.builder()
                .maximumBytes(BYTES)
                .nanoTime(clock::get)
                .removalListener((cause, bytes, keyOffset, keyLength, valueOffset, valueLength) ->
                        removed.add(cause + " " + bytes.getLong(keyOffset) + "=" + bytes.getLong(valueOffset)));
    }

    private void pass(Duration time) {
        clock.addAndGet(time.toNanos());
    }

    private void put(BytesMap map, long k, long v) {
        key.putLong(0, k);
        value.putLong(0, v);
        map.put(key, 0, 8, value, 0, 8);
    }

    private long get(BytesMap map, long k) {
        key.putLong(0, k);
        return map.get(key, 0, 8, value, 0) == BytesMap.MISSING ? -1 : value.getLong(0);
    }

    @Test
    void aMappingIsMissingOnceItsLifetimeIsOver() {
        try (BytesMap map = builder().expireAfterWrite(LIFETIME).recordReads().build()) {
            put(map, 1, 11);
            pass(LIFETIME.minusNanos(1));
            assertThat(get(map, 1)).isEqualTo(11);
            put(map, 2, 22);
            pass(Duration.ofNanos(1));
            assertThat(get(map, 1)).isEqualTo(-1);
            assertThat(get(map, 2)).isEqualTo(22);
            key.putLong(0, 1);
            assertThat(map.containsKey(key, 0, 8)).isFalse();
            assertThat(map.read(key, 0, 8, (bytes, offset, length) -> {})).isFalse();
            assertThat(map.remove(key, 0, 8)).isFalse();
            value.putLong(0, 11);
            assertThat(map.remove(key, 0, 8, value, 0, 8)).isFalse();
            assertThat(map.replace(key, 0, 8, value, 0, 8)).isFalse();
            assertThat(map.compareAndSet(key, 0, 8, value, 0, 8, value, 0, 8)).isFalse();
            assertThat(map.update(key, 0, 8, value, (buffer, length) -> length)).isEqualTo(BytesMap.MISSING);
            Set<Long> seen = new HashSet<>();
            map.forEach((bytes, keyOffset, keyLength, valueOffset, valueLength) -> seen.add(bytes.getLong(keyOffset)));
            assertThat(seen).containsExactly(2L);
            BytesMapStatistics statistics = map.statistics();
            assertThat(statistics.hits()).isEqualTo(2);
            assertThat(statistics.misses()).isEqualTo(2);
        }
    }

    @Test
    void aNewValueTakesThePlaceOfOneThatHasExpired() {
        try (BytesMap map = builder().expireAfterWrite(LIFETIME).build()) {
            put(map, 1, 11);
            put(map, 2, 22);
            pass(LIFETIME);
            key.putLong(0, 1);
            value.putLong(0, 12);
            assertThat(map.putIfAbsent(key, 0, 8, value, 0, 8)).isTrue();
            key.putLong(0, 2);
            assertThat(map.getAndAdd(key, 0, 8, 0, 5)).isZero();
            assertThat(get(map, 1)).isEqualTo(12);
            assertThat(get(map, 2)).isEqualTo(5);
            assertThat(removed).containsExactly("EXPIRED 1=11", "EXPIRED 2=22");
            assertThat(map.statistics().expired()).isEqualTo(2);
            assertThat(map.size()).isEqualTo(2);
        }
    }

    @Test
    void eachWriteBeginsTheLifetimeAnew() {
        try (BytesMap map = builder().expireAfterWrite(LIFETIME).build()) {
            put(map, 1, 11);
            pass(LIFETIME.minusNanos(1));
            key.putLong(0, 1);
            assertThat(map.getAndAdd(key, 0, 8, 0, 1)).isEqualTo(11);
            pass(LIFETIME.minusNanos(1));
            map.update(key, 0, 8, value, (buffer, length) -> {
                buffer.putLong(0, buffer.getLong(0) + 1);
                return length;
            });
            pass(LIFETIME.minusNanos(1));
            assertThat(get(map, 1)).isEqualTo(13);
            pass(Duration.ofNanos(1));
            assertThat(get(map, 1)).isEqualTo(-1);
        }
    }

    @Test
    void aMappingMayHaveALifetimeOfItsOwn() {
        try (BytesMap map = builder().expireAfterWrite(LIFETIME).build()) {
            key.putLong(0, 1);
            value.putLong(0, 11);
            map.put(key, 0, 8, value, 0, 8, Duration.ofSeconds(1));
            key.putLong(0, 2);
            map.put(key, 0, 8, value, 0, 8, BytesMap.Builder.FOREVER);
            pass(Duration.ofSeconds(1));
            assertThat(get(map, 1)).isEqualTo(-1);
            pass(Duration.ofDays(10_000));
            assertThat(get(map, 2)).isEqualTo(11);
            assertThatThrownBy(() -> map.put(key, 0, 8, value, 0, 8, Duration.ZERO))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("lifetime=PT0S");
        }
        try (BytesMap map = builder().build()) {
            assertThatThrownBy(() -> map.put(key, 0, 8, value, 0, 8, LIFETIME))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("expireAfterWrite");
        }
    }

    /** Ten times what the map holds comes and expires; half of it has a lifetime that is much longer. */
    @ParameterizedTest
    @ValueSource(ints = {1, 60})
    void whatHasExpiredIsRemovedByUpdates(int factor) {
        try (BytesMap map = builder().expireAfterWrite(LIFETIME).build()) {
            long rounds = 40;
            long each = 500;
            for (int round = 0; round < rounds; round++) {
                for (long k = 0; k < each; k++) {
                    key.putLong(0, round * each + k);
                    value.putLong(0, k);
                    map.put(key, 0, 8, value, 0, 200, k % 2 == 0 ? LIFETIME : LIFETIME.dividedBy(factor));
                }
                pass(LIFETIME.dividedBy(4));
            }
            BytesMapStatistics statistics = map.statistics();
            assertThat(statistics.expired()).as(statistics.toString()).isGreaterThan(rounds * each * 2 / 3);
            assertThat(removed).hasSize((int) statistics.expired()).doesNotHaveDuplicates();
            assertThat(map.size() + statistics.expired()).isEqualTo(rounds * each);
            pass(LIFETIME);
            map.removeExpired();
            statistics = map.statistics();
            // What is in the segments that are installed still, which nothing goes through.
            assertThat(statistics.size()).as(statistics.toString()).isLessThan(2 * each);
        }
    }

    @Test
    void aListenerThatThrowsDoesNoHarm() {
        AtomicReference<Throwable> handled = new AtomicReference<>();
        IllegalStateException thrown = new IllegalStateException("listener");
        try (BytesMap map = BytesMap.builder()
                .expireAfterWrite(LIFETIME)
                .nanoTime(clock::get)
                .removalListener((cause, bytes, keyOffset, keyLength, valueOffset, valueLength) -> {
                    throw thrown;
                })
                .build()) {
            put(map, 1, 11);
            pass(LIFETIME);
            Thread.currentThread().setUncaughtExceptionHandler((thread, e) -> handled.set(e));
            put(map, 1, 12);
            Thread.currentThread().setUncaughtExceptionHandler(null);
            assertThat(handled).hasValue(thrown);
            assertThat(get(map, 1)).isEqualTo(12);
        }
    }

    @Test
    void theOldestGoWhereMemoryIsShort() {
        try (BytesMap map = builder().evictOldest().build()) {
            int puts = 50_000;
            for (long k = 0; k < puts; k++) {
                put(map, k, -k);
            }
            BytesMapStatistics statistics = map.statistics();
            long size = map.size();
            assertThat(statistics.evicted()).isEqualTo(puts - size);
            // A record takes 24 bytes: more than the half of the memory is in use.
            assertThat(size).as(statistics.toString()).isGreaterThan(BYTES / 24 / 2);
            assertThat(statistics.usedBytes()).isLessThanOrEqualTo(BYTES);
            // The newest half of what there can be is there.
            for (long k = puts - size / 2; k < puts; k++) {
                assertThat(get(map, k)).isEqualTo(-k);
            }
            Set<String> expected = new HashSet<>();
            for (long k = 0; k < puts; k++) {
                if (get(map, k) == -1) {
                    expected.add("EVICTED " + k + "=" + -k);
                }
            }
            assertThat(new HashSet<>(removed)).isEqualTo(expected);
            assertThat(removed).hasSize(expected.size());
        }
    }

    /** Some keys are read and written all the time, others once: the former stay. */
    @Test
    void whatIsWrittenAgainIsNew() {
        try (BytesMap map = builder().evictOldest().build()) {
            for (long k = 1_000; k < 60_000; k++) {
                put(map, k, k);
                put(map, k % 100, k);
            }
            for (long k = 0; k < 100; k++) {
                assertThat(get(map, k)).isGreaterThan(59_000);
            }
        }
    }

    /** A value that needs a segment of its own evicts several, and is evicted itself. */
    @Test
    void aLargeValueEvictsManySmallOnes() {
        try (BytesMap map = builder().evictOldest().build()) {
            for (long k = 0; k < 20_000; k++) {
                put(map, k, k);
            }
            key.putLong(0, -1);
            value.putLong(0, 77);
            map.put(key, 0, 8, value, 0, BYTES / 2);
            assertThat(get(map, -1)).isEqualTo(77);
            for (long k = 0; k < 60_000; k++) {
                put(map, k, k);
            }
            assertThat(get(map, -1)).isEqualTo(-1);
            assertThat(removed).contains("EVICTED -1=77");
        }
    }

    /** Two threads choose a segment of expired records each: the one of the slower is not forgotten. */
    @Test
    void aSegmentThatIsNotChosenInTheEndIsStillLookedThrough() {
        AtomicLong memory = new AtomicLong();
        LongLongMap index = LongLongMap.create();
        Log log = new Log(bytes -> TestRecordMaps.regions(bytes, memory), 1024, 64 * 1024, 1, 1000);
        KeyHash hash = Xxh3.ofRandomSeed();
        AtomicLong time = new AtomicLong();
        AtomicReference<Runnable> meanwhile = new AtomicReference<>();
        Expiry expiry = Expiry.after(LIFETIME.toNanos(), () -> {
            Runnable other = meanwhile.getAndSet(null);
            if (other != null) {
                other.run();
            }
            return time.get();
        });
        Removals removals = new Removals(log, index, expiry, null);
        Evacuator evacuator = new Evacuator(log, index, hash, 1_000, removals, false);
        try (RecordMap map = new RecordMap(index, log, hash, evacuator)) {
            AtomicLong next = new AtomicLong();
            Runnable put = () -> {
                key.putLong(0, next.getAndIncrement());
                map.update(RecordMap.Change.PUT, key, 0, 8, null, 0, 0, value, 0, 8);
            };
            for (int i = 0; i < 200; i++) {
                put.run();
            }
            time.addAndGet(2 * LIFETIME.toNanos());
            meanwhile.set(() -> {
                while (removals.expired() == 0) {
                    put.run();
                }
            });
            evacuator.makeRoom();
            assertThat(meanwhile).hasNullValue();
            for (int i = 0; i < 200; i++) {
                put.run();
            }
            map.removeExpired();
            index.forEach((keyHash, reference) -> {
                Segment segment = log.segment(reference);
                long valueAt = Records.valueAt(Reference.offset(reference), 8);
                assertThat(segment.canBeWalked() && expiry.isExpired(segment.words, valueAt))
                        .isFalse();
            });
        }
    }

    /** The record of a writer that is suspended before it is in the index cannot be evicted: the others can. */
    @Test
    void aWriterThatIsSuspendedHoldsUpNoEviction() {
        AtomicLong memory = new AtomicLong();
        LongLongMap index = LongLongMap.create();
        Log log = new Log(bytes -> TestRecordMaps.regions(bytes, memory), 4096, 64 * 4096, 1, 1000);
        KeyHash hash = Xxh3.ofRandomSeed();
        Removals removals = new Removals(log, index, Expiry.NEVER, null);
        Evacuator evacuator = new Evacuator(log, index, hash, 0, removals, true);
        try (RecordMap map = new RecordMap(index, log, hash, evacuator)) {
            long suspended = log.append(24, 0);
            Segment segment = log.segment(suspended);
            key.putLong(0, -1);
            TestRecordMaps.write(segment, suspended, key, 0, 8, value, 0, 8);
            segment.settle(24);
            for (long k = 0; k < 50_000; k++) {
                key.putLong(0, k);
                map.update(RecordMap.Change.PUT, key, 0, 8, null, 0, 0, value, 0, 8);
            }
            assertThat(segment.isCurrent(Reference.generation(suspended))).isTrue();
            key.putLong(0, -1);
            index.put(hash.hash(key, 0, 8), suspended);
            for (long k = 0; k < 50_000; k++) {
                key.putLong(0, k);
                map.update(RecordMap.Change.PUT, key, 0, 8, null, 0, 0, value, 0, 8);
            }
            assertThat(segment.isCurrent(Reference.generation(suspended))).isFalse();
            TestRecordMaps.audit(map);
        }
    }

    /** Many threads: what each has put is there or was evicted, once. Hashes collide, so records are shared. */
    @ParameterizedTest
    @ValueSource(longs = {-1, 0xfff})
    void evictionByManyThreads(long hashMask) throws InterruptedException {
        int threads = 4;
        long puts = 10_000;
        Set<Long> evicted = ConcurrentHashMap.newKeySet();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        AtomicLong memory = new AtomicLong();
        LongLongMap index = LongLongMap.create();
        int limit = hashMask == -1 ? 256 << 10 : 1 << 20;
        Log log = new Log(bytes -> TestRecordMaps.regions(bytes, memory), 4096, limit, 2, 1000);
        KeyHash hash = new TestRecordMaps.Masked(Xxh3.ofRandomSeed(), hashMask);
        RemovalListener listener = (cause, bytes, keyOffset, keyLength, valueOffset, valueLength) -> {
            long k = bytes.getLong(keyOffset);
            if (cause != RemovalCause.EVICTED || bytes.getLong(valueOffset) != ~k || !evicted.add(k)) {
                failure.set(new AssertionError("evicted: key=" + k + " value=" + bytes.getLong(valueOffset)));
            }
        };
        Removals removals = new Removals(log, index, Expiry.NEVER, listener);
        Evacuator evacuator = new Evacuator(log, index, hash, 0, removals, true);
        try (RecordMap map = new RecordMap(index, log, hash, evacuator)) {
            CountDownLatch ended = new CountDownLatch(threads);
            for (int t = 0; t < threads; t++) {
                long first = t * puts;
                Thread.ofPlatform().daemon().start(() -> {
                    try {
                        MutableDirectBuffer k = OffHeapBuffer.ofAuto(8);
                        MutableDirectBuffer v = OffHeapBuffer.ofAuto(64);
                        for (long i = first; i < first + puts; i++) {
                            k.putLong(0, i);
                            v.putLong(0, ~i);
                            map.update(RecordMap.Change.PUT, k, 0, 8, null, 0, 0, v, 0, 8 + (int) (i % 56));
                        }
                    } catch (Throwable e) {
                        failure.set(e);
                    } finally {
                        ended.countDown();
                    }
                });
            }
            assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(failure).hasNullValue();
            long size = map.size();
            assertThat(evicted).hasSize((int) (threads * puts - size));
            Set<Long> present = new HashSet<>();
            map.forEach((bytes, keyOffset, keyLength, valueOffset, valueLength) -> {
                assertThat(bytes.getLong(valueOffset)).isEqualTo(~bytes.getLong(keyOffset));
                present.add(bytes.getLong(keyOffset));
            });
            assertThat(present).hasSize((int) size).doesNotContainAnyElementsOf(evicted);
            TestRecordMaps.audit(map);
        }
    }
}
