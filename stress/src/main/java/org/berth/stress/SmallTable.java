package org.berth.stress;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.berth.core.slots.SlotTable;
import org.berth.core.slots.StressTables;
import org.berth.offheap.Words;

/** Tables that one state uses each, as small as the tests allow, so that many fit into the processors' caches. */
final class SmallTable {

    /** The key that the actors use. */
    static final long KEY = 7;

    /** Two: each of two threads that claim the same new key allocates a slot, of which one is freed again. */
    private static final int CAPACITY = 2;

    private static final int PADDING = 8;

    private SmallTable() {}

    static Pool<SlotTable> shipped() {
        return new Pool<>(() -> SlotTable.builder(ClaimedRecord.LAYOUT, CAPACITY)
                .padding(PADDING)
                .build());
    }

    /** Every other table is recycling. */
    static Pool<SlotTable> shippedBothWays() {
        AtomicInteger tables = new AtomicInteger();
        return new Pool<>(() -> {
            SlotTable.Builder builder =
                    SlotTable.builder(ClaimedRecord.LAYOUT, CAPACITY).padding(PADDING);
            return (tables.getAndIncrement() & 1) == 0
                    ? builder.build()
                    : builder.recycling().build();
        });
    }

    static Pool<SlotTable> weakened(UnaryOperator<Words> weakening) {
        return new Pool<>(() -> StressTables.weakened(ClaimedRecord.LAYOUT, CAPACITY, PADDING, weakening));
    }

    static Pool<SlotTable> inArray(UnaryOperator<Words> weakening) {
        return new Pool<>(() -> StressTables.inArray(ClaimedRecord.LAYOUT, CAPACITY, PADDING, weakening));
    }

    static Pool<SlotTable> late() {
        return new Pool<>(() -> StressTables.late(ClaimedRecord.LAYOUT, CAPACITY, PADDING));
    }

    static Pool<SlotTable> early() {
        return new Pool<>(() -> StressTables.earlyRecords(ClaimedRecord.LAYOUT, PADDING));
    }

    /** Borrows a table without keys. */
    static SlotTable borrow(Pool<SlotTable> pool) {
        SlotTable table = pool.borrow();
        StressTables.clear(table);
        return table;
    }

    /** Borrows a table with the key, which has no owner. */
    static SlotTable borrowWithKey(Pool<SlotTable> pool) {
        SlotTable table = borrow(pool);
        table.claim(KEY).close();
        return table;
    }
}
