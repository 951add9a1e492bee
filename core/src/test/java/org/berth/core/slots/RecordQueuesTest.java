package org.berth.core.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import org.berth.core.slots.Field.OwnedAscii;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Field.SharedLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Initial values and final records of claims, in tables of every kind. */
class RecordQueuesTest {

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();
    private static final OwnedLong BUDGET = RECORD.ownedLong("budget", Merge.SUM);
    private static final OwnedAscii LABEL = RECORD.ownedAscii("label", 12);
    private static final SharedLong CREDIT = RECORD.sharedLong("credit", Merge.SUM);
    private static final RecordLayout LAYOUT = RECORD.build();

    private static void initial(InitialValues values) {
        values.set(BUDGET, 5).set(LABEL, "new");
    }

    private static void failing(InitialValues values) {
        values.set(BUDGET, 9);
        throw new IllegalArgumentException("on purpose");
    }

    private final Snapshot record = LAYOUT.newSnapshot();

    @Test
    void aNewRecordHasItsInitialValuesAndOneThatIsContinuedHasNot() {
        try (SlotTable table = SlotTable.create(LAYOUT, 4)) {
            try (Slot slot = table.claim(1, RecordQueuesTest::initial)) {
                slot.read(record);
                assertThat(record.get(BUDGET)).isEqualTo(5);
                assertThat(record.get(LABEL)).isEqualTo("new");
                slot.add(BUDGET, 1);
            }
            try (Slot slot = table.claim(1, RecordQueuesTest::failing)) {
                assertThat(slot.get(BUDGET)).isEqualTo(6);
            }
            try (Slot slot = table.claim("name", RecordQueuesTest::initial)) {
                assertThat(slot.get(BUDGET)).isEqualTo(5);
            }
            table.remove("name");
            try (Slot slot = table.claim("name", RecordQueuesTest::initial)) {
                assertThat(slot.get(BUDGET)).isEqualTo(5);
            }
        }
    }

    @Test
    void inATableThatMergesEachClaimBeginsAnew() {
        try (SlotTable table =
                SlotTable.builder(LAYOUT, 4).onRelease(OnRelease.MERGE).build()) {
            for (int i = 1; i <= 3; i++) {
                try (Slot slot = table.claim(1, RecordQueuesTest::initial)) {
                    assertThat(slot.get(BUDGET)).isEqualTo(5);
                }
                assertThat(table.sum(BUDGET)).isEqualTo(5L * i);
            }
        }
    }

    @Test
    void aClaimWhoseInitialValuesFailIsUndone() {
        for (OnRelease release : OnRelease.values()) {
            Queue<FinalRecord> finals = new ArrayDeque<>();
            try (SlotTable table = SlotTable.builder(LAYOUT, 2)
                    .onRelease(release)
                    .recycling()
                    .finalRecords(finals)
                    .build()) {
                for (int i = 0; i < 10; i++) {
                    assertThatThrownBy(() -> table.claim(1, RecordQueuesTest::failing))
                            .hasMessage("on purpose");
                    assertThat(table.contains(1)).isFalse();
                    assertThat(table.size()).isZero();
                }
                assertThat(table.sum(BUDGET)).isZero();
                assertThat(finals).isEmpty();
                table.claim(1).close();
                assertThat(finals).hasSize(1);
                if (release == OnRelease.MERGE) {
                    assertThatThrownBy(() -> table.claim(1, RecordQueuesTest::failing))
                            .hasMessage("on purpose");
                    assertThat(table.contains(1)).as("in the table before").isTrue();
                }
                assertThat(table.claim(1, RecordQueuesTest::initial).get(BUDGET))
                        .isEqualTo(release == OnRelease.MERGE ? 5 : 0);
            }
        }
    }

    @Test
    void finalRecordsAreCopiesOfTheLastValues(@TempDir Path folder) throws Exception {
        Queue<FinalRecord> finals = new ArrayBlockingQueue<>(10);
        try (SlotTable table = SlotTable.builder(LAYOUT, 4).finalRecords(finals).build(folder.resolve("table"))) {
            try (Slot slot = table.claim("name", RecordQueuesTest::initial)) {
                slot.add(BUDGET, 2);
                table.at("name").getAndAdd(CREDIT, 3);
                slot.begin().set(BUDGET, 100); // never committed
            }
            table.claim(7).close();
        }
        FinalRecord named = finals.remove();
        assertThat(named.name()).isEqualTo("name");
        assertThat(named.values().get(BUDGET)).isEqualTo(7);
        assertThat(named.values().get(LABEL)).isEqualTo("new");
        assertThat(named.values().get(CREDIT)).isEqualTo(3);
        assertThat(named.owner().thread()).isEqualTo(Thread.currentThread().threadId());
        FinalRecord keyed = finals.remove();
        assertThat(keyed.key()).isEqualTo(7);
        assertThat(keyed.name()).isNull();
        assertThat(finals).isEmpty();
    }

    @Test
    void aQueueThatThrowsDoesNotBlockTheSlot() {
        Queue<FinalRecord> broken = new ArrayDeque<>() {
            private static final long serialVersionUID = 1L;

            @Override
            public boolean offer(FinalRecord record) {
                throw new IllegalArgumentException("on purpose");
            }
        };
        try (SlotTable table = SlotTable.builder(LAYOUT, 1)
                .onRelease(OnRelease.MERGE)
                .finalRecords(broken)
                .build()) {
            Slot slot = table.claim(1, RecordQueuesTest::initial);
            assertThatThrownBy(slot::close).hasMessage("on purpose");
            assertThat(table.sum(BUDGET)).isEqualTo(5);
            assertThat(table.claim(1).get(BUDGET)).isZero();
        }
    }

    @Test
    void aHandleThatOutlivesItsTableQueuesNothing() {
        Queue<FinalRecord> finals = new ArrayDeque<>();
        SlotTable table = SlotTable.builder(LAYOUT, 1).finalRecords(finals).build();
        Slot slot = table.claim(1);
        table.close();
        slot.close();
        assertThat(finals).isEmpty();
    }

    @Test
    void aTableMakesItsQueues() {
        try (SlotTable table =
                SlotTable.builder(LAYOUT, 4).initialValues(2).finalRecords(4).build()) {
            assertThat(table.initialValues().offer(values -> values.set(BUDGET, 3)))
                    .isTrue();
            table.claim(1).close();
            table.claim(2).close();
            assertThat(table.finalRecords().remove().values().get(BUDGET)).isEqualTo(3);
            assertThat(table.finalRecords().remove().values().get(BUDGET)).isZero();
            assertThat(table.finalRecords()).isEmpty();
        }
        try (SlotTable table = SlotTable.create(LAYOUT, 4)) {
            assertThatThrownBy(table::finalRecords)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("finalRecords(capacity)");
            assertThatThrownBy(table::initialValues).isInstanceOf(IllegalStateException.class);
        }
    }
}
