package org.berth.examples;

// docs: begin
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Merge;
import org.berth.core.slots.PerThread;
import org.berth.core.slots.RecordLayout;
import org.berth.core.slots.Slot;

public final class VirtualThreadsExample {

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();
    private static final OwnedLong REQUESTS = RECORD.ownedLong("requests", Merge.SUM);
    private static final OwnedLong BYTES = RECORD.ownedLong("bytes", Merge.SUM);
    private static final RecordLayout LAYOUT = RECORD.build();

    public static void main(String[] args) {
        try (PerThread perThread = PerThread.create(LAYOUT, 64)) { // for any number of virtual threads
            try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < 10_000; i++) {
                    executor.execute(() -> handle(perThread));
                }
            }
            System.out.println("requests: " + perThread.table().sum(REQUESTS));
            System.out.println("bytes:    " + perThread.table().sum(BYTES));
        }
    }

    private static void handle(PerThread perThread) {
        try (Slot slot = perThread.lease()) { // this thread's alone until it is closed, whichever carrier runs it
            slot.add(REQUESTS, 1);
            slot.add(BYTES, 512);
        }
    }
}
// docs: end
