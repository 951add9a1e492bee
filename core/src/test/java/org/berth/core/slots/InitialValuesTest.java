package org.berth.core.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.berth.core.slots.CrashedRun.Crash;
import org.berth.core.slots.CrashedRun.CrashingWords;
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
import org.berth.core.slots.SteppedRun.SteppedWords;
import org.berth.offheap.ArrayWords;
import org.berth.offheap.Words;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Initial values: a new key has them from its first moment, for other threads and after a crash. */
@Timeout(120)
class InitialValuesTest {

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();
    private static final OwnedLong FIRST = RECORD.ownedLong("first");
    private static final OwnedInt SECOND = RECORD.ownedInt("second");
    private static final OwnedDouble THIRD = RECORD.ownedDouble("third");
    private static final OwnedBoolean FOURTH = RECORD.ownedBoolean("fourth");
    private static final OwnedUtf8 FIFTH = RECORD.ownedUtf8("fifth", 20);
    private static final OwnedLongs SIXTH = RECORD.ownedLongs("sixth", 3);
    private static final OwnedBytes SEVENTH = RECORD.ownedBytes("seventh", 12);
    private static final SharedLong SHARED = RECORD.sharedLong("shared");
    private static final SharedInt SHARED_INT = RECORD.sharedInt("shared int");
    private static final SharedDouble SHARED_DOUBLE = RECORD.sharedDouble("shared double");
    private static final SharedBoolean SHARED_BOOLEAN = RECORD.sharedBoolean("shared boolean");
    private static final SharedLong COUNT = RECORD.sharedLong("count");
    private static final RecordLayout LAYOUT = RECORD.build();

    private static final RecordLayout.Builder MERGED = RecordLayout.builder();
    private static final OwnedLong BUDGET = MERGED.ownedLong("budget");
    private static final OwnedLong SPENT = MERGED.ownedLong("spent", Merge.SUM);
    private static final SharedLong GIVEN = MERGED.sharedLong("given", Merge.SUM);
    private static final RecordLayout MERGED_LAYOUT = MERGED.build();

    private static void initial(InitialValues values) {
        values.set(FIRST, 40)
                .set(SECOND, -60)
                .set(THIRD, 0.5)
                .set(FOURTH, true)
                .set(FIFTH, "größer")
                .set(SIXTH, 1, 11)
                .set(SHARED, 7)
                .set(SHARED_INT, -8)
                .set(SHARED_DOUBLE, 9.5)
                .set(SHARED_BOOLEAN, true);
        values.buffer(SEVENTH).putInt(8, 12);
    }

    private static String describe(SlotView view) {
        Snapshot record = LAYOUT.newSnapshot();
        view.read(record);
        return record.get(FIRST) + " " + record.get(SECOND) + " " + record.get(THIRD) + " " + record.get(FOURTH) + " "
                + record.get(FIFTH) + " " + record.get(SIXTH, 1) + record.get(SIXTH, 0) + " " + record.get(SHARED) + " "
                + record.get(SHARED_INT) + " "
                + record.get(SHARED_DOUBLE) + " " + record.get(SHARED_BOOLEAN) + " "
                + record.buffer(SEVENTH).getInt(8);
    }

    private static final String WHOLE = "40 -60 0.5 true größer 110 7 -8 9.5 true 12";

    /** A crash before each store of the claim and of what follows. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aKeyIsNeverFoundWithoutThemAfterACrash(boolean recycling) {
        TableDescriptor descriptor = new TableDescriptor(LAYOUT, 2, 8, OnRelease.KEEP, recycling, true);
        int found = 0;
        for (int stores = 0; ; stores++) {
            Words memory = new ArrayWords(descriptor.bytes);
            boolean complete = true;
            try {
                SlotTable table = SlotTable.over(new CrashingWords(memory, stores), descriptor);
                table.claim(1, InitialValuesTest::initial);
            } catch (Crash e) {
                complete = false;
            }
            SlotTable next = SlotTable.over(memory, descriptor);
            TableFile.recover(next.memory);
            if (next.contains(1)) {
                found++;
                assertThat(describe(next.view(1))).as("stores=%d", stores).isEqualTo(WHOLE);
            }
            try (Slot again = next.claim(1, InitialValuesTest::initial)) {
                assertThat(describe(again)).as("stores=%d", stores).isEqualTo(WHOLE);
            }
            next.claim(2).close();
            if (complete) {
                assertThat(found).isGreaterThan(1);
                return;
            }
        }
    }

    /** Another thread looks at the record before each access of the claim. */
    @Test
    void aKeyIsNeverFoundWithoutThemByAnotherThread() throws Exception {
        TableDescriptor descriptor = new TableDescriptor(LAYOUT, 2, 8, OnRelease.KEEP, true, false);
        List<String> seen = new ArrayList<>();
        for (int first = 0; ; first++) {
            SteppedWords words = new SteppedWords(new ArrayWords(descriptor.bytes));
            SlotTable table = SlotTable.over(words, descriptor);
            int[] accesses = SteppedRun.of(
                    words,
                    () -> table.claim(1, InitialValuesTest::initial),
                    () -> table.forEach(view -> seen.add(describe(view))),
                    first);
            if (accesses[0] < first) {
                break;
            }
        }
        assertThat(seen).isNotEmpty().containsOnly(WHOLE);
    }

