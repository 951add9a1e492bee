package org.berth.examples;

// docs: begin
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.berth.core.slots.Field.OwnedInt;
import org.berth.core.slots.Field.SharedLong;
import org.berth.core.slots.RecordAccess;
import org.berth.core.slots.RecordLayout;
import org.berth.core.slots.SlotTable;

public final class RateLimiterExample {

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();
    private static final OwnedInt BURST = RECORD.ownedInt("burst"); // tokens in a full bucket, up to a million
    private static final OwnedInt INTERVAL = RECORD.ownedInt("millis per token");
    private static final SharedLong BUCKET = RECORD.sharedLong("time of the last refill, and tokens");
    private static final RecordLayout LAYOUT = RECORD.build();

    public static void main(String[] args) {
        try (SlotTable clients = SlotTable.create(LAYOUT, 1_024)) {
            clients.claim(
                            "acme",
                            first -> first.set(BURST, 100).set(INTERVAL, 20).set(BUCKET, bucket(0, 100)))
                    .close(); // nobody needs to own it

            System.out.println("at the start:     " + granted(clients, 0) + " of 1000");
            System.out.println("a second later:   " + granted(clients, 1_000) + " of 1000");
            System.out.println("an hour later:    " + granted(clients, 3_600_000) + " of 1000");
        }
    }

    /** Takes a token, if there is one. A refusal writes nothing. */
    private static boolean take(RecordAccess client, long now) {
        while (true) {
            long seen = client.get(BUCKET); // both values, of one moment
            long refilled = seen >> 20;
            long tokens = seen & 0xF_FFFF;
            long gained = Math.max(now - refilled, 0) / client.get(INTERVAL);
            refilled += gained * client.get(INTERVAL); // the rest of an interval counts next time
            tokens = Math.min(tokens + gained, client.get(BURST));
            if (tokens == 0) {
                return false;
            }
            if (client.compareAndSet(BUCKET, seen, bucket(refilled, tokens - 1))) { // both values, in one step
                return true;
            }
        }
    }

    /** The time in the upper 44 bits, the tokens in the lower 20. */
    private static long bucket(long millis, long tokens) {
        return millis << 20 | tokens;
    }

    /** A thousand requests of one client on four threads, all at one time. */
    private static int granted(SlotTable clients, long now) {
        AtomicInteger granted = new AtomicInteger();
        try (ExecutorService executor = Executors.newFixedThreadPool(4)) {
            for (int i = 0; i < 1_000; i++) {
                executor.execute(() -> {
                    if (take(clients.at("acme"), now)) { // one lookup
                        granted.incrementAndGet();
                    }
                });
            }
        }
        return granted.get();
    }
}
// docs: end
