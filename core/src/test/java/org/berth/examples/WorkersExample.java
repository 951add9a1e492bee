package org.berth.examples;

// readme: begin
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Merge;
import org.berth.core.slots.PerThread;
import org.berth.core.slots.RecordLayout;
import org.berth.core.slots.SlotTable;

public final class WorkersExample {

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();
    private static final OwnedLong ORDERS = RECORD.ownedLong("orders", Merge.SUM);
    private static final OwnedLong LARGEST = RECORD.ownedLong("largest", Merge.MAX);
    private static final RecordLayout LAYOUT = RECORD.build();

    public static void main(String[] args) throws InterruptedException {
        try (PerThread perThread = PerThread.create(LAYOUT, 16)) {
            Thread[] workers = new Thread[4];
            for (int i = 0; i < workers.length; i++) {
                workers[i] = Thread.ofPlatform().name("worker-" + i).start(() -> work(perThread));
            }

            SlotTable table = perThread.table(); // for everybody else, at any time
            while (table.sum(ORDERS) < 1_000_000) {
                Thread.onSpinWait();
            }
            table.forEach(
                    record -> System.err.println(record.owner() + ": " + record.get(ORDERS))); // whoever is there now

            for (Thread worker : workers) {
                worker.join();
            }
            System.out.println("orders:  " + table.sum(ORDERS)); // nothing is lost because threads have ended
            System.out.println("largest: " + table.max(LARGEST));
            System.out.println("in use:  " + perThread.table().size()); // they did not leave, but are found
        }
    }

    private static void work(PerThread perThread) {
        for (int i = 1; i <= 1_000_000; i++) {
            perThread.add(ORDERS, 1); // this thread's own record: no lock, no CAS
        }
        perThread.get().set(LARGEST, 42);
    }
}
// readme: end
