package org.berth.core.lock;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.berth.offheap.ForwardingWords;
import org.berth.offheap.Words;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads that end inside: whoever wants the section next gets it and is told, whatever step was their last. */
@Timeout(120)
class DeadOwnerTest {

    private final KeyLocks sections = KeyLocks.create();

    @Test
    void theNextIsToldOnce() throws InterruptedException {
        KeyLocksTest.inThread(() -> sections.lock(1));
        assertThat(sections.held()).singleElement().satisfies(held -> {
            assertThat(held.key()).isEqualTo(1L);
            assertThat(held.owner().isAlive()).isFalse();
        });
        try (KeyLock mine = sections.lock(1)) {
            assertThat(mine.abandoned())
                    .singleElement()
                    .satisfies(
                            held -> assertThat(held.toString()).startsWith("key=1 owner=other alive=false since=20"));
            try (KeyLock again = sections.lock(1)) {
                assertThat(again.abandoned()).isSameAs(mine.abandoned());
            }
            assertThat(KeyLocksTest.elsewhere(() -> sections.tryLock(1))).isFalse();
        }
        try (KeyLock next = sections.lock(1)) {
            assertThat(next.abandoned()).isEmpty();
        }
    }

    @Test
    void deepInsideIsInsideOnce() throws InterruptedException {
        KeyLocksTest.inThread(() -> {
            sections.lock("n");
            sections.lock("n");
        });
        try (KeyLock mine = sections.tryLock("n")) {
            assertThat(mine).isNotNull();
            assertThat(mine.abandoned()).extracting(LockInfo::key).containsExactly("n");
        }
        assertThat(sections.held()).isEmpty();
    }

    @Test
    void oneOfSeveralIsTold() throws Exception {
        for (int round = 0; round < 200; round++) {
            KeyLocksTest.inThread(() -> sections.lockAll(1, 2));
            CyclicBarrier start = new CyclicBarrier(3);
            AtomicInteger told = new AtomicInteger();
            List<Thread> takers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                boolean whole = i == 2 && round % 2 == 0;
                takers.add(KeyLocksTest.start(() -> {
                    start.await();
                    try (KeyLock mine = whole ? sections.lockExclusively() : sections.lockAll(2, 1)) {
                        told.addAndGet(mine.abandoned().size());
                    }
                }));
            }
            for (Thread taker : takers) {
                taker.join();
            }
            assertThat(told).as("keys that one was told of").hasValue(2);
        }
        assertThat(sections.held()).isEmpty();
    }

    @Test
    void theWholeIsLeftToWhoeverEnters() throws InterruptedException {
        KeyLocksTest.inThread(sections::lockExclusively);
        try (KeyLock mine = sections.lock(1)) {
            assertThat(mine.abandoned()).extracting(LockInfo::key).containsExactly((Object) null);
        }
        KeyLocksTest.inThread(() -> {
            sections.lockExclusively();
            sections.lock(3);
        });
        try (KeyLock whole = sections.lockExclusively()) {
            assertThat(whole.abandoned()).extracting(LockInfo::key).containsExactly(null, 3L);
        }
        assertThat(sections.held()).isEmpty();
        assertThat(KeyLocksTest.elsewhere(() -> sections.tryLock(3))).isTrue();
    }

    @Test
    void whoGivesUpOnTheWholeLeavesTheNewsToTheNext() throws InterruptedException {
        KeyLocksTest.inThread(() -> sections.lock(1));
        KeyLock inTheWay = sections.lock(2);
        KeyLocksTest.inThread(() -> assertThatExceptionOfType(TimeoutException.class)
                .isThrownBy(() -> sections.tryLockExclusively(20, MILLISECONDS)));
        inTheWay.close();
        try (KeyLock mine = sections.lock(1)) {
            assertThat(mine.abandoned()).extracting(LockInfo::key).containsExactly(1L);
        }
        assertThat(sections.held()).isEmpty();
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
                    // In front of another, behind another, alone; by name; several; again.
                    mortal.lock(mine, 1);
                    KeyLock second = mine.lock("n");
                    mortal.leave();
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
    void aThreadMayEndAtAnyStepToTheWhole() throws Exception {
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

    /** Two threads want all of it; nobody waits for the dead, and what was left inside is told once. */
    private static void assertOneIsTold(KeyLocks sections, Mortal mortal) throws InterruptedException {
        AtomicInteger told = new AtomicInteger();
        AtomicInteger entered = new AtomicInteger();
        List<Thread> takers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            takers.add(KeyLocksTest.start(() -> {
                try (KeyLock mine = sections.tryLock(1, 10, SECONDS)) {
                    told.addAndGet((int) mine.abandoned().stream()
                            .filter(held -> Long.valueOf(1).equals(held.key()))
                            .count());
                }
                sections.tryLock("n", 10, SECONDS).close();
                sections.tryLockAll(10, SECONDS, 3, 2, 1).close();
                sections.tryLockExclusively(10, SECONDS).close();
                entered.incrementAndGet();
            }));
        }
        for (Thread taker : takers) {
            taker.join();
        }
        assertThat(entered).hasValue(2);
        if (mortal.inside) {
            assertThat(told).hasValue(1);
        }
        assertThat(told.get()).isLessThanOrEqualTo(1);
        assertThat(sections.held()).isEmpty();
        assertThat(sections.places()).isLessThanOrEqualTo(64);
    }

    /** A thread for which the words end after so many steps, and whose end is not caught. */
    private static final class Mortal {

        private int steps;
        private @Nullable Thread thread;

        /** Whether it is certain that it is inside 1. */
        private boolean inside;

        private @Nullable KeyLock section;

        Mortal(int steps) {
            this.steps = steps;
        }

        Words words(long bytes) {
            return new MortalWords(Words.ofAuto(bytes), this);
        }

        /** Whether it died of it. */
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

        void lock(KeyLocks sections, long key) {
            section = sections.lock(key);
            inside = true;
        }

        void leave() {
            inside = false;
            if (section != null) {
                section.close();
            }
        }

        void step() {
            if (Thread.currentThread() == thread && steps-- <= 0) {
                // And ever after: what it would do in a finally block it cannot do either.
                throw new Death();
            }
        }
    }

    /** What nobody catches but the test. */
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
