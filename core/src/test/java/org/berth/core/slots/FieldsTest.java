package org.berth.core.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.berth.core.slots.TestLayout.ACTIVE;
import static org.berth.core.slots.TestLayout.CREDIT;
import static org.berth.core.slots.TestLayout.FLAGS;
import static org.berth.core.slots.TestLayout.HALTED;
import static org.berth.core.slots.TestLayout.LAYOUT;
import static org.berth.core.slots.TestLayout.LEVEL;
import static org.berth.core.slots.TestLayout.LIMIT;
import static org.berth.core.slots.TestLayout.NOTE;
import static org.berth.core.slots.TestLayout.ORDERS;
import static org.berth.core.slots.TestLayout.PRICE;
import static org.berth.core.slots.TestLayout.SYMBOL;

import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.berth.core.slots.Field.OwnedAscii;
import org.berth.core.slots.Field.OwnedBoolean;
import org.berth.core.slots.Field.OwnedBytes;
import org.berth.core.slots.Field.OwnedDouble;
import org.berth.core.slots.Field.OwnedInt;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Field.OwnedLongs;
import org.berth.core.slots.Field.OwnedUtf8;
import org.berth.core.slots.Field.SharedBoolean;
import org.berth.core.slots.Field.SharedDouble;
import org.berth.core.slots.Field.SharedInt;
import org.berth.core.slots.Field.SharedLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every operation on every type of field, through the owner's handle, a view, a long key, a name and a cursor. */
@Tag("strict-and-not")
class FieldsTest {

    private final SlotTable table = SlotTable.create(LAYOUT, 4);
    private final Slot byKey = table.claim(11);
    private final Slot byName = table.claim("n");
    private final SlotView view = table.view(11);
    private final RecordCursor cursor = table.cursor();

