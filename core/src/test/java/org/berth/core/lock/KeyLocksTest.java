package org.berth.core.lock;

import static java.util.concurrent.TimeUnit.DAYS;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.berth.offheap.Words;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What locks promise, call by call. */
@Timeout(60)
class KeyLocksTest {

    private final KeyLocks locks = KeyLocks.create();

    /** All keys share one bucket. */
    private final KeyLocks crowded = new KeyLocks(Words::ofAuto, 1, BackoffIdleStrategy::new);

    @Test
    void oneThreadHoldsALock() throws InterruptedException {
        try (KeyLock mine = locks.lock(1)) {
            assertThat(mine.abandoned()).isEmpty();
            assertThat(elsewhere(() -> locks.tryLock(1))).isFalse();
            assertThat(elsewhere(() -> locks.tryLock(2))).isTrue();
        }
        assertThat(elsewhere(() -> locks.tryLock(1))).isTrue();
    }

    @Test
    void keysNeverCollide() throws InterruptedException {
        List<KeyLock> mine = new ArrayList<>();
        for (long key = 0; key < 1_000; key += 2) {
            mine.add(crowded.lock(key));
            mine.add(crowded.lock("n" + key));
        }
        for (long key = 0; key < 1_000; key++) {
            long of = key;
            assertThat(elsewhere(() -> crowded.tryLock(of))).isEqualTo(key % 2 == 1);
            assertThat(elsewhere(() -> crowded.tryLock("n" + of))).isEqualTo(key % 2 == 1);
        }
        // Not in the order in which they were locked.
        for (int i = 0; i < mine.size(); i += 2) {
            mine.get(i).close();
        }
        for (int i = mine.size() - 1; i > 0; i -= 2) {
            mine.get(i).close();
        }
        assertThat(crowded.heldLocks()).isEmpty();
    }

    @Test
    void namesOfOneHashCodeAndTheKeyOfThatNumberAreThree() throws InterruptedException {
        assertThat("Aa".hashCode()).isEqualTo("BB".hashCode());
        try (KeyLock mine = crowded.lock("Aa")) {
            assertThat(mine.abandoned()).isEmpty();
            assertThat(elsewhere(() -> crowded.tryLock("Aa"))).isFalse();
            assertThat(elsewhere(() -> crowded.tryLock("BB"))).isTrue();
            assertThat(elsewhere(() -> crowded.tryLock("Aa".hashCode()))).isTrue();
        }
    }

    @Test
    void theOwnerLocksAgain() throws InterruptedException {
        try (KeyLock outer = locks.lock(1)) {
            try (KeyLock inner = locks.lock(1);
                    KeyLock third = locks.tryLock(1)) {
                assertThat(inner).isSameAs(outer).isSameAs(third);
            }
            assertThat(elsewhere(() -> locks.tryLock(1))).isFalse();
        }
        assertThat(elsewhere(() -> locks.tryLock(1))).isTrue();
    }

    @Test
    void anExceptionReleases() throws InterruptedException {
        assertThatIllegalArgumentException().isThrownBy(() -> {
            try (KeyLock mine = locks.lockAll(3, 1, 2)) {
                throw new IllegalArgumentException(mine.toString());
            }
        });
        assertThat(elsewhere(() -> locks.tryLockExclusively(0, SECONDS))).isTrue();
    }

    @Test
    void onlyTheOwnerCloses() throws InterruptedException {
        KeyLock mine = locks.lock(7);
        AtomicInteger refused = new AtomicInteger();
        inThread(() -> {
            assertThatIllegalStateException().isThrownBy(mine::close).withMessageContaining("key=7 owner=");
            refused.incrementAndGet();
        });
        assertThat(refused).hasValue(1);
        assertThat(elsewhere(() -> locks.tryLock(7))).isFalse();
        mine.close();
        assertThatIllegalStateException().isThrownBy(mine::close).withMessageContaining("lock is closed");
        KeyLock all = locks.lockAll(7, 8);
        all.close();
        assertThatIllegalStateException().isThrownBy(all::close).withMessageContaining("locks=0");
        KeyLock exclusive = locks.lockExclusively();
        exclusive.close();
        assertThatIllegalStateException().isThrownBy(exclusive::close);
    }

