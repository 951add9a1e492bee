package org.berth.examples;

// docs: begin
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
        try (PerThread perThread = PerThread.create(LAYOUT, 16)) { // for 16 threads at the same time
            Thread[] workers = new Thread[4];
            for (int i = 0; i < workers.length; i++) {
                workers[i] = Thread.ofPlatform().name("worker-" + i).start(() -> work(perThread));
            }

            SlotTable table = perThread.table(); // for all other threads, at any time
            while (table.sum(ORDERS) < 1_000_000) {
                Thread.onSpinWait();
            }
            table.forEach(record -> System.err.println(record.owner() + ": " + record.get(ORDERS)));

            for (Thread worker : workers) {
                worker.join();
            }
            System.out.println("orders:  " + table.sum(ORDERS)); // the totals keep what ended threads added
            System.out.println("largest: " + table.max(LARGEST));
            System.out.println("in use:  " + perThread.table().size()); // the slots of ended threads are free again
        }
    }

    private static void work(PerThread perThread) {
        for (int i = 1; i <= 1_000_000; i++) {
            perThread.add(ORDERS, 1); // this thread's own record: no lock, no CAS
        }
        perThread.get().set(LARGEST, 42);
    }
}
// docs: end
