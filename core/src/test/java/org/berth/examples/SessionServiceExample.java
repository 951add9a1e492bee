package org.berth.examples;

// docs: begin
import java.time.Duration;
import java.util.SplittableRandom;
import org.berth.core.store.Codecs;
import org.berth.core.store.OffHeapMap;

public final class SessionServiceExample {

    private static final int COUNT = Integer.getInteger("sessions", 5_000_000);

    record Session(String user, String address, int requests, long lastSeen) {

        Session request() {
            return new Session(user, address, requests + 1, System.currentTimeMillis());
        }
    }

    public static void main(String[] args) throws InterruptedException {
        try (OffHeapMap<String, Session> sessions = OffHeapMap.builder(
                        Codecs.ofString(), Codecs.ofRecord(Session.class))
                .expectedSize(COUNT)
                .expireAfterWrite(Duration.ofMinutes(30)) // a request begins the half-hour anew
                .removalListener((cause, id, session) -> System.out.println("ended: " + session.user()))
                .build()) {
            for (int i = 0; i < COUNT; i++) {
                sessions.set(id(i), new Session("user-" + i, "10.0.0." + i % 256, 0, System.currentTimeMillis()));
            }
            Runnable requests = () -> {
                SplittableRandom random = new SplittableRandom();
                for (int i = 0; i < COUNT / 10; i++) {
                    sessions.computeIfPresent(id(random.nextInt(COUNT)), (id, session) -> session.request());
                }
            };
            Thread other = Thread.ofPlatform().start(requests);
            requests.run();
            other.join();
            System.out.println(sessions.mappingCount() + " sessions");
            System.out.println(
                    sessions.values().stream().mapToLong(Session::requests).sum() + " requests");
        }
    }

    private static String id(int number) {
        return "session-" + Long.toHexString(number * 0x9E37_79B9_7F4A_7C15L);
    }
}
// docs: end
