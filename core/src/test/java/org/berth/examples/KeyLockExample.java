package org.berth.examples;

// docs: begin
import java.time.Duration;
import org.berth.core.lock.KeyLock;
import org.berth.core.lock.KeyLocks;
import org.berth.core.map.LongLongMap;

public final class KeyLockExample {

    public static void main(String[] args) throws InterruptedException {
        try (LongLongMap balances = LongLongMap.create()) {
            KeyLocks locks = KeyLocks.create();
            balances.put(1, 1_000);
            balances.put(2, 1_000);

            Thread there = Thread.ofPlatform().start(() -> transfer(locks, balances, 1, 2));
            Thread back = Thread.ofPlatform().start(() -> transfer(locks, balances, 2, 1));
            while (!there.join(Duration.ofMillis(10)) || back.isAlive()) { // an audit now and then
                try (KeyLock _ = locks.lockExclusively()) { // no other thread holds a lock: no money is on its way
                    if (balances.get(1) + balances.get(2) != 2_000) {
                        System.out.println("money is lost");
                    }
                }
            }
            System.out.println("total: " + (balances.get(1) + balances.get(2)));
        }
    }

    private static void transfer(KeyLocks locks, LongLongMap balances, long from, long to) {
        for (int i = 0; i < 100_000; i++) {
            try (KeyLock _ = locks.lockAll(from, to)) { // in one order for all: no deadlock
                if (balances.get(from) > 0) {
                    balances.getAndAdd(from, -1);
                    balances.getAndAdd(to, 1);
                }
            }
        }
    }
}
// docs: end
