package org.berth.bench.compare;

import static org.berth.bench.compare.Row.berth;
import static org.berth.bench.compare.Row.peer;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.berth.bench.workload.Entering;

/** What is measured of Berth's sections, {@code org.berth.core.section}. */
final class SectionCatalogue {

    static final String OWN = "Section of an own key";
    static final String CONTENDED = "Section of one key for all";

    static final String ENTER = "Berth, enter and close";
    static final String STRIPED = "Guava Striped<Lock>";
    static final String LOCK_IN_MAP = "ReentrantLock in a ConcurrentHashMap";

    private SectionCatalogue() {}

    static List<Section> sections() {
        return List.of(
                section(
                        OWN,
                        "own",
                        "Each thread enters the section of its own key, which it looks up, adds 1 and leaves.",
                        EnumSet.of(Load.ONE, Load.EACH_CPU)),
                section(
                        CONTENDED,
                        "one",
                        "Threads enter the section of one key, which they look up, add 1 and leave.",
                        EnumSet.of(Load.EACH_CPU)));
    }

    private static Section section(String title, String keys, String about, Set<Load> loads) {
        List<Row> rows = List.of(
                berth(ENTER, "berth").inSmoke(),
                peer(STRIPED, "striped", ENTER).inSmoke(),
                peer(LOCK_IN_MAP, "lockInMap", ENTER),
                peer("synchronized, object in a ConcurrentHashMap", "monitorInMap", ENTER),
                peer("One ReentrantLock for all keys", "oneLock", ENTER),
                berth("Berth, enter by name and close", "berthByName").comparedWith(ENTER));
        return new Section(
                List.of(title),
                about,
                Entering.class,
                loads,
                rows.stream().map(row -> row.with("keys", keys).inCrowd()).toList());
    }
}
