package org.berth.core.slots;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.berth.core.slots.Field.OwnedDouble;
import org.berth.core.slots.Field.OwnedInt;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Field.SharedLong;
import org.jctools.queues.varhandle.MpmcVarHandleArrayQueue;
import org.jctools.queues.varhandle.MpscVarHandleArrayQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Slots of threads: their binding, and their reclamation when threads end, one way or another. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("strict-and-not")
class PerThreadTest {

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();
    private static final OwnedLong ORDERS = RECORD.ownedLong("orders", Merge.SUM);
    private static final OwnedInt LEVEL = RECORD.ownedInt("level", Merge.MAX);
    private static final OwnedDouble PRICE = RECORD.ownedDouble("price", Merge.MIN);
    private static final SharedLong CREDIT = RECORD.sharedLong("credit", Merge.SUM);
    private static final RecordLayout LAYOUT = RECORD.build();

    private final PerThread perThread = PerThread.create(LAYOUT, 2);

    @AfterEach
    void close() {
        perThread.close();
    }

    @Test
    void aThreadHasOneSlotThatOthersFindByItsId() throws Exception {
        Slot mine = perThread.get();
        assertThat(perThread.get()).isSameAs(mine);
        assertThat(mine.key()).isEqualTo(Thread.currentThread().threadId());
        perThread.add(ORDERS, 3);
        perThread.add(LEVEL, 4);
        perThread.add(PRICE, 0);
        long id = Thread.currentThread().threadId();
        String name = Thread.currentThread().getName();
        inThread(() -> {
            assertThat(perThread.get()).isNotSameAs(mine);
            SlotTable table = perThread.table();
            try (SlotView view = table.view(id)) {
                assertThat(view.get(ORDERS)).isEqualTo(3);
                Owner owner = Objects.requireNonNull(view.owner());
                assertThat(name).startsWith(owner.name());
                assertThat(owner.thread()).isEqualTo(id);
            }
            assertThat(table.size()).isEqualTo(2);
            return null;
        });
    }

    @Test
    void closingASlotMergesItsValuesAndFreesIt() {
        for (int i = 1; i <= 5; i++) {
            try (Slot mine = perThread.get()) {
                assertThat(mine.add(ORDERS, i)).isEqualTo(i);
                mine.set(LEVEL, i);
            }
            assertThat(perThread.table().size()).isZero();
        }
        perThread.add(ORDERS, 100);
        assertThat(perThread.table().sum(ORDERS)).isEqualTo(115);
        perThread.leave();
        perThread.leave();
        assertThat(perThread.table().sum(ORDERS)).isEqualTo(115);
        assertThat(perThread.table().max(LEVEL)).isEqualTo(5);
        assertThat(perThread.table().size()).isZero();
    }

    @Test
    void aHandleThatIsClosedIsOfNoUse() {
        Slot mine = perThread.get();
        mine.close();
        mine.close();
        assertThatThrownBy(() -> mine.add(ORDERS, 1)).isInstanceOf(IllegalStateException.class);
        assertThat(perThread.get()).isNotSameAs(mine);
        mine.close();
        assertThat(perThread.table().size()).isEqualTo(1);
    }

    @Test
    void slotsOfThreadsThatEndedWithoutClosingAreReclaimed() throws Exception {
        for (int i = 0; i < 50; i++) {
            inThread(() -> perThread.add(ORDERS, 1));
            assertThat(perThread.table().sum(ORDERS)).isEqualTo(i + 1);
        }
        assertThat(perThread.table().size()).isZero();
        // Also without a total in between.
        for (int i = 0; i < 50; i++) {
            inThread(() -> perThread.add(ORDERS, 1));
        }
        assertThat(perThread.reclaim()).isBetween(1, 2);
        assertThat(perThread.reclaim()).isZero();
        assertThat(perThread.table().sum(ORDERS)).isEqualTo(100);
    }

    @Test
    void aThreadThatDiesInAWriteWritesNothingOfIt() throws Exception {
        inThread(() -> {
            perThread.add(ORDERS, 1);
            return perThread.get().begin().add(ORDERS, 10);
        });
        assertThat(perThread.reclaim()).isEqualTo(1);
        assertThat(perThread.table().sum(ORDERS)).isEqualTo(1);
    }

