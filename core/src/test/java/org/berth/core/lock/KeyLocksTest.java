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
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.berth.offheap.Words;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a section promises, call by call. */
@Timeout(60)
class KeyLocksTest {

    private final KeyLocks sections = KeyLocks.create();

    /** All keys share one chain. */
    private final KeyLocks crowded = new KeyLocks(Words::ofAuto, 1, BackoffIdleStrategy::new);

    @Test
    void oneThreadIsInside() throws InterruptedException {
        try (KeyLock mine = sections.lock(1)) {
            assertThat(mine.abandoned()).isEmpty();
            assertThat(elsewhere(() -> sections.tryLock(1))).isFalse();
            assertThat(elsewhere(() -> sections.tryLock(2))).isTrue();
        }
        assertThat(elsewhere(() -> sections.tryLock(1))).isTrue();
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
        // In no order of theirs.
        for (int i = 0; i < mine.size(); i += 2) {
            mine.get(i).close();
        }
        for (int i = mine.size() - 1; i > 0; i -= 2) {
            mine.get(i).close();
        }
        assertThat(crowded.held()).isEmpty();
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
    void theOwnerEntersAgain() throws InterruptedException {
        try (KeyLock outer = sections.lock(1)) {
            try (KeyLock inner = sections.lock(1);
                    KeyLock third = sections.tryLock(1)) {
                assertThat(inner).isSameAs(outer).isSameAs(third);
            }
            assertThat(elsewhere(() -> sections.tryLock(1))).isFalse();
        }
        assertThat(elsewhere(() -> sections.tryLock(1))).isTrue();
    }

    @Test
    void anExceptionLeaves() throws InterruptedException {
        assertThatIllegalArgumentException().isThrownBy(() -> {
            try (KeyLock mine = sections.lockAll(3, 1, 2)) {
                throw new IllegalArgumentException(mine.toString());
            }
        });
        assertThat(elsewhere(() -> sections.tryLockExclusively(0, SECONDS))).isTrue();
    }

    @Test
    void onlyWhoIsInsideLeaves() throws InterruptedException {
        KeyLock mine = sections.lock(7);
        AtomicInteger refused = new AtomicInteger();
        inThread(() -> {
            assertThatIllegalStateException().isThrownBy(mine::close).withMessageContaining("key=7 owner=");
            refused.incrementAndGet();
        });
        assertThat(refused).hasValue(1);
        assertThat(elsewhere(() -> sections.tryLock(7))).isFalse();
        mine.close();
        assertThatIllegalStateException().isThrownBy(mine::close).withMessageContaining("section is closed");
        KeyLock all = sections.lockAll(7, 8);
        all.close();
        assertThatIllegalStateException().isThrownBy(all::close).withMessageContaining("sections=0");
        KeyLock whole = sections.lockExclusively();
        whole.close();
        assertThatIllegalStateException().isThrownBy(whole::close);
    }

    @Test
    void aTimeOutNamesWhoIsInside() throws InterruptedException {
        Instant before = Instant.now().minusSeconds(1);
        try (KeyLock mine = sections.lock("till");
                KeyLock also = sections.lock(9)) {
            assertThat(mine).isNotSameAs(also);
            inThread(() -> {
                assertThatExceptionOfType(TimeoutException.class)
                        .isThrownBy(() -> sections.tryLock("till", 20, MILLISECONDS))
                        .withMessageContaining("no entry in time: name=till timeout=20 unit=MILLISECONDS; "
                                + "in the way: name=till owner=main alive=true since=20");
                assertThatExceptionOfType(TimeoutException.class)
                        .isThrownBy(() -> sections.tryLockAll(1, MILLISECONDS, 3, 9, 10))
                        .withMessageContaining("in the way: key=9 owner=main");
                assertThatExceptionOfType(TimeoutException.class)
                        .isThrownBy(() -> sections.tryLockAll(1, MILLISECONDS, "a", "till"))
                        .withMessageContaining("in the way: name=till");
                assertThatExceptionOfType(TimeoutException.class)
                        .isThrownBy(() -> sections.tryLockExclusively(1, MILLISECONDS))
                        .withMessageContaining("whole timeout=1");
                assertThat(sections.tryLock(3)).as("nothing of it is left").isNotNull();
            });
            assertThat(sections.held())
                    .filteredOn(held -> held.owner() == Thread.currentThread())
                    .allSatisfy(held -> assertThat(held.since()).isAfter(before))
                    .extracting(LockInfo::key)
                    .containsExactlyInAnyOrder("till", 9L);
        }
    }

    @Test
    void aTimeOutNamesWhoHasTheWhole() throws InterruptedException {
        try (KeyLock mine = sections.lockExclusively()) {
            assertThat(mine.abandoned()).isEmpty();
            inThread(() -> {
                assertThatExceptionOfType(TimeoutException.class)
                        .isThrownBy(() -> sections.tryLock(1, 1, MILLISECONDS))
                        .withMessageContaining("in the way: whole owner=main");
                assertThatExceptionOfType(TimeoutException.class)
                        .isThrownBy(() -> sections.tryLockExclusively(1, MILLISECONDS))
                        .withMessageContaining("in the way: whole owner=main");
                assertThat(sections.tryLock(1)).isNull();
            });
            assertThat(sections.toString()).contains("whole owner=main alive=true");
        }
        assertThat(sections).hasToString("KeyLocks[]");
    }

    @Test
    void interruptionEndsTheWaitWithALimitAndNoOther() throws InterruptedException {
        KeyLock mine = sections.lock(1);
        AtomicInteger checks = new AtomicInteger();
        Thread limited = start(() -> {
            assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> sections.tryLock(1, 1, DAYS));
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            checks.incrementAndGet();
        });
        limited.interrupt();
        limited.join();
        CountDownLatch inside = new CountDownLatch(1);
        Thread patient = start(() -> {
            try (KeyLock section = sections.lock(1)) {
                assertThat(section.abandoned()).isEmpty();
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
                checks.incrementAndGet();
                inside.countDown();
            }
        });
        patient.interrupt();
        assertThat(inside.await(50, MILLISECONDS)).isFalse();
        mine.close();
        patient.join();
        assertThat(checks).hasValue(2);
    }

