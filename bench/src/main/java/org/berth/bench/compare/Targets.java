package org.berth.bench.compare;

import static org.berth.bench.compare.Catalogue.ADD;
import static org.berth.bench.compare.Catalogue.ADD_EIGHT;
import static org.berth.bench.compare.Catalogue.AGRONA;
import static org.berth.bench.compare.Catalogue.AGRONA_EIGHT;
import static org.berth.bench.compare.Catalogue.BUFFER;
import static org.berth.bench.compare.Catalogue.BY_HANDLE;
import static org.berth.bench.compare.Catalogue.BY_KEY;
import static org.berth.bench.compare.Catalogue.CAS;
import static org.berth.bench.compare.Catalogue.CAS_BY_KEY;
import static org.berth.bench.compare.Catalogue.CONCURRENT_MERGE;
import static org.berth.bench.compare.Catalogue.CONCURRENT_REPLACE;
import static org.berth.bench.compare.Catalogue.GET_AND_ADD;
import static org.berth.bench.compare.Catalogue.HASH_MAP_GET_PUT;
import static org.berth.bench.compare.Catalogue.HASH_MAP_MERGE;
import static org.berth.bench.compare.Catalogue.LOCKED_MAP;
import static org.berth.bench.compare.Catalogue.LONG_ADDER;
import static org.berth.bench.compare.Catalogue.PADDED_ARRAY;
import static org.berth.bench.compare.Catalogue.READ;
import static org.berth.bench.compare.Catalogue.RECORD_READ;
import static org.berth.bench.compare.Catalogue.RECORD_WRITE;
import static org.berth.bench.compare.Catalogue.RELEASE_WRITE;
import static org.berth.bench.compare.Catalogue.SINGLE;
import static org.berth.bench.compare.Catalogue.STAMPED_READ;
import static org.berth.bench.compare.Catalogue.STAMPED_WRITE;
import static org.berth.bench.compare.Catalogue.SYNCHRONIZED_MAP;
import static org.berth.bench.compare.Catalogue.TEST_AND_SET;
import static org.berth.bench.compare.Catalogue.WRITE;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Berth's performance targets, and whether a run reaches them. */
final class Targets {

    /**
     * A target, and whether a run reached it.
     *
     * @param what     the target is
     * @param wanted   bound
     * @param measured figure, or a dash
     * @param verdict  reached, missed or not measured
     */
    record Outcome(String what, String wanted, String measured, String verdict) {}

    private static final double BUFFER_BOUND = 1.2;

    private final Suite suite;
    private final Results results;
    private final int together;
    private final List<Outcome> outcomes = new ArrayList<>();

    private Targets(Suite suite, Results results, int cpus) {
        this.suite = suite;
        this.results = results;
        // With one CPU there is no figure for two threads, and that of a single thread must not replace it.
        this.together = Math.max(2, ThreadCounts.ONE_PER_CPU.threads(cpus));
    }

    /** Evaluates every target with the results of one run on a machine with this many CPUs. */
    static List<Outcome> evaluate(Suite suite, Results results, int cpus) {
        Targets targets = new Targets(suite, results, cpus);
        switch (suite) {
            case SLOTS -> targets.evaluateSlots();
            case MAP -> targets.evaluateMap();
            case KEY_LOCKS -> targets.evaluateKeyLocks();
            case PER_THREAD -> targets.evaluatePerThread();
            case RECORDS -> {
                // None was set.
            }
            case PLACEMENT -> targets.evaluatePlacement();
            case STORE -> targets.evaluateStore();
        }
        targets.allocation();
        return List.copyOf(targets.outcomes);
    }

    /** Targets for throughput are bounds on the ratio of costs. */
    private void evaluateMap() {
        for (int size : new int[] {MapCatalogue.SMALL, MapCatalogue.LARGE}) {
            boolean small = size == MapCatalogue.SMALL;
            String read = MapCatalogue.read(size);
            String add = MapCatalogue.add(size);
            String mix = MapCatalogue.mix(50, size);
            for (int threads : new int[] {1, together}) {
                cheaper(read, MapCatalogue.CONCURRENT, MapCatalogue.GET, threads, small ? 1.1 : 2);
                cheaper(read, MapCatalogue.NON_BLOCKING, MapCatalogue.GET, threads, small ? 1 : 1.4);
                cheaper(read, MapCatalogue.GET, MapCatalogue.GET_ALL, threads, small ? 1 : 1.6);
                if (!small) {
                    cheaper(read, MapCatalogue.CONCURRENT, MapCatalogue.GET_ALL, threads, 4);
                }
                cheaper(add, MapCatalogue.CONCURRENT_MERGE, MapCatalogue.GET_AND_ADD, threads, small ? 1.6 : 3);
                cheaper(mix, MapCatalogue.CONCURRENT, MapCatalogue.MIX, threads, small ? 1.5 : 2.5);
            }
            cheaper(MapCatalogue.alone(size), MapCatalogue.HASH_MAP, MapCatalogue.GET, 1, small ? 1 : 2);
        }
    }

