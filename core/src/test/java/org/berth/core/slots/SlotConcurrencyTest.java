package org.berth.core.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.berth.core.slots.TestLayout.CREDIT;
import static org.berth.core.slots.TestLayout.FLAGS;
import static org.berth.core.slots.TestLayout.LAYOUT;
import static org.berth.core.slots.TestLayout.LIMIT;
import static org.berth.core.slots.TestLayout.ORDERS;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Many threads at once: sums that must be exact, and misuse that must be detected. */
@Tag("strict-and-not")
class SlotConcurrencyTest {

    private static final int THREADS = 4;

    /** The tests run with strict mode and without: its CAS would hide an order that the plain path lacks. */
    private static final boolean STRICT = Boolean.getBoolean("org.berth.strict");

    @Test
    void nothingIsLostAndNothingIsCountedTwice() throws Exception {
        int rounds = 200_000;
        try (SlotTable table = SlotTable.create(LAYOUT, THREADS + 1)) {
            table.claim("common").close();
            inParallel(thread -> {
                try (Slot mine = table.claim(thread);
                        SlotView common = table.view("common")) {
                    for (int i = 0; i < rounds; i++) {
                        mine.add(ORDERS, 1);
                        common.getAndAdd(CREDIT, 1);
                        table.at("common").getAndAdd(FLAGS, 1);
                        table.at("common").getAndAdd(LIMIT, 0.5);
                        table.at("common").updateAndGet(CREDIT, x -> x + 2);
                        long seen = common.get(CREDIT);
                        common.compareAndSet(CREDIT, seen, seen);
                    }
                }
                return null;
            });
            assertThat(table.sum(ORDERS)).isEqualTo((long) THREADS * rounds);
            assertThat(table.at("common").get(CREDIT)).isEqualTo(3L * THREADS * rounds);
            assertThat(table.at("common").get(FLAGS)).isEqualTo(THREADS * rounds);
            assertThat(table.at("common").get(LIMIT)).isEqualTo(THREADS * rounds / 2.0);
        }
    }

    @Test
    void oneOwnerAtATime() throws Exception {
        int rounds = 50_000;
        try (SlotTable table = SlotTable.create(LAYOUT, 3)) {
            AtomicInteger claims = new AtomicInteger();
            AtomicInteger inside = new AtomicInteger();
            inParallel(thread -> {
                for (int i = 0; i < rounds; i++) {
                    try (Slot mine = table.tryClaim("k" + i % 3)) {
                        if (mine != null && i % 3 == 0) {
                            assertThat(inside.incrementAndGet()).isEqualTo(1);
                            mine.add(ORDERS, 1);
                            claims.incrementAndGet();
                            inside.decrementAndGet();
                        }
                    }
                }
                return null;
            });
            // Written by a plain read and a release write: exact only if claims exclude each other and see
            // each other's writes.
            assertThat(table.at("k0").get(ORDERS)).isEqualTo(claims.get()).isPositive();
            assertThat(table.size()).isEqualTo(3);
        }
    }

    @Test
    void aFullTableHasEachKeyOnceHoweverManyThreadsClaimIt() throws Exception {
        int capacity = 64;
        for (int round = 0; round < 200; round++) {
            try (SlotTable table = SlotTable.create(LAYOUT, capacity)) {
                AtomicInteger owners = new AtomicInteger();
                CountDownLatch start = new CountDownLatch(THREADS);
                inParallel(thread -> {
                    start.countDown();
                    start.await();
                    for (int key = 0; key < capacity; key++) {
                        // Never closed: of the threads that claim a key, one owns it for good.
                        if (table.tryClaim(key) != null) {
                            owners.incrementAndGet();
                        }
                    }
                    return null;
                });
                assertThat(owners).hasValue(capacity);
                assertThat(table.size()).isEqualTo(capacity);
                List<Long> keys = new ArrayList<>();
                table.forEach(view -> keys.add(view.key()));
                assertThat(keys).hasSize(capacity).doesNotHaveDuplicates();
            }
        }
    }

    @Test
    void overlappingWritesThroughOneHandleAreDetected() throws Exception {
        assumeTrue(STRICT, "strict mode is off");
        try (SlotTable table = SlotTable.create(LAYOUT, 1)) {
            Slot handle = table.claim("shared by mistake");
            AtomicBoolean detected = new AtomicBoolean();
            inParallel(thread -> {
                while (!detected.get() && !Thread.currentThread().isInterrupted()) {
                    try {
                        handle.add(ORDERS, 1);
                    } catch (IllegalStateException e) {
                        assertThat(e)
                                .hasMessageContaining(
                                        "overlapping writes through one handle: name=shared by mistake thread=");
                        detected.set(true);
                    }
                }
                return null;
            });
            // The handle is usable again once the overlap is over.
            handle.set(ORDERS, 1);
            assertThat(handle.get(ORDERS)).isEqualTo(1);
        }
    }

    @Test
    void aWriteThatOverlapsACloseIsDetected() throws Exception {
        assumeTrue(STRICT, "strict mode is off");
        try (SlotTable table = SlotTable.create(LAYOUT, 1)) {
            AtomicBoolean detected = new AtomicBoolean();
            for (int round = 0; !detected.get() && round < 200_000; round++) {
                Slot handle = table.claim("k");
                CyclicBarrier start = new CyclicBarrier(2);
                FutureTask<Object> writer = new FutureTask<>(() -> {
                    start.await();
                    for (int i = 0; i < 100; i++) {
                        handle.add(ORDERS, 1);
                    }
                    return null;
                });
                Thread thread = new Thread(writer);
                thread.start();
                start.await();
                try {
                    handle.close();
                } catch (IllegalStateException e) {
                    assertThat(e).hasMessageContaining("overlapping");
                    detected.set(true);
                }
                try {
                    writer.get();
                } catch (ExecutionException e) {
                    // The side that came second throws, which may be either.
                    assertThat(e.getCause()).isInstanceOf(IllegalStateException.class);
                    detected.compareAndSet(false, e.getMessage().contains("overlapping"));
                }
                handle.close();
            }
            assertThat(detected).isTrue();
        }
    }

    @Test
    void closingATableUnderLoadGivesExceptionsAndNoCrash() throws Exception {
        for (int round = 0; round < 100; round++) {
            SlotTable table = SlotTable.create(LAYOUT, THREADS);
            CountDownLatch running = new CountDownLatch(THREADS - 1);
            inParallel(thread -> {
                if (thread == THREADS - 1) {
                    running.await();
                    table.close();
                    return null;
                }
                try (Slot mine = table.claim(thread)) {
                    for (long i = 0; !Thread.currentThread().isInterrupted(); i++) {
                        mine.add(ORDERS, 1);
                        mine.getAndAdd(CREDIT, 1);
                        table.at(thread).updateAndGet(LIMIT, x -> x + 1);
                        table.sum(ORDERS);
                        table.forEach(SlotView::isOwned);
                        if (i == 100) {
                            running.countDown();
                        }
                    }
                } catch (IllegalStateException e) {
                    assertThat(e).hasMessageContaining("closed");
                }
                return null;
            });
        }
    }

    private interface Work {
        Object run(int thread) throws Exception;
    }

    /** Ends all threads and fails if one fails, or after a minute. */
    private static void inParallel(Work work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Callable<Object>> tasks = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int thread = i;
                tasks.add(() -> work.run(thread));
            }
            for (Future<Object> result : threads.invokeAll(tasks, 1, TimeUnit.MINUTES)) {
                result.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
