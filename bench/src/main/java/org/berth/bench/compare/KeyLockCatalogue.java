package org.berth.bench.compare;

import static org.berth.bench.compare.Row.berth;
import static org.berth.bench.compare.Row.peer;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.berth.bench.workload.KeyLocking;

/** What is measured of Berth's sections, {@code org.berth.core.lock}. */
final class KeyLockCatalogue {

    static final String OWN = "ReportSection of an own key";
    static final String CONTENDED = "ReportSection of one key for all";

    static final String ENTER = "Berth, enter and close";
    static final String STRIPED = "Guava Striped<Lock>";
    static final String LOCK_IN_MAP = "ReentrantLock in a ConcurrentHashMap";

    private KeyLockCatalogue() {}

    static List<ReportSection> sections() {
        return List.of(
                section(
                        OWN,
                        "own",
                        "Each thread enters the section of its own key, which it looks up, adds 1 and leaves.",
                        EnumSet.of(ThreadCounts.ONE, ThreadCounts.EACH_CPU)),
                section(
                        CONTENDED,
                        "one",
                        "Threads enter the section of one key, which they look up, add 1 and leave.",
                        EnumSet.of(ThreadCounts.EACH_CPU)));
    }

    private static ReportSection section(String title, String keys, String about, Set<ThreadCounts> loads) {
        List<Row> rows = List.of(
                berth(ENTER, "berth").inSmoke(),
                peer(STRIPED, "striped", ENTER).inSmoke(),
                peer(LOCK_IN_MAP, "lockInMap", ENTER),
                peer("synchronized, object in a ConcurrentHashMap", "monitorInMap", ENTER),
                peer("One ReentrantLock for all keys", "oneLock", ENTER),
                berth("Berth, enter by name and close", "berthByName").comparedWith(ENTER));
        return new ReportSection(
                List.of(title),
                about,
                KeyLocking.class,
                loads,
                rows.stream().map(row -> row.with("keys", keys).inCrowd()).toList());
    }
}
