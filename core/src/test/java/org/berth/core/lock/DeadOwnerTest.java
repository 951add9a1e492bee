package org.berth.core.lock;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.berth.offheap.ForwardingWords;
import org.berth.offheap.Words;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Owners that end without closing: the next thread that wants the lock gets it and is told, whatever step was their
 * last.
 */
@Timeout(120)
class DeadOwnerTest {

    private final KeyLocks locks = KeyLocks.create();

    @Test
    void theNextOwnerIsToldOnce() throws InterruptedException {
        KeyLocksTest.inThread(() -> locks.lock(1));
        assertThat(locks.heldLocks()).singleElement().satisfies(info -> {
            assertThat(info.key()).isEqualTo(1L);
            assertThat(info.owner().isAlive()).isFalse();
        });
        try (KeyLock mine = locks.lock(1)) {
            assertThat(mine.abandoned())
                    .singleElement()
                    .satisfies(
                            info -> assertThat(info.toString()).startsWith("key=1 owner=other alive=false since=20"));
            try (KeyLock again = locks.lock(1)) {
                assertThat(again.abandoned()).isSameAs(mine.abandoned());
            }
            assertThat(KeyLocksTest.elsewhere(() -> locks.tryLock(1))).isFalse();
        }
        try (KeyLock next = locks.lock(1)) {
            assertThat(next.abandoned()).isEmpty();
        }
    }

    @Test
    void aLockThatWasLockedTwiceIsAbandonedOnce() throws InterruptedException {
        KeyLocksTest.inThread(() -> {
            locks.lock("n");
            locks.lock("n");
        });
        try (KeyLock mine = locks.tryLock("n")) {
            assertThat(mine).isNotNull();
            assertThat(mine.abandoned()).extracting(LockInfo::key).containsExactly("n");
        }
        assertThat(locks.heldLocks()).isEmpty();
    }

