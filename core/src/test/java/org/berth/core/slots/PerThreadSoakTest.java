package org.berth.core.slots;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.offheap.TestDepth;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Very many short-lived threads: totals count each addition once, at every moment, and no slot remains in use.
 * {@code -Dberth.threads=} and {@code -Dberth.virtualThreads=} make it longer.
 */
@Timeout(600)
@Tag("strict-and-not")
class PerThreadSoakTest {

    private static final int THREADS = TestDepth.of("berth.threads", 2_000, 10_000);
    private static final int VIRTUAL_THREADS = TestDepth.of("berth.virtualThreads", 20_000, 100_000);
    private static final int SLOTS = 64;
    private static final int ADDS = 10;

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();
    private static final OwnedLong ADDED = RECORD.ownedLong("added", Merge.SUM);
    private static final OwnedLong LARGEST = RECORD.ownedLong("largest", Merge.MAX);
    private static final RecordLayout LAYOUT = RECORD.build();

    /** Checks that a total has every addition that had returned before, and none that had not begun. */
    private static final class Tally {

        private final AtomicLong begun = new AtomicLong();
        private final AtomicLong ended = new AtomicLong();
        private final PerThread perThread;
        private final List<String> wrong = new ArrayList<>();
        private long last;

        Tally(PerThread perThread) {
            this.perThread = perThread;
        }

        void add(Slot slot) {
            begun.addAndGet(ADDS);
            for (int i = 0; i < ADDS; i++) {
                slot.add(ADDED, 1);
            }
            slot.set(LARGEST, Thread.currentThread().threadId());
            ended.addAndGet(ADDS);
        }

        void look(SlotTable table) {
            long least = ended.get();
            long total = table.sum(ADDED);
            long most = begun.get();
            if (total < least || total > most || total < last) {
                wrong.add("least=" + least + " total=" + total + " most=" + most + " before=" + last);
            }
            last = total;
        }

        /** Reads totals while {@code threads} run, and after they have ended. */
        List<String> check(List<Thread> threads) throws InterruptedException {
            while (threads.stream().anyMatch(Thread::isAlive)) {
                look(perThread.table());
            }
            for (Thread thread : threads) {
                thread.join();
            }
            look(perThread.table());
            if (last != begun.get()) {
                wrong.add("total=" + last + " added=" + begun.get());
            }
            return wrong;
        }
    }

    @Test
    void threadsThatEndWithoutClosing() throws Exception {
        try (PerThread perThread = PerThread.create(LAYOUT, SLOTS)) {
            Tally tally = new Tally(perThread);
            List<String> wrong =
                    tally.check(spawn(THREADS, Thread.ofPlatform().factory(), () -> tally.add(perThread.get())));
            assertThat(wrong).isEmpty();
            assertNothingRemains(perThread);
        }
    }

    @Test
    void threadsThatClose() throws Exception {
        try (PerThread perThread = PerThread.create(LAYOUT, SLOTS)) {
            Tally tally = new Tally(perThread);
            ThreadFactory factory = perThread.threadFactory(Thread.ofPlatform().factory());
            assertThat(tally.check(spawn(THREADS, factory, () -> tally.add(perThread.get()))))
                    .isEmpty();
            assertThat(perThread.reclaim()).isZero();
            assertNothingRemains(perThread);
        }
    }

    @Test
    void virtualThreadsThatLease() throws Exception {
        try (PerThread perThread = PerThread.create(LAYOUT, SLOTS)) {
            Tally tally = new Tally(perThread);
            Thread all = Thread.ofPlatform().start(() -> {
                AtomicInteger inside = new AtomicInteger();
                List<Thread> threads = new ArrayList<>();
                for (int i = 0; i < VIRTUAL_THREADS; i++) {
                    threads.add(Thread.ofVirtual().start(() -> {
                        try (Slot slot = perThread.lease()) {
                            if (inside.incrementAndGet() > SLOTS) {
                                throw new AssertionError("more leases than slots");
                            }
                            tally.add(slot);
                            // The carrier runs other threads meanwhile.
                            LockSupport.parkNanos(1);
                            tally.add(slot);
                            inside.decrementAndGet();
                        }
                    }));
                }
                threads.forEach(PerThreadSoakTest::join);
            });
            assertThat(tally.check(List.of(all))).isEmpty();
            assertThat(tally.ended.get()).isEqualTo(2L * ADDS * VIRTUAL_THREADS);
            assertNothingRemains(perThread);
        }
    }

    /** Without this, the tests above could pass because they detect nothing. */
    @Test
    void reclaimingFromLiveThreadsIsDetected() throws Exception {
        boolean detected = false;
        for (int attempt = 0; attempt < 10 && !detected; attempt++) {
            detected = isDetected(thread -> true);
        }
        assertThat(detected).isTrue();
    }

    private static boolean isDetected(Predicate<Thread> ended) throws InterruptedException {
        SlotTable table = SlotTable.builder(LAYOUT, 2)
                .onRelease(OnRelease.MERGE)
                .recycling()
                .build();
        try (PerThread perThread = new PerThread(table, ended, new ThreadSlots(2))) {
            Tally tally = new Tally(perThread);
            AtomicInteger failed = new AtomicInteger();
            List<Thread> threads = spawn(500, Thread.ofPlatform().factory(), () -> {
                try {
                    tally.add(perThread.get());
                } catch (IllegalStateException e) {
                    failed.incrementAndGet();
                }
            });
            return !tally.check(threads).isEmpty() || failed.get() != 0;
        }
    }

    /** Two threads that each start others, one after the other, so that they overlap a little. */
    private static List<Thread> spawn(int count, ThreadFactory factory, Runnable work) {
        List<Thread> starters = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            starters.add(Thread.ofPlatform().start(() -> {
                for (int n = 0; n < count / 2; n++) {
                    Thread thread = factory.newThread(work);
                    thread.start();
                    join(thread);
                }
            }));
        }
        return starters;
    }

    private static void assertNothingRemains(PerThread perThread) {
        SlotTable table = perThread.table();
        assertThat(table.size()).isZero();
        perThread.slots.forEach(slot -> assertThat(slot).as("not removed").isNull());
        assertThat(perThread.toString()).contains("leases=0");
        // Every slot is free.
        List<Slot> all = new ArrayList<>();
        for (int i = 0; i < table.capacity(); i++) {
            all.add(perThread.lease());
        }
        all.forEach(Slot::close);
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
