package org.berth.examples;

// readme: begin
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Field.SharedLong;
import org.berth.core.slots.RecordLayout;
import org.berth.core.slots.Slot;
import org.berth.core.slots.SlotTable;
import org.berth.core.slots.SlotView;

public final class SlotExample {

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();
    private static final OwnedLong ORDERS = RECORD.ownedLong("orders"); // written by the slot's owner alone
    private static final SharedLong CREDIT = RECORD.sharedLong("credit"); // updated by anyone, atomically
    private static final RecordLayout LAYOUT = RECORD.build();

    public static void main(String[] args) throws InterruptedException {
        try (SlotTable table = SlotTable.create(LAYOUT, 1_024)) {
            Thread worker = new Thread(() -> {
                try (Slot mine = table.claim("t1")) { // one owner; a second claim fails and names the owner
                    mine.set(CREDIT, 100);
                    for (int i = 0; i < 1_000_000; i++) {
                        mine.add(ORDERS, 1); // no lock, no CAS, no allocation
                    }
                } // leaves; the record stays, and the next owner of "t1" continues from it
            });
            worker.start();
            worker.join();

            try (SlotView t1 = table.view("t1")) { // anyone, at any time, also while the worker runs
                System.out.println("orders: " + t1.get(ORDERS));
                System.out.println("paid:   " + t1.compareAndSet(CREDIT, 100, 90)); // the test and the set are one step
            }
            table.at("t1").getAndAdd(CREDIT, -10); // the same by key, without a handle
            System.out.println("credit: " + table.at("t1").get(CREDIT));
            System.out.println("total:  " + table.sum(ORDERS)); // over all records
        }
    }
}
// readme: end
