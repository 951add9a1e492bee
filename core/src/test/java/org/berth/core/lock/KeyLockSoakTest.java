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
 * Many threads, for a while: plain counters that only sections guard add up, nobody finds anybody inside, and nobody waits for ever.
 * {@code -Dberth.sections.seconds=600} for longer.
 */
@Timeout(1_200)
class KeyLockSoakTest {

    private static final int KEYS = 6;
    private static final long SECONDS = TestDepth.of("berth.sections.seconds", 1, 3);
    private static final long PATIENCE_SECONDS = 60;

    private final long[] counters = new long[KEYS];
    private final int[] inside = new int[KEYS];
    private final AtomicLong entered = new AtomicLong();
    private final AtomicInteger met = new AtomicInteger();

    @Test
    void platformThreads() throws InterruptedException {
        soak(Thread.ofPlatform().factory(), 4 * Runtime.getRuntime().availableProcessors(), 1);
    }

    @Test
    void virtualThreads() throws InterruptedException {
        soak(Thread.ofVirtual().factory(), 100, 4);
    }

    private void soak(ThreadFactory factory, int threads, int chains) throws InterruptedException {
        KeyLocks sections = new KeyLocks(Words::ofAuto, chains, BackoffIdleStrategy::new);
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        CountDownLatch ended = new CountDownLatch(threads);
        List<Thread> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            SplittableRandom random = new SplittableRandom(i);
            all.add(factory.newThread(() -> {
                while (System.nanoTime() < end) {
                    step(sections, random);
                }
                ended.countDown();
            }));
        }
        all.forEach(Thread::start);
        assertThat(ended.await(SECONDS + PATIENCE_SECONDS, TimeUnit.SECONDS))
                .as("nobody is left behind")
                .isTrue();
        for (Thread thread : all) {
            thread.join();
        }
        long sum = 0;
        for (long counter : counters) {
            sum += counter;
        }
        assertThat(sum).isEqualTo(entered.get()).isGreaterThan(1_000);
        assertThat(met).as("meetings inside").hasValue(0);
        assertThat(sections.held()).isEmpty();
    }

    private void step(KeyLocks sections, SplittableRandom random) {
        int key = random.nextInt(KEYS);
        int other = random.nextInt(KEYS);
        switch (random.nextInt(20)) {
            case 0 -> {
                try (KeyLock whole = sections.lockExclusively()) {
                    count(whole, 0, 1, 2, 3, 4, 5);
                }
            }
            case 1, 2, 3 -> {
                try (KeyLock both = sections.lockAll(key, other)) {
                    count(both, key, other);
                }
            }
            case 4 -> {
                try (KeyLock mine = sections.lock(Math.min(key, other));
                        KeyLock also = sections.lock(Math.max(key, other))) {
                    count(mine, key);
                    count(also, other);
                }
            }
            case 5, 6 -> {
                try (KeyLock mine = sections.tryLock(key)) {
                    if (mine != null) {
                        count(mine, key);
                    }
                }
            }
            default -> {
                try (KeyLock mine = sections.lock(key)) {
                    count(mine, key);
                }
            }
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // lets others come between, if nothing keeps them out
    private void count(KeyLock section, int... keys) {
        assertThat(section.abandoned()).isEmpty();
        for (int key : keys) {
            if (inside[key]++ != 0) {
                met.incrementAndGet();
            }
            long before = counters[key];
            if ((before & 0xFF) == 0) {
                Thread.yield();
            }
            counters[key] = before + 1;
            entered.incrementAndGet();
            inside[key]--;
        }
    }

    @Test
    void virtualThreadsThatWaitKeepNoCarrierFromOthers() throws InterruptedException {
        KeyLocks sections = KeyLocks.create();
        KeyLock mine = sections.lock(1);
        List<Thread> waiting = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            waiting.add(Thread.ofVirtual().start(() -> sections.lock(1).close()));
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
