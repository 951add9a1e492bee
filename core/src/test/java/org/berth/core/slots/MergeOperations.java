package org.berth.core.slots;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.berth.core.slots.Field.OwnedInt;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Field.SharedLong;
import org.berth.offheap.Words;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;

/**
 * The operations that Lincheck runs on a table that merges: two owners have added values, and whatever claims, closes
 * and removals do with them, the totals are the same at any moment.
 */
@Param(name = "key", gen = IntGen.class, conf = "0:1")
public abstract class MergeOperations {

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();
    private static final OwnedLong OWNED = RECORD.ownedLong("owned", Merge.SUM);
    private static final SharedLong SHARED = RECORD.sharedLong("shared", Merge.SUM);
    private static final OwnedInt PEAK = RECORD.ownedInt("peak", Merge.MAX);
    private static final RecordLayout LAYOUT = RECORD.build();

    private final SlotTable table;
    private final AtomicReferenceArray<Slot> owners = new AtomicReferenceArray<>(2);

    MergeOperations(Words words) {
        this.table = SlotTable.over(words, descriptor());
        for (int key = 0; key < 2; key++) {
            Slot slot = table.claim(key);
            slot.set(OWNED, 3 + key);
            slot.set(SHARED, 5);
            slot.set(PEAK, key);
            owners.set(key, slot);
        }
    }

    static TableDescriptor descriptor() {
        return new TableDescriptor(LAYOUT, 8, Long.BYTES, OnRelease.MERGE, true, false);
    }

    @Operation
    public void close(@Param(name = "key") int key) {
        Slot slot = owners.getAndSet(key, null);
        if (slot != null) {
            slot.close();
        }
    }

    @Operation
    public void claimAndClose(@Param(name = "key") int key) {
        Slot slot = table.tryClaim(key);
        if (slot != null) {
            slot.close();
        }
    }

    @Operation
    public void remove(@Param(name = "key") int key) {
        try {
            table.remove(key);
        } catch (IllegalStateException e) {
            // Owned.
        }
    }

    @Operation
    public long sumOwned() {
        return table.sum(OWNED);
    }

    @Operation
    public long sumShared() {
        return table.sum(SHARED);
    }

    @Operation
    public long peak() {
        return table.max(PEAK);
    }

    /** Nothing changes the totals. */
    public static final class Specification {

        public void close(int key) {}

        public void claimAndClose(int key) {}

        public void remove(int key) {}

        public long sumOwned() {
            return 7;
        }

        public long sumShared() {
            return 10;
        }

        public long peak() {
            return 1;
        }
    }
}
