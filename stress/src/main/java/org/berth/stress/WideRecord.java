package org.berth.stress;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.OnRelease;
import org.berth.core.slots.RecordLayout;
import org.berth.core.slots.Slot;
import org.berth.core.slots.SlotTable;
import org.berth.core.slots.SlotView;
import org.berth.core.slots.SlotWrite;
import org.berth.core.slots.Snapshot;
import org.berth.core.slots.StressTables;
import org.berth.offheap.StridedOffsets;
import org.berth.offheap.Words;

/** A record that is wider than a cache line, and that one state uses: writes to two lines may become visible apart. */
record WideRecord(Slot owner, SlotView view, Snapshot snapshot) {

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();
    static final OwnedLong FIRST = RECORD.ownedLong("first");
    static final OwnedLong SECOND = RECORD.ownedLong("second");

    static {
        RECORD.ownedAscii("gap", 64);
    }

    /** In another cache line. */
    static final OwnedLong LAST = RECORD.ownedLong("last");

    private static final RecordLayout LAYOUT = RECORD.build();

    /** More than the states that jcstress's presets have at one time; a table that is too small throws. */
    private static final int CAPACITY = 1 << 14;

    private static final int PADDING = 128;

    static Pool<WideRecord> shipped() {
        return in(SlotTable.create(LAYOUT, CAPACITY));
    }

    static Pool<WideRecord> weakened(BiFunction<Words, StridedOffsets, Words> weakening) {
        return in(StressTables.sequenced(LAYOUT, CAPACITY, PADDING, OnRelease.KEEP, weakening));
    }

    /** Borrows a record with all fields 0. */
    static WideRecord borrow(Pool<WideRecord> pool) {
        WideRecord wide = pool.borrow();
        wide.owner.set(FIRST, 0);
        wide.owner.set(SECOND, 0);
        wide.owner.set(LAST, 0);
        return wide;
    }

    /** Writes 1 to all fields, in one commit. */
    void write() {
        try (SlotWrite write = owner.begin()) {
            write.set(FIRST, 1).set(SECOND, 1).set(LAST, 1).commit();
        }
    }

    private static Pool<WideRecord> in(SlotTable table) {
        AtomicLong keys = new AtomicLong();
        return new Pool<>(() -> {
            long key = keys.getAndIncrement();
            return new WideRecord(table.claim(key), table.view(key), LAYOUT.newSnapshot());
        });
    }
}
