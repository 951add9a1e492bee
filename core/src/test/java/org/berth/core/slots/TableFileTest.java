package org.berth.core.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.berth.core.slots.Ledger.AMOUNT;
import static org.berth.core.slots.Ledger.GIVEN;
import static org.berth.core.slots.Ledger.LAST;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.function.Consumer;
import org.berth.core.slots.Field.OwnedDouble;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Field.OwnedUtf8;
import org.berth.core.slots.Field.SharedInt;
import org.berth.core.slots.Ledger.Kind;
import org.berth.offheap.Region;
import org.berth.offheap.Words;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables in files: what they preserve when they are opened again, and what they refuse. */
class TableFileTest {

    private static final int CAPACITY = 4;

    @TempDir
    private Path directory;

    private Path file() {
        return directory.resolve("table");
    }

    private SlotTable create(Kind kind) throws IOException {
        return kind.builder(CAPACITY).build(file());
    }

    private SlotTable open() throws IOException {
        return SlotTable.open(file(), Ledger.LAYOUT);
    }

    @Test
    void everyFieldIsPreserved() throws IOException {
        try (SlotTable table = SlotTable.builder(TestLayout.LAYOUT, CAPACITY).build(file());
                Slot slot = table.claim("größe")) {
            slot.set(TestLayout.ORDERS, -1);
            slot.set(TestLayout.LEVEL, -2);
            slot.set(TestLayout.PRICE, -0.0);
            slot.set(TestLayout.ACTIVE, true);
            slot.set(TestLayout.CREDIT, 4);
            slot.set(TestLayout.FLAGS, 5);
            slot.set(TestLayout.LIMIT, Double.NaN);
            slot.set(TestLayout.HALTED, true);
            slot.write(w -> w.set(TestLayout.SYMBOL, "ABC").set(TestLayout.NOTE, "名前 \uD83D\uDE80"));
            table.force();
        }
        try (SlotTable table = SlotTable.open(file(), TestLayout.LAYOUT)) {
            Snapshot record = TestLayout.LAYOUT.newSnapshot();
            table.at("größe").read(record);
            assertThat(record.get(TestLayout.ORDERS)).isEqualTo(-1);
            assertThat(record.get(TestLayout.LEVEL)).isEqualTo(-2);
            assertThat(record.get(TestLayout.PRICE)).isEqualTo(-0.0);
            assertThat(record.get(TestLayout.ACTIVE)).isTrue();
            assertThat(record.get(TestLayout.CREDIT)).isEqualTo(4);
            assertThat(record.get(TestLayout.FLAGS)).isEqualTo(5);
            assertThat(record.get(TestLayout.LIMIT)).isNaN();
            assertThat(record.get(TestLayout.HALTED)).isTrue();
            assertThat(record.get(TestLayout.SYMBOL)).isEqualTo("ABC");
            assertThat(record.get(TestLayout.NOTE)).isEqualTo("名前 \uD83D\uDE80");
        }
    }

    @Test
    void afterCloseTheFileIsNamed() throws IOException {
        SlotTable table = create(Kind.KEEP);
        Slot slot = table.claim(1);
        table.close();
        assertThatIllegalStateException()
                .isThrownBy(() -> slot.set(AMOUNT, 1))
                .withMessageContaining("memory is closed: offset=")
                .withMessageContaining("region=" + file());
        assertThatIllegalStateException()
                .isThrownBy(() -> table.claim(2))
                .withMessageContaining("table is closed: table=" + file());
    }

    @Test
    void aProgramThatDoesNotKnowTheLayoutFindsTheFields() throws IOException {
        try (SlotTable table = create(Kind.KEEP);
                Slot slot = table.claim(-7)) {
            Ledger.book(slot, 3);
            slot.set(Ledger.HIGH, 9);
        }
        try (SlotTable table = SlotTable.open(file())) {
            assertThat(table.layout()).isNotSameAs(Ledger.LAYOUT).hasToString(Ledger.LAYOUT.toString());
            assertThat(table.layout().field("amount"))
                    .isInstanceOfSatisfying(
                            OwnedLong.class,
                            f -> assertThat(table.at(-7).get(f)).isEqualTo(3));
            assertThat(table.layout().field("half"))
                    .isInstanceOfSatisfying(
                            OwnedDouble.class, f -> assertThat(table.sum(f)).isEqualTo(1.5));
            assertThat(table.layout().field("high"))
                    .isInstanceOfSatisfying(
                            SharedInt.class, f -> assertThat(table.max(f)).isEqualTo(9));
            Snapshot record = table.layout().newSnapshot();
            table.at(-7).read(record);
            assertThat(table.layout().field("utf8")).isInstanceOfSatisfying(OwnedUtf8.class, f -> {
                assertThat(f.maxBytes()).isEqualTo(Ledger.UTF8.maxBytes());
                assertThat(record.get(f)).isEqualTo("№3");
            });
        }
    }