    private void evaluateStore() {
        for (StoreCatalogue.Entries entries : StoreCatalogue.ENTRIES) {
            boolean small = entries.size() == StoreCatalogue.SMALL;
            boolean large = entries.size() == StoreCatalogue.LARGE;
            String get = StoreCatalogue.get(entries);
            for (int threads : new int[] {1, together}) {
                cheaper(get, StoreCatalogue.CHRONICLE, StoreCatalogue.GET, threads, small ? 3 : 2);
                within(get, StoreCatalogue.GET, StoreCatalogue.CONCURRENT, threads, 1.2);
                if (small || large) {
                    within(get, StoreCatalogue.GET, StoreCatalogue.PREBUILT, threads, small ? 2 : 1.3);
                }
                cheaper(
                        StoreCatalogue.put(entries),
                        StoreCatalogue.CHRONICLE,
                        StoreCatalogue.PUT,
                        threads,
                        small ? 4 : large ? 1.2 : 1.5);
            }
        }
    }

    private void evaluateKeyLocks() {
        for (int threads : new int[] {1, together}) {
            cheaper(KeyLockCatalogue.OWN, KeyLockCatalogue.STRIPED, KeyLockCatalogue.LOCK, threads, 1);
            cheaper(KeyLockCatalogue.OWN, KeyLockCatalogue.LOCK_IN_MAP, KeyLockCatalogue.LOCK, threads, 1);
        }
    }

    private void evaluatePerThread() {
        for (int threads : new int[] {1, together}) {
            within(
                    PerThreadCatalogue.LOOK_UP,
                    PerThreadCatalogue.GET,
                    PerThreadCatalogue.THREAD_LOCAL_GET,
                    threads,
                    1.5);
        }
        cheaper(PerThreadCatalogue.COUNT, PerThreadCatalogue.LONG_ADDER, PerThreadCatalogue.ADD, together, 2);
    }

    private void evaluatePlacement() {
        for (int threads : new int[] {1, together}) {
            cheaper(
                    PlacementCatalogue.GET,
                    PlacementCatalogue.ORDINARY,
                    PlacementCatalogue.HUGE_TOUCHED,
                    threads,
                    1.15);
        }
        for (String huge : new String[] {PlacementCatalogue.HUGE, PlacementCatalogue.HUGE_TOUCHED}) {
            within(PlacementCatalogue.GROWTH, huge, PlacementCatalogue.ORDINARY, 1, 1);
        }
        for (int threads : new int[] {1, together}) {
            costs(PlacementCatalogue.WHERE, PlacementCatalogue.NODE, threads, 5);
            costs(PlacementCatalogue.CLAIM, PlacementCatalogue.SPREAD, threads, 1_000);
        }
    }

    private void evaluateSlots() {
        cheaper(BY_HANDLE, LONG_ADDER, ADD, together, 4);
        within(BY_HANDLE, ADD, AGRONA, 1.3);
        within(BY_HANDLE, ADD, RELEASE_WRITE, 2.2);
        within(BY_HANDLE, ADD_EIGHT, AGRONA_EIGHT, 2.5);
        cheaper(BY_KEY, SYNCHRONIZED_MAP, GET_AND_ADD, together, 8);
        cheaper(BY_KEY, LOCKED_MAP, GET_AND_ADD, together, 8);
        cheaper(BY_KEY, CONCURRENT_MERGE, GET_AND_ADD, together, 1.5);
        cheaper(TEST_AND_SET, CONCURRENT_REPLACE, CAS, together, 3);
        cheaper(TEST_AND_SET, CONCURRENT_REPLACE, CAS_BY_KEY, together, 3);
        within(TEST_AND_SET, CAS, PADDED_ARRAY, 1.2);
        String scaling = "scaling from 1 to %d threads, %s, relative to %s".formatted(together, ADD, RELEASE_WRITE);
        add(scaling, atLeast(0.95), 0.95, true, scaling());
        cheaper(SINGLE, HASH_MAP_MERGE, ADD, 1, 5);
        cheaper(SINGLE, HASH_MAP_GET_PUT, ADD, 1, 5);
        cheaper(RECORD_WRITE, STAMPED_WRITE, WRITE, 1, 2);
        cheaper(RECORD_READ, STAMPED_READ, READ, 1, 1);
        buffers();
    }

