package org.berth.core.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.berth.core.slots.CrashedRun.Crash;
import org.berth.core.slots.CrashedRun.CrashingWords;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Field.SharedLong;
import org.berth.core.slots.Ledger.Kind;
import org.berth.core.slots.SteppedRun.SteppedWords;
import org.berth.offheap.ArrayWords;
import org.berth.offheap.ForwardingWords;
import org.berth.offheap.Region;
import org.berth.offheap.Words;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What comes between two steps of claims, removals, copies and openings, and must lose nothing: errors at any access to
 * memory, other threads, and the ends of processes.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BetweenStepsTest {

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();
    private static final OwnedLong ORDERS = RECORD.ownedLong("orders", Merge.SUM);
    private static final OwnedLong NOTE = RECORD.ownedLong("note");
    private static final SharedLong CREDIT = RECORD.sharedLong("credit", Merge.SUM);
    private static final RecordLayout LAYOUT = RECORD.build();

    @TempDir
    Path folder;

    /** Throws once, at the access of that number. */
    private static final class Failing extends WatchedWords {

        private int left;

        Failing(long bytes) {
            super(new ArrayWords(bytes));
        }

        @Override
        void beforeLoad() {
            if (left > 0 && --left == 0) {
                throw new StackOverflowError("on purpose");
            }
        }

        @Override
        void beforeStore() {
            beforeLoad();
        }
    }

    private static TableDescriptor descriptor(OnRelease release, boolean recycling, boolean logged) {
        return new TableDescriptor(LAYOUT, 2, Long.BYTES, release, recycling, logged);
    }

    private static void inThread(Runnable action) throws InterruptedException {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        Thread thread = Thread.ofPlatform().name("worker").start(() -> {
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

    /** While one thread is in ensure, nobody has claimed the key: so another can. */
    @Test
    void aKeyThatIsBeingEnsuredIsNotOwned() throws Exception {
        for (boolean recycling : new boolean[] {false, true}) {
            for (Consumer<SlotTable> use : List.<Consumer<SlotTable>>of(
                    table -> table.claim(1),
                    table -> {
                        if (!table.ensure(1)) {
                            table.claim(1);
                        }
                    },
                    table -> table.remove(1),
                    table -> {
                        if (table.contains(1)) {
                            assertThat(table.tryRemove(1)).isTrue();
                        }
                    },
                    table -> {
                        if (table.contains(1)) {
                            assertThat(table.view(1).isOwned()).isFalse();
                            table.takeOver(1);
                        }
                    })) {
                int[] accesses = {Integer.MAX_VALUE};
                for (int turn = 1; turn <= accesses[0]; turn++) {
                    TableDescriptor d = descriptor(OnRelease.KEEP, recycling, false);
                    SteppedWords words = new SteppedWords(new ArrayWords(d.bytes));
                    SlotTable table = SlotTable.over(words, d);
                    accesses = SteppedRun.of(words, () -> table.ensure(1), () -> use.accept(table), turn);
                }
            }
        }
    }

    /** The record that was read while it was owned is not left to the next owner of a vacant key. */
    @Test
    void aClaimThatEndsWhileItsRecordIsCopiedLeavesNoValuesToTheNextOwner() {
        TableDescriptor d = descriptor(OnRelease.MERGE, false, false);
        Slot[] owner = new Slot[1];
        int[] reads = {Integer.MAX_VALUE};
        Words words = new ForwardingWords(new ArrayWords(d.bytes)) {
            @Override
            public long getAcquire(long offset) {
                if (offset == d.metadata(0) + TableDescriptor.STATE && --reads[0] == 0) {
                    owner[0].close();
                }
                return super.getAcquire(offset);
            }
        };
        for (int when = 1; when < 8; when++) {
            reads[0] = Integer.MAX_VALUE;
            try (SlotTable table = SlotTable.over(words, d);
                    SlotTable copy = SlotTable.builder(LAYOUT, 2)
                            .onRelease(OnRelease.MERGE)
                            .build()) {
                owner[0] = table.claim(1);
                long before = table.sum(ORDERS);
                owner[0].add(ORDERS, 7);
                owner[0].set(NOTE, 7);
                reads[0] = when;
                TableCopy.copy(table.memory, copy.memory);
                assertThat(copy.sum(ORDERS)).as("when=%d", when).isEqualTo(before + 7);
                try (Slot next = copy.claim(1)) {
                    assertThat(next.get(NOTE)).as("when=%d", when).isZero();
                    assertThat(next.get(ORDERS)).as("when=%d", when).isZero();
                }
                reads[0] = Integer.MAX_VALUE;
                owner[0].close();
            }
        }
    }

    /** The totals of a source are not put where the next claim starts anew. */
    @Test
    void aSpreadCopyKeepsItsTotals() {
        int[] where = {1};
        TableDescriptor d = new TableDescriptor(
                LAYOUT,
                2,
                Long.BYTES,
                OnRelease.MERGE,
                false,
                false,
                TableDescriptor.DEFAULT_NAME_BYTES,
                new NodePartitions(new int[] {10, 11}, new int[][] {{0, 1}, {1, 0}}, () -> where[0], 4096));
        try (SlotTable table =
                        SlotTable.builder(LAYOUT, 2).onRelease(OnRelease.MERGE).build();
                SlotTable copy = SlotTable.over(new ArrayWords(d.bytes), d)) {
            try (Slot slot = table.claim(1)) {
                slot.add(ORDERS, 9);
            }
            TableCopy.copy(table.memory, copy.memory);
            assertThat(copy.sum(ORDERS)).isEqualTo(9);
            where[0] = 0;
            copy.claim(2).close();
            assertThat(copy.sum(ORDERS)).isEqualTo(9);
        }
    }

    /** A link that leads nowhere is no file, and no new file gets its name. */
    @Test
    @Timeout(value = 10, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void openOrCreateEndsAtALinkThatLeadsNowhere() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("missing"));
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> SlotTable.builder(LAYOUT, 1).openOrCreate(link));
    }

    /** An error at any access of a claim of a new key: a crash after that leaves no key that nobody has claimed. */
    @Test
    void anErrorInAClaimLeavesNoKeyThatNobodyClaimed() {
        boolean failed = true;
        for (int step = 1; failed; step++) {
            TableDescriptor d = descriptor(OnRelease.KEEP, false, true);
            Failing words = new Failing(d.bytes);
            SlotTable table = SlotTable.over(words, d);
            words.left = step;
            try {
                table.claim("name");
                failed = false;
            } catch (StackOverflowError e) {
                // As it shall be.
            }
            words.left = 0;
            TableFile.recover(new TableMemory(d, words, null));
            List<String> keys = new ArrayList<>();
            SlotTable recovered = SlotTable.over(words, d);
            recovered.forEach(view -> keys.add(view.isNamed() ? view.name() : "key=" + view.key()));
            assertThat(keys).as("step=%d", step).isSubsetOf("name");
            for (int key = recovered.size(); key < 2; key++) {
                recovered.claim(key);
            }
        }
    }

    /** An error at any access of a claim of a known key: the key can be claimed later. */
    @Test
    void anErrorInAClaimDoesNotLoseTheKey() throws Exception {
        boolean[] failed = {true};
        for (int step = 1; failed[0]; step++) {
            int at = step;
            TableDescriptor d = descriptor(OnRelease.KEEP, false, false);
            Failing words = new Failing(d.bytes);
            SlotTable table = SlotTable.over(words, d);
            table.claim(1).close();
            inThread(() -> {
                words.left = at;
                try {
                    table.claim(1).close();
                    failed[0] = words.left <= 0;
                } catch (StackOverflowError e) {
                    // As it shall be.
                }
                words.left = 0;
            });
            try (Slot slot = table.takeOver(1)) {
                slot.set(NOTE, at);
            }
        }
    }

    /** An error at any access of a claim, or an ensure, of a new key: it can be claimed later, and no slot is lost. */
    @Test
    void anErrorInTheAddingOfAKeyLosesNeitherKeyNorSlot() throws Exception {
        for (boolean ensure : new boolean[] {false, true}) {
            boolean[] failed = {true};
            for (int step = 1; failed[0]; step++) {
                int at = step;
                TableDescriptor d = descriptor(OnRelease.KEEP, true, false);
                Failing words = new Failing(d.bytes);
                SlotTable table = SlotTable.over(words, d);
                inThread(() -> {
                    words.left = at;
                    try {
                        if (ensure) {
                            table.ensure(1);
                            failed[0] = false;
                        } else {
                            table.claim(1);
                            failed[0] = false;
                        }
                    } catch (StackOverflowError e) {
                        // As it shall be.
                    }
                    words.left = 0;
                });
                if (table.contains(1)) {
                    table.takeOver(1).remove();
                }
                table.claim(2).close();
                table.claim(3).close();
            }
        }
    }

    /** An error at any access of the end of a claim that removes its key. */
    @Test
    void anErrorInARemovalByTheOwnerIsMadeGood() throws Exception {
        for (boolean recycling : new boolean[] {false, true}) {
            boolean failed = true;
            for (int step = 1; failed; step++) {
                TableDescriptor d = descriptor(OnRelease.MERGE, recycling, false);
                Failing words = new Failing(d.bytes);
                SlotTable table = SlotTable.over(words, d);
                Slot slot = table.claim(1);
                slot.add(ORDERS, 1);
                words.left = step;
                try {
                    slot.remove();
                    failed = false;
                } catch (StackOverflowError e) {
                    // As it shall be.
                }
                words.left = 0;
                if (table.contains(1)) {
                    slot.remove();
                    try {
                        table.takeOver(1).remove();
                    } catch (NoSuchElementException e) {
                        // Removed by it.
                    }
                }
                assertThat(table.sum(ORDERS))
                        .as("recycling=%s step=%d", recycling, step)
                        .isEqualTo(1);
                table.claim(2).close();
            }
        }
    }

    /** An error at any access of a claim with initial values in a table that merges: totals go on, and are right. */
    @Test
    void anErrorWhileInitialValuesAreSetLeavesTotalsAsTheyWere() throws Exception {
        for (boolean known : new boolean[] {false, true}) {
            boolean[] failed = {true};
            for (int step = 1; failed[0]; step++) {
                int at = step;
                TableDescriptor d = descriptor(OnRelease.MERGE, false, false);
                Failing words = new Failing(d.bytes);
                SlotTable table = SlotTable.over(words, d);
                if (known) {
                    table.claim(1).close();
                }
                inThread(() -> {
                    words.left = at;
                    try {
                        table.claim(1, values -> values.set(NOTE, 3).set(ORDERS, 5))
                                .close();
                        failed[0] = false;
                    } catch (StackOverflowError e) {
                        failed[0] = !isIn(e, "org.berth.core.slots.Claim", "end");
                    }
                    words.left = 0;
                });
                if (failed[0]) {
                    AtomicReference<Object> sum = new AtomicReference<>("waits");
                    Thread reader = Thread.ofPlatform().daemon().start(() -> sum.set(table.sum(ORDERS)));
                    reader.join(500);
                    assertThat(sum.get()).as("known=%s step=%d", known, step).isEqualTo(0L);
                }
            }
        }
    }

    private static void initial(InitialValues values, int amount) {
        values.set(Ledger.AMOUNT, amount).set(Ledger.TWICE, 2 * amount).set(Ledger.HALF, amount / 2.0);
        values.set(Ledger.LARGEST, amount).set(Ledger.NEGATED, -amount);
        values.set(Ledger.LAST, amount).set(Ledger.ODD, amount % 2 != 0);
        values.set(Ledger.ASCII, "a" + amount).set(Ledger.UTF8, "№" + amount);
        values.set(Ledger.COUNTS, amount % 3, amount);
        values.buffer(Ledger.BYTES).putLong(0, amount);
        values.buffer(Ledger.BYTES).putInt(8, -amount);
    }

    private static boolean isIn(Throwable error, String type, String method) {
        for (StackTraceElement frame : error.getStackTrace()) {
            if (frame.getClassName().equals(type) && frame.getMethodName().equals(method)) {
                return true;
            }
        }
        return false;
    }

    /** An error at any access of a take-over of a dropped handle: the next one goes on, and each step is done once. */
    @Test
    void anErrorInATakeOverIsMadeGoodByTheNext() throws Exception {
        for (boolean drop : new boolean[] {false, true}) {
            boolean failed = true;
            for (int step = 1; failed; step++) {
                TableDescriptor d = descriptor(OnRelease.MERGE, false, false);
                Failing words = new Failing(d.bytes);
                Queue<FinalRecord> finals = new ConcurrentLinkedQueue<>();
                SlotTable table = SlotTable.over(words, d, RecordQueues.NONE.withFinals(finals, null));
                List<Slot> kept = new ArrayList<>();
                inThread(() -> {
                    Slot slot = table.claim(1);
                    slot.add(ORDERS, 1);
                    slot.getAndAdd(CREDIT, 1);
                    kept.add(slot);
                });
                if (drop) {
                    WeakReference<Slot> dropped = new WeakReference<>(kept.removeFirst());
                    while (dropped.get() != null) {
                        System.gc();
                        Thread.sleep(1);
                    }
                }
                words.left = step;
                boolean inTake = false;
                try {
                    table.takeOver(1);
                    failed = false;
                } catch (StackOverflowError e) {
                    inTake = !isIn(e, "org.berth.core.slots.Claims", "endAbandoned");
                }
                words.left = 0;
                if (failed && !inTake) {
                    table.takeOver(1).close();
                    assertThat(finals).as("drop=%s step=%d", drop, step).hasSize(2);
                }
                assertThat(table.sum(ORDERS)).as("drop=%s step=%d", drop, step).isEqualTo(1);
                assertThat(table.sum(CREDIT)).as("drop=%s step=%d", drop, step).isEqualTo(1);
            }
        }
    }

    /** What other threads add while a take-over finds no room in the queue is in the final record, too. */
    @Test
    void theFinalRecordIsAsTheRecordWasAtTheEnd() throws Exception {
        Queue<FinalRecord> finals = new ArrayBlockingQueue<>(1);
        try (SlotTable table = SlotTable.builder(LAYOUT, 1)
                .onRelease(OnRelease.MERGE)
                .finalRecords(finals)
                .build()) {
            List<Slot> kept = new ArrayList<>();
            inThread(() -> kept.add(table.claim(1)));
            finals.add(new FinalRecord(0, null, null, LAYOUT.newSnapshot()));
            assertThatIllegalStateException().isThrownBy(() -> table.takeOver(1));
            table.at(1).getAndAdd(CREDIT, 5);
            finals.clear();
            table.takeOver(1);
            assertThat(finals.remove().values().get(CREDIT)).isEqualTo(5);
            assertThat(table.sum(CREDIT)).isEqualTo(5);
        }
    }

    /** The keys of a copied table have no threads, and must not take the slots of those that come. */
    @Test
    void threadsHaveSlotsInACopiedTable() {
        try (SlotTable table =
                SlotTable.builder(LAYOUT, 1).onRelease(OnRelease.MERGE).build()) {
            try (Slot slot = table.claim(-5)) {
                slot.add(ORDERS, 9);
            }
            try (PerThread threads =
                    PerThread.create(SlotTable.builder(LAYOUT, 1).copyOf(table))) {
                threads.add(ORDERS, 1);
                assertThat(threads.table().sum(ORDERS)).isEqualTo(10);
            }
        }
    }

    /** A process that was killed, and that its parent has not waited for yet, uses no file. */
    @Test
    void aDeadProcessThatNobodyHasWaitedForUsesNoFile() throws Exception {
        Path file = folder.resolve("table");
        SlotTable.builder(LAYOUT, 1).build(file).close();
        Process parent = new ProcessBuilder("sh", "-c", "sleep 0 & echo $!; exec sleep 50").start();
        try {
            long pid = Long.parseLong(parent.inputReader().readLine());
            while (!Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") Z ")) {
                Thread.sleep(10);
            }
            long start = ProcessHandle.of(pid)
                    .flatMap(zombie -> zombie.info().startInstant())
                    .map(instant -> instant.toEpochMilli())
                    .orElse(0L);
            try (Region region = Region.open(file)) {
                region.words().set(TableDescriptor.PROCESSES + Long.BYTES, start);
                region.words().set(TableDescriptor.PROCESSES, pid);
            }
            SlotTable.open(file, LAYOUT).close();
        } finally {
            parent.destroyForcibly();
        }
    }

    /** A crash before any store of the operations that add, remove and take over keys. */
    @ParameterizedTest
    @EnumSource
    void aCrashInTheNewOperations(Kind kind) throws Exception {
        boolean[] complete = {false};
        for (int stores = 0; !complete[0]; stores++) {
            TableDescriptor d = kind.descriptor(3);
            Words memory = new ArrayWords(d.bytes);
            TableHeader.write(memory, d);
            SlotTable table = SlotTable.over(new CrashingWords(memory, stores), d);
            try {
                inThread(() -> {
                    Slot lost = table.claim("lost", values -> initial(values, 5));
                    Ledger.book(lost, 3);
                });
                table.at("lost").getAndAdd(Ledger.GIVEN, 2);
                table.ensure(1);
                table.at(1).getAndAdd(Ledger.GIVEN, 4);
                Slot taken = table.takeOver("lost");
                Ledger.book(taken, 7);
                taken.remove();
                Slot next = table.claim(1, values -> initial(values, 9));
                next.remove();
                Slot third = table.claim(3, values -> initial(values, 1));
                third.close();
                complete[0] = true;
            } catch (Crash | AssertionError e) {
                if (e instanceof AssertionError && !(e.getCause() instanceof Crash)) {
                    throw e;
                }
            }
            TableFile.recover(new TableMemory(d, memory, null));
            SlotTable recovered = SlotTable.over(memory, d);
            Ledger.check(recovered);
            if (!kind.merges() && recovered.contains("lost")) {
                assertThat(recovered.at("lost").get(Ledger.AMOUNT))
                        .as("stores=%d", stores)
                        .isIn(5L, 8L, 15L);
            }
            assertThat(recovered.sum(Ledger.GIVEN)).as("stores=%d", stores).isIn(0L, 2L, 4L, 6L);
            for (int key = recovered.size(); key < 3; key++) {
                recovered.claim(100 + key).close();
            }
            Ledger.check(recovered);
        }
    }
}
