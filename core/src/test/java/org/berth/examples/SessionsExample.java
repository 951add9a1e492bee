package org.berth.examples;

// docs: begin
import java.util.List;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.RecordLayout;
import org.berth.core.slots.Slot;
import org.berth.core.slots.SlotTable;

public final class SessionsExample {

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();
    private static final OwnedLong LAST_SEEN = RECORD.ownedLong("last seen"); // in seconds
    private static final OwnedLong REQUESTS = RECORD.ownedLong("requests");
    private static final RecordLayout LAYOUT = RECORD.build();

    public static void main(String[] args) throws InterruptedException {
        try (SlotTable sessions = SlotTable.builder(LAYOUT, 1_024).recycling().build()) {
            for (String user : List.of("ann", "bob", "cy", "dan")) {
                login(sessions, user, 0);
            }
            request(sessions, "ann", 900);
            logout(sessions, "bob");
            Thread lost = Thread.ofPlatform().name("worker-7").start(() -> {
                Slot dan = sessions.claim("dan");
                dan.add(REQUESTS, 1); // and ends without close: the session stays its own
            });
            lost.join();

            System.out.println("expired: " + expire(sessions, 1_000)); // cy; dan has an owner
            try (Slot dan = sessions.takeOver("dan")) { // throws if that owner is alive
                System.out.println("dan was left by " + dan.abandonedBy().name());
                dan.remove();
            }
            sessions.forEach(session -> System.out.println(session.name() + " is here"));
        }
    }

    private static void login(SlotTable sessions, String user, long now) {
        sessions.claim(user, first -> first.set(LAST_SEEN, now)).close(); // appears with its value, never without
    }

    private static void request(SlotTable sessions, String user, long now) {
        try (Slot session = sessions.claim(user)) { // its owner for the length of a request
            session.write(fields -> fields.set(LAST_SEEN, now).set(REQUESTS, session.get(REQUESTS) + 1));
        }
    }

    private static void logout(SlotTable sessions, String user) {
        sessions.claim(user).remove(); // ends the claim and removes the key, in one step
    }

    private static int expire(SlotTable sessions, long now) {
        return sessions.removeAll(session -> now - session.get(LAST_SEEN) > 600);
    }
}
// docs: end
