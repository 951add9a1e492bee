package org.berth.core.slots;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.agrona.MutableDirectBuffer;
import org.berth.core.slots.Field.OwnedAscii;
import org.berth.core.slots.Field.OwnedBoolean;
import org.berth.core.slots.Field.OwnedBytes;
import org.berth.core.slots.Field.OwnedDouble;
import org.berth.core.slots.Field.OwnedInt;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Field.OwnedLongs;
import org.berth.core.slots.Field.OwnedUtf8;
import org.berth.core.slots.Field.SharedInt;
import org.berth.core.slots.Field.SharedLong;

/** A record whose fields follow from each other, so that half a write shows, in the record and in the totals. */
final class Ledger {

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();

    static final OwnedLong AMOUNT = RECORD.ownedLong("amount", Merge.SUM);
    static final OwnedInt TWICE = RECORD.ownedInt("twice", Merge.SUM);
    static final OwnedDouble HALF = RECORD.ownedDouble("half", Merge.SUM);
    static final OwnedLong LARGEST = RECORD.ownedLong("largest", Merge.MAX);
    static final OwnedInt NEGATED = RECORD.ownedInt("negated", Merge.MIN);
    static final OwnedLong LAST = RECORD.ownedLong("last");
    static final OwnedBoolean ODD = RECORD.ownedBoolean("odd");
    static final OwnedAscii ASCII = RECORD.ownedAscii("ascii", 12);
    static final OwnedUtf8 UTF8 = RECORD.ownedUtf8("utf8", 20);
    static final OwnedLongs COUNTS = RECORD.ownedLongs("counts", 3, Merge.SUM);
    static final OwnedBytes BYTES = RECORD.ownedBytes("bytes", 12);
    static final SharedLong GIVEN = RECORD.sharedLong("given", Merge.SUM);
    static final SharedInt HIGH = RECORD.sharedInt("high", Merge.MAX);
    static final RecordLayout LAYOUT = RECORD.build();

    private Ledger() {}

    /** A table of each kind: that keeps or merges, that is recycling or not. */
    enum Kind {
        KEEP(OnRelease.KEEP, false),
        KEEP_RECYCLING(OnRelease.KEEP, true),
        MERGE(OnRelease.MERGE, false),
        MERGE_RECYCLING(OnRelease.MERGE, true);

        final OnRelease onRelease;
        final boolean recycling;

        Kind(OnRelease onRelease, boolean recycling) {
            this.onRelease = onRelease;
            this.recycling = recycling;
        }

        boolean merges() {
            return onRelease == OnRelease.MERGE;
        }

        /** Packed, with a redo area. */
        TableDescriptor descriptor(int capacity) {
            return new TableDescriptor(LAYOUT, capacity, Long.BYTES, onRelease, recycling, true);
        }

        SlotTable.Builder builder(int capacity) {
            SlotTable.Builder builder =
                    SlotTable.builder(LAYOUT, capacity).padding(Long.BYTES).onRelease(onRelease);
            return recycling ? builder.recycling() : builder;
        }
    }

    /** Adds a positive amount, in one write. */
    static void book(Slot slot, int amount) {
        try (SlotWrite write = slot.begin()) {
            write.add(AMOUNT, amount).add(TWICE, 2 * amount).add(HALF, amount / 2.0);
            write.set(LARGEST, Math.max(write.get(LARGEST), amount));
            write.set(NEGATED, Math.min(write.get(NEGATED), -amount));
            write.set(LAST, amount).set(ODD, amount % 2 != 0);
            write.set(ASCII, "a" + amount).set(UTF8, "№" + amount);
            write.add(COUNTS, amount % 3, amount);
            encode(write.buffer(BYTES), amount);
            write.commit();
        }
    }

    /** Notes another last amount, in a write of fewer fields. */
    static void note(Slot slot, int amount) {
        slot.write(w -> {
            w.set(LAST, amount)
                    .set(ODD, amount % 2 != 0)
                    .set(ASCII, "a" + amount)
                    .set(UTF8, "№" + amount);
            encode(w.buffer(BYTES), amount);
        });
    }

    private static void encode(MutableDirectBuffer to, int amount) {
        to.putLong(0, amount);
        to.putInt(8, -amount);
    }

    /** That each record, and each total, is of whole writes. */
    static void check(SlotTable table) {
        Snapshot record = LAYOUT.newSnapshot();
        long[] counts = new long[COUNTS.length()];
        table.forEach(view -> {
            assertThat(view.tryRead(record, 0, TimeUnit.SECONDS))
                    .as("no write is under way")
                    .isTrue();
            long last = record.get(LAST);
            assertThat(record.get(TWICE)).isEqualTo((int) (2 * record.get(AMOUNT)));
            assertThat(record.get(HALF)).isEqualTo(record.get(AMOUNT) / 2.0);
            long largest = record.get(LARGEST);
            assertThat(record.get(NEGATED)).isEqualTo(largest == Long.MIN_VALUE ? Integer.MAX_VALUE : (int) -largest);
            assertThat(record.get(ODD)).isEqualTo(last % 2 != 0);
            assertThat(record.get(ASCII)).isEqualTo(last == 0 ? "" : "a" + last);
            assertThat(record.get(UTF8)).isEqualTo(last == 0 ? "" : "№" + last);
            assertThat(record.buffer(BYTES).getLong(0)).isEqualTo(last);
            assertThat(record.buffer(BYTES).getInt(8)).isEqualTo((int) -last);
            record.copyTo(COUNTS, counts);
            assertThat(LongStream.of(counts).sum()).isEqualTo(record.get(AMOUNT));
        });
        long amount = table.sum(AMOUNT);
        assertThat(table.sum(TWICE)).isEqualTo(2 * amount);
        assertThat(table.sum(HALF)).isEqualTo(amount / 2.0);
        table.total(COUNTS, counts);
        assertThat(LongStream.of(counts).sum()).isEqualTo(amount);
        assertThat(table.fold(LARGEST, 0, Math::max)).isEqualTo(-table.fold(NEGATED, 0, Math::min));
    }
}
