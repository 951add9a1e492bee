package org.berth.examples;

import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Field.SharedLong;
import org.berth.core.slots.RecordLayout;
import org.berth.core.slots.Slot;
import org.berth.core.slots.SlotTable;

public final class SlotExample {

    // docs: begin
    static final RecordLayout.Builder RECORD = RecordLayout.builder();
    static final OwnedLong ORDERS = RECORD.ownedLong("orders"); // only the record's owner writes it
    static final SharedLong CREDIT = RECORD.sharedLong("credit"); // any thread updates it, atomically
    static final RecordLayout LAYOUT = RECORD.build();
    // docs: end

    public static void main(String[] args) throws InterruptedException {
        // docs: begin
        try (SlotTable table = SlotTable.create(LAYOUT, 1_024);
                Slot mine = table.claim("t1")) { // this thread is now the owner
            mine.add(ORDERS, 1); // no lock, no CAS
            Thread other = Thread.ofPlatform().start(() -> table.at("t1").getAndAdd(CREDIT, 90));
            other.join();
            System.out.println(mine.get(CREDIT) + " " + table.at("t1").get(ORDERS) + " " + table.sum(ORDERS));
        }
        // docs: end
    }
}
