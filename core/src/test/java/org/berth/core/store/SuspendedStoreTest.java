package org.berth.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToIntFunction;
import org.berth.offheap.TestDepth;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A thread that is suspended at any step of an operation: after it has reserved memory, before and after it sets the
 * index, in the middle of a walk, between the steps by which a segment is installed. The others go on with thousands of
 * operations, and none waits for it; then it goes on itself, and nothing is lost.
 */
@Timeout(300)
class SuspendedStoreTest {

    /** Of each other thread, each of which is several calls. */
    private static final int OPERATIONS = 1_000;

    private static final int SECONDS = 30;

    /** The key that all threads update. Each other has one of its own. */
    private static final int SHARED_KEY = 1;

    /** Values of the suspended thread, from the first to the last. */
    private static final int OWN = 1_000_000;

    private static final int LAST = 10;

    /** What the suspended thread does. */
    enum Operation {
        GET(store -> store.get(SHARED_KEY)),
        TRAVERSE(store -> store.traversed(SHARED_KEY)),
        PUT(store -> store.put(SHARED_KEY, OWN)),
        PUT_COLLIDING(store -> store.put(5, OWN)),
        REMOVE(store -> store.remove(SHARED_KEY)),
        CLEAR(SteppedStore::clear),
        /** Evacuates records, and fills and installs segments. */
        PUT_SEVERAL(store -> {
            for (int i = 0; i < LAST; i++) {
                store.put(4, OWN + i);
                store.put(SHARED_KEY, OWN + i);
            }
            return store.put(4, OWN + LAST);
        });

        @SuppressWarnings("ImmutableEnumChecker") // none of them keeps anything
        private final ToIntFunction<SteppedStore> body;

        Operation(ToIntFunction<SteppedStore> body) {
            this.body = body;
        }
    }

    /** Suspends one thread at one of its steps. */
    private static final class Suspension {

        private final CountDownLatch suspendedOrEnded = new CountDownLatch(1);
        private final CountDownLatch resumed = new CountDownLatch(1);
        private volatile Thread thread;
        private volatile boolean suspended;
        private int left;

        Suspension(int steps) {
            left = steps;
        }

        void step() {
            if (Thread.currentThread() == thread && left-- == 0) {
                suspended = true;
                suspendedOrEnded.countDown();
                try {
                    resumed.await();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        }

        Thread start(Runnable body) {
            Thread started = Thread.ofPlatform().daemon().unstarted(() -> {
                body.run();
                suspendedOrEnded.countDown();
            });
            thread = started;
            started.start();
            return started;
        }
    }

    @ParameterizedTest
    @EnumSource
    void othersGoOn(Operation operation) throws InterruptedException {
        int steps = 0;
        while (suspendedAt(steps, operation, 1_000)) {
            steps++;
        }
        assertThat(steps).isGreaterThan(5);
    }

    /** Each segment is freed when it is recycled: what the suspended thread accesses may be gone. */
    @ParameterizedTest
    @EnumSource
    void othersFreeTheMemory(Operation operation) throws InterruptedException {
        int steps = 0;
        while (suspendedAt(steps, operation, 0)) {
            steps += TestDepth.of(5, 1);
        }
        assertThat(steps).isGreaterThan(5);
    }

    /** Returns whether there was such a step. */
    private static boolean suspendedAt(int steps, Operation operation, long lastGeneration)
            throws InterruptedException {
        Suspension suspension = new Suspension(steps);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        try (SteppedStore store = new SteppedStore(BrokenStores.NONE, lastGeneration, suspension::step)) {
            setUp(store);
            BytesMapStatistics before = store.map.statistics();
            AtomicReference<BytesMapStatistics> alone = new AtomicReference<>();
            Thread stopped = suspension.start(() -> {
                try {
                    assertThat(operation.body.applyAsInt(store)).isNotEqualTo(SteppedStore.TORN);
                    alone.set(store.map.statistics());
                } catch (Throwable e) {
                    failure.compareAndSet(null, e);
                }
            });
            suspension.suspendedOrEnded.await();
            if (operation == Operation.PUT_SEVERAL && !suspension.suspended) {
                assertThat(alone.get().evacuated()).isGreaterThan(before.evacuated());
                assertThat(alone.get().segmentsTaken()).isGreaterThan(before.segmentsTaken());
            }
            List<Thread> others = new ArrayList<>();
            for (int key = 2; key <= 3; key++) {
                int own = key;
                others.add(Thread.ofPlatform().daemon().start(() -> {
                    try {
                        work(store, own, operation == Operation.CLEAR);
                    } catch (Throwable e) {
                        failure.compareAndSet(null, e);
                    }
                }));
            }
            for (Thread other : others) {
                assertThat(other.join(Duration.ofSeconds(SECONDS)))
                        .as("a thread waits for one that is suspended at step %d", steps)
                        .isTrue();
            }
            suspension.resumed.countDown();
            stopped.join();
            assertThat(failure.get()).as("step %d", steps).isNull();
            check(store, operation);
            return suspension.suspended;
        }
    }

    /** A segment of which little is live, and one that is nearly full. */
    private static void setUp(SteppedStore store) {
        for (int i = 0; i < 6; i++) {
            store.put(i / 2 + 1, i);
            store.put(4, i);
        }
    }

    private static void work(SteppedStore store, int own, boolean cleared) {
        for (int i = 0; i < OPERATIONS; i++) {
            int value = 10 * i + own;
            store.put(own, value);
            int found = store.get(own);
            assertThat(found == value || (cleared && found == SteppedStore.MISSING))
                    .isTrue();
            switch (i % 4) {
                case 0 -> store.put(SHARED_KEY, value);
                // Has the hash of the own key.
                case 1 -> store.put(own + 4, value);
                case 2 -> store.remove(own + 4);
                default -> assertThat(store.get(SHARED_KEY)).isNotEqualTo(SteppedStore.TORN);
            }
        }
    }

    private static void check(SteppedStore store, Operation operation) {
        store.audit();
        Map<Integer, Integer> contents = store.contents();
        assertThat(contents).doesNotContainValue(SteppedStore.TORN);
        int last = 10 * (OPERATIONS - 1);
        if (operation != Operation.CLEAR) {
            assertThat(contents).containsEntry(2, last + 2).containsEntry(3, last + 3);
        }
        switch (operation) {
            case PUT -> assertThat(contents.get(SHARED_KEY)).isIn(OWN, last - 30 + 2, last - 30 + 3);
            case PUT_COLLIDING -> assertThat(contents).containsEntry(5, OWN);
            case PUT_SEVERAL -> assertThat(contents).containsEntry(4, OWN + LAST);
            case REMOVE, CLEAR -> {
                // It is there or not, depending on the order.
            }
            default -> assertThat(contents).containsEntry(4, 5);
        }
        assertThat(store.map.statistics().evacuated()).isPositive();
    }
}
