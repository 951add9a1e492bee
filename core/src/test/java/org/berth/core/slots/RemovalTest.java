package org.berth.core.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.berth.core.slots.TestLayout.CREDIT;
import static org.berth.core.slots.TestLayout.LAYOUT;
import static org.berth.core.slots.TestLayout.NOTE;
import static org.berth.core.slots.TestLayout.ORDERS;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.berth.core.slots.SteppedRun.SteppedWords;
import org.berth.offheap.ArrayWords;
import org.berth.offheap.ForwardingWords;
import org.berth.offheap.Region;
import org.berth.offheap.Words;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Removal of keys, and reuse of their slots. */
class RemovalTest {

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRemovedKeyIsGoneAndStartsAnew(boolean recycling) {
        try (SlotTable table = table(4, recycling)) {
            try (Slot slot = table.claim("a")) {
                slot.write(write -> write.set(ORDERS, 5).set(NOTE, "old"));
                table.at("a").set(CREDIT, 7);
            }
            table.claim(1).close();
            assertThat(table.remove("a")).isTrue();
            assertThat(table.remove("a")).isFalse();
            assertThat(table.remove("never")).isFalse();
            assertThat(table.contains("a")).isFalse();
            assertThat(table.size()).isEqualTo(1);
            assertThat(table.sum(ORDERS)).isZero();
            assertThatThrownBy(() -> table.at("a").get(ORDERS)).isInstanceOf(NoSuchElementException.class);
            assertThatThrownBy(() -> table.view("a")).isInstanceOf(NoSuchElementException.class);
            assertThat(keys(table)).containsExactly("1");
            try (Slot again = table.claim("a")) {
                Snapshot snapshot = LAYOUT.newSnapshot();
                again.read(snapshot);
                assertThat(snapshot.get(ORDERS)).isZero();
                assertThat(snapshot.get(CREDIT)).isZero();
                assertThat(snapshot.get(NOTE)).isEmpty();
            }
            assertThat(table.size()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anOwnedKeyIsNotRemoved(boolean recycling) {
        try (SlotTable table = table(2, recycling)) {
            Slot slot = table.claim("mine");
            assertThatIllegalStateException()
                    .isThrownBy(() -> table.remove("mine"))
                    .withMessageContaining(
                            "owned: name=mine owner=" + Thread.currentThread().getName());
            slot.set(ORDERS, 1);
            assertThat(table.at("mine").get(ORDERS)).isEqualTo(1);
            slot.close();
            assertThat(table.remove("mine")).isTrue();
        }
    }

    @Test
    void aRemovedSlotIsRetired() {
        try (SlotTable table = table(2, false)) {
            table.claim(1).close();
            SlotView stale = table.view(1);
            assertThat(stale.isRemoved()).isFalse();
            table.remove(1);
            assertThat(stale.isRemoved()).isTrue();
            try (Slot again = table.claim(1)) {
                assertThat(again.isRemoved()).isFalse();
                stale.set(CREDIT, 99);
                assertThat(again.get(CREDIT)).isZero();
                assertThat(stale.key()).isEqualTo(1);
            }
            assertThatIllegalStateException()
                    .isThrownBy(() -> table.claim(2))
                    .withMessageContaining("table is full: key=2 capacity=2 size=1");
        }
    }

    @Test
    void aRecyclingTableTakesNewKeysForEver() {
        try (SlotTable table = table(3, true)) {
            for (int key = 0; key < 10_000; key++) {
                try (Slot slot = table.claim(key)) {
                    assertThat(slot.add(ORDERS, 1)).isEqualTo(1);
                    assertThat(table.at(key).getAndAdd(CREDIT, 1)).isZero();
                }
                assertThat(table.size()).isEqualTo(Math.min(key, 2) + 1);
                if (key >= 2) {
                    assertThat(table.remove(key - 2)).isTrue();
                }
            }
        }
    }

    @Test
    void aSlotIsNotRecycledWhileAViewOfItIsOpen() {
        try (SlotTable table = table(1, true)) {
            table.claim(1).close();
            SlotView first = table.view(1);
            SlotView second = table.view(1);
            assertThat(table.remove(1)).isTrue();
            assertThatIllegalStateException().isThrownBy(() -> table.claim(2)).withMessageContaining("close the views");
            first.close();
            first.close();
            assertThatIllegalStateException().isThrownBy(() -> table.claim(2));
            second.set(CREDIT, 9);
            assertThat(second.isRemoved()).isTrue();
            second.close();
            try (Slot next = table.claim(2)) {
                assertThat(next.get(CREDIT)).isZero();
                assertThatIllegalStateException().isThrownBy(() -> second.set(CREDIT, 10));
            }
        }
    }

    @Test
    void aViewGivenToForEachIsClosedAfterwards() {
        try (SlotTable table = table(1, true)) {
            table.claim(1).close();
            List<SlotView> kept = new ArrayList<>();
            table.forEach(kept::add);
            assertThatIllegalStateException().isThrownBy(() -> kept.get(0).get(ORDERS));
            assertThat(table.remove(1)).isTrue();
            table.claim(2).close();
        }
    }

    @Test
    void aFunctionThatThrowsReleasesTheSlot() {
        try (SlotTable table = table(1, true)) {
            table.claim(1).close();
            assertThatThrownBy(() -> table.at(1).updateAndGet(CREDIT, value -> {
                        throw new UnsupportedOperationException("on purpose");
                    }))
                    .isInstanceOf(UnsupportedOperationException.class);
            assertThat(table.remove(1)).isTrue();
            table.claim(2).close();
        }
    }

    /**
     * The case for which slots are retained: a thread is suspended between its read of the key and its CAS, the key is
     * removed, and a claim of another key needs a slot.
     */
    @Test
    void aCasThatComesLateDoesNotReachTheNextKey() throws Exception {
        TableDescriptor descriptor = new TableDescriptor(LAYOUT, 1, 8, OnRelease.KEEP, true, false);
        try (Region region = Region.anonymous(descriptor.bytes)) {
            Parking words = new Parking(region.words());
            SlotTable table = SlotTable.over(words, descriptor);
            table.claim(1).close();
            try (ExecutorService threads = Executors.newFixedThreadPool(1)) {
                words.parked = new CountDownLatch(1);
                words.goOn = new CountDownLatch(1);
                Future<Boolean> late = threads.submit(() -> table.at(1).compareAndSet(CREDIT, 0, 99));
                words.parked.await();
                assertThat(table.remove(1)).isTrue();
                assertThatIllegalStateException()
                        .isThrownBy(() -> table.claim(2))
                        .withMessageContaining("full");
                words.goOn.countDown();
                assertThat(late.get(10, TimeUnit.SECONDS))
                        .as("as if before the removal")
                        .isTrue();
            }
            try (Slot next = table.claim(2)) {
                assertThat(next.get(CREDIT)).isZero();
            }
        }
    }

    /**
     * The same in a table that retains no slots: without recycling there is no next key whose record the
     * CAS could reach.
     */
    @Test
    void aCasThatComesLateReachesADeadRecord() throws Exception {
        TableDescriptor descriptor = new TableDescriptor(LAYOUT, 2, 8);
        try (Region region = Region.anonymous(descriptor.bytes)) {
            Parking words = new Parking(region.words());
            SlotTable table = SlotTable.over(words, descriptor);
            table.claim(1).close();
            try (ExecutorService threads = Executors.newFixedThreadPool(1)) {
                words.parked = new CountDownLatch(1);
                words.goOn = new CountDownLatch(1);
                Future<Boolean> late = threads.submit(() -> table.at(1).compareAndSet(CREDIT, 0, 99));
                words.parked.await();
                assertThat(table.remove(1)).isTrue();
                try (Slot next = table.claim(1)) {
                    words.goOn.countDown();
                    assertThat(late.get(10, TimeUnit.SECONDS)).isTrue();
                    assertThat(next.get(CREDIT)).isZero();
                }
            }
        }
    }

    /**
     * A thread finds the slot of a key and is suspended before it retains it. When it goes on, the slot has the same
     * key again, of a claim that is about to lose its race; then it goes to another key. The state NEW and the right
     * key are not enough: the index must lead to the slot.
     */
    @Test
    @Timeout(20)
    void aClaimThatWillLoseItsRaceIsNotTakenForTheKey() throws Exception {
        TableDescriptor descriptor = new TableDescriptor(LAYOUT, 3, 8, OnRelease.KEEP, true, false);
        LosingClaim words = new LosingClaim(new ArrayWords(descriptor.bytes), descriptor);
        SlotTable table = SlotTable.over(words, descriptor);
        table.claim(1).close();
        try (ExecutorService threads = Executors.newFixedThreadPool(1)) {
            List<Future<?>> loser = new ArrayList<>();
            words.beforeRetain = () -> {
                assertThat(table.remove(1)).isTrue();
                loser.add(threads.submit(() -> {
                    words.losing = Thread.currentThread();
                    assertThat(table.tryClaim(1)).isNull();
                }));
                await(words.parked);
                // Not closed: the other claim finds it owned.
                table.claim(1);
            };
            words.beforeUpdate = () -> {
                words.goOn.countDown();
                try {
                    loser.getFirst().get(10, TimeUnit.SECONDS);
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
                table.claim(2);
            };
            table.at(1).getAndAdd(CREDIT, 5);
            assertThat(words.beforeUpdate).as("the others ran in between").isNull();
        }
        assertThat(table.at(1).get(CREDIT)).isEqualTo(5);
        assertThat(table.at(2).get(CREDIT)).isZero();
    }

    /** Suspends one claim before its CAS of the index, and runs others before another thread's retain and update. */
    private static final class LosingClaim extends ForwardingWords {

        private final TableDescriptor descriptor;
        final CountDownLatch parked = new CountDownLatch(1);
        final CountDownLatch goOn = new CountDownLatch(1);
        volatile @Nullable Thread losing;

        @Nullable
        Runnable beforeRetain;

        @Nullable
        Runnable beforeUpdate;

        LosingClaim(Words words, TableDescriptor descriptor) {
            super(words);
            this.descriptor = descriptor;
        }

        @Override
        public long getAndAdd(long offset, long delta) {
            Runnable retain = beforeRetain;
            if (retain != null && offset == descriptor.metadata(0) + TableDescriptor.REFERENCES && delta == 1) {
                beforeRetain = null;
                retain.run();
            }
            Runnable update = beforeUpdate;
            if (update != null && delta == 5) {
                beforeUpdate = null;
                update.run();
            }
            return super.getAndAdd(offset, delta);
        }

        @Override
        public boolean compareAndSet(long offset, long expected, long value) {
            if (Thread.currentThread() == losing && offset >= descriptor.index && offset < descriptor.metadata) {
                parked.countDown();
                RemovalTest.await(goOn);
            }
            return super.compareAndSet(offset, expected, value);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * A thread that is suspended in a removal, before it has unlinked the slot from the index, blocks no other thread.
     */
    @Test
    @Timeout(20)
    void aRemovalUnderWayIsNotWaitedFor() {
        TableDescriptor descriptor = new TableDescriptor(LAYOUT, 2, 8, OnRelease.KEEP, true, false);
        AfterRemoval words = new AfterRemoval(new ArrayWords(descriptor.bytes));
        SlotTable table = SlotTable.over(words, descriptor);
        table.claim(1).close();
        table.claim("n").close();
        List<String> seen = new ArrayList<>();
        words.others = () -> {
            assertThatThrownBy(() -> table.at(1).getAndAdd(CREDIT, 1)).isInstanceOf(NoSuchElementException.class);
            assertThat(table.remove(1)).isFalse();
            seen.add("1 is removed");
        };
        assertThat(table.remove(1)).isTrue();
        words.others = () -> {
            assertThatThrownBy(() -> table.at("n").getAndAdd(CREDIT, 1)).isInstanceOf(NoSuchElementException.class);
            try (Slot next = table.claim("n")) {
                seen.add(next.name() + " is claimed");
            }
        };
        assertThat(table.remove("n")).isTrue();
        assertThat(seen).containsExactly("1 is removed", "n is claimed");
        assertThat(table.contains("n")).isTrue();
        assertThat(table.remove("n")).isTrue();
        for (int key = 10; key < 12; key++) {
            table.claim(key);
        }
    }

    /** Runs other operations between a removal's first step and its second. */
    private static final class AfterRemoval extends ForwardingWords {

        @Nullable
        Runnable others;

        AfterRemoval(Words words) {
            super(words);
        }

        @Override
        public long compareAndExchange(long offset, long expected, long value) {
            long seen = super.compareAndExchange(offset, expected, value);
            Runnable once = others;
            if (once != null && seen == expected && Ownership.code(value) == Ownership.REMOVED) {
                others = null;
                once.run();
            }
            return seen;
        }
    }

    /** Suspends the first thread that is about to CAS a value of 99. */
    private static final class Parking extends ForwardingWords {

        volatile @Nullable CountDownLatch parked;
        volatile @Nullable CountDownLatch goOn;

        Parking(Words words) {
            super(words);
        }

        @Override
        public boolean compareAndSet(long offset, long expected, long value) {
            CountDownLatch wait = goOn;
            if (value == 99 && wait != null) {
                parked.countDown();
                RemovalTest.await(wait);
            }
            return super.compareAndSet(offset, expected, value);
        }
    }

    /** Retired slots count towards the capacity only as long as handles of their keys may be about. */
    @ParameterizedTest
    @EnumSource
    void afterAnOpeningNoSlotIsRetired(OnRelease release) {
        TableDescriptor descriptor = new TableDescriptor(Ledger.LAYOUT, 2, 8, release, false, true);
        Words memory = new ArrayWords(descriptor.bytes);
        SlotTable table = SlotTable.over(memory, descriptor);
        for (int key = 0; key < 2; key++) {
            try (Slot slot = table.claim(key)) {
                Ledger.book(slot, key + 1);
            }
            table.remove(key);
        }
        assertThatIllegalStateException().isThrownBy(() -> table.claim(2)).withMessageContaining("full");
        SlotTable opened = SlotTable.over(memory, descriptor);
        TableFile.recover(opened.memory);
        assertThat(opened.sum(Ledger.AMOUNT)).isEqualTo(release == OnRelease.MERGE ? 3 : 0);
        for (int key = 0; key < 2; key++) {
            try (Slot slot = opened.claim(key)) {
                assertThat(slot.get(Ledger.AMOUNT)).isZero();
                assertThat(slot.get(Ledger.GIVEN)).isZero();
            }
        }
        assertThat(opened.size()).isEqualTo(2);
    }

    /**
     * While one thread removes a key, another is about to give a slot back, as it has lost the race for its key: then
     * the table is not full, at no moment of the removal.
     */
    @Test
    @Timeout(20)
    void aRemovalUnderWayDoesNotMakeATableFull() throws Exception {
        TableDescriptor descriptor = new TableDescriptor(LAYOUT, 2, 8);
        CompletableFuture<Slot> claim = new CompletableFuture<>();
        CountDownLatch begun = new CountDownLatch(1);
        boolean[] counts = {false};
        SlotTable[] tables = new SlotTable[1];
        SlotTable table = SlotTable.over(
                new ForwardingWords(new ArrayWords(descriptor.bytes)) {
                    @Override
                    public long getAndAdd(long offset, long delta) {
                        long before = super.getAndAdd(offset, delta);
                        if (counts[0] && (offset == TableDescriptor.KEYS || offset == TableDescriptor.REMOVED)) {
                            counts[0] = false;
                            Thread.ofPlatform().start(() -> {
                                begun.countDown();
                                try {
                                    claim.complete(tables[0].claim(2));
                                } catch (Throwable e) {
                                    claim.completeExceptionally(e);
                                }
                            });
                            awaitFailureOrTimeout(begun, claim);
                        }
                        return before;
                    }
                },
                descriptor);
        tables[0] = table;
        table.claim(1).close();
        int lost = table.memory.index.allocate(KeyIndex.Key.of(9));
        counts[0] = true;
        table.remove(1);
        table.memory.index.deallocate(lost);
        assertThat(claim.get(10, TimeUnit.SECONDS).key()).isEqualTo(2);
    }

    private static void awaitFailureOrTimeout(CountDownLatch begun, CompletableFuture<?> claim) {
        try {
            begun.await();
            claim.get(100, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } catch (ExecutionException | TimeoutException e) {
            // The test looks at it later.
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anOwnerRemovesItsKeyAsItCloses(boolean recycling) {
        try (SlotTable table = table(2, recycling)) {
            Slot slot = table.claim("a");
            slot.set(ORDERS, 5);
            slot.remove();
            slot.remove();
            slot.close();
            assertThat(table.contains("a")).isFalse();
            assertThat(table.size()).isZero();
            assertThatIllegalStateException().isThrownBy(() -> slot.set(ORDERS, 6));
            try (Slot next = table.claim("a")) {
                assertThat(next.get(ORDERS)).isZero();
                slot.remove();
                assertThat(next.isOwned()).isTrue();
            }
        }
    }

    @Test
    void aRemovalByTheOwnerMergesAndQueuesAsAClose() {
        Queue<FinalRecord> finals = new ArrayDeque<>();
        try (SlotTable table = SlotTable.builder(Ledger.LAYOUT, 1)
                .onRelease(OnRelease.MERGE)
                .recycling()
                .finalRecords(finals)
                .build()) {
            for (int key = 0; key < 3; key++) {
                Slot slot = table.claim(key);
                Ledger.book(slot, 4);
                slot.remove();
            }
            assertThat(table.sum(Ledger.AMOUNT)).isEqualTo(12);
            assertThat(finals).extracting(FinalRecord::key).containsExactly(0L, 1L, 2L);
        }
    }

    /** With {@code remove} after {@code close}, another owner could come between the two. */
    @Test
    void noOwnerComesBetweenTheCloseAndTheRemoval() throws Exception {
        TableDescriptor descriptor = new TableDescriptor(LAYOUT, 2, 8, OnRelease.KEEP, true, false);
        for (int first = 0; ; first++) {
            SteppedWords words = new SteppedWords(new ArrayWords(descriptor.bytes));
            SlotTable table = SlotTable.over(words, descriptor);
            Slot slot = table.claim(1);
            slot.set(ORDERS, 5);
            long[] seen = {-1};
            int[] accesses = SteppedRun.of(
                    words,
                    slot::remove,
                    () -> {
                        try (Slot next = table.tryClaim(1)) {
                            if (next != null) {
                                seen[0] = next.get(ORDERS);
                            }
                        }
                    },
                    first);
            assertThat(seen[0]).as("first=%d", first).isIn(-1L, 0L);
            if (accesses[0] < first) {
                return;
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void tryRemoveLeavesOwnedKeys(boolean recycling) {
        try (SlotTable table = table(3, recycling)) {
            Slot slot = table.claim(1);
            assertThat(table.tryRemove(1)).isFalse();
            assertThat(table.tryRemove("absent")).isFalse();
            slot.close();
            assertThat(table.tryRemove(1)).isTrue();
            assertThat(table.tryRemove(1)).isFalse();
            table.claim("n").close();
            assertThat(table.tryRemove("n")).isTrue();
            assertThat(table.size()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void removeIfRemovesWhatTheTestSays(boolean recycling) {
        try (SlotTable table = table(8, recycling)) {
            for (int key = 0; key < 4; key++) {
                try (Slot slot = table.claim(key)) {
                    slot.set(ORDERS, key);
                }
            }
            table.claim("n").close();
            assertThat(table.removeIf(1, view -> view.get(ORDERS) == 2)).isFalse();
            assertThat(table.removeIf(1, view -> view.get(ORDERS) == 1)).isTrue();
            assertThat(table.removeIf(1, view -> true)).isFalse();
            assertThat(table.removeIf("n", view -> view.name().equals("n"))).isTrue();
            Slot owned = table.claim(2);
            SlotView[] kept = new SlotView[1];
            assertThat(table.removeAll(view -> {
                        kept[0] = view;
                        return view.get(ORDERS) >= 2;
                    }))
                    .isEqualTo(1);
            assertThatIllegalStateException().isThrownBy(() -> kept[0].get(ORDERS));
            assertThat(keys(table)).containsExactlyInAnyOrder("0", "2");
            owned.close();
            assertThatThrownBy(() -> table.removeAll(view -> {
                        throw new UnsupportedOperationException("on purpose");
                    }))
                    .isInstanceOf(UnsupportedOperationException.class);
            assertThat(table.size()).isEqualTo(2);
            assertThat(table.removeAll(view -> true)).isEqualTo(2);
        }
    }

    /** An owner touches the record at any moment of {@code removeIf}: then it stays. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noOwnerComesBetweenTheTestAndTheRemoval(boolean recycling) throws Exception {
        TableDescriptor descriptor = new TableDescriptor(LAYOUT, 4, 8, OnRelease.KEEP, recycling, false);
        Set<String> outcomes = new TreeSet<>();
        for (int first = 0; ; first++) {
            for (int second = 1; second < 40; second++) {
                SteppedWords words = new SteppedWords(new ArrayWords(descriptor.bytes));
                SlotTable table = SlotTable.over(words, descriptor);
                table.claim(1).close();
                boolean[] removed = new boolean[1];
                long[] seen = new long[1];
                SteppedRun.of(
                        words,
                        () -> removed[0] = table.removeIf(1, view -> view.get(ORDERS) == 0),
                        () -> {
                            try (Slot owner = table.tryClaim(1)) {
                                seen[0] = owner.add(ORDERS, 1);
                            }
                        },
                        first,
                        second);
                // The owner was first, and the record stays; or it came to a new record.
                assertThat(seen[0]).isEqualTo(1);
                assertThat(table.contains(1)).isTrue();
                assertThat(table.at(1).get(ORDERS))
                        .as("first=%d second=%d removed=%s", first, second, removed[0])
                        .isEqualTo(1);
                outcomes.add("removed " + removed[0]);
            }
            if (first > 60) {
                assertThat(outcomes).containsExactly("removed false", "removed true");
                return;
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void ensureAddsAKeyThatNobodyOwns(boolean recycling) {
        try (SlotTable table = table(2, recycling)) {
            assertThat(table.ensure("n")).isTrue();
            assertThat(table.ensure("n")).isFalse();
            assertThat(table.ensure(1)).isTrue();
            assertThat(table.view("n").isOwned()).isFalse();
            table.at(1).set(CREDIT, 5);
            assertThatIllegalStateException().isThrownBy(() -> table.ensure(2)).withMessageContaining("full");
            try (Slot slot = table.claim(1)) {
                assertThat(slot.get(CREDIT)).isEqualTo(5);
                assertThat(table.ensure(1)).isFalse();
            }
            assertThat(table.size()).isEqualTo(2);
        }
    }

    /** Few slots, many keys, all operations: every update lands in the record of its own key, and no slot is lost. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void churn(boolean recycling) throws Exception {
        int threads = 4;
        int rounds = recycling ? 60_000 : 10_000;
        int capacity = recycling ? 4 : threads * rounds;
        try (SlotTable table = table(capacity, recycling)) {
            try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
                List<Future<?>> results = new ArrayList<>();
                for (int t = 0; t < threads; t++) {
                    long seed = t;
                    results.add(pool.submit(() -> churn(table, new SplittableRandom(seed), rounds)));
                }
                for (Future<?> result : results) {
                    result.get(120, TimeUnit.SECONDS);
                }
            }
            Set<Long> left = new HashSet<>();
            table.forEach(view -> assertThat(left.add(view.key())).isTrue());
            assertThat(table.size()).isEqualTo(left.size());
            for (long key : left) {
                assertThat(table.contains(key)).isTrue();
                assertThat(table.remove(key)).isTrue();
            }
            assertThat(table.size()).isZero();
            if (recycling) {
                // No slot was lost on the way.
                for (int key = 0; key < capacity; key++) {
                    table.claim(1_000_000 + key);
                }
            }
        }
    }

    private static void churn(SlotTable table, SplittableRandom random, int rounds) {
        for (int i = 0; i < rounds; i++) {
            long key = random.nextInt(6);
            switch (random.nextInt(5)) {
                case 0, 1 -> {
                    try (Slot slot = table.tryClaim(key)) {
                        if (slot != null) {
                            // Whether the record is new or an old one of this key, its values are multiples of this.
                            slot.add(ORDERS, key + 1);
                            check(slot, key);
                        }
                    } catch (IllegalStateException e) {
                        assertThat(e).hasMessageContaining("full");
                    }
                }
                case 2 -> {
                    try {
                        table.remove(key);
                    } catch (IllegalStateException e) {
                        assertThat(e).hasMessageContaining("owned");
                    }
                }
                case 3 -> {
                    try {
                        table.at(key).getAndAdd(CREDIT, key + 1);
                        long credit = table.at(key).get(CREDIT);
                        assertThat(credit % (key + 1)).isZero();
                    } catch (NoSuchElementException e) {
                        assertThat(e).hasMessageContaining("unknown key: key=" + key);
                    }
                }
                default -> {
                    try (SlotView view = table.view(key)) {
                        view.getAndAdd(CREDIT, key + 1);
                        check(view, key);
                    } catch (NoSuchElementException e) {
                        assertThat(e).hasMessageContaining("unknown key: key=" + key);
                    }
                }
            }
        }
    }

    private static void check(SlotView view, long key) {
        assertThat(view.key()).isEqualTo(key);
        assertThat(view.get(ORDERS) % (key + 1)).isZero();
        assertThat(view.get(CREDIT) % (key + 1)).isZero();
    }

    private static SlotTable table(int capacity, boolean recycling) {
        SlotTable.Builder builder = SlotTable.builder(LAYOUT, capacity);
        return (recycling ? builder.recycling() : builder).build();
    }

    private static List<String> keys(SlotTable table) {
        List<String> keys = new ArrayList<>();
        table.forEach(view -> keys.add(view.isNamed() ? view.name() : Long.toString(view.key())));
        return keys;
    }
}
