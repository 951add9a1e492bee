package org.berth.core.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.berth.core.slots.Field.OwnedAscii;
import org.berth.core.slots.Field.OwnedBytes;
import org.berth.core.slots.Field.OwnedDouble;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Field.OwnedLongs;
import org.berth.core.slots.Field.OwnedUtf8;
import org.berth.core.slots.Field.SharedLong;
import org.berth.core.slots.Ledger.Kind;
import org.berth.core.slots.SteppedRun.SteppedWords;
import org.berth.offheap.ArrayWords;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Copies of tables: as backups, and with other fields. */
@Timeout(120)
class TableCopyTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void aCopyHasAllRecordsAndTotals(Kind kind) throws Exception {
        Path copy = folder.resolve("copy");
        try (SlotTable table = kind.builder(8).build()) {
            for (int key = 0; key < 4; key++) {
                try (Slot slot = key % 2 == 0 ? table.claim(key) : table.claim("n" + key)) {
                    Ledger.book(slot, key + 1);
                }
            }
            table.remove("n3");
            table.at(0).getAndAdd(Ledger.GIVEN, 50);
            Slot owned = table.claim(7);
            Ledger.book(owned, 10);
            table.copyTo(copy);
            assertThatThrownBy(() -> table.copyTo(copy)).isInstanceOf(FileAlreadyExistsException.class);
            Ledger.book(owned, 1);
            long amount = kind.merges() ? 20 : 16;
            for (int opened = 0; opened < 2; opened++) {
                try (SlotTable copied = SlotTable.open(copy, Ledger.LAYOUT)) {
                    assertThat(copied.capacity()).isEqualTo(8);
                    assertThat(copied.size()).isEqualTo(4);
                    assertThat(copied.contains("n3")).isFalse();
                    assertThat(copied.view(7).isOwned()).isFalse();
                    assertThat(copied.at("n1").get(Ledger.AMOUNT)).isEqualTo(kind.merges() ? 0 : 2);
                    assertThat(copied.at(7).get(Ledger.AMOUNT)).isEqualTo(kind.merges() ? 0 : 10);
                    assertThat(copied.at(0).get(Ledger.GIVEN)).isEqualTo(50);
                    assertThat(copied.sum(Ledger.AMOUNT)).isEqualTo(amount);
                    assertThat(copied.sum(Ledger.GIVEN)).isEqualTo(50);
                    Ledger.check(copied);
                }
            }
            assertThat(table.sum(Ledger.AMOUNT)).isEqualTo(amount + 1);
        }
    }

    @Test
    void theTotalsOfATableWithoutKeysAreCopied() {
        try (SlotTable table = Kind.MERGE_RECYCLING.builder(1).build()) {
            Slot slot = table.claim(1);
            Ledger.book(slot, 9);
            slot.remove();
            try (SlotTable copy = Kind.MERGE.builder(1).copyOf(table).build()) {
                assertThat(copy.size()).isZero();
                assertThat(copy.sum(Ledger.AMOUNT)).isEqualTo(9);
                Ledger.check(copy);
                copy.claim(5).close();
                assertThat(copy.sum(Ledger.AMOUNT)).isEqualTo(9);
            }
        }
    }

    /** Adding a field, making a text longer, and a larger capacity. */
    @Test
    void aTableGetsAnotherLayout() throws Exception {
        RecordLayout.Builder before = RecordLayout.builder();
        OwnedLong count = before.ownedLong("count");
        OwnedAscii text = before.ownedAscii("text", 5);
        SharedLong credit = before.sharedLong("credit");
        OwnedLong dropped = before.ownedLong("dropped");
        OwnedLongs parts = before.ownedLongs("parts", 2);
        OwnedBytes bytes = before.ownedBytes("bytes", 3);
        RecordLayout old = before.build();
        RecordLayout.Builder after = RecordLayout.builder();
        OwnedBytes newBytes = after.ownedBytes("bytes", 20);
        OwnedLong newCredit = after.ownedLong("credit");
        OwnedDouble added = after.ownedDouble("added");
        OwnedUtf8 newText = after.ownedUtf8("text", 30);
        SharedLong newCount = after.sharedLong("count");
        OwnedLongs newParts = after.ownedLongs("parts", 3);
        RecordLayout next = after.build();
        Path file = folder.resolve("table");
        try (SlotTable table = SlotTable.builder(old, 2).build(file)) {
            table.claim("a", values -> {
                        values.set(count, 7)
                                .set(text, "hello")
                                .set(credit, -3)
                                .set(dropped, 1)
                                .set(parts, 1, 9);
                        values.buffer(bytes).putByte(2, (byte) 8);
                    })
                    .close();
        }
        Path migrated = folder.resolve("migrated");
        try (SlotTable table = SlotTable.open(file);
                SlotTable larger = SlotTable.builder(next, 10).copyOf(table).build(migrated)) {
            Snapshot record = next.newSnapshot();
            try (SlotView view = larger.view("a")) {
                view.read(record);
            }
            assertThat(record.get(newCount)).isEqualTo(7);
            assertThat(record.get(newText)).isEqualTo("hello");
            assertThat(record.get(newCredit)).isEqualTo(-3);
            assertThat(record.get(added)).isZero();
            assertThat(record.get(newParts, 1)).isEqualTo(9);
            assertThat(record.get(newParts, 2)).isZero();
            assertThat(record.buffer(newBytes).getByte(2)).isEqualTo((byte) 8);
            assertThat(larger.capacity()).isEqualTo(10);
        }
        try (SlotTable table = SlotTable.open(migrated, next)) {
            assertThat(table.at("a").get(newCount)).isEqualTo(7);
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        try (SlotTable table = SlotTable.create(one(b -> b.ownedLong("f")), 2)) {
            table.claim(1).close();
            table.claim("long name").close();
            refuse(table, one(b -> b.ownedInt("f")), "name=f source=owned long", "copy=owned int");
            assertThatIllegalArgumentException()
                    .isThrownBy(() ->
                            SlotTable.builder(table.layout(), 1).copyOf(table).build())
                    .withMessageContaining("no room for all keys: capacity=1 keys=2");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> SlotTable.builder(table.layout(), 2)
                            .maxNameBytes(4)
                            .copyOf(table)
                            .build())
                    .withMessageContaining("limit=4");
            assertThatThrownBy(() ->
                            SlotTable.builder(table.layout(), 1).copyOf(table).build(folder.resolve("refused")))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(folder).isEmptyDirectory();
        }
        try (SlotTable table = SlotTable.create(one(b -> b.ownedUtf8("f", 9)), 2)) {
            refuse(table, one(b -> b.ownedUtf8("f", 8)), "utf8(9)", "utf8(8)");
            refuse(table, one(b -> b.ownedAscii("f", 9)), "utf8(9)", "ascii(9)");
        }
        try (SlotTable table = SlotTable.builder(one(b -> b.ownedLong("f", Merge.SUM)), 2)
                .onRelease(OnRelease.MERGE)
                .build()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() ->
                            SlotTable.builder(table.layout(), 2).copyOf(table).build())
                    .withMessageContaining("retained totals");
            RecordLayout other = one(b -> b.ownedLong("f", Merge.MAX));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> SlotTable.builder(other, 2)
                            .onRelease(OnRelease.MERGE)
                            .copyOf(table)
                            .build())
                    .withMessageContaining("does not fit");
        }
    }

    private static void refuse(SlotTable table, RecordLayout layout, String... words) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SlotTable.builder(layout, 4).copyOf(table).build())
                .withMessageContainingAll(words);
    }

    private static RecordLayout one(Consumer<RecordLayout.Builder> field) {
        RecordLayout.Builder builder = RecordLayout.builder();
        field.accept(builder);
        return builder.build();
    }

    /** Each record is whole, and the totals fit it, while threads write, close, remove and claim. */
    @ParameterizedTest
    @EnumSource
    void aTableIsCopiedWhileItIsInUse(Kind kind) throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        try (SlotTable table = kind.builder(kind.recycling ? 4 : 1 << 14).build()) {
            Thread writer = Thread.ofPlatform().start(() -> {
                for (int i = 0; !stop.get() && table.size() < table.capacity() / 2; i++) {
                    Slot slot = table.claim(kind.recycling ? i % 3 : i);
                    for (int amount = 1; amount < 5; amount++) {
                        Ledger.book(slot, amount);
                    }
                    if (i % 2 == 0) {
                        slot.remove();
                    } else {
                        slot.close();
                    }
                    if (kind.recycling) {
                        table.tryRemove((i + 1) % 3);
                    }
                }
            });
            long last = 0;
            for (int i = 0; i < 300; i++) {
                try (SlotTable copy =
                        kind.builder(table.capacity()).copyOf(table).build()) {
                    Ledger.check(copy);
                    if (kind.merges()) {
                        assertThat(copy.sum(Ledger.AMOUNT)).isGreaterThanOrEqualTo(last);
                        last = copy.sum(Ledger.AMOUNT);
                    }
                }
                if (!kind.recycling && i > 20) {
                    break;
                }
            }
            stop.set(true);
            writer.join();
            if (kind.merges()) {
                assertThat(last).isPositive();
                try (SlotTable copy =
                        kind.builder(table.capacity()).copyOf(table).build()) {
                    assertThat(copy.sum(Ledger.AMOUNT)).isEqualTo(table.sum(Ledger.AMOUNT));
                }
            }
        }
    }

    /** An owner closes its slot at any moment of the copy: the totals have its values once, and no later claim has. */
    @Test
    void aClaimThatEndsDuringTheCopyIsMerged() throws Exception {
        TableDescriptor descriptor = Kind.MERGE.descriptor(2);
        for (int first = 0; ; first++) {
            SteppedWords words = new SteppedWords(new ArrayWords(descriptor.bytes));
            SlotTable table = SlotTable.over(words, descriptor);
            Slot slot = table.claim(1);
            Ledger.book(slot, 7);
            AtomicReference<SlotTable> copied = new AtomicReference<>();
            int[] accesses = SteppedRun.of(
                    words, () -> copied.set(Kind.MERGE.builder(2).copyOf(table).build()), slot::close, first);
            try (SlotTable copy = copied.get()) {
                assertThat(copy.sum(Ledger.AMOUNT)).as("first=%d", first).isEqualTo(7);
                try (Slot next = copy.claim(1)) {
                    assertThat(next.get(Ledger.AMOUNT)).as("first=%d", first).isZero();
                    assertThat(next.get(Ledger.LAST)).as("first=%d", first).isZero();
                }
                assertThat(copy.sum(Ledger.AMOUNT)).isEqualTo(7);
            }
            if (accesses[0] < first) {
                return;
            }
        }
    }

    @Test
    void openOrCreateDoesOneOrTheOther() throws Exception {
        Path file = folder.resolve("service");
        for (int start = 0; start < 3; start++) {
            try (SlotTable table =
                            SlotTable.builder(TestLayout.LAYOUT, 4).recycling().openOrCreate(file);
                    Slot slot = table.claim(1)) {
                assertThat(slot.add(TestLayout.ORDERS, 1)).isEqualTo(start + 1);
                assertThatIllegalStateException()
                        .isThrownBy(() -> SlotTable.builder(TestLayout.LAYOUT, 4)
                                .recycling()
                                .openOrCreate(file))
                        .withMessageContaining("in use");
            }
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        SlotTable.builder(TestLayout.LAYOUT, 5).recycling().openOrCreate(file))
                .withMessageContainingAll("other options", "capacity=4", "capacity=5");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SlotTable.builder(TestLayout.LAYOUT, 4).openOrCreate(file))
                .withMessageContaining("recycling=false");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> SlotTable.builder(Ledger.LAYOUT, 4).recycling().openOrCreate(file))
                .withMessageContaining("another layout");
        Files.delete(file);
        SlotTable.builder(Ledger.LAYOUT, 4).openOrCreate(file).close();
    }
}
