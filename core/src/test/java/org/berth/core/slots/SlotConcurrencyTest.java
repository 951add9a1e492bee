package org.berth.core.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.berth.core.slots.TestLayout.CREDIT;
import static org.berth.core.slots.TestLayout.FLAGS;
import static org.berth.core.slots.TestLayout.LAYOUT;
import static org.berth.core.slots.TestLayout.LIMIT;
import static org.berth.core.slots.TestLayout.ORDERS;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many threads at once: ledgers that must come out exact, and misuse that must be noticed. */
@Timeout(120)
class SlotConcurrencyTest {

    private static final int THREADS = 4;

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
                        table.getAndAdd("common", FLAGS, 1);
                        table.getAndAdd("common", LIMIT, 0.5);
                        table.update("common", CREDIT, x -> x + 2);
                        long seen = common.get(CREDIT);
                        common.compareAndSet(CREDIT, seen, seen);
                    }
                }
                return null;
            });
            assertThat(table.sum(ORDERS)).isEqualTo((long) THREADS * rounds);
            assertThat(table.get("common", CREDIT)).isEqualTo(3L * THREADS * rounds);
            assertThat(table.get("common", FLAGS)).isEqualTo(THREADS * rounds);
            assertThat(table.get("common", LIMIT)).isEqualTo(THREADS * rounds / 2.0);
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
            // Written by a plain read and a release write: exact only if claims exclude each other and hand over.
            assertThat(table.get("k0", ORDERS)).isEqualTo(claims.get()).isPositive();
            assertThat(table.size()).isEqualTo(3);
        }
    }

    @Test
    void aFullTableHoldsEachKeyOnceHoweverManyThreadsBringIt() throws Exception {
        int capacity = 64;
        for (int round = 0; round < 200; round++) {
            try (SlotTable table = SlotTable.create(LAYOUT, capacity)) {
                AtomicInteger owners = new AtomicInteger();
                CountDownLatch start = new CountDownLatch(THREADS);
                inParallel(thread -> {
                    start.countDown();
                    start.await();
                    for (int key = 0; key < capacity; key++) {
                        // Never closed: of the threads that bring a key, one owns it for good.
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
    void overlappingWritesThroughOneHandleAreNoticed() throws Exception {
        assertThat(Boolean.getBoolean("org.berth.strict"))
                .as("the tests run in strict mode")
                .isTrue();
        try (SlotTable table = SlotTable.create(LAYOUT, 1)) {
            Slot handle = table.claim("shared by mistake");
            AtomicBoolean noticed = new AtomicBoolean();
            inParallel(thread -> {
                while (!noticed.get()) {
                    try {
                        handle.add(ORDERS, 1);
                    } catch (IllegalStateException e) {
                        assertThat(e)
                                .hasMessageContaining(
                                        "overlapping writes through one handle: name=shared by mistake thread=");
                        noticed.set(true);
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
                    for (long i = 0; ; i++) {
                        mine.add(ORDERS, 1);
                        mine.getAndAdd(CREDIT, 1);
                        table.update(thread, LIMIT, x -> x + 1);
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

    private static void inParallel(Work work) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<Callable<Object>> tasks = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int thread = i;
                tasks.add(() -> work.run(thread));
            }
            for (Future<Object> result : threads.invokeAll(tasks)) {
                result.get();
            }
        }
    }
}