    @AfterEach
    void close() {
        table.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, -1, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 32, 0x1234_5678_9ABC_DEF0L})
    void ownedLong(long value) {
        byKey.set(ORDERS, value);
        assertThat(byKey.get(ORDERS)).isEqualTo(value);
        assertThat(view.get(ORDERS)).isEqualTo(value);
        assertThat(table.at(11).get(ORDERS)).isEqualTo(value);
        assertThat(byKey.add(ORDERS, value)).isEqualTo(value + value);
        assertThat(table.at("n").get(ORDERS)).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 1 << 16})
    void ownedInt(int value) {
        byName.set(LEVEL, value);
        assertThat(byName.get(LEVEL)).isEqualTo(value);
        assertThat(table.at("n").get(LEVEL)).isEqualTo(value);
        assertThat(byName.add(LEVEL, value)).isEqualTo(value + value);
        assertThat(byName.add(LEVEL, Integer.MIN_VALUE)).isEqualTo(value + value + Integer.MIN_VALUE);
        assertThat(view.get(LEVEL)).isZero();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.0, -0.0, 1.5, -1e300, Double.MIN_VALUE, Double.POSITIVE_INFINITY})
    void ownedDouble(double value) {
        byKey.set(PRICE, value);
        assertThat(byKey.get(PRICE)).isEqualTo(value);
        assertThat(view.get(PRICE)).isEqualTo(value);
        assertThat(table.at(11).get(PRICE)).isEqualTo(value);
        assertThat(byKey.add(PRICE, 1.25)).isEqualTo(value + 1.25);
    }

    @Test
    void sharedLongByEveryWay() {
        view.set(CREDIT, 5);
        assertThat(byKey.get(CREDIT)).isEqualTo(5);
        assertThat(view.compareAndSet(CREDIT, 4, 6)).isFalse();
        assertThat(view.compareAndSet(CREDIT, 5, 6)).isTrue();
        assertThat(view.compareAndExchange(CREDIT, 5, 7)).isEqualTo(6);
        assertThat(view.compareAndExchange(CREDIT, 6, 7)).isEqualTo(6);
        assertThat(view.getAndAdd(CREDIT, Long.MAX_VALUE)).isEqualTo(7);
        assertThat(view.get(CREDIT)).isEqualTo(Long.MIN_VALUE + 6);
        assertThat(view.updateAndGet(CREDIT, x -> x * 0 + 8)).isEqualTo(8);

        table.at(11).set(CREDIT, 15);
        assertThat(table.at(11).compareAndSet(CREDIT, 14, 16)).isFalse();
        assertThat(table.at(11).compareAndSet(CREDIT, 15, 16)).isTrue();
        assertThat(table.at(11).compareAndExchange(CREDIT, 15, 17)).isEqualTo(16);
        assertThat(table.at(11).compareAndExchange(CREDIT, 16, 17)).isEqualTo(16);
        assertThat(table.at(11).getAndAdd(CREDIT, -10)).isEqualTo(17);
        assertThat(table.at(11).updateAndGet(CREDIT, x -> x * 2)).isEqualTo(14);

        table.at("n").set(CREDIT, 25);
        assertThat(table.at("n").compareAndSet(CREDIT, 24, 26)).isFalse();
        assertThat(table.at("n").compareAndSet(CREDIT, 25, 26)).isTrue();
        assertThat(table.at("n").compareAndExchange(CREDIT, 25, 27)).isEqualTo(26);
        assertThat(table.at("n").compareAndExchange(CREDIT, 26, 27)).isEqualTo(26);
        assertThat(table.at("n").getAndAdd(CREDIT, -10)).isEqualTo(27);
        assertThat(table.at("n").updateAndGet(CREDIT, x -> x * 2)).isEqualTo(34);
        assertThat(view.get(CREDIT)).isEqualTo(14);
    }

    @Test
    void everySharedFieldThroughACursor() {
        for (RecordCursor at : List.of(cursor.seek(11), table.cursor().seek("n"))) {
            at.set(CREDIT, 15);
            assertThat(at.compareAndSet(CREDIT, 14, 16)).isFalse();
            assertThat(at.compareAndSet(CREDIT, 15, 16)).isTrue();
            assertThat(at.compareAndExchange(CREDIT, 16, 17)).isEqualTo(16);
            assertThat(at.getAndAdd(CREDIT, -10)).isEqualTo(17);
            assertThat(at.updateAndGet(CREDIT, x -> x * 2)).isEqualTo(14);

            at.set(FLAGS, 15);
            assertThat(at.compareAndSet(FLAGS, 15, 16)).isTrue();
            assertThat(at.compareAndExchange(FLAGS, 16, 17)).isEqualTo(16);
            assertThat(at.getAndAdd(FLAGS, -20)).isEqualTo(17);
            assertThat(at.updateAndGet(FLAGS, x -> x * 2)).isEqualTo(-6);

            at.set(LIMIT, 15);
            assertThat(at.compareAndSet(LIMIT, 15, 16)).isTrue();
            assertThat(at.compareAndExchange(LIMIT, 16, 17)).isEqualTo(16);
            assertThat(at.getAndAdd(LIMIT, -20)).isEqualTo(17);
            assertThat(at.updateAndGet(LIMIT, x -> x * 2)).isEqualTo(-6);

            at.set(HALTED, true);
            assertThat(at.compareAndSet(HALTED, false, true)).isFalse();
            assertThat(at.get(HALTED)).isTrue();
        }
        for (Slot slot : List.of(byKey, byName)) {
            assertThat(slot.get(CREDIT)).isEqualTo(14);
            assertThat(slot.get(FLAGS)).isEqualTo(-6);
            assertThat(slot.get(LIMIT)).isEqualTo(-6);
            assertThat(slot.get(HALTED)).isTrue();
        }
    }

    @Test
    void everyOwnedFieldThroughACursor() {
        byKey.set(ORDERS, 1);
        byKey.set(LEVEL, 2);
        byKey.set(PRICE, 0.5);
        byKey.set(ACTIVE, true);
        byName.set(ORDERS, 3);
        Snapshot snapshot = LAYOUT.newSnapshot();
        cursor.seek(11).read(snapshot);
        assertThat(snapshot.get(ORDERS)).isEqualTo(cursor.get(ORDERS)).isEqualTo(1);
        assertThat(snapshot.get(LEVEL)).isEqualTo(cursor.get(LEVEL)).isEqualTo(2);
        assertThat(snapshot.get(PRICE)).isEqualTo(cursor.get(PRICE)).isEqualTo(0.5);
        assertThat(snapshot.get(ACTIVE)).isEqualTo(cursor.get(ACTIVE)).isTrue();
        assertThat(cursor.seek("n").get(ORDERS)).isEqualTo(3);
    }

    @Test
    void sharedIntByEveryWay() {
        view.set(FLAGS, -5);
        assertThat(byKey.get(FLAGS)).isEqualTo(-5);
        assertThat(view.compareAndSet(FLAGS, -4, 6)).isFalse();
        assertThat(view.compareAndSet(FLAGS, -5, Integer.MAX_VALUE)).isTrue();
        // Overflow wraps around, and what comes out compares equal to the same number stored.
        assertThat(view.getAndAdd(FLAGS, 1)).isEqualTo(Integer.MAX_VALUE);
        assertThat(view.compareAndSet(FLAGS, Integer.MIN_VALUE, 6)).isTrue();
        assertThat(view.compareAndExchange(FLAGS, 5, 7)).isEqualTo(6);
        assertThat(view.compareAndExchange(FLAGS, 6, 7)).isEqualTo(6);
        assertThat(view.updateAndGet(FLAGS, x -> -x)).isEqualTo(-7);

        table.at(11).set(FLAGS, 15);
        assertThat(table.at(11).get(FLAGS)).isEqualTo(15);
        assertThat(table.at(11).compareAndSet(FLAGS, 14, 16)).isFalse();
        assertThat(table.at(11).compareAndSet(FLAGS, 15, 16)).isTrue();
        assertThat(table.at(11).compareAndExchange(FLAGS, 16, 17)).isEqualTo(16);
        assertThat(table.at(11).getAndAdd(FLAGS, -20)).isEqualTo(17);
        assertThat(table.at(11).updateAndGet(FLAGS, x -> x * 2)).isEqualTo(-6);

        table.at("n").set(FLAGS, 25);
        assertThat(table.at("n").compareAndSet(FLAGS, 24, 26)).isFalse();
        assertThat(table.at("n").compareAndSet(FLAGS, 25, 26)).isTrue();
        assertThat(table.at("n").compareAndExchange(FLAGS, 26, 27)).isEqualTo(26);
        assertThat(table.at("n").getAndAdd(FLAGS, -10)).isEqualTo(27);
        assertThat(table.at("n").updateAndGet(FLAGS, x -> x * 2)).isEqualTo(34);
        assertThat(view.get(FLAGS)).isEqualTo(-6);
    }

    @Test
    void sharedDoubleByEveryWay() {
        view.set(LIMIT, 0.5);
        assertThat(byKey.get(LIMIT)).isEqualTo(0.5);
        assertThat(view.compareAndSet(LIMIT, 0.4, 6)).isFalse();
        assertThat(view.compareAndSet(LIMIT, 0.5, 0.0)).isTrue();
        // By their bits: zero is not negative zero, NaN is NaN.
        assertThat(view.compareAndSet(LIMIT, -0.0, 1)).isFalse();
        assertThat(view.compareAndSet(LIMIT, 0.0, Double.NaN)).isTrue();
        assertThat(view.compareAndExchange(LIMIT, Double.NaN, 6)).isNaN();
        assertThat(view.compareAndExchange(LIMIT, 6, 7)).isEqualTo(6);
        assertThat(view.getAndAdd(LIMIT, 0.25)).isEqualTo(7);
        assertThat(view.updateAndGet(LIMIT, x -> x * 2)).isEqualTo(14.5);

        table.at(11).set(LIMIT, 15);
        assertThat(table.at(11).get(LIMIT)).isEqualTo(15);
        assertThat(table.at(11).compareAndSet(LIMIT, 14, 16)).isFalse();
        assertThat(table.at(11).compareAndSet(LIMIT, 15, 16)).isTrue();
        assertThat(table.at(11).compareAndExchange(LIMIT, 16, 17)).isEqualTo(16);
        assertThat(table.at(11).getAndAdd(LIMIT, -20)).isEqualTo(17);
        assertThat(table.at(11).updateAndGet(LIMIT, x -> x * 2)).isEqualTo(-6);

        table.at("n").set(LIMIT, 25);
        assertThat(table.at("n").get(LIMIT)).isEqualTo(25);
        assertThat(table.at("n").compareAndSet(LIMIT, 24, 26)).isFalse();
        assertThat(table.at("n").compareAndSet(LIMIT, 25, 26)).isTrue();
        assertThat(table.at("n").compareAndExchange(LIMIT, 26, 27)).isEqualTo(26);
        assertThat(table.at("n").getAndAdd(LIMIT, -10)).isEqualTo(27);
        assertThat(table.at("n").updateAndGet(LIMIT, x -> x * 2)).isEqualTo(34);
        assertThat(view.get(LIMIT)).isEqualTo(-6);
    }

    @Test
    void aFunctionThatThrowsChangesNothing() {
        view.set(CREDIT, 5);
        RuntimeException failure = new RuntimeException("no");
        assertThatThrownBy(() -> view.updateAndGet(CREDIT, x -> {
                    throw failure;
                }))
                .isSameAs(failure);
        assertThat(view.get(CREDIT)).isEqualTo(5);
    }

    @Test
    void aFieldOfAnotherLayoutIsRefused() {
        RecordLayout.Builder other = RecordLayout.builder();
        OwnedLong foreign = other.ownedLong("foreign");
        SharedLong foreignShared = other.sharedLong("foreignShared");
        other.build();
        List<ThrowingCallable> uses = List.of(
                () -> byKey.add(foreign, 1),
                () -> byKey.set(foreign, 1),
                () -> view.get(foreign),
                () -> view.getAndAdd(foreignShared, 1),
                () -> table.at(11).get(foreign),
                () -> table.at("n").getAndAdd(foreignShared, 1),
                () -> cursor.seek(11).get(foreign),
                () -> cursor.seek("n").getAndAdd(foreignShared, 1),
                () -> table.sum(foreign));
        for (ThrowingCallable use : uses) {
            assertThatIllegalArgumentException().isThrownBy(use).withMessageContaining("field=foreign");
        }
        assertThat(table.sum(ORDERS)).isZero();
        assertThat(table.sum(CREDIT)).isZero();
    }

    @Test
    void aClosedHandleIsRefused() {
        byKey.close();
        byKey.close();
        view.close();
        List<ThrowingCallable> uses = List.of(
                () -> byKey.add(ORDERS, 1),
                () -> byKey.set(LEVEL, 1),
                () -> byKey.add(PRICE, 1),
                () -> byKey.get(ORDERS),
                () -> byKey.getAndAdd(CREDIT, 1),
                () -> view.get(PRICE),
                () -> view.compareAndSet(CREDIT, 0, 1));
        for (ThrowingCallable use : uses) {
            assertThatIllegalStateException().isThrownBy(use).withMessageContaining("handle is closed: field=");
        }
        assertThat(table.sum(ORDERS)).isZero();
        assertThat(table.sum(CREDIT)).isZero();
    }

    @Test
    void fieldsTellTheirTypeAndName() {
        assertThat(LAYOUT.fields())
                .containsExactly(ORDERS, CREDIT, LEVEL, FLAGS, PRICE, LIMIT, ACTIVE, HALTED, SYMBOL, NOTE);
        List<String> kinds = new ArrayList<>();
        for (Field field : LAYOUT.fields()) {
            kinds.add(
                    switch (field) {
                        case OwnedLong f -> "owned long " + f.name();
                        case SharedLong f -> "shared long " + f.name();
                        case OwnedInt f -> "owned int " + f.name();
                        case SharedInt f -> "shared int " + f.name();
                        case OwnedDouble f -> "owned double " + f.name();
                        case SharedDouble f -> "shared double " + f.name();
                        case OwnedBoolean f -> "owned boolean " + f.name();
                        case SharedBoolean f -> "shared boolean " + f.name();
                        case OwnedLongs f -> "owned longs " + f.name();
                        case OwnedBytes f -> "owned bytes " + f.name();
                        case OwnedAscii f -> "owned ascii " + f.name();
                        case OwnedUtf8 f -> "owned utf8 " + f.name();
                    });
        }
        assertThat(kinds)
                .containsExactly(
                        "owned long orders",
                        "shared long credit",
                        "owned int level",
                        "shared int flags",
                        "owned double price",
                        "shared double limit",
                        "owned boolean active",
                        "shared boolean halted",
                        "owned ascii symbol",
                        "owned utf8 note");
    }

    @Test
    void aLayoutIsDeclaredOnce() {
        RecordLayout.Builder builder = RecordLayout.builder();
        assertThatIllegalStateException().isThrownBy(builder::build).withMessageContaining("fields=0");
        builder.ownedLong("a");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.sharedInt("a"))
                .withMessageContaining("name=a");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.ownedDouble(" "))
                .withMessageContaining("blank");
        RecordLayout layout = builder.build();
        assertThat(layout.fields()).hasSize(1);
        assertThatIllegalStateException()
                .isThrownBy(() -> builder.ownedLong("b"))
                .withMessageContaining("field=b");
        assertThatIllegalStateException().isThrownBy(builder::build);
        assertThat(layout.fields()).hasSize(1);
    }

    @Test
    void aLayoutHasALargestNumberOfFields() {
        RecordLayout.Builder builder = RecordLayout.builder();
        for (int i = 0; i < RecordLayout.Builder.MAX_FIELDS; i++) {
            builder.sharedLong("f" + i);
        }
        assertThatIllegalStateException()
                .isThrownBy(() -> builder.ownedLong("one more"))
                .withMessageContaining("field=one more");
    }

    @Test
    void aFieldIsLookedUpWithItsType() {
        assertThat(LAYOUT.field("orders", OwnedLong.class)).isSameAs(ORDERS);
        assertThat(LAYOUT.field("halted", SharedBoolean.class)).isSameAs(HALTED);
        assertThat(LAYOUT.field("note", Field.OwnedText.class)).isSameAs(NOTE);
        assertThat(LAYOUT.field("level", Field.OfInt.class)).isSameAs(LEVEL);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LAYOUT.field("orders", SharedLong.class))
                .withMessageContaining("name=orders type=OwnedLong asked=SharedLong");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LAYOUT.field("symbol", OwnedUtf8.class))
                .withMessageContaining("name=symbol type=OwnedAscii asked=OwnedUtf8");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LAYOUT.field("other", OwnedLong.class))
                .withMessageContaining("no such field: name=other");
    }
}
