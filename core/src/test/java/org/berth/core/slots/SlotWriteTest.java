package org.berth.core.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.berth.core.slots.TestLayout.ACTIVE;
import static org.berth.core.slots.TestLayout.CREDIT;
import static org.berth.core.slots.TestLayout.HALTED;
import static org.berth.core.slots.TestLayout.LAYOUT;
import static org.berth.core.slots.TestLayout.LEVEL;
import static org.berth.core.slots.TestLayout.NOTE;
import static org.berth.core.slots.TestLayout.ORDERS;
import static org.berth.core.slots.TestLayout.PRICE;
import static org.berth.core.slots.TestLayout.SYMBOL;

import java.util.concurrent.TimeUnit;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Field.SharedLong;
import org.berth.offheap.ArrayWords;
import org.berth.offheap.Words;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Writes of several fields, and snapshots of them, by one thread. */
class SlotWriteTest {

    private final SlotTable table = SlotTable.create(LAYOUT, 4);
    private final Slot slot = table.claim("t1");
    private final SlotView view = table.view("t1");
    private final Snapshot snapshot = LAYOUT.newSnapshot();

    @AfterEach
    void close() {
        table.close();
    }

    @Test
    void aCommitChangesAllFieldsAndOnlyThose() {
        slot.set(LEVEL, 3);
        slot.write(write -> write.set(ORDERS, 7)
                .set(PRICE, 1.5)
                .set(ACTIVE, true)
                .set(SYMBOL, "BERTH")
                .set(NOTE, "größe"));
        table.at("t1").set(CREDIT, 9);
        table.at("t1").set(HALTED, true);
        view.read(snapshot);
        assertThat(snapshot.get(ORDERS)).isEqualTo(7);
        assertThat(snapshot.get(LEVEL)).isEqualTo(3);
        assertThat(snapshot.get(PRICE)).isEqualTo(1.5);
        assertThat(snapshot.get(ACTIVE)).isTrue();
        assertThat(snapshot.get(SYMBOL)).isEqualTo("BERTH");
        assertThat(snapshot.get(NOTE)).isEqualTo("größe");
        assertThat(snapshot.get(CREDIT)).isEqualTo(9);
        assertThat(snapshot.get(HALTED)).isTrue();
        assertThat(view.get(ORDERS)).isEqualTo(7);
        assertThat(table.at("t1").get(ACTIVE)).isTrue();
    }

    @Test
    void nothingIsSeenBeforeTheCommitButByTheWriteItself() {
        slot.set(ORDERS, 1);
        slot.set(LEVEL, 5);
        try (SlotWrite write = slot.begin()) {
            write.add(ORDERS, 10).add(ORDERS, 10).add(LEVEL, -1).add(PRICE, 0.5).set(ACTIVE, true);
            assertThat(write.get(ORDERS)).isEqualTo(21);
            assertThat(write.get(LEVEL)).isEqualTo(4);
            assertThat(write.get(PRICE)).isEqualTo(0.5);
            assertThat(write.get(ACTIVE)).isTrue();
            view.read(snapshot);
            assertThat(snapshot.get(ORDERS)).isEqualTo(1);
            assertThat(view.get(LEVEL)).isEqualTo(5);
            write.commit();
        }
        assertThat(view.get(ORDERS)).isEqualTo(21);
        assertThat(view.get(LEVEL)).isEqualTo(4);
    }

    @Test
    void aWriteThatThrowsWritesNothing() {
        assertThatThrownBy(() -> slot.write(write -> {
                    write.set(ORDERS, 7);
                    throw new UnsupportedOperationException("user's");
                }))
                .isInstanceOf(UnsupportedOperationException.class);
        assertThat(view.get(ORDERS)).isZero();
        slot.write(write -> write.set(LEVEL, 1));
        assertThat(view.get(ORDERS)).as("what an earlier write had staged").isZero();
        assertThat(view.get(LEVEL)).isEqualTo(1);
    }

    @Test
    void aWriteThatIsNotCommittedIsDiscarded() {
        try (SlotWrite write = slot.begin()) {
            write.set(ORDERS, 7);
        }
        SlotWrite open = slot.begin().set(ORDERS, 8);
        slot.close();
        assertThat(view.get(ORDERS)).isZero();
        assertThatIllegalStateException().isThrownBy(() -> open.set(ORDERS, 9));
        assertThat(table.tryClaim("t1")).isNotNull();
    }

    @Test
    void writesDoNotNest() {
        slot.write(outer -> {
            outer.set(ORDERS, 1);
            assertThatIllegalStateException()
                    .isThrownBy(() -> slot.write(inner -> inner.set(ORDERS, 2)))
                    .withMessageContaining("begun already: name=t1");
            assertThatIllegalStateException().isThrownBy(slot::begin);
        });
        assertThat(view.get(ORDERS)).isEqualTo(1);
    }

