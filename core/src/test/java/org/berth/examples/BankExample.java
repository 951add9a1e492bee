package org.berth.examples;

// docs: begin
import java.time.Duration;
import org.berth.core.lock.KeyLock;
import org.berth.core.lock.KeyLocks;
import org.berth.core.slots.Field.SharedLong;
import org.berth.core.slots.RecordLayout;
import org.berth.core.slots.SlotTable;

public final class BankExample {

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();
    private static final SharedLong BALANCE = RECORD.sharedLong("balance"); // in cents
    private static final RecordLayout LAYOUT = RECORD.build();

    private final SlotTable accounts = SlotTable.create(LAYOUT, 1_024);
    private final KeyLocks locks = KeyLocks.create();

    public static void main(String[] args) throws InterruptedException {
        new BankExample().run();
    }

    private void run() throws InterruptedException {
        try (accounts) {
            open("ann", 100_000);
            open("bob", 100_000);
            Thread there = Thread.ofPlatform().start(() -> transferAll("ann", "bob"));
            Thread back = Thread.ofPlatform().start(() -> transferAll("bob", "ann"));
            int wrong = 0;
            while (!there.join(Duration.ofMillis(10)) || back.isAlive()) {
                wrong += total() == 200_000 ? 0 : 1;
            }
            System.out.println("totals that were wrong: " + wrong);
            System.out.println("total: " + total());
        }
    }

    private void open(String name, long balance) {
        accounts.claim(name, first -> first.set(BALANCE, balance)).close();
    }

    /** Moves an amount, or nothing if there is not so much. */
    private boolean transfer(String from, String to, long amount) {
        try (KeyLock _ = locks.lockAll(from, to)) { // in one order for all threads: no deadlock
            if (accounts.at(from).get(BALANCE) < amount) {
                return false;
            }
            accounts.at(from).getAndAdd(BALANCE, -amount);
            accounts.at(to).getAndAdd(BALANCE, amount);
            return true;
        }
    }

    /** The money of all accounts, at one moment: no other thread holds a lock, so none is on its way. */
    private long total() {
        try (KeyLock _ = locks.lockExclusively()) {
            return accounts.sum(BALANCE);
        }
    }

    private void transferAll(String from, String to) {
        for (int i = 0; i < 50_000; i++) {
            transfer(from, to, i % 100);
        }
    }
}
// docs: end