    @Test
    void anAttemptInVainReturnsNullAndTheInfoNamesTheOwner() throws InterruptedException {
        Instant before = Instant.now().minusSeconds(1);
        try (KeyLock mine = locks.lock("till");
                KeyLock also = locks.lock(9)) {
            assertThat(mine).isNotSameAs(also);
            inThread(() -> {
                assertThat(locks.tryLock("till", 20, MILLISECONDS)).isNull();
                assertThat(locks.lockInfo("till")).asString().startsWith("name=till owner=main alive=true since=20");
                assertThat(locks.tryLockAll(1, MILLISECONDS, 3, 9, 10)).isNull();
                assertThat(locks.lockInfo(9)).asString().startsWith("key=9 owner=main");
                assertThat(locks.lockInfo(3)).as("nothing of it is left").isNull();
                assertThat(locks.tryLockAll(1, MILLISECONDS, "a", "till")).isNull();
                assertThat(locks.lockInfo("a")).as("nothing of it is left").isNull();
                assertThat(locks.tryLockExclusively(1, MILLISECONDS)).isNull();
                assertThat(locks.exclusiveLockInfo())
                        .as("nothing of it is left")
                        .isNull();
                assertThat(locks.tryLock(3)).as("nothing of it is left").isNotNull();
            });
            assertThat(locks.lockInfo(10)).as("a key that no thread has locked").isNull();
            assertThat(locks.heldLocks())
                    .filteredOn(info -> info.owner() == Thread.currentThread())
                    .allSatisfy(info -> assertThat(info.since()).isAfter(before))
                    .extracting(LockInfo::key)
                    .containsExactlyInAnyOrder("till", 9L);
        }
        assertThat(locks.lockInfo("till")).as("closed").isNull();
        assertThat(locks.lockInfo(9)).as("closed").isNull();
    }

    @Test
    void theInfoNamesTheOwnerOfTheExclusiveLock() throws InterruptedException {
        try (KeyLock mine = locks.lockExclusively()) {
            assertThat(mine.abandoned()).isEmpty();
            inThread(() -> {
                assertThat(locks.tryLock(1, 1, MILLISECONDS)).isNull();
                assertThat(locks.lockInfo(1)).as("the lock of the key is free").isNull();
                assertThat(locks.exclusiveLockInfo()).asString().startsWith("exclusive owner=main");
                assertThat(locks.tryLockExclusively(1, MILLISECONDS)).isNull();
                assertThat(locks.exclusiveLockInfo()).asString().startsWith("exclusive owner=main");
                assertThat(locks.tryLock(1)).isNull();
            });
            assertThat(locks.toString()).contains("exclusive owner=main alive=true");
        }
        assertThat(locks.exclusiveLockInfo()).isNull();
        assertThat(locks).hasToString("KeyLocks[]");
    }

    @Test
    void timesAreFromTheFirstThreadThatWaitsOrAsks() throws InterruptedException {
        try (KeyLock mine = locks.lock(1)) {
            assertThat(mine.abandoned()).isEmpty();
            assertThat(elsewhere(() -> locks.tryLock(1, 20, MILLISECONDS))).isFalse();
            Instant after = Instant.now();
            Thread.sleep(20);
            LockInfo first = locks.lockInfo(1);
            assertThat(first).isNotNull();
            assertThat(first.since()).isBefore(after);
            assertThat(locks.lockInfo(1)).isEqualTo(first);
        }
    }

