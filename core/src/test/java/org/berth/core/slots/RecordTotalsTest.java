package org.berth.core.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.berth.core.slots.Field.OwnedDouble;
import org.berth.core.slots.Field.OwnedInt;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Field.OwnedLongs;
import org.berth.core.slots.Field.SharedInt;
import org.berth.core.slots.Field.SharedLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Totals of several fields in one pass. */
@Timeout(60)
class RecordTotalsTest {

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();
    private static final SharedLong SHARED = RECORD.sharedLong("shared", Merge.SUM);
    private static final OwnedLong COUNT = RECORD.ownedLong("count", Merge.SUM);
    private static final OwnedInt SUM = RECORD.ownedInt("sum", Merge.SUM);
    private static final OwnedDouble SMALLEST = RECORD.ownedDouble("smallest", Merge.MIN);
    private static final SharedInt LARGEST = RECORD.sharedInt("largest", Merge.MAX);
    private static final OwnedLongs PARTS = RECORD.ownedLongs("parts", 70, Merge.SUM);
    private static final OwnedLong PLAIN = RECORD.ownedLong("plain");
    private static final RecordLayout LAYOUT = RECORD.build();

    private static void book(Slot slot, int i) {
        slot.write(write -> {
            write.add(COUNT, 1).add(SUM, 3).set(SMALLEST, Math.min(write.get(SMALLEST), -i));
            write.add(PARTS, i % 70, 1).set(PLAIN, 2);
        });
    }

    @ParameterizedTest
    @EnumSource
    void eachFieldHasItsTotal(OnRelease release) {
        try (SlotTable table =
                SlotTable.builder(LAYOUT, 4).onRelease(release).recycling().build()) {
            RecordTotals totals = table.newTotals();
            assertThatIllegalStateException().isThrownBy(() -> totals.get(COUNT));
            table.read(totals);
            assertThat(totals.get(COUNT)).isZero();
            assertThat(totals.get(SMALLEST)).isEqualTo(Double.POSITIVE_INFINITY);
            Slot open = table.claim(100);
            for (int i = 1; i <= 3; i++) {
                try (Slot slot = table.claim(i)) {
                    book(slot, i);
                    slot.set(LARGEST, 10 * i);
                    slot.getAndAdd(SHARED, i);
                }
                book(open, 69);
                table.read(totals);
                assertThat(totals.get(COUNT)).isEqualTo(2L * i).isEqualTo(table.sum(COUNT));
                assertThat(totals.get(SUM)).isEqualTo(6L * i).isEqualTo(table.sum(SUM));
                assertThat(totals.get(SMALLEST)).isEqualTo(-69).isEqualTo(table.min(SMALLEST));
                assertThat(totals.get(LARGEST)).isEqualTo(10L * i).isEqualTo(table.max(LARGEST));
                assertThat(totals.get(SHARED)).isEqualTo(table.sum(SHARED)).isPositive();
                assertThat(totals.get(PARTS, 69)).isEqualTo(i);
                long[] parts = new long[70];
                totals.copyTo(PARTS, parts);
                assertThat(parts[69]).isEqualTo(i);
                assertThat(parts[i]).isEqualTo(1);
            }
            if (release == OnRelease.MERGE) {
                table.remove(1);
                table.read(totals);
                assertThat(totals.get(COUNT)).isEqualTo(6);
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> totals.get(PLAIN))
                        .withMessageContaining("field=plain");
            } else {
                assertThat(totals.get(PLAIN)).isEqualTo(8);
            }
            try (SlotTable other = SlotTable.create(LAYOUT, 1)) {
                assertThatIllegalArgumentException().isThrownBy(() -> other.read(totals));
            }
        }
    }

    @Test
    void aTableOfSharedFieldsHasTotalsToo() {
        RecordLayout.Builder builder = RecordLayout.builder();
        SharedLong only = builder.sharedLong("only", Merge.SUM);
        RecordLayout layout = builder.build();
        for (OnRelease release : OnRelease.values()) {
            try (SlotTable table =
                    SlotTable.builder(layout, 2).onRelease(release).build()) {
                table.ensure(1);
                table.at(1).set(only, 3);
                try (Slot slot = table.claim(2)) {
                    slot.set(only, 4);
                }
                RecordTotals totals = table.newTotals();
                table.read(totals);
                assertThat(totals.get(only)).isEqualTo(7);
            }
        }
    }

    /** With two sums, one after the other, the count and the sum of a record disagree most of the time. */
    @ParameterizedTest
    @EnumSource
    void fieldsOfOneWriteAgreeWhileThreadsWriteAndEnd(OnRelease release) throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        try (SlotTable table = SlotTable.builder(LAYOUT, 4).onRelease(release).build()) {
            List<Thread> writers = new ArrayList<>();
            for (int t = 0; t < 2; t++) {
                int key = t;
                writers.add(Thread.ofPlatform().start(() -> {
                    while (!stop.get()) {
                        try (Slot slot = table.claim(key)) {
                            for (int i = 0; i < 50; i++) {
                                book(slot, i);
                            }
                        }
                    }
                }));
            }
            RecordTotals totals = table.newTotals();
            long last = 0;
            int moved = 0;
            for (int i = 0; i < 20_000 || moved < 100; i++) {
                table.read(totals);
                assertThat(totals.get(SUM) - (int) (3 * totals.get(COUNT))).isZero();
                long parts = 0;
                for (int part = 0; part < PARTS.length(); part++) {
                    parts += totals.get(PARTS, part);
                }
                assertThat(parts).isEqualTo(totals.get(COUNT));
                if (totals.get(COUNT) > last) {
                    moved++;
                    last = totals.get(COUNT);
                }
            }
            stop.set(true);
            for (Thread writer : writers) {
                writer.join();
            }
        }
    }
}
