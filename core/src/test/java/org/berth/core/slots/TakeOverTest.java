package org.berth.core.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.berth.core.slots.TestLayout.CREDIT;
import static org.berth.core.slots.TestLayout.LAYOUT;
import static org.berth.core.slots.TestLayout.ORDERS;

import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.berth.offheap.ArrayWords;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Handles that are not closed: what others are told, and how they go on. */
@Timeout(60)
class TakeOverTest {

    @Test
    void theKeyOfAnEndedThreadIsTakenOver() throws Exception {
        try (SlotTable table = SlotTable.create(LAYOUT, 4)) {
            Slot lost = claimInThread("worker", t -> t.claim("n"), table);
            lost.set(ORDERS, 3);
            assertThatIllegalStateException()
                    .isThrownBy(() -> table.claim("n"))
                    .withMessageContaining("already claimed: name=n owner=worker")
                    .withMessageContaining("alive=false")
                    .withMessageContaining("takeOver");
            assertThatIllegalStateException()
                    .isThrownBy(() -> table.remove("n"))
                    .withMessageContaining("alive=false");
            try (Slot slot = table.takeOver("n")) {
                assertThat(slot.get(ORDERS)).isEqualTo(3);
                assertThat(Objects.requireNonNull(slot.abandonedBy()).name()).isEqualTo("worker");
                assertThatIllegalStateException()
                        .isThrownBy(() -> lost.set(ORDERS, 4))
                        .withMessageContaining("handle is closed");
                lost.close();
                assertThat(slot.isOwned()).isTrue();
            }
            try (Slot slot = table.takeOver("n")) {
                assertThat(slot.abandonedBy()).as("closed as it should be").isNull();
            }
        }
    }

