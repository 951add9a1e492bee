package org.berth.examples;

// docs: begin
import org.berth.core.map.LongLongMap;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Field.SharedLong;
import org.berth.core.slots.RecordLayout;
import org.berth.core.slots.Slot;
import org.berth.core.slots.SlotTable;
import org.berth.offheap.placement.Placement;

public final class ContainerExample {

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();
    private static final OwnedLong ORDERS = RECORD.ownedLong("orders");
    private static final SharedLong CREDIT = RECORD.sharedLong("credit");
    private static final RecordLayout LAYOUT = RECORD.build();

    public static void main(String[] args) {
        // What does a key take? Ask a small table.
        try (SlotTable table = tableOf(1_000).build()) {
            System.out.println("bytes per key: " + table.memoryBytes() / 1_000);
        }

        // A limit is found when memory is allocated, not when it is touched.
        try (LongLongMap _ = LongLongMap.builder()
                .expectedSize(1_000_000_000)
                .maximumBytes(100_000_000_000L)
                .build()) {
            System.out.println("a billion mappings: here they are");
        } catch (OutOfMemoryError e) {
            System.err.println(e.getMessage()); // which limit it was
            System.out.println("a billion mappings: too many");
        }

        // A table whose memory is taken page by page, when it is touched. Needs native access.
        try (SlotTable table = tableOf(1_000_000).placement(Placement.local()).build();
                Slot slot = table.claim("t1", first -> first.set(CREDIT, 100))) {
            slot.add(ORDERS, 1);
            long taken = table.memoryBytes() - table.placementReport().untouchedBytes();
            System.out.println("a million keys: less than a tenth taken: " + (taken < table.memoryBytes() / 10));
        }
    }

    private static SlotTable.Builder tableOf(int keys) {
        return SlotTable.builder(LAYOUT, keys).padding(128).maxNameBytes(40);
    }
}
// docs: end
