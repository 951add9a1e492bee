package org.berth.bench.compare;

import static org.berth.bench.compare.Row.berth;
import static org.berth.bench.compare.Row.peer;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.berth.bench.workload.ClaimAndRemove;
import org.berth.bench.workload.CurrentNode;
import org.berth.bench.workload.FalseSharing;
import org.berth.bench.workload.MapPages;

/** The benchmarks of placement: padding, huge pages, the current node, and claims. */
final class PlacementCatalogue {

    static final String GET = "Pages: get, 10 M keys";
    static final String GROWTH = "Pages: a map that grows from 1 K to 10 M keys";
    static final String WHERE = "The current CPU and node";
    static final String CLAIM = "Claim, close and remove";

    static final String HUGE = "Berth, huge pages";
    static final String HUGE_TOUCHED = "Berth, huge pages, pre-touched";
    static final String ORDINARY = "Berth, no placement";
    static final String NODE = "Berth, CurrentCpu.node";
    static final String CPU = "Berth, CurrentCpu.cpu";
    static final String SPREAD = "Berth, spread over the nodes";
    static final String NOT_SPREAD = "Berth, not spread";

    private static final String SIZE = Integer.toString(MapCatalogue.LARGE);
    private static final Set<ThreadCounts> ALONE_AND_TOGETHER = EnumSet.of(ThreadCounts.ONE, ThreadCounts.ONE_PER_CPU);

    private PlacementCatalogue() {}

    static List<ReportSection> sections() {
        return List.of(
                padding(
                        "Padding of owned fields",
                        "owned",
                        "Each thread adds to a field of its own record, the neighbour of another thread's."),
                padding("Padding of shared fields", "shared", "The same with a shared field, by getAndAdd."),
                pages(GET, "get", true),
                pages("Pages: getAll of 32, 10 M keys", "getAll32", false),
                pages("Pages: getAndAdd, 10 M keys", "getAndAdd", false),
                pages("Pages: put, 10 M keys", "put", false),
                growth(),
                where(),
                claim());
    }

    private static ReportSection padding(String title, String method, String about) {
        String baseline = "Berth, 128 bytes";
        return new ReportSection(
                List.of(title),
                about,
                FalseSharing.class,
                EnumSet.of(ThreadCounts.ONE_PER_CPU),
                List.of(
                        berth(baseline, method).with("padding", "128").inSmoke(),
                        berth("Berth, 64 bytes", method).with("padding", "64").withBaseline(baseline),
                        berth("Berth, 8 bytes", method)
                                .with("padding", "8")
                                .withBaseline(baseline)
                                .inSmoke()));
    }

    private static ReportSection pages(String title, String method, boolean smoke) {
        List<Row> rows = new ArrayList<>();
        for (Row row : List.of(
                berth(HUGE_TOUCHED, method).with(Row.PAGES, "huge-touched"),
                berth(ORDINARY, method).with(Row.PAGES, "ordinary").withBaseline(HUGE_TOUCHED))) {
            Row of = row.with("size", SIZE).with("distribution", "uniform");
            rows.add(smoke ? of.inSmoke() : of);
        }
        return new ReportSection(
                List.of(title),
                "Threads access random keys of a map, all present; no key is added or removed.",
                MapPages.class,
                ALONE_AND_TOGETHER,
                List.copyOf(rows));
    }

    private static ReportSection growth() {
        return new ReportSection(
                List.of(GROWTH),
                "One thread puts keys into a map that is not presized. An operation is one put; the memory that it"
                        + " grows into is allocated and touched meanwhile.",
                MapPages.class,
                EnumSet.of(ThreadCounts.ONE),
                List.of(
                        berth(HUGE, "grow").with(Row.PAGES, "huge").allocating(),
                        berth(HUGE_TOUCHED, "grow")
                                .with(Row.PAGES, "huge-touched")
                                .withBaseline(HUGE)
                                .allocating(),
                        berth(ORDINARY, "grow")
                                .with(Row.PAGES, "ordinary")
                                .withBaseline(HUGE)
                                .allocating()));
    }

    private static ReportSection where() {
        return new ReportSection(
                List.of(WHERE),
                "Each thread asks for its CPU or node, as a claim in a table spread over the nodes does.",
                CurrentNode.class,
                ALONE_AND_TOGETHER,
                List.of(
                        berth(NODE, "node").inSmoke(),
                        berth(CPU, "cpu").withBaseline(NODE),
                        peer("ThreadLocal.get", "threadLocal", NODE).inSmoke(),
                        peer("Thread.currentThread", "currentThread", NODE)));
    }

    private static ReportSection claim() {
        return new ReportSection(
                List.of(CLAIM),
                "Each thread claims its own key in a recycling table, closes the slot and removes the key; an "
                        + "operation is all three, and allocates the handle. On a machine with one node a "
                        + "spread table is like any other, and does not look up the node.",
                ClaimAndRemove.class,
                ALONE_AND_TOGETHER,
                List.of(
                        berth(SPREAD, "claimAndRemove")
                                .with("spread", "true")
                                .allocating()
                                .inSmoke(),
                        berth(NOT_SPREAD, "claimAndRemove")
                                .with("spread", "false")
                                .withBaseline(SPREAD)
                                .allocating()
                                .inSmoke()));
    }
}