    @Test
    void theKeyOfALivingThreadIsNot() throws Exception {
        try (SlotTable table = SlotTable.create(LAYOUT, 4)) {
            CountDownLatch done = new CountDownLatch(1);
            CountDownLatch claimed = new CountDownLatch(1);
            Thread owner = Thread.ofPlatform().name("alive").start(() -> {
                try (Slot slot = table.claim(1)) {
                    claimed.countDown();
                    done.await();
                    slot.set(ORDERS, 1);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            claimed.await();
            assertThatIllegalStateException()
                    .isThrownBy(() -> table.takeOver(1))
                    .withMessageContaining("owner is alive: key=1 owner=alive")
                    .withMessageContaining("alive=true");
            assertThatThrownBy(() -> table.takeOver(2)).isInstanceOf(NoSuchElementException.class);
            done.countDown();
            owner.join();
            try (Slot slot = table.takeOver(1)) {
                assertThat(slot.get(ORDERS)).isEqualTo(1);
            }
        }
    }

    @Test
    void whatTheEndedOwnerHadBegunIsDiscardedMergedAndQueued() throws Exception {
        Queue<FinalRecord> finals = new ArrayBlockingQueue<>(1);
        try (SlotTable table = SlotTable.builder(Ledger.LAYOUT, 2)
                .onRelease(OnRelease.MERGE)
                .finalRecords(finals)
                .build()) {
            Slot lost = claimInThread("worker", t -> t.claim(1), table);
            Ledger.book(lost, 5);
            lost.begin().set(Ledger.AMOUNT, 100);
            finals.add(new FinalRecord(0, null, null, Ledger.LAYOUT.newSnapshot()));
            assertThatIllegalStateException()
                    .isThrownBy(() -> table.takeOver(1))
                    .withMessageContaining("no room for the final record");
            finals.clear();
            try (Slot slot = table.takeOver(1)) {
                assertThat(slot.get(Ledger.AMOUNT)).isZero();
                assertThat(table.sum(Ledger.AMOUNT)).isEqualTo(5);
                assertThat(finals.remove().values().get(Ledger.AMOUNT)).isEqualTo(5);
            }
        }
    }

    /** A handle that the program drops is found by the collector: one warning, and the key is there for the taking. */
    @Test
    void aDroppedHandleIsLoggedOnceAndTakenOver() throws Exception {
        CopyOnWriteArrayList<String> log = new CopyOnWriteArrayList<>();
        Logger logger = Logger.getLogger(Handles.class.getPackageName());
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord record) {
                log.add(record.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.addHandler(handler);
        try (SlotTable table = SlotTable.create(LAYOUT, 8)) {
            for (int key = 0; key < 2; key++) {
                WeakReference<Slot> dropped = claimAndDrop(table, key);
                while (dropped.get() != null) {
                    System.gc();
                    Thread.sleep(1);
                }
            }
            // The reference is in its queue a moment after it is cleared.
            for (int key = 2; log.isEmpty(); key = 3) {
                table.claim(key).close();
                Thread.sleep(1);
            }
            table.claim(4).close();
            assertThat(log).hasSize(1);
            assertThat(log.getFirst())
                    .contains("a handle was dropped without being closed: key=", "owner=dropper", "alive=false");
            for (int key = 0; key < 2; key++) {
                try (Slot slot = table.takeOver(key)) {
                    assertThat(slot.get(ORDERS)).isEqualTo(7);
                    assertThat(slot.abandonedBy()).isNotNull();
                }
                table.claim(key).close();
            }
        } finally {
            logger.removeHandler(handler);
        }
    }

    private static WeakReference<Slot> claimAndDrop(SlotTable table, int key) throws Exception {
        return new WeakReference<>(claimInThread(
                "dropper",
                t -> {
                    Slot slot = t.claim(key);
                    slot.set(ORDERS, 7);
                    return slot;
                },
                table));
    }

    /** An error that keeps a claim from ending loses no slot, though its thread lives. */
    @Test
    void aStuckClaimIsTakenOver() {
        Queue<FinalRecord> failing = new ArrayDeque<>() {
            private static final long serialVersionUID = 1L;

            @Override
            public boolean offer(FinalRecord record) {
                if (isEmpty()) {
                    super.add(record);
                    return false;
                }
                return true;
            }
        };
        try (SlotTable table =
                SlotTable.builder(LAYOUT, 1).finalRecords(failing).build()) {
            Slot slot = table.claim(1);
            slot.set(ORDERS, 9);
            slot.claim.removeAtEnd();
            assertThat(slot.claim.endForAnother()).as("no room").isFalse();
            assertThat(table.tryClaim(1)).isNull();
            slot.claim.end(null, true);
            assertThat(table.contains(1)).isFalse();
        }
    }

    /** Nothing is kept of a handle whose claim has ended, in whichever way. */
    @Test
    void handlesAreEnteredForAsLongAsTheClaimLasts() {
        TableDescriptor descriptor = new TableDescriptor(LAYOUT, 2, 8);
        TableMemory memory = new TableMemory(descriptor, new ArrayWords(descriptor.bytes), null);
        Claims claims = new Claims(memory, RecordQueues.NONE);
        KeyIndex.Key key = KeyIndex.Key.of(1);
        Slot closed = claims.claim(key, null, null);
        assertThat(Objects.requireNonNull(claims.handles().find(closed.slot)).get())
                .isSameAs(closed);
        closed.close();
        assertThat(claims.handles().find(closed.slot)).isNull();
        Slot cancelled = claims.claim(key, null, null);
        cancelled.cancel();
        assertThat(claims.handles().find(cancelled.slot)).isNull();
        Slot removed = claims.claim(key, null, null);
        removed.remove();
        assertThat(claims.handles().find(removed.slot)).isNull();
        Slot added = claims.claim(key, null, null);
        added.cancelAndRemove();
        assertThat(claims.handles().find(added.slot)).isNull();
    }

    @Test
    void aClaimWaitsForItsTurn() throws Exception {
        try (SlotTable table = SlotTable.create(LAYOUT, 4)) {
            Slot slot = table.claim(1);
            long begun = System.nanoTime();
            assertThat(table.tryClaim(1, 20, TimeUnit.MILLISECONDS)).isNull();
            assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(20_000_000);
            assertThat(table.tryClaim(1, -1, TimeUnit.DAYS)).isNull();
            AtomicReference<@Nullable Slot> result = new AtomicReference<>();
            Thread waiting = Thread.ofPlatform().start(() -> {
                try {
                    result.set(table.tryClaim(1, 1, TimeUnit.DAYS));
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            slot.close();
            waiting.join();
            assertThat(Objects.requireNonNull(result.get()).key()).isEqualTo(1);
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> table.tryClaim(1, 1, TimeUnit.DAYS)).isInstanceOf(InterruptedException.class);
            try (Slot named = table.tryClaim("n", 1, TimeUnit.SECONDS)) {
                assertThat(Objects.requireNonNull(named).getAndAdd(CREDIT, 1)).isZero();
            }
        }
    }

    private static Slot claimInThread(String name, Function<SlotTable, Slot> claim, SlotTable table)
            throws InterruptedException {
        AtomicReference<@Nullable Slot> slot = new AtomicReference<>();
        Thread thread = Thread.ofPlatform().name(name).start(() -> slot.set(claim.apply(table)));
        thread.join();
        return Objects.requireNonNull(slot.get());
    }
}
