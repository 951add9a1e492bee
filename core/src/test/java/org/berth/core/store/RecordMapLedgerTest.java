package org.berth.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.agrona.MutableDirectBuffer;
import org.berth.core.map.MapFullException;
import org.berth.core.store.RecordMap.Change;
import org.berth.offheap.OffHeapBuffer;
import org.berth.offheap.TestDepth;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Threads that update the same keys in a map whose segments are recycled all the time, and keep a ledger. A value has
 * its key, a number that no other value has, and words that follow from both: so a reader knows whether it saw one
 * whole value of the right key, and whether an older one came back.
 */
@Timeout(300)
class RecordMapLedgerTest {

    private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(TestDepth.of(1_500, 6_000));

    private static final long MAX_NANOS_TO_CATCH = TimeUnit.SECONDS.toNanos(60);

    /** How long the threads may take to end. A broken map can keep one for ever, until it is closed. */
    private long secondsToEnd = 60;

    private final AtomicBoolean stop = new AtomicBoolean();
    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

    /** One key of one thread's own, or keys that all threads share, of few or many hashes. */
    @ParameterizedTest
    @CsvSource({
        "2, 16, 512, 1, -1, 1024",
        "4, 64, 1024, 2, -1, 64",
        "4, 8, 512, 1, 1, 1024",
        "8, 300, 4096, 4, -1, 512",
        "3, 2, 256, 2, -1, 1024",
        "4, 12, 1024, 2, 3, 1024"
    })
    void eachVersionIsStoredAndReplacedOnce(
            int threads, int keys, int segment, int points, long hashMask, int limitInSegments)
            throws InterruptedException {
        try (RecordMap map = TestRecordMaps.create(segment, (long) limitInSegments * segment, points, hashMask)) {
            keepLedger(map, threads, keys, NANOS);
            BytesMapStatistics statistics = map.statistics();
            assertThat(statistics.segmentsRecycled()).as(statistics.toString()).isGreaterThan(100);
            assertThat(statistics.evacuated()).as(statistics.toString()).isPositive();
        }
    }

    /** Each of these is caught by the ledger, by the audit, or by a check on the way. */
    @ParameterizedTest
    @EnumSource(
            names = {
                "GENERATION_NOT_COMPARED",
                "WALKED_UNSETTLED",
                "RECYCLED_WHILE_INSTALLED",
                "GENERATION_NOT_ADVANCED",
                "MOVED_BY_STORE",
                "MOVED_WITHOUT_SUCCESS"
            })
    void brokenStepsAreCaught(BrokenStores broken) throws InterruptedException {
        secondsToEnd = 5;
        long begun = System.nanoTime();
        boolean caught = false;
        while (!caught && System.nanoTime() - begun < MAX_NANOS_TO_CATCH) {
            stop.set(false);
            failures.clear();
            try (RecordMap map = broken.create(512, 64 * 512, 2)) {
                keepLedger(map, 6, 12, NANOS / 3);
            } catch (AssertionError e) {
                caught = true;
            }
        }
        assertThat(caught).as("caught").isTrue();
    }

    /** All memory is given back, whatever the threads are in the middle of. */
    @Test
    void closingWhileThreadsAreInside() throws InterruptedException {
        for (int round = 0; round < 20; round++) {
            AtomicLong memory = new AtomicLong();
            RecordMap map = TestRecordMaps.create(
                    bytes -> TestRecordMaps.regions(bytes, memory), 512, 64 * 512, 2, -1, 1000, 0);
            AtomicLongArray ledger = new AtomicLongArray(12);
            AtomicLong versions = new AtomicLong();
            stop.set(false);
            run(4, TimeUnit.MILLISECONDS.toNanos(20), thread -> {
                Worker worker = new Worker(map, 12, ledger, versions, new SplittableRandom(thread));
                try {
                    while (!map.isClosed()) {
                        worker.step();
                        if (stop.get()) {
                            map.close();
                        }
                    }
                } catch (IllegalStateException e) {
                    assertThat(map.isClosed()).isTrue();
                }
            });
            assertThat(failures).isEmpty();
            assertThat(memory).hasValue(0);
        }
    }

    private void keepLedger(RecordMap map, int threads, int keys, long nanos) throws InterruptedException {
        // For each key the sum of all versions that went in and did not come out again.
        AtomicLongArray ledger = new AtomicLongArray(keys);
        AtomicLong versions = new AtomicLong();
        run(threads, nanos, thread -> {
            Worker worker = new Worker(map, keys, ledger, versions, new SplittableRandom(thread));
            while (!stop.get()) {
                worker.step();
            }
        });
        assertThat(failures).isEmpty();
        Worker reader = new Worker(map, keys, ledger, versions, new SplittableRandom());
        for (int key = 0; key < keys; key++) {
            assertThat(reader.read(key)).as("key %d", key).isEqualTo(ledger.get(key));
        }
        TestRecordMaps.audit(map);
    }

