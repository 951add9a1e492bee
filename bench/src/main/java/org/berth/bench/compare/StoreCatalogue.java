package org.berth.bench.compare;

import static org.berth.bench.compare.Row.berth;
import static org.berth.bench.compare.Row.peer;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.berth.bench.workload.StoreChurn;
import org.berth.bench.workload.StoreMix;
import org.berth.bench.workload.StoreRead;
import org.berth.bench.workload.StoreUpdate;

/** The benchmarks of the store, by the number of entries and the length of the values. */
final class StoreCatalogue {

    static final int SMALL = 1_000;
    static final int MEDIUM = 100_000;
    static final int LARGE = 5_000_000;

    private static final int SHORTEST = 32;

    /**
     * What is in the store.
     *
     * @param size       the number of keys
     * @param valueBytes the length of each value
     */
    record Entries(int size, int valueBytes) {

        /** The largest store would have longer values in more memory than most machines have. */
        private static List<Entries> all() {
            List<Entries> all = new ArrayList<>();
            for (int size : new int[] {SMALL, MEDIUM, LARGE}) {
                for (int valueBytes : size == LARGE ? new int[] {SHORTEST} : new int[] {SHORTEST, 256, 4096}) {
                    all.add(new Entries(size, valueBytes));
                }
            }
            return List.copyOf(all);
        }

        @Override
        public String toString() {
            String count = size >= 1_000_000 ? size / 1_000_000 + " M" : size / 1_000 + " K";
            return "%s values of %d bytes".formatted(count, valueBytes);
        }
    }

    static final List<Entries> ENTRIES = Entries.all();

    static final String GET = "Berth, get";
    static final String PUT = "Berth, put";
    static final String BERTH = "Berth";

    static final String CONCURRENT = "ConcurrentHashMap, a String made per call";
    static final String PREBUILT = "ConcurrentHashMap, a String held";
    static final String CHRONICLE = "Chronicle Map";
    static final String CAFFEINE = "Caffeine, bounded";
    static final String EHCACHE = "Ehcache, off-heap";
    static final String OHC = "OHC";

    private static final Set<ThreadCounts> ALONE_AND_TOGETHER = EnumSet.of(ThreadCounts.ONE, ThreadCounts.ONE_PER_CPU);

    private StoreCatalogue() {}

    static String get(Entries entries) {
        return "Store: get, " + entries;
    }

    static String put(Entries entries) {
        return "Store: put, " + entries;
    }

    static String mix(int percent, Entries entries) {
        return "Store: %d %% updates, %s".formatted(percent, entries);
    }

    static String churn(Entries entries) {
        return "Store: churn, " + entries;
    }

    static List<ReportSection> sections() {
        List<ReportSection> sections = new ArrayList<>();
        for (Entries entries : ENTRIES) {
            for (String distribution : List.of("uniform", "zipf")) {
                sections.add(read(entries, distribution));
            }
            sections.add(section(
                    put(entries),
                    "Threads set the values of random keys, all present.",
                    StoreUpdate.class,
                    entries,
                    rows(PUT, entries, true)));
            for (int percent : new int[] {5, 50}) {
                sections.add(mixed(percent, entries));
            }
            sections.add(churn(entries, "Each thread puts a new key and removes its oldest; an operation is both."));
        }
        return sections;
    }

    /** The rows of every workload: in a default run Berth and the peers of which there are targets. */
    private static List<Row> rows(String berth, Entries entries, boolean keysAreHeld) {
        List<Row> rows = new ArrayList<>(List.of(berth(berth, "berth"), peer(CONCURRENT, "concurrentHashMap", berth)));
        if (keysAreHeld) {
            Row held = peer(PREBUILT, "concurrentHashMapPrebuilt", berth);
            rows.add(berth.equals(GET) ? held : held.inFullOnly());
        }
        rows.addAll(List.of(
                peer(CHRONICLE, "chronicleMap", berth),
                peer(CAFFEINE, "caffeine", berth).inFullOnly(),
                peer(EHCACHE, "ehcache", berth).inFullOnly(),
                peer(OHC, "ohc", berth).inFullOnly()));
        // A short run has the smallest store.
        return rows.stream()
                .map(row -> entries.size == SMALL ? row.inSmoke() : row)
                .toList();
    }

    private static ReportSection read(Entries entries, String distribution) {
        boolean uniform = distribution.equals("uniform");
        ReportSection section = section(
                uniform ? get(entries) : get(entries) + ", " + distribution,
                "Threads read the values of random keys. No thread updates the store. Berth and Chronicle Map copy the "
                        + "value into the thread's buffer, Ehcache and OHC into a new array; the others return a "
                        + "reference.",
                StoreRead.class,
                entries,
                rows(GET, entries, true));
        return with(section, row -> {
            Row distributed = row.with("distribution", distribution);
            return uniform ? distributed : distributed.inFullOnly();
        });
    }

    private static ReportSection mixed(int percent, Entries entries) {
        ReportSection section = section(
                mix(percent, entries),
                "Threads read the values of random keys, all present, and set some of them.",
                StoreMix.class,
                entries,
                rows(BERTH, entries, true).stream()
                        .map(row -> row.fullOnly() ? row : row.alsoOversubscribed())
                        .toList());
        return with(section, row -> {
            Row mixed = row.with("percent", Integer.toString(percent));
            return percent == 50 && entries.size == SMALL ? mixed : mixed.inFullOnly();
        });
    }

    private static ReportSection churn(Entries entries, String about) {
        ReportSection section = section(churn(entries), about, StoreChurn.class, entries, rows(BERTH, entries, false));
        return with(section, row -> entries.size == SMALL ? row : row.inFullOnly());
    }

    /** A default run has the shortest values only. */
    private static ReportSection section(
            String title, String about, Class<?> benchmarks, Entries entries, List<Row> rows) {
        ReportSection section = new ReportSection(List.of(title), about, benchmarks, ALONE_AND_TOGETHER, rows);
        return with(section, row -> {
            Row sized = row.with("bytes", Integer.toString(entries.valueBytes))
                    .with("distribution", "uniform")
                    .with("size", Integer.toString(entries.size));
            return entries.valueBytes == SHORTEST ? sized : sized.inFullOnly();
        });
    }

    private static ReportSection with(ReportSection section, UnaryOperator<Row> change) {
        return new ReportSection(
                section.tables(),
                section.about(),
                section.benchmarks(),
                section.threadCounts(),
                section.rows().stream().map(change).toList());
    }
}
