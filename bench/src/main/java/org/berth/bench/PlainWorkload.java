package org.berth.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Field.SharedLong;
import org.berth.core.slots.RecordLayout;
import org.berth.core.slots.Slot;
import org.berth.core.slots.SlotTable;
import org.berth.core.slots.Snapshot;

/**
 * A workload without JMH, to run under any JVM flags: threads count under their own keys, and by compare-and-set under
 * a shared key, while another thread reads; and a table in a file is closed and reopened. Prints one line, and exits
 * with 0 if no count was lost.
 */
public final class PlainWorkload {

    private static final int THREADS = 4;
    private static final int STEPS = 200_000;
    private static final long MEETING_POINT = -1;

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();
    private static final OwnedLong COUNT = RECORD.ownedLong("count");
    private static final SharedLong TICKET = RECORD.sharedLong("ticket");
    private static final RecordLayout LAYOUT = RECORD.build();

    private PlainWorkload() {}

    public static void main(String[] args) throws InterruptedException, ExecutionException, IOException {
        long start = System.nanoTime();
        try (SlotTable table = SlotTable.create(LAYOUT, THREADS + 1);
                ExecutorService threads = Executors.newFixedThreadPool(THREADS + 1)) {
            table.claim(MEETING_POINT).close();
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                long key = i;
                writers.add(threads.submit(() -> write(table, key)));
            }
            Future<Boolean> reader = threads.submit(() -> read(table));
            try {
                for (Future<?> writer : writers) {
                    writer.get();
                }
            } catch (ExecutionException e) {
                // The total that the reader waits for will never be reached.
                reader.cancel(true);
                throw e;
            }
            long expected = (long) THREADS * STEPS;
            long counted = table.sum(COUNT);
            long tickets = table.at(MEETING_POINT).get(TICKET);
            boolean exact = counted == expected && tickets == expected && reader.get() && isKeptInAFile();
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.printf(
                    Locale.ROOT,
                    "total=%d tickets=%d expected=%d each, %.0f ops/s%n",
                    counted,
                    tickets,
                    expected,
                    2 * expected / seconds);
            if (!exact) {
                System.exit(1);
            }
        }
    }

    private static void write(SlotTable table, long key) {
        try (Slot own = table.claim(key)) {
            for (int i = 0; i < STEPS; i++) {
                own.add(COUNT, 1);
                long seen;
                do {
                    seen = table.at(MEETING_POINT).get(TICKET);
                } while (!table.at(MEETING_POINT).compareAndSet(TICKET, seen, seen + 1));
            }
        }
    }

    /** Sums until everything is counted; returns false if a sum ever decreased. */
    private static boolean read(SlotTable table) {
        long expected = (long) THREADS * STEPS;
        long sum = 0;
        while (sum < expected && !Thread.currentThread().isInterrupted()) {
            long next = table.sum(COUNT);
            if (next < sum) {
                return false;
            }
            sum = next;
        }
        return true;
    }

    /** Returns whether a write to a table in a file is present when the file is reopened. */
    private static boolean isKeptInAFile() throws IOException {
        Path directory = Files.createTempDirectory("berth");
        Path file = directory.resolve("table");
        try {
            try (SlotTable table = SlotTable.builder(LAYOUT, THREADS).build(file);
                    Slot own = table.claim("kept")) {
                own.write(write -> write.set(COUNT, STEPS));
                table.at("kept").set(TICKET, STEPS);
                table.force();
            }
            try (SlotTable table = SlotTable.open(file, LAYOUT)) {
                Snapshot snapshot = LAYOUT.newSnapshot();
                table.at("kept").read(snapshot);
                return snapshot.get(COUNT) == STEPS && snapshot.get(TICKET) == STEPS;
            }
        } finally {
            Files.deleteIfExists(file);
            Files.delete(directory);
        }
    }
}
