package org.berth.core.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.berth.core.slots.TestLayout.CREDIT;
import static org.berth.core.slots.TestLayout.LAYOUT;
import static org.berth.core.slots.TestLayout.LEVEL;
import static org.berth.core.slots.TestLayout.ORDERS;
import static org.berth.core.slots.TestLayout.PRICE;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys, claims, totals and errors of a table, one thread at a time. */
class SlotTableTest {

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, 42, Long.MIN_VALUE, Long.MAX_VALUE})
    void everyLongIsAKey(long key) {
        try (SlotTable table = SlotTable.create(LAYOUT, 2)) {
            assertThat(table.contains(key)).isFalse();
            try (Slot mine = table.claim(key)) {
                assertThat(mine.key()).isEqualTo(key);
                assertThat(mine.isNamed()).isFalse();
                assertThat(mine.isOwned()).isTrue();
                assertThat(mine.add(ORDERS, 5)).isEqualTo(5);
            }
            assertThat(table.contains(key)).isTrue();
            assertThat(table.at(key).get(ORDERS)).isEqualTo(5);
            assertThat(table.view(key).isOwned()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "t",
                "t1234567",
                "t12345678",
                "worker-7",
                "größe",
                "名前",
                "\uD83D\uDE80 rocket",
                "1234567890123456789012345678901234567890",
                "a name of more than 40 bytes, as of an account in some other system, with the day: 2025-03-01"
            })
    void everyNameThatFitsIsAKey(String name) {
        try (SlotTable table = SlotTable.create(LAYOUT, 8)) {
            assertThat(table.contains(name)).isFalse();
            try (Slot mine = table.claim(name)) {
                mine.set(ORDERS, 9);
                assertThat(mine.name()).isEqualTo(name);
                assertThat(mine.isNamed()).isTrue();
                // Neither a prefix, nor a longer name, nor one that differs at the end.
                assertThat(table.contains(name + "x")).isFalse();
                assertThat(table.contains(name.substring(0, name.length() - 1))).isFalse();
                assertThat(table.contains(name.substring(0, name.length() - 1) + "\u0001"))
                        .isFalse();
            }
            assertThat(table.at(new String(name.toCharArray())).get(ORDERS)).isEqualTo(9);
        }
    }

    @Test
    void namesWithOneHashCodeAreApart() {
        assertThat("Aa".hashCode()).isEqualTo("BB".hashCode());
        try (SlotTable table = SlotTable.create(LAYOUT, 4);
                Slot aa = table.claim("Aa");
                Slot bb = table.claim("BB")) {
            aa.set(ORDERS, 1);
            bb.set(ORDERS, 2);
            assertThat(table.at("Aa").get(ORDERS)).isEqualTo(1);
            assertThat(table.at("BB").get(ORDERS)).isEqualTo(2);
        }
    }

    @Test
    void longsAndNamesAreApart() {
        try (SlotTable table = SlotTable.create(LAYOUT, 4);
                Slot number = table.claim(1);
                Slot name = table.claim("1")) {
            number.set(ORDERS, 10);
            name.set(ORDERS, 20);
            assertThat(table.at(1).get(ORDERS)).isEqualTo(10);
            assertThat(table.at("1").get(ORDERS)).isEqualTo(20);
            assertThatIllegalStateException().isThrownBy(number::name).withMessageContaining("key=1");
            assertThatIllegalStateException().isThrownBy(name::key).withMessageContaining("name=1");
        }
    }

    @Test
    void theNextOwnerContinuesFromTheValues() {
        try (SlotTable table = SlotTable.create(LAYOUT, 1)) {
            for (int owner = 1; owner <= 5; owner++) {
                try (Slot mine = table.claim("t1")) {
                    assertThat(mine.add(ORDERS, 10)).isEqualTo(10L * owner);
                }
            }
            assertThat(table.size()).isEqualTo(1);
        }
    }

    @Test
    void aSecondClaimFailsAndNamesTheOwner() throws Exception {
        try (SlotTable table = SlotTable.create(LAYOUT, 1)) {
            FutureTask<Slot> claim = new FutureTask<>(() -> table.claim("t1"));
            Thread owner = new Thread(claim, "matching-engine");
            owner.start();
            Slot claimed = claim.get();
            assertThatIllegalStateException()
                    .isThrownBy(() -> table.claim("t1"))
                    .withMessageContaining("already claimed: name=t1")
                    .withMessageContaining("owner=matching-engine")
                    .withMessageContaining("thread=" + owner.threadId())
                    .withMessageContaining("since=20");
            assertThat(table.tryClaim("t1")).isNull();
            claimed.close();
            assertThat(table.tryClaim("t1")).isNotNull();
        }
    }

    @Test
    void closingTwiceDoesNotReleaseTheNextOwner() {
        try (SlotTable table = SlotTable.create(LAYOUT, 1)) {
            Slot first = table.claim(7);
            first.close();
            try (Slot second = table.claim(7)) {
                first.close();
                assertThat(second.isOwned()).isTrue();
                assertThat(table.tryClaim(7)).isNull();
                // Not even if two threads close the first one at once, and one of them comes late.
                table.memory.ownership.release(first.slot, (1L << 32) | Ownership.OWNED);
                assertThat(second.isOwned()).isTrue();
            }
        }
    }

    @Test
    void aTableTakesAsManyKeysAsItsCapacity() {
        for (int capacity : new int[] {1, 2, 3, 7, 64, 1000}) {
            try (SlotTable table = SlotTable.create(LAYOUT, capacity)) {
                for (int key = 0; key < capacity; key++) {
                    table.claim(key * 1_000_003L).set(ORDERS, key);
                }
                assertThat(table.size()).isEqualTo(capacity).isEqualTo(table.capacity());
                assertThatIllegalStateException()
                        .isThrownBy(() -> table.claim("one more"))
                        .withMessageContaining(
                                "table is full: name=one more capacity=" + capacity + " size=" + capacity);
                assertThatIllegalStateException()
                        .isThrownBy(() -> table.tryClaim(-1))
                        .withMessageContaining("key=-1");
                assertThat(table.contains("one more")).isFalse();
                for (int key = 0; key < capacity; key++) {
                    assertThat(table.at(key * 1_000_003L).get(ORDERS)).isEqualTo(key);
                }
            }
        }
    }

    @Test
    void totalsAreOverAllRecordsOwnedOrNot() {
        try (SlotTable table = SlotTable.create(LAYOUT, 10)) {
            assertThat(table.sum(ORDERS)).isZero();
            assertThat(table.min(ORDERS)).isEqualTo(Long.MAX_VALUE);
            assertThat(table.max(LEVEL)).isEqualTo(Long.MIN_VALUE);
            assertThat(table.max(PRICE)).isEqualTo(Double.NEGATIVE_INFINITY);
            for (int key = 1; key <= 5; key++) {
                Slot slot = table.claim("t" + key);
                slot.set(ORDERS, key);
                slot.set(LEVEL, -key);
                slot.set(PRICE, key / 2.0);
                slot.set(CREDIT, Integer.MAX_VALUE);
                if (key % 2 == 0) {
                    slot.close();
                }
            }
            assertThat(table.sum(ORDERS)).isEqualTo(15);
            assertThat(table.min(ORDERS)).isEqualTo(1);
            assertThat(table.max(ORDERS)).isEqualTo(5);
            assertThat(table.sum(LEVEL)).isEqualTo(-15);
            assertThat(table.min(LEVEL)).isEqualTo(-5);
            assertThat(table.max(LEVEL)).isEqualTo(-1);
            assertThat(table.sum(PRICE)).isEqualTo(7.5);
            assertThat(table.min(PRICE)).isEqualTo(0.5);
            assertThat(table.max(PRICE)).isEqualTo(2.5);
            assertThat(table.sum(CREDIT)).isEqualTo(5L * Integer.MAX_VALUE);
            assertThat(table.fold(ORDERS, 1, (product, value) -> product * value))
                    .isEqualTo(120);
            assertThat(table.fold(LEVEL, 1, (product, value) -> product * value))
                    .isEqualTo(-120);
            assertThat(table.fold(PRICE, 0, (count, value) -> count + 1)).isEqualTo(5);
        }
    }

    @Test
    void iterationVisitsEachKeyOnce() {
        try (SlotTable table = SlotTable.create(LAYOUT, 100)) {
            Set<String> expected = new HashSet<>();
            for (int key = 0; key < 50; key++) {
                table.claim(key);
                table.claim("n" + key).close();
                expected.add("key=" + key);
                expected.add("name=n" + key);
            }
            List<String> seen = new ArrayList<>();
            table.forEach(view -> seen.add(view.isNamed() ? "name=" + view.name() : "key=" + view.key()));
            assertThat(seen).containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    @Test
    void unknownKeysAreNamed() {
        try (SlotTable table = SlotTable.create(LAYOUT, 1)) {
            assertThatExceptionOfType(NoSuchElementException.class)
                    .isThrownBy(() -> table.view("t9"))
                    .withMessageContaining("unknown key: name=t9 size=0");
            assertThatExceptionOfType(NoSuchElementException.class)
                    .isThrownBy(() -> table.at(9).getAndAdd(CREDIT, 1))
                    .withMessageContaining("unknown key: key=9");
            assertThat(table.size()).isZero();
        }
    }

    @Test
    void aCursorWithoutAKeyRefusesEveryOperation() {
        try (SlotTable table = SlotTable.create(LAYOUT, 1)) {
            table.claim(0).close();
            RecordCursor cursor = table.cursor();
            Snapshot snapshot = LAYOUT.newSnapshot();
            List<ThrowingCallable> uses = List.of(
                    () -> cursor.get(ORDERS),
                    () -> cursor.set(CREDIT, 1),
                    () -> cursor.getAndAdd(CREDIT, 1),
                    () -> cursor.compareAndSet(CREDIT, 0, 1),
                    () -> cursor.updateAndGet(CREDIT, x -> x + 1),
                    () -> cursor.read(snapshot));
            for (ThrowingCallable use : uses) {
                assertThatIllegalStateException().isThrownBy(use).withMessageContaining("seek");
            }
            assertThat(cursor.toString()).isEqualTo("RecordCursor[no key]");
            assertThat(table.sum(CREDIT)).isZero();
            assertThat(cursor.seek(0).getAndAdd(CREDIT, 1)).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCursorMovesBetweenLongsAndNames(boolean recycling) {
        try (SlotTable table = table(3, recycling);
                Slot seven = table.claim(7);
                Slot name = table.claim("7");
                Slot other = table.claim("other")) {
            seven.set(ORDERS, 1);
            name.set(ORDERS, 2);
            other.set(ORDERS, 3);
            RecordCursor cursor = table.cursor();
            assertThat(cursor.seek(7)).isSameAs(cursor);
            assertThat(cursor.get(ORDERS)).isEqualTo(1);
            assertThat(cursor.toString()).isEqualTo("RecordCursor[key=7]");
            assertThat(cursor.seek("7").get(ORDERS)).isEqualTo(2);
            assertThat(cursor.toString()).isEqualTo("RecordCursor[name=7]");
            assertThat(cursor.seek("other").get(ORDERS)).isEqualTo(3);
            assertThat(cursor.seek(7).get(ORDERS)).isEqualTo(1);
            assertThat(cursor.get(ORDERS)).as("again").isEqualTo(1);
        }
    }

    @Test
    void anUnknownKeyIsRefusedAtOnceInATableThatDoesNotRecycle() {
        try (SlotTable table = table(2, false)) {
            RecordCursor cursor = table.cursor();
            for (ThrowingCallable unknown :
                    List.<ThrowingCallable>of(() -> table.at(9), () -> cursor.seek(8), () -> cursor.seek(9))) {
                assertThatExceptionOfType(NoSuchElementException.class)
                        .isThrownBy(unknown)
                        .withMessageContaining("unknown key: key=");
            }
            for (ThrowingCallable unknown : List.<ThrowingCallable>of(() -> table.at("t9"), () -> cursor.seek("t9"))) {
                assertThatExceptionOfType(NoSuchElementException.class)
                        .isThrownBy(unknown)
                        .withMessageContaining("unknown key: name=t9");
            }
            assertThatIllegalStateException().isThrownBy(() -> cursor.get(ORDERS));
            table.claim(9).close();
            assertThat(cursor.seek(9).getAndAdd(CREDIT, 1)).isZero();
            assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(() -> cursor.seek(8));
            assertThatIllegalStateException().as("not the record before").isThrownBy(() -> cursor.get(CREDIT));
        }
    }

    /** Null is not the key 0. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aNullNameIsRefused(boolean recycling) {
        try (SlotTable table = table(2, recycling)) {
            table.claim(0).close();
            RecordCursor cursor = table.cursor();
            for (ThrowingCallable call : List.<ThrowingCallable>of(
                    () -> table.contains((String) null),
                    () -> cursor.seek((String) null),
                    () -> table.at((String) null),
                    () -> table.view((String) null),
                    () -> table.claim((String) null),
                    () -> table.remove((String) null))) {
                assertThatNullPointerException().isThrownBy(call);
            }
        }
    }

    /** As a view does. */
    @Test
    void anAccessorThatIsKeptStaysAtItsRecordInATableThatDoesNotRecycle() {
        try (SlotTable table = table(8, false)) {
            table.claim(1).close();
            table.claim("n").close();
            for (RecordAccess kept : List.of(
                    table.at(1),
                    table.cursor().seek(1),
                    table.at("n"),
                    table.cursor().seek("n"))) {
                kept.set(CREDIT, 7);
            }
            RecordAccess kept = table.at(1);
            assertThat(table.remove(1)).isTrue();
            assertThat(kept.getAndAdd(CREDIT, 1)).as("the dead record").isEqualTo(7);
            table.claim(1).close();
            assertThat(table.at(1).get(CREDIT)).as("a new record").isZero();
            assertThat(kept.get(CREDIT)).isEqualTo(8);
        }
    }

    @Test
    void anUnknownKeyIsRefusedByTheOperationAndNotBeforeInARecyclingTable() {
        try (SlotTable table = table(2, true)) {
            RecordCursor cursor = table.cursor();
            for (RecordAccess unknown :
                    List.of(table.at(9), table.cursor().seek(9), cursor.seek(8).seek(9))) {
                assertThatExceptionOfType(NoSuchElementException.class)
                        .isThrownBy(() -> unknown.get(ORDERS))
                        .withMessageContaining("unknown key: key=9");
                assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(() -> unknown.getAndAdd(CREDIT, 1));
            }
            for (RecordAccess unknown : List.of(table.at("t9"), cursor.seek("t9"))) {
                assertThatExceptionOfType(NoSuchElementException.class)
                        .isThrownBy(() -> unknown.updateAndGet(CREDIT, x -> x + 1))
                        .withMessageContaining("unknown key: name=t9");
            }
            // A claim after at() or seek() is early enough, and a refused operation retains no slot.
            RecordAccess early = table.at(9);
            for (int key = 9; key < 11; key++) {
                table.claim(key).close();
                assertThat(early.getAndAdd(CREDIT, 1)).isEqualTo(key - 9);
                assertThat(cursor.seek(key).get(CREDIT)).isEqualTo(key == 9 ? 1 : 0);
            }
        }
    }

    @Test
    void anAccessorThatIsKeptFindsTheRecordOfALaterClaimInARecyclingTable() {
        try (SlotTable table = table(8, true)) {
            List<RecordAccess> byKey = List.of(table.at(1), table.cursor().seek(1));
            List<RecordAccess> byName = List.of(table.at("n"), table.cursor().seek("n"));
            for (int round = 1; round <= 2; round++) {
                for (RecordAccess access : byKey) {
                    checkReclaimed(table, access, 1, () -> table.claim(1), () -> table.remove(1));
                }
                for (RecordAccess access : byName) {
                    checkReclaimed(table, access, 2, () -> table.claim("n"), () -> table.remove("n"));
                }
            }
        }
    }

    private static void checkReclaimed(
            SlotTable table, RecordAccess access, long orders, Supplier<Slot> claim, Runnable remove) {
        try (Slot first = claim.get()) {
            first.set(ORDERS, orders);
            assertThat(access.getAndAdd(CREDIT, 5)).isZero();
            assertThat(access.get(ORDERS)).isEqualTo(orders);
        }
        remove.run();
        assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(() -> access.get(ORDERS));
        assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(() -> access.getAndAdd(CREDIT, 1));
        try (Slot second = claim.get()) {
            second.set(ORDERS, 10 * orders);
            assertThat(access.get(ORDERS)).isEqualTo(10 * orders);
            assertThat(access.getAndAdd(CREDIT, 1)).as("a new record").isZero();
            assertThat(second.get(CREDIT)).isEqualTo(1);
        }
        remove.run();
        assertThat(table.size()).isZero();
    }

    private static SlotTable table(int capacity, boolean recycling) {
        SlotTable.Builder builder = SlotTable.builder(LAYOUT, capacity);
        return (recycling ? builder.recycling() : builder).build();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890"
                        + "12345678901234567890123456789",
                "ääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääx",
                "\uD800",
                "a\u0000b"
            })
    void namesThatDoNotFitAreRefused(String name) {
        try (SlotTable table = SlotTable.create(LAYOUT, 1)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> table.claim(name))
                    .withMessageContaining("name=" + name);
            assertThatIllegalArgumentException().isThrownBy(() -> table.tryClaim(name));
            assertThat(table.contains(name)).isFalse();
            assertThat(table.size()).isZero();
            // The refused name took no slot.
            table.claim("fits").close();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, TableDescriptor.MAX_CAPACITY + 1})
    void capacitiesOutOfRangeAreRefused(int capacity) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SlotTable.create(LAYOUT, capacity))
                .withMessageContaining("capacity=" + capacity);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -8, 4, 48, 100, 8192, Integer.MIN_VALUE})
    void paddingsOutOfRangeAreRefused(int padding) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SlotTable.builder(LAYOUT, 1).padding(padding).build())
                .withMessageContaining("padding=" + padding);
    }

    @Test
    void moreMemoryThanThereIsIsAnError() {
        assertThatExceptionOfType(OutOfMemoryError.class)
                .isThrownBy(() -> SlotTable.builder(LAYOUT, TableDescriptor.MAX_CAPACITY)
                        .padding(4096)
                        .build());
    }

    @Test
    void afterCloseTheTableIsNamed() {
        RecordLayout.Builder record = RecordLayout.builder();
        Field.OwnedLong first = record.ownedLong("f0");
        for (int i = 1; i < 8; i++) {
            record.ownedLong("f" + i);
        }
        RecordLayout eight = record.build();
        SlotTable table = SlotTable.create(eight, 5);
        Slot slot = table.claim(1);
        table.close();
        String fields = "slot table of fields=[f0, f1, f2, f3, f4, f5, f6, f7] capacity=5";
        assertThatIllegalStateException()
                .isThrownBy(() -> slot.set(first, 1))
                .withMessageContaining("memory is closed: offset=")
                .withMessageContaining("region=" + fields + ";");
        assertThatIllegalStateException()
                .isThrownBy(() -> table.claim(2))
                .withMessageContaining("table is closed: table=" + fields + ";");

        record = RecordLayout.builder();
        for (int i = 0; i < 9; i++) {
            record.ownedLong("f" + i);
        }
        SlotTable wide = SlotTable.create(record.build(), 5);
        wide.close();
        assertThatIllegalStateException().isThrownBy(() -> wide.claim(2)).withMessageContaining("f7, …] capacity=5");
    }

    @Test
    void aClosedTableRefusesEverything() {
        SlotTable table = SlotTable.create(LAYOUT, 4);
        Slot mine = table.claim(1);
        SlotView view = table.view(1);
        RecordAccess access = table.at(1);
        RecordCursor cursor = table.cursor().seek(1);
        table.close();
        table.close();
        assertThat(table.isClosed()).isTrue();
        List<ThrowingCallable> uses = List.of(
                () -> table.claim(2),
                () -> table.claim("x"),
                () -> table.tryClaim(2),
                () -> table.tryClaim("x"),
                () -> table.view(1),
                () -> table.view("x"),
                () -> table.contains(1),
                () -> table.contains("x"),
                () -> table.forEach(v -> {}),
                () -> table.sum(ORDERS),
                () -> table.min(PRICE),
                () -> table.fold(LEVEL, 0, Long::sum),
                table::size,
                () -> table.at(1).get(ORDERS),
                () -> table.at(1).getAndAdd(CREDIT, 1),
                () -> table.at("x").getAndAdd(CREDIT, 1),
                () -> access.get(ORDERS),
                () -> access.getAndAdd(CREDIT, 1),
                () -> cursor.get(ORDERS),
                () -> cursor.getAndAdd(CREDIT, 1),
                () -> cursor.seek("x").getAndAdd(CREDIT, 1),
                () -> mine.add(ORDERS, 1),
                () -> mine.set(PRICE, 1),
                () -> mine.get(ORDERS),
                () -> view.get(ORDERS),
                () -> view.compareAndSet(CREDIT, 0, 1),
                () -> view.updateAndGet(CREDIT, x -> x + 1),
                view::isOwned,
                view::key);
        for (ThrowingCallable use : uses) {
            assertThatIllegalStateException().isThrownBy(use).withMessageContaining("closed");
        }
        mine.close();
        view.close();
        assertThat(table.toString()).contains("closed");
        assertThat(mine.toString()).contains("closed");
    }

    @Test
    void messagesAndDescriptionsDoNotThrow() {
        try (SlotTable table = SlotTable.create(LAYOUT, 4)) {
            try (Slot mine = table.claim("t1")) {
                assertThat(mine.toString()).isEqualTo("Slot[name=t1, owned]");
            }
            assertThat(table.view("t1").toString()).isEqualTo("SlotView[name=t1]");
            assertThat(table.toString()).contains("capacity=4", "size=1");
            assertThat(LAYOUT.toString())
                    .isEqualTo(
                            "RecordLayout[orders, credit, level, flags, price, limit, active, halted, symbol, note]");
        }
    }
}
