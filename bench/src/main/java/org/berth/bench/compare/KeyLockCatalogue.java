package org.berth.bench.compare;

import static org.berth.bench.compare.Row.berth;
import static org.berth.bench.compare.Row.peer;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.berth.bench.workload.KeyLocking;

/**
 * The benchmarks of key locks, {@code org.berth.core.lock.KeyLocks}, and of the locks that applications use instead.
 */
final class KeyLockCatalogue {

    static final String OWN = "Key lock, own key";
    static final String CONTENDED = "Key lock, one key for all";

    static final String LOCK = "Berth, lock and close";
    static final String STRIPED = "Guava Striped<Lock>";
    static final String LOCK_IN_MAP = "ReentrantLock in a ConcurrentHashMap";

    private KeyLockCatalogue() {}

    static List<ReportSection> sections() {
        return List.of(
                section(
                        OWN,
                        "own",
                        "Each thread locks its own key, which it looks up, adds 1 and unlocks it.",
                        EnumSet.of(ThreadCounts.ONE, ThreadCounts.ONE_PER_CPU)),
                section(
                        CONTENDED,
                        "one",
                        "All threads lock one key, which they look up, add 1 and unlock it.",
                        EnumSet.of(ThreadCounts.ONE_PER_CPU)));
    }

    private static ReportSection section(String title, String keys, String about, Set<ThreadCounts> counts) {
        List<Row> rows = List.of(
                berth(LOCK, "berth").inSmoke(),
                peer(STRIPED, "striped", LOCK).inSmoke(),
                peer(LOCK_IN_MAP, "lockInMap", LOCK),
                peer("synchronized, object in a ConcurrentHashMap", "monitorInMap", LOCK),
                peer("One ReentrantLock for all keys", "oneLock", LOCK),
                berth("Berth, lock by name and close", "berthByName").withBaseline(LOCK));
        return new ReportSection(
                List.of(title),
                about,
                KeyLocking.class,
                counts,
                rows.stream()
                        .map(row -> row.with("keys", keys).alsoOversubscribed())
                        .toList());
    }
}