    @Test
    void oneOfSeveralIsTold() throws Exception {
        for (int round = 0; round < 200; round++) {
            KeyLocksTest.inThread(() -> locks.lockAll(1, 2));
            CyclicBarrier start = new CyclicBarrier(3);
            AtomicInteger told = new AtomicInteger();
            List<Thread> takers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                boolean exclusively = i == 2 && round % 2 == 0;
                takers.add(KeyLocksTest.start(() -> {
                    start.await();
                    try (KeyLock mine = exclusively ? locks.lockExclusively() : locks.lockAll(2, 1)) {
                        told.addAndGet(mine.abandoned().size());
                    }
                }));
            }
            for (Thread taker : takers) {
                taker.join();
            }
            assertThat(told).as("keys, each reported to one thread").hasValue(2);
        }
        assertThat(locks.heldLocks()).isEmpty();
    }

    @Test
    void theExclusiveLockIsTakenOverByAnyLock() throws InterruptedException {
        KeyLocksTest.inThread(locks::lockExclusively);
        try (KeyLock mine = locks.lock(1)) {
            assertThat(mine.abandoned()).extracting(LockInfo::key).containsExactly((Object) null);
        }
        KeyLocksTest.inThread(() -> {
            locks.lockExclusively();
            locks.lock(3);
        });
        try (KeyLock exclusive = locks.lockExclusively()) {
            assertThat(exclusive.abandoned()).extracting(LockInfo::key).containsExactly(null, 3L);
        }
        assertThat(locks.heldLocks()).isEmpty();
        assertThat(KeyLocksTest.elsewhere(() -> locks.tryLock(3))).isTrue();
    }

    @Test
    void anExclusiveAttemptInVainLeavesTheReportToTheNextOwner() throws InterruptedException {
        KeyLocksTest.inThread(() -> locks.lock(1));
        KeyLock inTheWay = locks.lock(2);
        KeyLocksTest.inThread(
                () -> assertThat(locks.tryLockExclusively(20, MILLISECONDS)).isNull());
        inTheWay.close();
        try (KeyLock mine = locks.lock(1)) {
            assertThat(mine.abandoned()).extracting(LockInfo::key).containsExactly(1L);
        }
        assertThat(locks.heldLocks()).isEmpty();
    }

    @Test
    void aThreadMayEndAtAnyStep() throws Exception {
        int steps = 0;
        for (boolean died = true; died; steps++) {
            Mortal mortal = new Mortal(steps);
            KeyLocks mine = new KeyLocks(mortal::words, 1, BackoffIdleStrategy::new);
            try (KeyLock inTheWay = mine.lock(7)) {
                assertThat(inTheWay.abandoned()).isEmpty();
                died = mortal.run(() -> {
                    // A node before another, behind another, alone; by name; several; again.
                    mortal.lock(mine, 1);
                    KeyLock second = mine.lock("n");
                    mortal.close();
                    KeyLock third = mine.lockAll(1, 2, 3);
                    second.close();
                    third.close();
                    mine.lock(2).close();
                });
            }
            assertOneIsTold(mine, mortal);
        }
        assertThat(steps).as("steps, each of which was once the last").isGreaterThan(100);
    }

    @Test
    void aThreadMayEndAtAnyStepToTheExclusiveLock() throws Exception {
        int steps = 0;
        for (boolean died = true; died; steps++) {
            Mortal mortal = new Mortal(steps);
            KeyLocks mine = new KeyLocks(mortal::words, 2, BackoffIdleStrategy::new);
            KeyLocksTest.inThread(() -> mine.lock(5));
            died = mortal.run(() -> {
                mine.lockExclusively().close();
                mine.lock(1).close();
            });
            assertOneIsTold(mine, mortal);
        }
        assertThat(steps).as("steps, each of which was once the last").isGreaterThan(20);
    }

    /** Two threads lock all of it; neither waits for the terminated one, and its lock is reported once. */
    private static void assertOneIsTold(KeyLocks locks, Mortal mortal) throws InterruptedException {
        AtomicInteger told = new AtomicInteger();
        AtomicInteger finished = new AtomicInteger();
        List<Thread> takers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            takers.add(KeyLocksTest.start(() -> {
                try (KeyLock mine = locks.tryLock(1, 10, SECONDS)) {
                    told.addAndGet((int) mine.abandoned().stream()
                            .filter(info -> Long.valueOf(1).equals(info.key()))
                            .count());
                }
                locks.tryLock("n", 10, SECONDS).close();
                locks.tryLockAll(10, SECONDS, 3, 2, 1).close();
                locks.tryLockExclusively(10, SECONDS).close();
                finished.incrementAndGet();
            }));
        }
        for (Thread taker : takers) {
            taker.join();
        }
        assertThat(finished).hasValue(2);
        if (mortal.holds) {
            assertThat(told).hasValue(1);
        }
        assertThat(told.get()).isLessThanOrEqualTo(1);
        assertThat(locks.heldLocks()).isEmpty();
        assertThat(locks.nodeCount()).isLessThanOrEqualTo(64);
    }

    /** A thread whose accesses to memory throw after so many steps, and which ends of it. */
    private static final class Mortal {

        private int steps;
        private @Nullable Thread thread;

        /** Whether it is certain that it holds the lock of key 1. */
        private boolean holds;

        private @Nullable KeyLock lock;

        Mortal(int steps) {
            this.steps = steps;
        }

        Words words(long bytes) {
            return new MortalWords(Words.ofAuto(bytes), this);
        }

        /** Returns whether it ended so. */
        boolean run(KeyLocksTest.Action action) throws InterruptedException {
            boolean[] died = {false};
            Thread running = Thread.ofPlatform().unstarted(() -> {
                try {
                    action.run();
                } catch (Death e) {
                    died[0] = true;
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
            thread = running;
            running.start();
            running.join();
            return died[0];
        }

        void lock(KeyLocks locks, long key) {
            lock = locks.lock(key);
            holds = true;
        }

        void close() {
            holds = false;
            if (lock != null) {
                lock.close();
            }
        }

        void step() {
            if (Thread.currentThread() == thread && steps-- <= 0) {
                // At every later step too: a finally block must not get further.
                throw new Death();
            }
        }
    }

    /** Ends a thread; only the test catches it. */
    private static final class Death extends Error {

        private static final long serialVersionUID = 1;
    }

    private static final class MortalWords extends ForwardingWords {

        private final Mortal mortal;

        MortalWords(Words words, Mortal mortal) {
            super(words);
            this.mortal = mortal;
        }

        @Override
        public long get(long offset) {
            mortal.step();
            return super.get(offset);
        }

        @Override
        public long getOpaque(long offset) {
            mortal.step();
            return super.getOpaque(offset);
        }

        @Override
        public long getAcquire(long offset) {
            mortal.step();
            return super.getAcquire(offset);
        }

        @Override
        public long getVolatile(long offset) {
            mortal.step();
            return super.getVolatile(offset);
        }

        @Override
        public void setOpaque(long offset, long value) {
            mortal.step();
            super.setOpaque(offset, value);
        }

        @Override
        public boolean compareAndSet(long offset, long expected, long value) {
            mortal.step();
            return super.compareAndSet(offset, expected, value);
        }

        @Override
        public long getAndAdd(long offset, long delta) {
            mortal.step();
            return super.getAndAdd(offset, delta);
        }
    }
}
