package org.berth.stress;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.berth.core.slots.Field.OwnedDouble;
import org.berth.core.slots.Field.OwnedInt;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Field.SharedDouble;
import org.berth.core.slots.Field.SharedInt;
import org.berth.core.slots.Field.SharedLong;
import org.berth.core.slots.RecordLayout;
import org.berth.core.slots.Slot;
import org.berth.core.slots.SlotTable;
import org.berth.core.slots.SlotView;
import org.berth.core.slots.StressTables;
import org.berth.offheap.Words;

/** A record that one state uses, with its owner's handle and a view. */
record ClaimedRecord(SlotTable table, long key, Slot owner, SlotView view) {

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();
    static final OwnedLong OWNED_LONG = RECORD.ownedLong("ownedLong");
    static final OwnedLong OTHER_LONG = RECORD.ownedLong("otherLong");
    static final OwnedInt OWNED_INT = RECORD.ownedInt("ownedInt");
    static final OwnedInt OTHER_INT = RECORD.ownedInt("otherInt");
    static final OwnedDouble OWNED_DOUBLE = RECORD.ownedDouble("ownedDouble");
    static final OwnedDouble OTHER_DOUBLE = RECORD.ownedDouble("otherDouble");
    static final SharedLong SHARED_LONG = RECORD.sharedLong("sharedLong");
    static final SharedInt SHARED_INT = RECORD.sharedInt("sharedInt");
    static final SharedDouble SHARED_DOUBLE = RECORD.sharedDouble("sharedDouble");
    static final RecordLayout LAYOUT = RECORD.build();

    /** More than the states that jcstress's presets have at one time; a table that is too small throws. */
    private static final int CAPACITY = 1 << 14;

    private static final int PADDING = 128;

    static Pool<ClaimedRecord> shipped() {
        return in(SlotTable.create(LAYOUT, CAPACITY));
    }

    static Pool<ClaimedRecord> weakened(UnaryOperator<Words> weakening) {
        return in(StressTables.weakened(LAYOUT, CAPACITY, PADDING, weakening));
    }

    static Pool<ClaimedRecord> inArray(UnaryOperator<Words> weakening) {
        return in(StressTables.inArray(LAYOUT, CAPACITY, PADDING, weakening));
    }

    /** Borrows a record with all fields 0. */
    static ClaimedRecord borrow(Pool<ClaimedRecord> pool) {
        ClaimedRecord claimed = pool.borrow();
        claimed.owner.set(OWNED_LONG, 0);
        claimed.owner.set(OTHER_LONG, 0);
        claimed.owner.set(OWNED_INT, 0);
        claimed.owner.set(OTHER_INT, 0);
        claimed.owner.set(OWNED_DOUBLE, 0);
        claimed.owner.set(OTHER_DOUBLE, 0);
        claimed.view.set(SHARED_LONG, 0);
        claimed.view.set(SHARED_INT, 0);
        claimed.view.set(SHARED_DOUBLE, 0);
        return claimed;
    }

    private static Pool<ClaimedRecord> in(SlotTable table) {
        AtomicLong keys = new AtomicLong();
        return new Pool<>(() -> {
            long key = keys.getAndIncrement();
            return new ClaimedRecord(table, key, table.claim(key), table.view(key));
        });
    }
}