    private interface Body {
        void run(int thread) throws Exception;
    }

    private void run(int threads, long nanos, Body body) throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(threads);
        for (int i = 0; i < threads; i++) {
            int thread = i;
            Thread.ofPlatform().daemon().start(() -> {
                try {
                    body.run(thread);
                } catch (Throwable e) {
                    failures.add(e);
                    stop.set(true);
                } finally {
                    ended.countDown();
                }
            });
        }
        long deadline = System.nanoTime() + nanos;
        while (!stop.get() && System.nanoTime() - deadline < 0) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        stop.set(true);
        assertThat(ended.await(secondsToEnd, TimeUnit.SECONDS))
                .as("threads end")
                .isTrue();
    }

    private static final class Worker {

        private static final int HEAD = 2 * Long.BYTES;

        private final RecordMap map;
        private final int keys;
        private final AtomicLongArray ledger;
        private final AtomicLong versions;
        private final SplittableRandom random;
        private final MutableDirectBuffer key = OffHeapBuffer.ofAuto(128);
        private final MutableDirectBuffer seen = OffHeapBuffer.ofAuto(128);
        private final MutableDirectBuffer next = OffHeapBuffer.ofAuto(128);

        Worker(RecordMap map, int keys, AtomicLongArray ledger, AtomicLong versions, SplittableRandom random) {
            this.map = map;
            this.keys = keys;
            this.ledger = ledger;
            this.versions = versions;
            this.random = random;
        }

        private int key(int number) {
            key.putLong(0, number * 0x9E3779B97F4A7C15L);
            key.putInt(8, number);
            return 8 + number % 5;
        }

        private static int length(int key, long version) {
            return HEAD + (int) ((key * 31L + version * 17) & 63);
        }

        private int write(MutableDirectBuffer into, int number, long version) {
            int length = length(number, version);
            into.putLong(0, number);
            into.putLong(8, version);
            for (int i = HEAD; i < length; i++) {
                into.putByte(i, (byte) (number + version + i));
            }
            return length;
        }

        /** Returns the version of a key's value, 0 if there is none. */
        long read(int number) {
            int length = map.get(key, 0, key(number), seen, 0);
            return length == RecordMap.MISSING ? 0 : check(number, length);
        }

        private long check(int number, int length) {
            long version = seen.getLong(8);
            assertThat(seen.getLong(0)).as("key").isEqualTo(number);
            assertThat(length).as("length").isEqualTo(length(number, version));
            for (int i = HEAD; i < length; i++) {
                if (seen.getByte(i) != (byte) (number + version + i)) {
                    throw new AssertionError("torn value: key=" + number + " version=" + version + " at=" + i);
                }
            }
            return version;
        }

        private void replaceByFunction(int number, int keyLength, long version) {
            long[] before = new long[1];
            int result = map.update(key, 0, keyLength, seen, (value, length) -> {
                if (length == RecordMap.MISSING) {
                    return RecordMap.MISSING;
                }
                before[0] = check(number, length);
                return write(value, number, version);
            });
            if (result != RecordMap.MISSING) {
                ledger.addAndGet(number, version - before[0]);
            }
        }

        /** Looks at a value where it is, twice: it must not change meanwhile. */
        private void look(int number, int keyLength) {
            map.read(key, 0, keyLength, (bytes, at, length) -> {
                bytes.getBytes(at, seen, 0, length);
                long version = check(number, length);
                Thread.onSpinWait();
                bytes.getBytes(at, seen, 0, length);
                assertThat(check(number, length)).isEqualTo(version);
            });
        }

        void step() {
            int number = random.nextInt(keys);
            int length = map.get(key, 0, key(number), seen, 0);
            int keyLength = key(number);
            if (random.nextInt(8) == 0) {
                look(number, keyLength);
                return;
            }
            try {
                if (length == RecordMap.MISSING) {
                    long version = versions.incrementAndGet();
                    int nextLength = write(next, number, version);
                    if (!map.update(Change.PUT_IF_ABSENT, key, 0, keyLength, null, 0, 0, next, 0, nextLength)) {
                        ledger.addAndGet(number, version);
                    }
                    return;
                }
                long before = check(number, length);
                if (random.nextInt(8) == 0) {
                    if (map.update(Change.REMOVE, key, 0, keyLength, seen, 0, length, null, 0, 0)) {
                        ledger.addAndGet(number, -before);
                    }
                    return;
                }
                long version = versions.incrementAndGet();
                if (random.nextInt(3) == 0) {
                    replaceByFunction(number, keyLength, version);
                    return;
                }
                int nextLength = write(next, number, version);
                if (map.update(Change.REPLACE, key, 0, keyLength, seen, 0, length, next, 0, nextLength)) {
                    ledger.addAndGet(number, version - before);
                }
            } catch (MapFullException e) {
                // All segments are partly filled, or wait for a thread that was suspended.
                Thread.onSpinWait();
            }
        }
    }
}