    @Test
    void interruptionEndsTheWaitWithALimitAndNoOther() throws InterruptedException {
        KeyLock mine = locks.lock(1);
        AtomicInteger checks = new AtomicInteger();
        Thread limited = start(() -> {
            assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> locks.tryLock(1, 1, DAYS));
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            checks.incrementAndGet();
        });
        limited.interrupt();
        limited.join();
        CountDownLatch locked = new CountDownLatch(1);
        Thread patient = start(() -> {
            try (KeyLock lock = locks.lock(1)) {
                assertThat(lock.abandoned()).isEmpty();
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
                checks.incrementAndGet();
                locked.countDown();
            }
        });
        patient.interrupt();
        assertThat(locked.await(50, MILLISECONDS)).isFalse();
        mine.close();
        patient.join();
        assertThat(checks).hasValue(2);
    }

    @Test
    void lockAllLocksEachKeyOnceInOneOrder() throws InterruptedException {
        try (KeyLock mine = locks.lockAll(5, 3, 5, 4, 3)) {
            assertThat(locks.heldLocks()).extracting(LockInfo::key).containsExactlyInAnyOrder(3L, 4L, 5L);
            assertThat(elsewhere(() -> locks.tryLock(4))).isFalse();
            assertThat(mine.abandoned()).isEmpty();
        }
        try (KeyLock mine = locks.lockAll("b", "a", "b")) {
            assertThat(mine.abandoned()).isEmpty();
            assertThat(locks.heldLocks()).extracting(LockInfo::key).containsExactlyInAnyOrder("a", "b");
        }
        long[] many = new long[100];
        for (int i = 0; i < many.length; i++) {
            many[i] = i;
        }
        try (KeyLock mine = locks.lockAll(many);
                KeyLock inner = locks.lockAll(1, 2)) {
            assertThat(inner).isNotSameAs(mine);
            assertThat(locks.heldLocks()).hasSize(100);
        }
        assertThat(locks.heldLocks()).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> locks.lockAll(new long[0]));
        assertThatIllegalArgumentException().isThrownBy(() -> locks.lockAll(new String[0]));
        assertThatIllegalArgumentException().isThrownBy(() -> KeyLocks.builder().expectedLocks(0));
    }

    @Test
    void theExclusiveOwnerLocksAgainAndLocksKeys() throws InterruptedException {
        try (KeyLock exclusive = locks.lockExclusively()) {
            try (KeyLock again = locks.lockExclusively();
                    KeyLock key = locks.lock(1)) {
                assertThat(again).isSameAs(exclusive);
                assertThat(key).isNotSameAs(exclusive);
            }
            assertThat(elsewhere(() -> locks.tryLock(1))).isFalse();
            assertThat(elsewhere(() -> locks.tryLock("n"))).isFalse();
        }
        assertThat(elsewhere(() -> locks.tryLock(1))).isTrue();
    }

    @Test
    void lockingExclusivelyIsRefusedToTheOwnerOfAKey() throws InterruptedException {
        try (KeyLock mine = locks.lock(1)) {
            assertThat(mine.abandoned()).isEmpty();
            assertThatIllegalStateException().isThrownBy(locks::lockExclusively).withMessageContaining("locks=1");
        }
        assertThat(elsewhere(() -> locks.tryLockExclusively(0, SECONDS))).isTrue();
    }

    @Test
    void anOwnerLocksMoreWhileTheExclusiveLockIsWaitedFor() throws InterruptedException {
        KeyLock first = locks.lock(1);
        AtomicInteger acquired = new AtomicInteger();
        Thread waiting = start(() -> {
            try (KeyLock exclusive = locks.lockExclusively()) {
                assertThat(exclusive.abandoned()).isEmpty();
                acquired.incrementAndGet();
            }
        });
        // It keeps others from locking as soon as it waits.
        while (elsewhere(() -> locks.tryLock(2))) {
            Thread.onSpinWait();
        }
        KeyLock second = locks.lock(2);
        first.close();
        Thread.sleep(20);
        assertThat(acquired).hasValue(0);
        second.close();
        waiting.join();
        assertThat(acquired).hasValue(1);
    }

    @Test
    void anIdleStrategyThatThrowsEndsTheWaitAndNothingIsLocked() throws InterruptedException {
        KeyLocks impatient = KeyLocks.builder()
                .expectedLocks(1)
                .idleStrategy(ImpatientIdleStrategy::new)
                .build();
        KeyLock mine = impatient.lock(1);
        inThread(() -> {
            assertThatIllegalStateException()
                    .isThrownBy(() -> impatient.lock(1))
                    .withMessage("tired");
            assertThatIllegalStateException()
                    .isThrownBy(() -> impatient.lockAll(0, 1))
                    .withMessage("tired");
            assertThatIllegalStateException()
                    .isThrownBy(impatient::lockExclusively)
                    .withMessage("tired");
        });
        assertThat(impatient.heldLocks()).extracting(LockInfo::key).containsExactly(1L);
        mine.close();
        assertThat(elsewhere(() -> impatient.tryLockExclusively(0, SECONDS))).isTrue();
    }

    @Test
    void memoryFollowsTheHeldLocksAndNotTheKeys() throws InterruptedException {
        for (long key = 0; key < 1_000_000; key++) {
            locks.lock(key).close();
        }
        assertThat(locks.nodeCount()).isLessThanOrEqualTo(64);
        for (int i = 0; i < 2_000; i++) {
            int key = i;
            inThread(() -> locks.lock(key).close());
        }
        assertThat(locks.nodeCount()).as("of threads that have ended").isLessThanOrEqualTo(128);
        for (int i = 0; i < 20_000; i++) {
            int key = i;
            Thread.ofVirtual().start(() -> locks.lock(key).close());
        }
        assertThat(elsewhere(() -> locks.tryLockExclusively(10, SECONDS))).isTrue();
        assertThat(locks.nodeCount()).isLessThanOrEqualTo(256);
    }

    /** Whether another thread gets a lock; it closes it again. */
    static boolean elsewhere(Attempt attempt) throws InterruptedException {
        AtomicInteger acquired = new AtomicInteger();
        inThread(() -> {
            try (KeyLock lock = attempt.lock()) {
                acquired.set(lock == null ? 0 : 1);
            }
        });
        return acquired.get() == 1;
    }

    /** Runs an action in another thread, and throws what it throws. */
    static void inThread(Action action) throws InterruptedException {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        Thread thread = Thread.ofPlatform().name("other").start(() -> {
            try {
                action.run();
            } catch (Throwable e) {
                failure.set(e);
            }
        });
        thread.join();
        if (failure.get() != null) {
            throw new AssertionError(failure.get());
        }
    }

    /** Starts an action in another thread. The caller must notice by what was not done if it fails. */
    static Thread start(Action action) {
        return Thread.ofPlatform().name("other").start(() -> {
            try {
                action.run();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    /** Throws instead of waiting. */
    private static final class ImpatientIdleStrategy implements IdleStrategy {

        @Override
        public void idle(int workCount) {
            idle();
        }

        @Override
        public void idle() {
            throw new IllegalStateException("tired");
        }

        @Override
        public void reset() {}
    }

    /** Gets a lock, or null. */
    @FunctionalInterface
    interface Attempt {

        @Nullable
        KeyLock lock() throws InterruptedException;
    }

    /** What a thread does. */
    @FunctionalInterface
    interface Action {

        void run() throws Exception;
    }
}
