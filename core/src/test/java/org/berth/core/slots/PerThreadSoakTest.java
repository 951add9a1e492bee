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
 * Very many short-lived threads: what they add is counted once, at every moment, and nothing of them stays. {@code -Dberth.threads=}
 * and {@code -Dberth.virtualThreads=} make it longer.
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

    /** What is in the totals of all that was said to have been added before, and no more than was begun. */
    private static final class Books {

        private final AtomicLong begun = new AtomicLong();
        private final AtomicLong ended = new AtomicLong();
        private final PerThread perThread;
        private final List<String> wrong = new ArrayList<>();
        private long last;

        Books(PerThread perThread) {
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

        /** Looks while {@code threads} come and go, and at the end. */
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
    void threadsThatNeverLeave() throws Exception {
        try (PerThread perThread = PerThread.create(LAYOUT, SLOTS)) {
            Books books = new Books(perThread);
            List<String> wrong =
                    books.check(spawn(THREADS, Thread.ofPlatform().factory(), () -> books.add(perThread.get())));
            assertThat(wrong).isEmpty();
            assertNothingStays(perThread);
        }
    }

    @Test
    void threadsThatLeave() throws Exception {
        try (PerThread perThread = PerThread.create(LAYOUT, SLOTS)) {
            Books books = new Books(perThread);
            ThreadFactory factory = perThread.threadFactory(Thread.ofPlatform().factory());
            assertThat(books.check(spawn(THREADS, factory, () -> books.add(perThread.get()))))
                    .isEmpty();
            assertThat(perThread.reclaim()).isZero();
            assertNothingStays(perThread);
        }
    }

    @Test
    void virtualThreadsThatLease() throws Exception {
        try (PerThread perThread = PerThread.create(LAYOUT, SLOTS)) {
            Books books = new Books(perThread);
            Thread all = Thread.ofPlatform().start(() -> {
                AtomicInteger inside = new AtomicInteger();
                List<Thread> threads = new ArrayList<>();
                for (int i = 0; i < VIRTUAL_THREADS; i++) {
                    threads.add(Thread.ofVirtual().start(() -> {
                        try (Slot slot = perThread.lease()) {
                            if (inside.incrementAndGet() > SLOTS) {
                                throw new AssertionError("more leases than slots");
                            }
                            books.add(slot);
                            // The carrier does others' work meanwhile.
                            LockSupport.parkNanos(1);
                            books.add(slot);
                            inside.decrementAndGet();
                        }
                    }));
                }
                threads.forEach(PerThreadSoakTest::join);
            });
            assertThat(books.check(List.of(all))).isEmpty();
            assertThat(books.ended.get()).isEqualTo(2L * ADDS * VIRTUAL_THREADS);
            assertNothingStays(perThread);
        }
    }

    /** Slots that are taken from the living: these tests notice. */
    @Test
    void reclaimingFromTheLivingIsNoticed() throws Exception {
        boolean noticed = false;
        for (int attempt = 0; attempt < 10 && !noticed; attempt++) {
            noticed = isNoticed(thread -> true);
        }
        assertThat(noticed).isTrue();
    }

    private static boolean isNoticed(Predicate<Thread> ended) throws InterruptedException {
        SlotTable table = SlotTable.builder(LAYOUT, 2)
                .onRelease(OnRelease.MERGE)
                .recycling()
                .build();
        try (PerThread perThread = new PerThread(table, ended, new ThreadSlots(2))) {
            Books books = new Books(perThread);
            AtomicInteger failed = new AtomicInteger();
            List<Thread> threads = spawn(500, Thread.ofPlatform().factory(), () -> {
                try {
                    books.add(perThread.get());
                } catch (IllegalStateException e) {
                    failed.incrementAndGet();
                }
            });
            return !books.check(threads).isEmpty() || failed.get() != 0;
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

    private static void assertNothingStays(PerThread perThread) {
        SlotTable table = perThread.table();
        assertThat(table.size()).isZero();
        perThread.slots.forEach(slot -> assertThat(slot).as("left over").isNull());
        assertThat(perThread.toString()).contains("leases=0");
        // Every slot is there to be had.
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
