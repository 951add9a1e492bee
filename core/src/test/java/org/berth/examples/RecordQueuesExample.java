package org.berth.examples;

// docs: begin
import java.util.Queue;
import java.util.function.Consumer;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.FinalRecord;
import org.berth.core.slots.InitialValues;
import org.berth.core.slots.Merge;
import org.berth.core.slots.PerThread;
import org.berth.core.slots.RecordLayout;
import org.berth.core.slots.SlotTable;
import org.jctools.queues.varhandle.MpmcVarHandleArrayQueue;
import org.jctools.queues.varhandle.MpscVarHandleArrayQueue;

public final class RecordQueuesExample {

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();
    private static final OwnedLong BUDGET = RECORD.ownedLong("budget");
    private static final OwnedLong SPENT = RECORD.ownedLong("spent", Merge.SUM);
    private static final RecordLayout LAYOUT = RECORD.build();

    public static void main(String[] args) throws InterruptedException {
        Queue<Consumer<InitialValues>> budgets = new MpmcVarHandleArrayQueue<>(16); // many threads claim
        Queue<FinalRecord> results = new MpscVarHandleArrayQueue<>(16); // many threads close slots, one collects
        for (int i = 1; i <= 4; i++) {
            long budget = 100L * i;
            budgets.add(first -> first.set(BUDGET, budget));
        }

        try (PerThread perThread = PerThread.create(
                SlotTable.builder(LAYOUT, 4).initialValues(budgets).finalRecords(results))) {
            Thread[] buyers = new Thread[4];
            for (int i = 0; i < buyers.length; i++) {
                buyers[i] = Thread.ofPlatform().start(() -> spend(perThread));
            }
            for (Thread buyer : buyers) {
                buyer.join();
            }

            long collected = 0;
            for (FinalRecord result = results.poll(); result != null; result = results.poll()) {
                collected += result.values().get(SPENT); // a copy, as its owner left it
            }
            System.out.println("collected: " + collected);
            System.out.println("merged:    " + perThread.table().sum(SPENT)); // the same, without a queue
        }
    }

    private static void spend(PerThread perThread) {
        perThread.get(); // its first use takes a budget from the queue
        while (perThread.get().get(SPENT) < perThread.get().get(BUDGET)) {
            perThread.add(SPENT, 1);
        }
        perThread.leave();
    }
}
// docs: end
