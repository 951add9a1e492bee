package org.berth.core.lock;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.berth.offheap.TestDepth;
import org.berth.offheap.Words;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Many threads, for a while: plain counters that only locks guard add up, no two threads hold a lock at once, and none
 * waits for ever. {@code -Dberth.locks.seconds=600} for longer.
 */
@Timeout(1_200)
class KeyLockSoakTest {

    private static final int KEYS = 6;
    private static final long SECONDS = TestDepth.of("berth.locks.seconds", 1, 3);
    private static final long PATIENCE_SECONDS = 60;

    private final long[] counters = new long[KEYS];
    private final int[] owners = new int[KEYS];
    private final AtomicLong counted = new AtomicLong();
    private final AtomicInteger violations = new AtomicInteger();

    @Test
    void platformThreads() throws InterruptedException {
        soak(Thread.ofPlatform().factory(), 4 * Runtime.getRuntime().availableProcessors(), 1);
    }

    @Test
    void virtualThreads() throws InterruptedException {
        soak(Thread.ofVirtual().factory(), 100, 4);
    }

    private void soak(ThreadFactory factory, int threads, int buckets) throws InterruptedException {
        KeyLocks locks = new KeyLocks(Words::ofAuto, buckets, BackoffIdleStrategy::new);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        CountDownLatch ended = new CountDownLatch(threads);
        List<Thread> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            SplittableRandom random = new SplittableRandom(i);
            all.add(factory.newThread(() -> {
                while (System.nanoTime() < end) {
                    step(locks, random);
                }
                ended.countDown();
            }));
        }
        all.forEach(Thread::start);
        assertThat(ended.await(SECONDS + PATIENCE_SECONDS, TimeUnit.SECONDS))
                .as("all threads end")
                .isTrue();
        for (Thread thread : all) {
            thread.join();
        }
        long sum = 0;
        for (long counter : counters) {
            sum += counter;
        }
        assertThat(sum).isEqualTo(counted.get()).isGreaterThan(1_000);
        assertThat(violations).as("two owners at once").hasValue(0);
        assertThat(locks.heldLocks()).isEmpty();
    }

    private void step(KeyLocks locks, SplittableRandom random) {
        int key = random.nextInt(KEYS);
        int other = random.nextInt(KEYS);
        switch (random.nextInt(20)) {
            case 0 -> {
                try (KeyLock exclusive = locks.lockExclusively()) {
                    count(exclusive, 0, 1, 2, 3, 4, 5);
                }
            }
            case 1, 2, 3 -> {
                try (KeyLock both = locks.lockAll(key, other)) {
                    count(both, key, other);
                }
            }
            case 4 -> {
                try (KeyLock mine = locks.lock(Math.min(key, other));
                        KeyLock also = locks.lock(Math.max(key, other))) {
                    count(mine, key);
                    count(also, other);
                }
            }
            case 5, 6 -> {
                try (KeyLock mine = locks.tryLock(key)) {
                    if (mine != null) {
                        count(mine, key);
                    }
                }
            }
            default -> {
                try (KeyLock mine = locks.lock(key)) {
                    count(mine, key);
                }
            }
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // lets other threads come between, if no lock excludes them
    private void count(KeyLock lock, int... keys) {
        assertThat(lock.abandoned()).isEmpty();
        for (int key : keys) {
            if (owners[key]++ != 0) {
                violations.incrementAndGet();
            }
            long before = counters[key];
            if ((before & 0xFF) == 0) {
                Thread.yield();
            }
            counters[key] = before + 1;
            counted.incrementAndGet();
            owners[key]--;
        }
    }

    @Test
    void virtualThreadsThatWaitLeaveTheirCarriersToOthers() throws InterruptedException {
        KeyLocks locks = KeyLocks.create();
        KeyLock mine = locks.lock(1);
        List<Thread> waiting = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            waiting.add(Thread.ofVirtual().start(() -> locks.lock(1).close()));
        }
        AtomicInteger worked = new AtomicInteger();
        for (int i = 0; i < 100; i++) {
            Thread.ofVirtual().start(worked::incrementAndGet).join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        }
        assertThat(worked).hasValue(100);
        mine.close();
        for (Thread thread : waiting) {
            assertThat(thread.join(java.time.Duration.ofSeconds(PATIENCE_SECONDS)))
                    .isTrue();
        }
    }
}