    @Test
    void allAreEnteredOnceInOneOrder() throws InterruptedException {
        try (KeyLock mine = sections.lockAll(5, 3, 5, 4, 3)) {
            assertThat(sections.held()).extracting(LockInfo::key).containsExactlyInAnyOrder(3L, 4L, 5L);
            assertThat(elsewhere(() -> sections.tryLock(4))).isFalse();
            assertThat(mine.abandoned()).isEmpty();
        }
        try (KeyLock mine = sections.lockAll("b", "a", "b")) {
            assertThat(mine.abandoned()).isEmpty();
            assertThat(sections.held()).extracting(LockInfo::key).containsExactlyInAnyOrder("a", "b");
        }
        long[] many = new long[100];
        for (int i = 0; i < many.length; i++) {
            many[i] = i;
        }
        try (KeyLock mine = sections.lockAll(many);
                KeyLock inner = sections.lockAll(1, 2)) {
            assertThat(inner).isNotSameAs(mine);
            assertThat(sections.held()).hasSize(100);
        }
        assertThat(sections.held()).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> sections.lockAll(new long[0]));
        assertThatIllegalArgumentException().isThrownBy(() -> sections.lockAll(new String[0]));
        assertThatIllegalArgumentException().isThrownBy(() -> KeyLocks.create(0, BackoffIdleStrategy::new));
    }

    @Test
    void theWholeIsEnteredAgainAndWithKeysInside() throws InterruptedException {
        try (KeyLock whole = sections.lockExclusively()) {
            try (KeyLock again = sections.lockExclusively();
                    KeyLock key = sections.lock(1)) {
                assertThat(again).isSameAs(whole);
                assertThat(key).isNotSameAs(whole);
            }
            assertThat(elsewhere(() -> sections.tryLock(1))).isFalse();
            assertThat(elsewhere(() -> sections.tryLock("n"))).isFalse();
        }
        assertThat(elsewhere(() -> sections.tryLock(1))).isTrue();
    }

    @Test
    void theWholeIsRefusedInsideAKey() throws InterruptedException {
        try (KeyLock mine = sections.lock(1)) {
            assertThat(mine.abandoned()).isEmpty();
            assertThatIllegalStateException()
                    .isThrownBy(sections::lockExclusively)
                    .withMessageContaining("sections=1");
        }
        assertThat(elsewhere(() -> sections.tryLockExclusively(0, SECONDS))).isTrue();
    }

    @Test
    void whoIsInsideMayEnterMoreWhileTheWholeIsWaitedFor() throws InterruptedException {
        KeyLock first = sections.lock(1);
        AtomicInteger entered = new AtomicInteger();
        Thread waiting = start(() -> {
            try (KeyLock whole = sections.lockExclusively()) {
                assertThat(whole.abandoned()).isEmpty();
                entered.incrementAndGet();
            }
        });
        // It keeps others out as soon as it waits.
        while (elsewhere(() -> sections.tryLock(2))) {
            Thread.onSpinWait();
        }
        KeyLock second = sections.lock(2);
        first.close();
        Thread.sleep(20);
        assertThat(entered).hasValue(0);
        second.close();
        waiting.join();
        assertThat(entered).hasValue(1);
    }

    @Test
    void anIdleStrategyThatThrowsEndsTheWaitAndNothingIsEntered() throws InterruptedException {
        KeyLocks impatient = KeyLocks.create(1, ImpatientIdleStrategy::new);
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
        assertThat(impatient.held()).extracting(LockInfo::key).containsExactly(1L);
        mine.close();
        assertThat(elsewhere(() -> impatient.tryLockExclusively(0, SECONDS))).isTrue();
    }

    @Test
    void memoryFollowsWhatIsHeldAndNotTheKeys() throws InterruptedException {
        for (long key = 0; key < 1_000_000; key++) {
            sections.lock(key).close();
        }
        assertThat(sections.places()).isLessThanOrEqualTo(64);
        for (int i = 0; i < 2_000; i++) {
            int key = i;
            inThread(() -> sections.lock(key).close());
        }
        assertThat(sections.places()).as("of threads that have ended").isLessThanOrEqualTo(128);
        for (int i = 0; i < 20_000; i++) {
            int key = i;
            Thread.ofVirtual().start(() -> sections.lock(key).close());
        }
        assertThat(elsewhere(() -> sections.tryLockExclusively(10, SECONDS))).isTrue();
        assertThat(sections.places()).isLessThanOrEqualTo(256);
    }

    /** Whether another thread gets in; it leaves again. */
    static boolean elsewhere(Entry entry) throws InterruptedException {
        AtomicInteger entered = new AtomicInteger();
        inThread(() -> {
            try (KeyLock section = entry.lock()) {
                entered.set(section == null ? 0 : 1);
            } catch (TimeoutException e) {
                entered.set(0);
            }
        });
        return entered.get() == 1;
    }

    /** Runs something in another thread, whose failure is this one's. */
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

    /** As above, without waiting; what fails in it the caller must notice by what was not done. */
    static Thread start(Action action) {
        return Thread.ofPlatform().name("other").start(() -> {
            try {
                action.run();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    /** Does not wait. */
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

    /** May or may not get in. */
    @FunctionalInterface
    interface Entry {

        @Nullable
        KeyLock lock() throws TimeoutException, InterruptedException;
    }

    /** What a thread does. */
    @FunctionalInterface
    interface Action {

        void run() throws Exception;
    }
}
