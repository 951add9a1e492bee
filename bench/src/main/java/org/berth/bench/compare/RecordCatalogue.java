package org.berth.bench.compare;

import static org.berth.bench.compare.Row.berth;
import static org.berth.bench.compare.Row.peer;

import java.util.EnumSet;
import java.util.List;
import org.berth.bench.workload.RecordCopy;
import org.berth.bench.workload.RecordCopyWithWriter;

/** The benchmarks of a reader's consistent copy of a record: through a handle that it holds, and by key. */
final class RecordCatalogue {

    static final String VIEW = "Berth, read through a view";
    static final String CURSOR = "Berth, read by a cursor";

    private RecordCatalogue() {}

    static List<ReportSection> sections() {
        List<Row> byHandle = List.of(
                berth(VIEW, "berthView").inSmoke(),
                peer("Immutable record in an AtomicReference", "atomicReference", VIEW)
                        .inSmoke());
        List<Row> byKey = List.of(
                berth(CURSOR, "berthCursor").inSmoke(),
                peer("Immutable record in a ConcurrentHashMap", "concurrentHashMap", CURSOR)
                        .inSmoke());
        return List.of(
                alone("A copy of three fields, by handle", "through a handle that it holds", byHandle),
                alone("A copy of three fields, by key", "which it looks up by its key each time", byKey),
                withWriter("A copy of three fields, by handle, with a writer", byHandle),
                withWriter("A copy of three fields, by key, with a writer", byKey));
    }

    private static ReportSection alone(String title, String how, List<Row> rows) {
        return new ReportSection(
                List.of(title),
                "A thread copies a record's three longs, as they were at one moment, " + how + ". The writer is idle.",
                RecordCopy.class,
                EnumSet.of(ThreadCounts.ONE),
                rows);
    }

    private static ReportSection withWriter(String title, List<Row> rows) {
        return new ReportSection(
                List.of(title + ": a writer's cost", title + ": the reader's cost"),
                "Each thread but one writes a record of its own, over and over; the last one copies the first of them."
                        + " B/op is that of both together.",
                RecordCopyWithWriter.class,
                EnumSet.of(ThreadCounts.ONE_PER_CPU),
                rows);
    }
}
