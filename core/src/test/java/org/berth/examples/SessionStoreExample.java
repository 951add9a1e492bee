package org.berth.examples;

// docs: begin
import org.berth.core.store.Codecs;
import org.berth.core.store.OffHeapMap;

public final class SessionStoreExample {

    record Session(String user, String language, long requests, long lastSeen) {

        Session seenAt(long time) {
            return new Session(user, language, requests + 1, Math.max(lastSeen, time));
        }
    }

    public static void main(String[] args) throws InterruptedException {
        try (OffHeapMap<String, Session> sessions = OffHeapMap.builder(
                        Codecs.ofString(), Codecs.ofRecord(Session.class))
                .maximumBytes(64 << 20)
                .build()) {
            for (int i = 0; i < 100_000; i++) {
                sessions.put("session-" + i, new Session("user-" + i % 500, "de", 0, i));
            }
            Runnable requests = () -> {
                for (int time = 200_000; time < 200_100; time++) {
                    long now = time;
                    sessions.computeIfPresent("session-7", (id, session) -> session.seenAt(now)); // one step
                }
            };
            Thread other = Thread.ofPlatform().start(requests);
            requests.run();
            other.join();
            System.out.println(sessions.get("session-7"));
            sessions.values().removeIf(session -> session.lastSeen() < 99_000);
            System.out.println(sessions.mappingCount() + " " + sessions.containsKey("session-8"));
        }
    }
}
// docs: end