    @Test
    void anEndedWriteRefusesEverything() {
        SlotWrite write = slot.begin();
        write.set(ORDERS, 1).commit();
        assertThatIllegalStateException().isThrownBy(write::commit).withMessageContaining("not open");
        assertThatIllegalStateException().isThrownBy(() -> write.set(LEVEL, 1));
        assertThatIllegalStateException().isThrownBy(() -> write.add(LEVEL, 1));
        assertThatIllegalStateException().isThrownBy(() -> write.get(LEVEL));
        assertThatIllegalStateException().isThrownBy(() -> write.set(SYMBOL, "x"));
        write.close();
        assertThat(slot.begin()).as("the one object of this slot").isSameAs(write);
        write.close();
        slot.close();
        assertThatIllegalStateException().isThrownBy(slot::begin).withMessageContaining("handle is closed");
    }

    @Test
    void fieldsOfAnotherLayoutAreRefused() {
        RecordLayout.Builder builder = RecordLayout.builder();
        OwnedLong foreign = builder.ownedLong("orders");
        RecordLayout other = builder.build();
        slot.write(write -> {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> write.set(foreign, 1))
                    .withMessageContaining("another layout: field=orders");
            write.set(ORDERS, 1);
        });
        assertThatIllegalArgumentException().isThrownBy(() -> view.read(other.newSnapshot()));
        assertThatIllegalArgumentException().isThrownBy(() -> table.at("t1").read(other.newSnapshot()));
        view.read(snapshot);
        assertThatIllegalArgumentException().isThrownBy(() -> snapshot.get(foreign));
    }

    @Test
    void anEmptySnapshotSaysSo() {
        assertThatIllegalStateException()
                .isThrownBy(() -> snapshot.get(ORDERS))
                .withMessageContaining("snapshot is empty");
        view.close();
        assertThatIllegalStateException().isThrownBy(() -> view.read(snapshot)).withMessageContaining("closed");
    }

    @Test
    void aReadThatGivesUpLeavesTheSnapshotEmpty() {
        TableDescriptor descriptor = new TableDescriptor(LAYOUT, 1, 8);
        Words words = new ArrayWords(descriptor.bytes);
        SlotTable suspended = SlotTable.over(words, descriptor);
        try (Slot owner = suspended.claim(1)) {
            owner.read(snapshot);
            words.set(owner.base + TableDescriptor.SEQUENCE, 1);
            assertThat(owner.tryRead(snapshot, 0, TimeUnit.NANOSECONDS)).isFalse();
            assertThat(owner.tryRead(snapshot, 2, TimeUnit.MILLISECONDS)).isFalse();
            assertThatIllegalStateException().isThrownBy(() -> snapshot.get(ORDERS));
            words.set(owner.base + TableDescriptor.SEQUENCE, 2);
            assertThat(owner.tryRead(snapshot, 0, TimeUnit.NANOSECONDS)).isTrue();
            assertThat(snapshot.get(ORDERS)).isZero();
        }
    }

    @Test
    void layoutsOfAnyWidthAreWrittenAndRead() {
        for (int fields : new int[] {1, 2, 3, 4, 5, 7, 8, 9, 15, 63, 64, 65, 127, 128, 129, 300}) {
            RecordLayout.Builder builder = RecordLayout.builder();
            OwnedLong[] owned = new OwnedLong[fields];
            SharedLong[] shared = new SharedLong[fields / 2];
            for (int i = 0; i < fields; i++) {
                owned[i] = builder.ownedLong("owned" + i);
                if (i < shared.length) {
                    shared[i] = builder.sharedLong("shared" + i);
                }
            }
            RecordLayout layout = builder.build();
            Snapshot copy = layout.newSnapshot();
            try (SlotTable wide = SlotTable.builder(layout, 2).padding(8).build();
                    Slot neighbour = wide.claim(0);
                    Slot mine = wide.claim(1)) {
                // Every second field, and then all but one in the middle, and then one alone.
                for (int step = 0; step < 3; step++) {
                    long[] expected = new long[fields];
                    try (SlotWrite write = mine.begin()) {
                        for (int i = 0; i < fields; i++) {
                            boolean set = step == 0 ? i % 2 == 0 : step == 1 ? i != fields / 2 : i == fields - 1;
                            expected[i] = set ? 1000L * step + i + 1 : mine.get(owned[i]);
                            if (set) {
                                write.set(owned[i], expected[i]);
                            }
                        }
                        write.commit();
                    }
                    for (int i = 0; i < shared.length; i++) {
                        wide.at(1).set(shared[i], -i);
                    }
                    wide.at(1).read(copy);
                    for (int i = 0; i < fields; i++) {
                        assertThat(copy.get(owned[i]))
                                .as("field %d of %d", i, fields)
                                .isEqualTo(expected[i]);
                    }
                    for (int i = 0; i < shared.length; i++) {
                        assertThat(copy.get(shared[i])).isEqualTo(-i);
                    }
                }
                neighbour.read(copy);
                for (OwnedLong field : owned) {
                    assertThat(copy.get(field)).isZero();
                }
            }
        }
    }

    @Test
    void aRecordWithoutOwnedFieldsIsReadAndNotWritten() {
        RecordLayout.Builder builder = RecordLayout.builder();
        SharedLong only = builder.sharedLong("only");
        RecordLayout layout = builder.build();
        try (SlotTable small = SlotTable.create(layout, 1);
                Slot mine = small.claim(1)) {
            mine.set(only, 5);
            Snapshot copy = layout.newSnapshot();
            mine.read(copy);
            assertThat(copy.get(only)).isEqualTo(5);
            assertThatIllegalStateException().isThrownBy(mine::begin).withMessageContaining("no owned field");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "12345678", "123456789", "123456789012", "\u0000x"})
    void ascii(String text) {
        slot.write(write -> write.set(SYMBOL, "############"));
        slot.write(write -> write.set(SYMBOL, text));
        view.read(snapshot);
        assertThat(snapshot.get(SYMBOL)).isEqualTo(text);
        StringBuilder builder = new StringBuilder("<");
        snapshot.appendTo(SYMBOL, builder);
        assertThat(builder).hasToString("<" + text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "größe",
                "名前名前名前",
                "\uD83D\uDE80\uD83D\uDE80\uD83D\uDE80\uD83D\uDE80\uD83D\uDE80",
                "a\u0080\u07FF\u0800\uFFFF"
            })
    void utf8(String text) {
        slot.write(write -> write.set(NOTE, "####################"));
        slot.write(write -> write.set(NOTE, text));
        view.read(snapshot);
        assertThat(snapshot.get(NOTE)).isEqualTo(text);
        StringBuilder builder = new StringBuilder("<");
        snapshot.appendTo(NOTE, builder);
        assertThat(builder).hasToString("<" + text);
    }

    @Test
    void textsThatDoNotFitAreRefused() {
        slot.write(write -> {
            write.set(SYMBOL, "ok").set(NOTE, "ok");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> write.set(SYMBOL, "1234567890123"))
                    .withMessageContaining("too long: field=symbol characters=13 maxBytes=12");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> write.set(SYMBOL, "größe"))
                    .withMessageContaining("not ASCII: field=symbol index=2");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> write.set(NOTE, "名前名前名前名"))
                    .withMessageContaining("too long: field=note");
            for (String broken : new String[] {"\uD83D", "a\uD83Db", "\uDE80\uD83D", "x\uDE80"}) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> write.set(NOTE, broken))
                        .withMessageContaining("no valid Unicode: field=note");
            }
        });
        view.read(snapshot);
        assertThat(snapshot.get(SYMBOL)).isEqualTo("ok");
        assertThat(snapshot.get(NOTE)).isEqualTo("ok");
    }

    /** An error inside a commit, as a stack overflow can be, at each of its stores. */
    @Test
    void aCommitCutShortByAnErrorIsCompleted() {
        for (int store = 1; store <= 5; store++) {
            TableDescriptor descriptor = new TableDescriptor(LAYOUT, 1, 8);
            Failing words = new Failing(new ArrayWords(descriptor.bytes));
            SlotTable failing = SlotTable.over(words, descriptor);
            Slot owner = failing.claim(1);
            SlotWrite write = owner.begin().set(ORDERS, 1).set(LEVEL, 2).set(PRICE, 3);
            words.storesLeft = store;
            try (write) {
                assertThatThrownBy(write::commit).isInstanceOf(StackOverflowError.class);
                words.storesLeft = Integer.MAX_VALUE;
            }
            owner.read(snapshot);
            // Before the sequence was odd, nothing had happened.
            boolean none = store == 1;
            assertThat(snapshot.get(ORDERS)).isEqualTo(none ? 0 : 1);
            assertThat(snapshot.get(LEVEL)).isEqualTo(none ? 0 : 2);
            assertThat(snapshot.get(PRICE)).isEqualTo(none ? 0 : 3);
            owner.write(next -> next.set(ORDERS, 5));
            assertThat(owner.get(ORDERS)).isEqualTo(5);
        }
    }

    private static final class Failing extends WatchedWords {

        int storesLeft = Integer.MAX_VALUE;

        Failing(Words words) {
            super(words);
        }

        @Override
        void beforeStore() {
            storesLeft--;
            if (storesLeft == 0) {
                throw new StackOverflowError("on purpose");
            }
        }
    }
}