    /** Every type, merge and awkward name. */
    @Test
    void everyLayoutIsDescribed() throws IOException {
        RecordLayout.Builder builder = RecordLayout.builder();
        for (Merge merge : Merge.values()) {
            builder.ownedLong("ol" + merge, merge);
            builder.ownedInt("oi" + merge, merge);
            builder.ownedDouble("od" + merge, merge);
            builder.sharedLong("sl" + merge, merge);
            builder.sharedInt("si" + merge, merge);
            builder.sharedDouble("sd" + merge, merge);
        }
        builder.ownedLong("a line\u2028 and\u2029another");
        builder.ownedInt(" spaces  around ");
        builder.ownedDouble("名前 \uD83D\uDE80");
        builder.ownedBoolean("sum 8 x");
        builder.ownedAscii("1", 1);
        builder.ownedUtf8("4096", 4096);
        builder.sharedLong("-");
        builder.sharedInt("x".repeat(64));
        builder.sharedDouble("\uFEFF");
        builder.sharedBoolean("owned long - 0 y");
        RecordLayout layout = builder.build();
        SlotTable.builder(layout, 1).build(file()).close();
        SlotTable.open(file(), layout).close();
        try (SlotTable table = SlotTable.open(file())) {
            assertThat(table.layout()).hasToString(layout.toString());
            assertThat(LayoutDescription.of(table.layout())).isEqualTo(LayoutDescription.of(layout));
        }
    }

