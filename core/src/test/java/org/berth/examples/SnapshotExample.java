package org.berth.examples;

// docs: begin
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.berth.core.map.LongLongMap;

public final class SnapshotExample {

    private static final int ACCOUNTS = 1_000;

    public static void main(String[] args) throws IOException, InterruptedException {
        Path file = Files.createTempDirectory("berth").resolve("balances");

        try (LongLongMap balances = LongLongMap.create()) {
            Thread booking = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 100_000; i++) {
                    balances.addAndGet(i % ACCOUNTS, 5);
                }
            });
            balances.save(file); // while the other thread books: each balance is one that the account had
            booking.join();
            balances.save(file); // replaces the file in one step
        }

        try (LongLongMap balances = LongLongMap.create()) { // after a restart
            if (Files.exists(file)) {
                System.out.println("accounts: " + balances.load(file));
            }
            System.out.println("balance:  " + balances.get(42));
        }
        Files.delete(file);
    }
}
// docs: end