    /** Two threads claim one new key: one adds it, with its own values, and what the other has set is dropped. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void ofTwoClaimsOneHasItsValues(boolean merging) throws Exception {
        RecordLayout layout = merging ? MERGED_LAYOUT : LAYOUT;
        OwnedLong field = merging ? BUDGET : FIRST;
        TableDescriptor descriptor =
                new TableDescriptor(layout, 4, 8, merging ? OnRelease.MERGE : OnRelease.KEEP, true, false);
        boolean[] won = new boolean[2];
        for (int first = 0; ; first++) {
            SteppedWords words = new SteppedWords(new ArrayWords(descriptor.bytes));
            SlotTable table = SlotTable.over(words, descriptor);
            // Of a slot that was used: what a claim sets that loses the race must not stay there.
            table.claim(9).remove();
            Slot[] slots = new Slot[2];
            Runnable[] claims = new Runnable[2];
            for (int i = 0; i < 2; i++) {
                int me = i;
                claims[i] = () -> {
                    // The loser has no handle.
                    try {
                        slots[me] = table.claim(1, values -> values.set(field, me + 1));
                    } catch (IllegalStateException e) {
                        assertThat(e).hasMessageContaining("already claimed");
                    }
                };
            }
            int[] accesses = SteppedRun.of(words, claims[0], claims[1], first);
            int winner = slots[0] != null ? 0 : 1;
            won[winner] = true;
            assertThat(slots[1 - winner]).isNull();
            assertThat(slots[winner].get(field)).isEqualTo(winner + 1);
            for (int key = 2; key < 5; key++) {
                assertThat(table.claim(key).get(field)).as("key=%d", key).isZero();
            }
            if (accesses[0] < first) {
                break;
            }
        }
        assertThat(won).containsExactly(true, true);
    }

    @Test
    void whereATableMergesTheFieldsWithAMergeAreWrittenRightAfterTheClaim() {
        TableDescriptor descriptor = new TableDescriptor(MERGED_LAYOUT, 2, 8, OnRelease.MERGE, true, true);
        for (int stores = 0; ; stores++) {
            Words memory = new ArrayWords(descriptor.bytes);
            boolean complete = true;
            try {
                SlotTable table = SlotTable.over(new CrashingWords(memory, stores), descriptor);
                table.claim(1, values -> values.set(BUDGET, 100).set(SPENT, 5)).close();
            } catch (Crash e) {
                complete = false;
            }
            SlotTable next = SlotTable.over(memory, descriptor);
            TableFile.recover(next.memory);
            long before = next.sum(SPENT);
            assertThat(before).as("stores=%d", stores).isIn(0L, 5L);
            try (Slot again = next.claim(1, values -> values.set(BUDGET, 100).set(SPENT, 5))) {
                assertThat(again.get(BUDGET)).isEqualTo(100);
                assertThat(again.get(SPENT)).isEqualTo(5);
                assertThat(next.sum(SPENT)).isEqualTo(before + 5);
            }
            if (complete) {
                assertThat(before).isEqualTo(5);
                return;
            }
        }
    }

    @Test
    void aSharedFieldOfATableThatMergesStartsFromItsIdentity() {
        try (SlotTable table =
                SlotTable.builder(MERGED_LAYOUT, 2).onRelease(OnRelease.MERGE).build()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> table.claim(1, values -> values.set(GIVEN, 5)))
                    .withMessageContaining("field=given");
            assertThat(table.contains(1)).isFalse();
        }
    }

    @Test
    void theFunctionIsCalledOnceAndItsArgumentEndsWithIt() {
        try (SlotTable table = SlotTable.create(LAYOUT, 4)) {
            AtomicInteger calls = new AtomicInteger();
            InitialValues[] kept = new InitialValues[1];
            table.claim(1, values -> {
                        calls.incrementAndGet();
                        kept[0] = values.set(FIRST, 3);
                    })
                    .close();
            table.claim(1, values -> calls.incrementAndGet()).close();
            assertThat(calls).hasValue(1);
            assertThatIllegalStateException().isThrownBy(() -> kept[0].set(FIRST, 4));
            assertThat(table.at(1).get(FIRST)).isEqualTo(3);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> table.claim(2, values -> values.set(SPENT, 1)))
                    .withMessageContaining("another layout");
            assertThat(table.at(1).getAndAdd(COUNT, 1)).isZero();
        }
    }
}
