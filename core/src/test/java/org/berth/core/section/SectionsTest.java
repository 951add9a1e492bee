package org.berth.core.section;

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
class SectionsTest {

    private final Sections sections = Sections.create();

    /** All keys share one chain. */
    private final Sections crowded = new Sections(Words::collected, 1, BackoffIdleStrategy::new);

    @Test
    void oneThreadIsInside() throws InterruptedException {
        try (Section mine = sections.enter(1)) {
            assertThat(mine.abandoned()).isEmpty();
            assertThat(elsewhere(() -> sections.tryEnter(1))).isFalse();
            assertThat(elsewhere(() -> sections.tryEnter(2))).isTrue();
        }
        assertThat(elsewhere(() -> sections.tryEnter(1))).isTrue();
    }

    @Test
    void keysNeverCollide() throws InterruptedException {
        List<Section> mine = new ArrayList<>();
        for (long key = 0; key < 1_000; key += 2) {
            mine.add(crowded.enter(key));
            mine.add(crowded.enter("n" + key));
        }
        for (long key = 0; key < 1_000; key++) {
            long of = key;
            assertThat(elsewhere(() -> crowded.tryEnter(of))).isEqualTo(key % 2 == 1);
            assertThat(elsewhere(() -> crowded.tryEnter("n" + of))).isEqualTo(key % 2 == 1);
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
        try (Section mine = crowded.enter("Aa")) {
            assertThat(mine.abandoned()).isEmpty();
            assertThat(elsewhere(() -> crowded.tryEnter("Aa"))).isFalse();
            assertThat(elsewhere(() -> crowded.tryEnter("BB"))).isTrue();
            assertThat(elsewhere(() -> crowded.tryEnter("Aa".hashCode()))).isTrue();
        }
    }

    @Test
    void theOwnerEntersAgain() throws InterruptedException {
        try (Section outer = sections.enter(1)) {
            try (Section inner = sections.enter(1);
                    Section third = sections.tryEnter(1)) {
                assertThat(inner).isSameAs(outer).isSameAs(third);
            }
            assertThat(elsewhere(() -> sections.tryEnter(1))).isFalse();
        }
        assertThat(elsewhere(() -> sections.tryEnter(1))).isTrue();
    }

    @Test
    void anExceptionLeaves() throws InterruptedException {
        assertThatIllegalArgumentException().isThrownBy(() -> {
            try (Section mine = sections.enterAll(3, 1, 2)) {
                throw new IllegalArgumentException(mine.toString());
            }
        });
        assertThat(elsewhere(() -> sections.tryEnterWhole(0, SECONDS))).isTrue();
    }

    @Test
    void onlyWhoIsInsideLeaves() throws InterruptedException {
        Section mine = sections.enter(7);
        AtomicInteger refused = new AtomicInteger();
        inThread(() -> {
            assertThatIllegalStateException().isThrownBy(mine::close).withMessageContaining("key=7 owner=");
            refused.incrementAndGet();
        });
        assertThat(refused).hasValue(1);
        assertThat(elsewhere(() -> sections.tryEnter(7))).isFalse();
        mine.close();
        assertThatIllegalStateException().isThrownBy(mine::close).withMessageContaining("section is closed");
        Section all = sections.enterAll(7, 8);
        all.close();
        assertThatIllegalStateException().isThrownBy(all::close).withMessageContaining("sections=0");
        Section whole = sections.enterWhole();
        whole.close();
        assertThatIllegalStateException().isThrownBy(whole::close);
    }

    @Test
    void aTimeOutNamesWhoIsInside() throws InterruptedException {
        Instant before = Instant.now().minusSeconds(1);
        try (Section mine = sections.enter("till");
                Section also = sections.enter(9)) {
            assertThat(mine).isNotSameAs(also);
            inThread(() -> {
                assertThatExceptionOfType(TimeoutException.class)
                        .isThrownBy(() -> sections.tryEnter("till", 20, MILLISECONDS))
                        .withMessageContaining("no entry in time: name=till timeout=20 unit=MILLISECONDS; "
                                + "in the way: name=till owner=main alive=true since=20");
                assertThatExceptionOfType(TimeoutException.class)
                        .isThrownBy(() -> sections.tryEnterAll(1, MILLISECONDS, 3, 9, 10))
                        .withMessageContaining("in the way: key=9 owner=main");
                assertThatExceptionOfType(TimeoutException.class)
                        .isThrownBy(() -> sections.tryEnterAll(1, MILLISECONDS, "a", "till"))
                        .withMessageContaining("in the way: name=till");
                assertThatExceptionOfType(TimeoutException.class)
                        .isThrownBy(() -> sections.tryEnterWhole(1, MILLISECONDS))
                        .withMessageContaining("whole timeout=1");
                assertThat(sections.tryEnter(3)).as("nothing of it is left").isNotNull();
            });
            assertThat(sections.held())
                    .filteredOn(held -> held.owner() == Thread.currentThread())
                    .allSatisfy(held -> assertThat(held.since()).isAfter(before))
                    .extracting(Held::key)
                    .containsExactlyInAnyOrder("till", 9L);
        }
    }

    @Test
    void aTimeOutNamesWhoHasTheWhole() throws InterruptedException {
        try (Section mine = sections.enterWhole()) {
            assertThat(mine.abandoned()).isEmpty();
            inThread(() -> {
                assertThatExceptionOfType(TimeoutException.class)
                        .isThrownBy(() -> sections.tryEnter(1, 1, MILLISECONDS))
                        .withMessageContaining("in the way: whole owner=main");
                assertThatExceptionOfType(TimeoutException.class)
                        .isThrownBy(() -> sections.tryEnterWhole(1, MILLISECONDS))
                        .withMessageContaining("in the way: whole owner=main");
                assertThat(sections.tryEnter(1)).isNull();
            });
            assertThat(sections.toString()).contains("whole owner=main alive=true");
        }
        assertThat(sections).hasToString("Sections[]");
    }

    @Test
    void interruptionEndsTheWaitWithALimitAndNoOther() throws InterruptedException {
        Section mine = sections.enter(1);
        AtomicInteger checks = new AtomicInteger();
        Thread limited = start(() -> {
            assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> sections.tryEnter(1, 1, DAYS));
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            checks.incrementAndGet();
        });
        limited.interrupt();
        limited.join();
        CountDownLatch inside = new CountDownLatch(1);
        Thread patient = start(() -> {
            try (Section section = sections.enter(1)) {
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
        try (Section mine = sections.enterAll(5, 3, 5, 4, 3)) {
            assertThat(sections.held()).extracting(Held::key).containsExactlyInAnyOrder(3L, 4L, 5L);
            assertThat(elsewhere(() -> sections.tryEnter(4))).isFalse();
            assertThat(mine.abandoned()).isEmpty();
        }
        try (Section mine = sections.enterAll("b", "a", "b")) {
            assertThat(mine.abandoned()).isEmpty();
            assertThat(sections.held()).extracting(Held::key).containsExactlyInAnyOrder("a", "b");
        }
        long[] many = new long[100];
        for (int i = 0; i < many.length; i++) {
            many[i] = i;
        }
        try (Section mine = sections.enterAll(many);
                Section inner = sections.enterAll(1, 2)) {
            assertThat(inner).isNotSameAs(mine);
            assertThat(sections.held()).hasSize(100);
        }
        assertThat(sections.held()).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> sections.enterAll(new long[0]));
        assertThatIllegalArgumentException().isThrownBy(() -> sections.enterAll(new String[0]));
        assertThatIllegalArgumentException().isThrownBy(() -> Sections.create(0, BackoffIdleStrategy::new));
    }

    @Test
    void theWholeIsEnteredAgainAndWithKeysInside() throws InterruptedException {
        try (Section whole = sections.enterWhole()) {
            try (Section again = sections.enterWhole();
                    Section key = sections.enter(1)) {
                assertThat(again).isSameAs(whole);
                assertThat(key).isNotSameAs(whole);
            }
            assertThat(elsewhere(() -> sections.tryEnter(1))).isFalse();
            assertThat(elsewhere(() -> sections.tryEnter("n"))).isFalse();
        }
        assertThat(elsewhere(() -> sections.tryEnter(1))).isTrue();
    }

    @Test
    void theWholeIsRefusedInsideAKey() throws InterruptedException {
        try (Section mine = sections.enter(1)) {
            assertThat(mine.abandoned()).isEmpty();
            assertThatIllegalStateException().isThrownBy(sections::enterWhole).withMessageContaining("sections=1");
        }
        assertThat(elsewhere(() -> sections.tryEnterWhole(0, SECONDS))).isTrue();
    }

    @Test
    void whoIsInsideMayEnterMoreWhileTheWholeIsWaitedFor() throws InterruptedException {
        Section first = sections.enter(1);
        AtomicInteger entered = new AtomicInteger();
        Thread waiting = start(() -> {
            try (Section whole = sections.enterWhole()) {
                assertThat(whole.abandoned()).isEmpty();
                entered.incrementAndGet();
            }
        });
        // It keeps others out as soon as it waits.
        while (elsewhere(() -> sections.tryEnter(2))) {
            Thread.onSpinWait();
        }
        Section second = sections.enter(2);
        first.close();
        Thread.sleep(20);
        assertThat(entered).hasValue(0);
        second.close();
        waiting.join();
        assertThat(entered).hasValue(1);
    }

    @Test
    void anIdleStrategyThatThrowsEndsTheWaitAndNothingIsEntered() throws InterruptedException {
        Sections impatient = Sections.create(1, ImpatientIdleStrategy::new);
        Section mine = impatient.enter(1);
        inThread(() -> {
            assertThatIllegalStateException()
                    .isThrownBy(() -> impatient.enter(1))
                    .withMessage("tired");
            assertThatIllegalStateException()
                    .isThrownBy(() -> impatient.enterAll(0, 1))
                    .withMessage("tired");
            assertThatIllegalStateException().isThrownBy(impatient::enterWhole).withMessage("tired");
        });
        assertThat(impatient.held()).extracting(Held::key).containsExactly(1L);
        mine.close();
        assertThat(elsewhere(() -> impatient.tryEnterWhole(0, SECONDS))).isTrue();
    }

    @Test
    void memoryFollowsWhatIsHeldAndNotTheKeys() throws InterruptedException {
        for (long key = 0; key < 1_000_000; key++) {
            sections.enter(key).close();
        }
        assertThat(sections.places()).isLessThanOrEqualTo(64);
        for (int i = 0; i < 2_000; i++) {
            int key = i;
            inThread(() -> sections.enter(key).close());
        }
        assertThat(sections.places()).as("of threads that have ended").isLessThanOrEqualTo(128);
        for (int i = 0; i < 20_000; i++) {
            int key = i;
            Thread.ofVirtual().start(() -> sections.enter(key).close());
        }
        assertThat(elsewhere(() -> sections.tryEnterWhole(10, SECONDS))).isTrue();
        assertThat(sections.places()).isLessThanOrEqualTo(256);
    }

    /** Whether another thread gets in; it leaves again. */
    static boolean elsewhere(Entry entry) throws InterruptedException {
        AtomicInteger entered = new AtomicInteger();
        inThread(() -> {
            try (Section section = entry.enter()) {
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
        Section enter() throws TimeoutException, InterruptedException;
    }

    /** What a thread does. */
    @FunctionalInterface
    interface Action {

        void run() throws Exception;
    }
}