    @ParameterizedTest
    @EnumSource
    void keysRecordsAndTotalsArePreserved(Kind kind) throws IOException {
        try (SlotTable table = create(kind)) {
            for (int key = 0; key < CAPACITY; key++) {
                Slot slot = key % 2 == 0 ? table.claim(key) : table.claim("n" + key);
                Ledger.book(slot, key + 1);
                slot.close();
            }
            table.at(0).getAndAdd(GIVEN, 50);
            table.remove("n3");
        }
        for (int opened = 0; opened < 3; opened++) {
            try (SlotTable table = open()) {
                assertThat(table.size()).isEqualTo(3);
                assertThat(table.contains(3)).isFalse();
                assertThat(table.contains("n1")).isTrue();
                assertThat(table.contains("n3")).isFalse();
                assertThat(table.at("n1").get(AMOUNT)).isEqualTo(kind.merges() ? 0 : 2);
                assertThat(table.sum(AMOUNT)).isEqualTo(kind.merges() ? 10 : 6);
                // The value is for the next owner, also where that one's claim will merge it.
                assertThat(table.at(0).get(GIVEN)).isEqualTo(50);
                assertThat(table.sum(GIVEN)).isEqualTo(50);
                Ledger.check(table);
            }
        }
        try (SlotTable table = open()) {
            assertThat(table.remove(0)).isTrue();
            checkFreeSlots(table, kind.recycling ? 2 : 1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void keysThatWereOwnedCanBeClaimed(Kind kind) throws IOException {
        try (SlotTable table = create(kind)) {
            Slot slot = table.claim("t");
            Ledger.book(slot, 5);
            table.at("t").getAndAdd(GIVEN, 6);
            slot.begin().set(LAST, 77);
        }
        try (SlotTable table = open();
                Slot slot = table.claim("t")) {
            assertThat(slot.get(AMOUNT)).isEqualTo(kind.merges() ? 0 : 5);
            assertThat(slot.get(GIVEN)).isEqualTo(kind.merges() ? 0 : 6);
            assertThat(table.sum(AMOUNT)).isEqualTo(5);
            assertThat(table.sum(GIVEN)).isEqualTo(6);
            Ledger.check(table);
            Ledger.book(slot, 1);
            assertThat(table.sum(AMOUNT)).isEqualTo(6);
            checkFreeSlots(table, CAPACITY - 1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void viewsOfTheProcessThatEndedRetainNothing(Kind kind) throws IOException {
        try (SlotTable table = create(kind)) {
            table.claim(1).close();
            table.view(1);
            table.remove(1);
        }
        try (SlotTable table = open()) {
            checkFreeSlots(table, CAPACITY);
        }
    }

    /** A claim of a new key, in slot 1, that was cut short at each of its steps; slot 0 is another key's. */
    @ParameterizedTest
    @EnumSource
    void claimsCutShortLoseNoSlot(Kind kind) throws IOException {
        TableDescriptor d = kind.descriptor(CAPACITY);
        long state = d.metadata(1);
        long link = state + TableDescriptor.LINK;
        long key = state + TableDescriptor.KEY;
        checkForged(kind, "allocated", 3, words -> words.set(state, 0));
        checkForged(kind, "owned, not linked", 2, words -> {
            words.set(state, 1L << 32 | Ownership.NEW);
            words.set(link, 0);
            clearIndex(words, d);
        });
        checkForged(kind, "linked, claim not complete", 2, words -> words.set(state, 1L << 32 | Ownership.NEW));
        checkForged(kind, "lost to the other claim of its key", 3, words -> {
            words.set(state, 1L << 32 | Ownership.NEW);
            words.set(key, 8);
        });
        checkForged(kind, "free, and in no list", 3, words -> words.set(state, 2L << 32 | Ownership.FREE));
        checkForged(kind, "removed, not unlinked", 3, words -> {
            words.set(state, 1L << 32 | Ownership.REMOVED);
            words.set(TableDescriptor.KEYS, 1);
        });
    }

    private void checkForged(Kind kind, String what, int room, Consumer<Words> change) throws IOException {
        Files.deleteIfExists(file());
        try (SlotTable table = create(kind)) {
            table.claim(8).close();
            table.claim(9).close();
        }
        change(change);
        try (SlotTable table = open()) {
            assertThat(table.contains(8)).as(what).isTrue();
            assertThat(table.contains(9)).as(what).isEqualTo(room == 2);
            Ledger.check(table);
            checkFreeSlots(table, room);
        }
    }

    /** Other threads may have updated the record that was in the index; the other one has no key. */
    @ParameterizedTest
    @EnumSource
    void ofTwoClaimsOfOneKeyTheLinkedOneHadWon(Kind kind) throws IOException {
        TableDescriptor d = kind.descriptor(CAPACITY);
        try (SlotTable table = create(kind)) {
            table.claim(8).close();
            table.claim(9);
            table.at(9).getAndAdd(GIVEN, 5);
        }
        change(words -> {
            words.set(d.metadata(0), 1L << 32 | Ownership.NEW);
            words.set(d.metadata(0) + TableDescriptor.KEY, 9);
            words.set(d.metadata(1), 1L << 32 | Ownership.NEW);
        });
        try (SlotTable table = open()) {
            assertThat(table.at(9).get(GIVEN)).isEqualTo(kind.merges() ? 0 : 5);
            assertThat(table.sum(GIVEN)).isEqualTo(5);
            checkFreeSlots(table, CAPACITY - 1);
        }
    }

    @Test
    void aDamagedIndexIsRebuilt() throws IOException {
        try (SlotTable table = create(Kind.KEEP)) {
            table.claim("a").close();
            table.claim(1).close();
        }
        change(words -> {
            TableDescriptor d = Kind.KEEP.descriptor(CAPACITY);
            for (int position = 0; position < d.indexLength; position++) {
                words.set(d.index(position), -1);
            }
            words.set(d.metadata(0) + TableDescriptor.LINK, 2);
        });
        try (SlotTable table = open()) {
            assertThat(table.contains("a")).isTrue();
            assertThat(table.contains(1)).isTrue();
            checkFreeSlots(table, CAPACITY - 2);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 0, 1, CAPACITY + 1, Long.MAX_VALUE})
    void anImpossibleCountOfSlotsIsRefused(long count) throws IOException {
        try (SlotTable table = create(Kind.KEEP)) {
            table.claim(8).close();
            table.claim(9).close();
        }
        change(words -> words.set(TableDescriptor.NEXT, count));
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(this::open)
                .withMessageContaining("count of slots is damaged: next=" + count);
    }

    /** No operation reads a slot before it is used. */
    @ParameterizedTest
    @EnumSource
    void damageInASlotThatWasNeverUsedIsHarmless(Kind kind) throws IOException {
        create(kind).close();
        change(words -> {
            TableDescriptor d = kind.descriptor(CAPACITY);
            for (long at = d.metadata(1); at < d.slots; at += Long.BYTES) {
                words.set(at, -1);
            }
            for (long at = d.slots + d.stride; at < d.bytes; at += Long.BYTES) {
                words.set(at, -1);
            }
        });
        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> {
            try (SlotTable table = open()) {
                for (int key = 0; key < CAPACITY; key++) {
                    Slot slot = table.claim(key);
                    Ledger.check(table);
                    Ledger.book(slot, 3);
                    slot.close();
                    table.at(key).getAndAdd(GIVEN, 1);
                }
                Ledger.check(table);
                assertThat(table.sum(GIVEN)).isEqualTo(CAPACITY);
                assertThat(table.remove(CAPACITY - 1)).isTrue();
            }
        });
    }

    @Test
    void aKeyThatIsInTheTableTwiceIsRefused() throws IOException {
        try (SlotTable table = create(Kind.KEEP)) {
            table.claim(8).close();
            table.claim(9).close();
        }
        change(words -> words.set(Kind.KEEP.descriptor(CAPACITY).metadata(1) + TableDescriptor.KEY, 8));
        assertThatExceptionOfType(FileSystemException.class)
                .isThrownBy(this::open)
                .withMessageContaining(file().toString())
                .withMessageContaining("key is in the table twice: key=8");
    }

    @Test
    void aFileBelongsToItsOwnerAndToOneProcess() throws IOException {
        try (SlotTable table = create(Kind.KEEP)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                    .isEqualTo("rw-------");
            assertThatIllegalStateException().isThrownBy(this::open).withMessageContaining("in use");
            table.force();
        }
        assertThatExceptionOfType(FileAlreadyExistsException.class).isThrownBy(() -> create(Kind.KEEP));
        open().close();
        Files.delete(file());
        assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(this::open);
        try (SlotTable table = SlotTable.create(Ledger.LAYOUT, 1)) {
            assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(table::force);
        }
    }

    @Test
    void anotherLayoutIsRefusedAndTheFirstDifferenceNamed() throws IOException {
        create(Kind.KEEP).close();
        byte[] before = Files.readAllBytes(file());
        RecordLayout.Builder builder = RecordLayout.builder();
        builder.ownedLong("amount", Merge.SUM);
        builder.ownedInt("twice", Merge.MAX);
        RecordLayout other = builder.build();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SlotTable.open(file(), other))
                .withMessageContaining(file().toString())
                .withMessageContaining("line=2 found=owned int sum 8 twice expected=owned int max 8 twice");
        assertThat(Files.readAllBytes(file())).isEqualTo(before);

        RecordLayout.Builder first = RecordLayout.builder();
        first.ownedLong("amount", Merge.SUM);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SlotTable.open(file(), first.build()))
                .withMessageContaining("line=2 found=owned int sum 8 twice expected=nothing");
    }

    private void change(Consumer<Words> change) throws IOException {
        try (Region region = Region.open(file())) {
            change.accept(region.words());
        }
    }

    private static void clearIndex(Words words, TableDescriptor descriptor) {
        for (int position = 0; position < descriptor.indexLength; position++) {
            words.set(descriptor.index(position), 0);
        }
    }

    /** Checks that a table takes {@code room} new keys, and no more. */
    private static void checkFreeSlots(SlotTable table, int room) {
        for (int key = 0; key < room; key++) {
            table.claim("new " + key).close();
        }
        assertThatIllegalStateException()
                .isThrownBy(() -> table.claim("one more"))
                .withMessageContaining("table is full");
    }
}