    private void cheaper(String table, String peer, String berth, int threads, double times) {
        String what = "%s, %s: cost of %s ÷ cost of %s".formatted(table, threads(threads), peer, berth);
        add(what, atLeast(times), times, true, results.ratio(table, peer, berth, threads));
    }

    private void within(String table, String berth, String peer, double times) {
        within(table, berth, peer, together, times);
    }

    private void within(String table, String berth, String peer, int threads, double times) {
        String what = "%s, %s: cost of %s ÷ cost of %s".formatted(table, threads(threads), berth, peer);
        add(what, "≤ " + times, times, false, results.ratio(table, berth, peer, threads));
    }

    /** Adds a target of at most so many nanoseconds. */
    private void costs(String table, String row, int threads, double nanos) {
        Cost cost = results.find(table, row, threads);
        String what = "%s, %s: cost of %s in ns".formatted(table, threads(threads), row);
        add(what, "≤ " + nanos, nanos, false, cost == null ? null : new Ratio(cost.nanos(), cost.error()));
    }

    /**
     * Returns the scaling of Berth from one thread to several, relative to that of a plain array.
     */
    private @Nullable Ratio scaling() {
        Ratio berth = scaling(ADD);
        Ratio array = scaling(RELEASE_WRITE);
        return berth == null || array == null ? null : berth.dividedBy(array);
    }

    private @Nullable Ratio scaling(String row) {
        Cost one = results.find(BY_HANDLE, row, 1);
        Cost each = results.find(BY_HANDLE, row, together);
        if (one == null || each == null) {
            return null;
        }
        return Ratio.of(one, each).withErrorOfAtLeast(results.noise(BY_HANDLE, together));
    }

    /** Evaluates the worst of the single accesses, which share a bound. */
    private void buffers() {
        Ratio worst = null;
        String of = "";
        int measured = 0;
        for (ReportSection section : Catalogue.sections()) {
            for (Row row : section.tables().contains(BUFFER) ? section.rows() : List.<Row>of()) {
                Ratio ratio = row.berth() ? null : results.ratio(BUFFER, row.baseline(), row.label(), 1);
                if (ratio != null) {
                    measured++;
                    if (worst == null || ratio.value() > worst.value()) {
                        worst = ratio;
                        of = row.baseline();
                    }
                }
            }
        }
        String what = "%s, %s: cost of OffHeapBuffer ÷ cost of UnsafeBuffer, worst of %d%s"
                .formatted(BUFFER, threads(1), measured, of.isEmpty() ? "" : ", " + of);
        add(what, "≤ " + BUFFER_BOUND, BUFFER_BOUND, false, worst);
    }

    private void allocation() {
        int measured = 0;
        double most = 0;
        boolean allocates = false;
        for (ReportSection section : suite.sections()) {
            // With a reader, bytes are divided by the operations of all threads, so that the writers would hide a
            // reader's garbage.
            for (String table : section.tables().size() == 1 ? section.tables() : List.<String>of()) {
                for (Row row : section.rows()) {
                    for (int threads : results.threads(section.tables())) {
                        Cost cost = row.berth() && !row.allocates() ? results.find(table, row.label(), threads) : null;
                        if (cost != null && !Double.isNaN(cost.bytes())) {
                            measured++;
                            most = Math.max(most, cost.bytes());
                            allocates |= cost.allocates();
                        }
                    }
                }
            }
        }
        outcomes.add(new Outcome(
                "every figure of Berth but those with a reader: bytes allocated per operation",
                "0",
                measured == 0 ? "–" : String.format(Locale.ROOT, "%.3f at most, in %d figures", most, measured),
                measured == 0 ? "not measured" : allocates ? "missed" : "reached"));
    }

    private void add(String what, String wanted, double bound, boolean atLeast, @Nullable Ratio ratio) {
        if (ratio == null) {
            outcomes.add(new Outcome(what, wanted, "–", "not measured"));
            return;
        }
        boolean reached = atLeast ? ratio.value() >= bound : ratio.value() <= bound;
        String verdict = (reached ? "reached" : "missed") + (ratio.covers(bound) ? ", within the error" : "");
        outcomes.add(new Outcome(what, wanted, ratio.toString(), verdict));
    }

    private static String atLeast(double bound) {
        return "≥ " + bound;
    }

    private static String threads(int threads) {
        return threads == 1 ? "1 thread" : threads + " threads";
    }
}