    @Test
    void liveThreadsKeepTheirSlots() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch started = new CountDownLatch(2);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                perThread.add(ORDERS, 1);
                started.countDown();
                awaitQuietly(end);
            }));
        }
        started.await();
        assertThatThrownBy(perThread::get)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("slots=2")
                .hasMessageContaining("make room");
        end.countDown();
        // The threads are about to end, and the claim waits for them.
        assertThat(perThread.get().add(ORDERS, 1)).isEqualTo(1);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(perThread.table().sum(ORDERS)).isEqualTo(3);
    }

    @Test
    void aSlotBelongsToItsThreadAlone() throws Exception {
        Slot mine = perThread.get();
        inThread(() -> {
            if (Boolean.getBoolean("org.berth.strict")) {
                assertThatThrownBy(() -> mine.add(ORDERS, 1))
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("slot of another thread");
            }
            assertThatThrownBy(mine::close)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("slot of another thread");
            return null;
        });
        assertThat(mine.add(ORDERS, 1)).isEqualTo(1);
        Slot theirs = inThread(perThread::get);
        theirs.close();
        assertThat(perThread.table().size()).isEqualTo(1);
    }

    @Test
    void virtualThreadsHaveToLease() throws Exception {
        FutureTask<Void> task = new FutureTask<>(() -> {
            assertThatThrownBy(perThread::get)
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("lease");
            try (Slot slot = perThread.lease()) {
                assertThat(slot.add(ORDERS, 1)).isEqualTo(1);
                assertThat(slot.key()).isNegative();
            }
            return null;
        });
        Thread.ofVirtual().start(task);
        task.get();
        assertThat(perThread.table().sum(ORDERS)).isEqualTo(1);
        assertThat(perThread.table().size()).isZero();
    }

    @Test
    void threadsOfTheFactoryCloseTheirSlotsHoweverTheyEnd() throws Exception {
        List<Throwable> thrown = new ArrayList<>();
        Thread thread = perThread
                .threadFactory(Thread.ofPlatform()
                        .uncaughtExceptionHandler((t, e) -> thrown.add(e))
                        .factory())
                .newThread(() -> {
                    perThread.add(ORDERS, 1);
                    throw new IllegalArgumentException("on purpose");
                });
        thread.start();
        thread.join();
        assertThat(thrown).singleElement().isInstanceOf(IllegalArgumentException.class);
        assertThat(perThread.reclaim()).isZero();
        List<Thread> workers = new ArrayList<>();
        ThreadFactory factory = perThread.threadFactory(task -> {
            Thread worker = new Thread(task);
            workers.add(worker);
            return worker;
        });
        try (ExecutorService executor = Executors.newFixedThreadPool(2, factory)) {
            for (int i = 0; i < 100; i++) {
                executor.execute(() -> perThread.add(ORDERS, 1));
            }
        }
        for (Thread worker : workers) {
            worker.join();
        }
        assertThat(perThread.reclaim()).as("not closed").isZero();
        assertThat(perThread.table().size()).isZero();
        assertThat(perThread.table().sum(ORDERS)).isEqualTo(101);
    }

    @Test
    void aRecordBeginsWithWhatTheQueueHas() throws Exception {
        MpmcVarHandleArrayQueue<java.util.function.Consumer<InitialValues>> first = new MpmcVarHandleArrayQueue<>(4);
        first.add(write -> write.set(ORDERS, 5).set(LEVEL, 7));
        first.add(write -> {
            throw new IllegalArgumentException("on purpose");
        });
        try (PerThread slots = PerThread.create(SlotTable.builder(LAYOUT, 1).initialValues(first))) {
            assertThat(slots.get().get(ORDERS)).isEqualTo(5);
            assertThat(slots.get().get(LEVEL)).isEqualTo(7);
            slots.leave();
            assertThatThrownBy(slots::get).hasMessage("on purpose");
            assertThat(slots.table().size()).isZero();
            assertThat(slots.get().get(ORDERS)).isZero();
            assertThat(slots.table().sum(ORDERS)).isEqualTo(5);
        }
    }

    @Test
    void noFinalRecordIsLostWhenTheQueueIsFull() throws Exception {
        int threads = 200;
        MpscVarHandleArrayQueue<FinalRecord> finals = new MpscVarHandleArrayQueue<>(4);
        try (PerThread slots = PerThread.create(SlotTable.builder(LAYOUT, 8).finalRecords(finals))) {
            Thread all = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < threads; i++) {
                    int orders = i;
                    Thread thread = new Thread(
                            () -> {
                                slots.add(ORDERS, orders);
                                if (orders % 3 != 0) {
                                    slots.leave();
                                }
                            },
                            "worker-" + i);
                    thread.start();
                    joinQuietly(thread);
                }
            });
            List<FinalRecord> records = new ArrayList<>();
            while (records.size() < threads) {
                finals.drain(records::add);
                if (!all.isAlive()) {
                    // Those of threads that ended without closing, if the queue has room.
                    slots.reclaim();
                }
                Thread.onSpinWait();
            }
            all.join();
            assertThat(records.stream().mapToLong(r -> r.values().get(ORDERS)).sum())
                    .isEqualTo(threads * (threads - 1L) / 2)
                    .isEqualTo(slots.table().sum(ORDERS));
            assertThat(records).allSatisfy(r -> {
                assertThat(r.owner().name()).isEqualTo("worker-" + r.values().get(ORDERS));
                assertThat(r.key()).isEqualTo(r.owner().thread());
                assertThat(r.name()).isNull();
            });
            assertThat(finals.poll()).isNull();
            assertThat(slots.table().size()).isZero();
        }
    }

    @Test
    void reclaimingNeverWaitsForTheConsumer() throws Exception {
        MpscVarHandleArrayQueue<FinalRecord> finals = new MpscVarHandleArrayQueue<>(2);
        try (PerThread slots = PerThread.create(SlotTable.builder(LAYOUT, 4).finalRecords(finals))) {
            for (int i = 0; i < 4; i++) {
                inThread(() -> slots.add(ORDERS, 1));
            }
            assertThat(slots.reclaim()).isEqualTo(2);
            assertThat(slots.table().size()).isEqualTo(2);
            assertThat(slots.table().sum(ORDERS)).isEqualTo(4);
            finals.clear();
            assertThat(slots.reclaim()).isEqualTo(2);
            assertThat(slots.table().sum(ORDERS)).isEqualTo(4);
        }
    }

    @Test
    void aThreadThatWaitsForTheConsumerIgnoresInterruptionUntilTheTableIsClosed() throws Exception {
        MpscVarHandleArrayQueue<FinalRecord> finals = new MpscVarHandleArrayQueue<>(2);
        PerThread slots = PerThread.create(SlotTable.builder(LAYOUT, 4).finalRecords(finals));
        for (int i = 0; i < 2; i++) {
            slots.get().close();
        }
        FutureTask<Boolean> leave = new FutureTask<>(() -> {
            slots.get();
            Thread.currentThread().interrupt();
            slots.leave();
            return Thread.interrupted();
        });
        Thread thread = Thread.ofPlatform().start(leave);
        thread.join(200);
        assertThat(thread.isAlive()).isTrue();
        slots.close();
        assertThat(leave.get()).isTrue();
    }

    @Test
    void leasesWaitForEachOther() throws Exception {
        Slot one = perThread.lease();
        Slot two = inThreadThatLives(this::hold);
        assertThat(one.slot).isNotEqualTo(two.slot);
        FutureTask<Long> third = new FutureTask<>(() -> {
            try (Slot slot = perThread.lease()) {
                return slot.add(ORDERS, 1);
            }
        });
        Thread waiting = Thread.ofVirtual().start(third);
        waiting.join(java.time.Duration.ofMillis(100));
        assertThat(third.isDone()).isFalse();
        one.close();
        assertThat(third.get()).isEqualTo(1);
    }

    @Test
    void aThreadThatWaitedInVainCanAskForTheLongestLease() throws Exception {
        inThreadThatLives(this::hold);
        inThreadThatLives(this::hold);
        long begun = System.nanoTime();
        assertThat(perThread.tryLease(50, MILLISECONDS)).isNull();
        assertThat(System.nanoTime() - begun).isGreaterThan(MILLISECONDS.toNanos(50));
        assertThat(perThread.longestLease()).satisfies(longest -> {
            assertThat(longest.key()).isEqualTo(-1);
            assertThat(longest.site()).startsWith(PerThreadTest.class.getName());
        });
        assertThat(perThread.toString())
                .contains("slots=2 leases=2")
                .contains("lease=-1 ")
                .contains("taken=" + PerThreadTest.class.getName());
        assertThat(perThread.tryLease(-1, SECONDS)).isNull();
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> perThread.tryLease(10, SECONDS)).isInstanceOf(InterruptedException.class);
    }

    @Test
    void aThreadThatHasASlotDoesNotWaitForAnother() throws Exception {
        try (Slot one = perThread.lease();
                Slot two = perThread.lease()) {
            assertThat(one.slot).isNotEqualTo(two.slot);
            assertThatThrownBy(perThread::lease)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("has one already");
        }
        perThread.get();
        inThreadThatLives(this::hold);
        assertThatThrownBy(perThread::lease).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aLeaseThatWasNotClosedIsReportedWithItsSiteAndItsSlotIsFreed() throws Exception {
        List<String> logged = new ArrayList<>();
        Logger logger = Logger.getLogger(PerThread.class.getPackageName());
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord logRecord) {
                logged.add(logRecord.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.addHandler(handler);
        logger.setUseParentHandlers(false);
        try {
            for (int i = 0; i < 3; i++) {
                inThread(this::leak);
            }
            assertThat(perThread.table().sum(ORDERS)).isEqualTo(3);
            assertThat(perThread.table().size()).isZero();
        } finally {
            logger.removeHandler(handler);
            logger.setUseParentHandlers(true);
        }
        assertThat(logged)
                .hasSize(3)
                .allSatisfy(message -> assertThat(message)
                        .contains("a lease was not closed")
                        .contains("taken=" + PerThreadTest.class.getName() + ".leak("));
    }

    private Slot hold() {
        return perThread.lease();
    }

    private long leak() {
        return perThread.lease().add(ORDERS, 1);
    }

    @Test
    void aThreadThatWaitsIsToldThatTheTableIsClosed() throws Exception {
        inThreadThatLives(this::hold);
        inThreadThatLives(this::hold);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread waiting = Thread.ofPlatform()
                .uncaughtExceptionHandler((t, e) -> thrown.set(e))
                .start(perThread::lease);
        waiting.join(50);
        perThread.close();
        perThread.close();
        waiting.join();
        assertThat(thrown.get()).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        assertThatThrownBy(perThread::get).isInstanceOf(IllegalStateException.class);
        assertThat(perThread.toString()).contains("slots=2");
    }

    @Test
    void anyThreadUpdatesSharedFields() throws Exception {
        long id = Thread.currentThread().threadId();
        perThread.get();
        inThread(() -> perThread.table().at(id).getAndAdd(CREDIT, 5));
        perThread.leave();
        assertThat(perThread.table().sum(CREDIT)).isEqualTo(5);
    }

    @Test
    void anInterruptedThreadGetsItsSlotToo() {
        Thread.currentThread().interrupt();
        perThread.add(ORDERS, 1);
        assertThat(perThread.lease().add(ORDERS, 1)).isEqualTo(1);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void closingTheTableEndsTheWait() throws Exception {
        inThreadThatLives(this::hold);
        inThreadThatLives(this::hold);
        FutureTask<Slot> waiting = new FutureTask<>(this::hold);
        Thread thread = Thread.ofPlatform().start(waiting);
        thread.join(50);
        perThread.table().close();
        assertThatThrownBy(waiting::get).hasRootCauseInstanceOf(IllegalStateException.class);
    }

    /** A reclaiming thread may have found the slot before its thread closed it and ended. */
    @Test
    void aThreadThatClosesAndEndsWhileAnotherReclaimsFreesOneSlot() throws Exception {
        Slot[] theirs = new Slot[1];
        inThread(() -> {
            theirs[0] = perThread.lease();
            theirs[0].close();
            return null;
        });
        assertThat(theirs[0].claim.endForAnother()).isFalse();
        hold();
        inThreadThatLives(this::hold);
        assertThat(inThread(() -> perThread.tryLease(0, SECONDS))).isNull();
    }

    /** Of several threads that reclaim at once, one ends each claim. */
    @Test
    void eachFinalRecordIsQueuedOnce() throws Exception {
        Queue<FinalRecord> finals = new ConcurrentLinkedQueue<>();
        try (PerThread slots = PerThread.create(SlotTable.builder(LAYOUT, 8).finalRecords(finals))) {
            for (int round = 1; round <= 200; round++) {
                for (int i = 0; i < 4; i++) {
                    inThread(() -> slots.add(ORDERS, 1));
                }
                AtomicInteger freed = new AtomicInteger();
                List<Thread> reclaimers = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    reclaimers.add(Thread.ofPlatform().start(() -> freed.addAndGet(slots.reclaim())));
                }
                for (Thread reclaimer : reclaimers) {
                    reclaimer.join();
                }
                assertThat(freed.get()).isEqualTo(4);
                assertThat(finals).hasSize(4 * round);
            }
            assertThat(slots.table().sum(ORDERS)).isEqualTo(800);
        }
    }

    /** Runs {@code work} in a thread that ends with it. */
    private static <T> T inThread(Callable<T> work) throws Exception {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = Thread.ofPlatform().start(task);
        T result = task.get();
        thread.join();
        return result;
    }

    /** Runs {@code work} in a thread that does not end before the test does. */
    private static <T> T inThreadThatLives(Callable<T> work) throws Exception {
        FutureTask<T> task = new FutureTask<>(work);
        Thread.ofPlatform().daemon().start(() -> {
            task.run();
            awaitQuietly(new CountDownLatch(1));
        });
        return task.get();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await(50, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void joinQuietly(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
