package org.berth.bench.compare;

import static org.berth.bench.compare.Row.berth;
import static org.berth.bench.compare.Row.peer;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.berth.bench.workload.MapChurn;
import org.berth.bench.workload.MapFilling;
import org.berth.bench.workload.MapMix;
import org.berth.bench.workload.MapRead;
import org.berth.bench.workload.MapUpdate;

/** The benchmarks of the map, by size. */
final class MapCatalogue {

    static final int SMALL = 1_000;
    static final int MEDIUM = 100_000;
    static final int LARGE = 10_000_000;

    static final String GET = "Berth, get";
    static final String GET_ALL = "Berth, getAll of 32";
    static final String MISS = "Berth, get of an absent key";
    static final String HALF_MISS = "Berth, get, half of the keys absent";
    static final String GET_AND_ADD = "Berth, getAndAdd";
    static final String PUT = "Berth, put";
    static final String MIX = "Berth";

    static final String CONCURRENT = "ConcurrentHashMap";
    static final String CONCURRENT_MERGE = "ConcurrentHashMap.merge";
    static final String NON_BLOCKING = "JCTools NonBlockingHashMapLong";
    static final String SYNCHRONIZED = "Collections.synchronizedMap";
    static final String CHRONICLE = "Chronicle Map";
    static final String AGRONA = "Agrona Long2LongHashMap, not thread-safe";
    static final String HASH_MAP = "HashMap, not thread-safe";

    private static final Set<ThreadCounts> ALONE_AND_TOGETHER = EnumSet.of(ThreadCounts.ONE, ThreadCounts.ONE_PER_CPU);

    private MapCatalogue() {}

    static String read(int size) {
        return "Map: get, " + keys(size);
    }

    static String add(int size) {
        return "Map: add to a value, " + keys(size);
    }

    static String put(int size) {
        return "Map: put, " + keys(size);
    }

    static String mix(int percent, int size) {
        return "Map: %d %% updates, %s".formatted(percent, keys(size));
    }

    static String alone(int size) {
        return "Map: a single thread, " + keys(size);
    }

    private static String keys(int size) {
        return size >= 1_000_000 ? size / 1_000_000 + " M keys" : size / 1_000 + " K keys";
    }

    static List<ReportSection> sections() {
        List<ReportSection> sections = new ArrayList<>();
        for (int size : new int[] {SMALL, MEDIUM, LARGE}) {
            for (String distribution : List.of("uniform", "zipf")) {
                sections.add(read(size, distribution));
                sections.add(add(size, distribution));
            }
            sections.add(put(size, "uniform"));
            for (int percent : new int[] {0, 5, 50}) {
                sections.add(mixed(percent, size));
            }
            sections.add(churn(size));
            sections.add(alone(size, "uniform"));
        }
        sections.add(filling());
        return sections;
    }

    /** A default run has the smallest and the largest map only. */
    private static ReportSection section(
            String title,
            String about,
            Class<?> benchmarks,
            Set<ThreadCounts> counts,
            int size,
            String distribution,
            List<Row> rows) {
        boolean inShort = size != MEDIUM && distribution.equals("uniform");
        return new ReportSection(
                List.of(distribution.equals("uniform") ? title : title + ", " + distribution),
                about,
                benchmarks,
                counts,
                rows.stream()
                        .map(row -> row.with("size", Integer.toString(size)).with("distribution", distribution))
                        .map(row -> inShort ? row : row.inFullOnly())
                        .toList());
    }

    private static ReportSection read(int size, String distribution) {
        return section(
                read(size),
                "Threads read the values of random keys. No thread updates the map.",
                MapRead.class,
                ALONE_AND_TOGETHER,
                size,
                distribution,
                List.of(
                        berth(GET, "berth").inSmoke(),
                        peer(CONCURRENT, "concurrentHashMap", GET).inSmoke(),
                        peer(NON_BLOCKING, "nonBlockingHashMapLong", GET),
                        peer(SYNCHRONIZED, "synchronizedMap", GET).inFullOnly(),
                        peer(CHRONICLE, "chronicleMap", GET).inFullOnly(),
                        berth(GET_ALL, "berthAll32").withBaseline(GET),
                        berth("Berth, getAll of 8", "berthAll8")
                                .withBaseline(GET)
                                .inFullOnly(),
                        berth("Berth, getAll of 128", "berthAll128")
                                .withBaseline(GET)
                                .inFullOnly(),
                        berth(MISS, "berthMiss").inFullOnly(),
                        peer(CONCURRENT + ", absent key", "concurrentHashMapMiss", MISS)
                                .inFullOnly(),
                        peer(NON_BLOCKING + ", absent key", "nonBlockingHashMapLongMiss", MISS)
                                .inFullOnly(),
                        berth(HALF_MISS, "berthHalfMiss").inFullOnly(),
                        peer(CONCURRENT + ", half absent", "concurrentHashMapHalfMiss", HALF_MISS)
                                .inFullOnly(),
                        peer(NON_BLOCKING + ", half absent", "nonBlockingHashMapLongHalfMiss", HALF_MISS)
                                .inFullOnly()));
    }

    private static ReportSection add(int size, String distribution) {
        return section(
                add(size),
                "Threads add to the values of random keys.",
                MapUpdate.class,
                ALONE_AND_TOGETHER,
                size,
                distribution,
                List.of(
                        berth(GET_AND_ADD, "berthGetAndAdd").inSmoke(),
                        peer(CONCURRENT_MERGE, "concurrentHashMapMerge", GET_AND_ADD)
                                .inSmoke(),
                        peer(NON_BLOCKING + ", get and replace", "nonBlockingHashMapLongReplace", GET_AND_ADD)
                                .inFullOnly(),
                        peer(CONCURRENT + " of AtomicLong", "concurrentHashMapOfAtomicLong", GET_AND_ADD)
                                .inFullOnly(),
                        peer(NON_BLOCKING + " of AtomicLong", "nonBlockingHashMapLongOfAtomicLong", GET_AND_ADD)
                                .inFullOnly(),
                        peer(SYNCHRONIZED + ".merge", "synchronizedMapMerge", GET_AND_ADD)
                                .inFullOnly(),
                        berth("Berth, addAll of 32", "berthAddAll32")
                                .withBaseline(GET_AND_ADD)
                                .inFullOnly()));
    }

    private static ReportSection put(int size, String distribution) {
        return section(
                put(size),
                "Threads set the values of random keys, all present.",
                MapUpdate.class,
                ALONE_AND_TOGETHER,
                size,
                distribution,
                List.of(
                        berth(PUT, "berthPut").inSmoke().inFullOnly(),
                        peer(CONCURRENT, "concurrentHashMapPut", PUT).inFullOnly(),
                        peer(NON_BLOCKING, "nonBlockingHashMapLongPut", PUT).inFullOnly(),
                        peer(SYNCHRONIZED, "synchronizedMapPut", PUT).inFullOnly()));
    }

    private static ReportSection mixed(int percent, int size) {
        List<Row> rows = List.of(
                berth(MIX, "berth").alsoOversubscribed().inSmoke(),
                peer(CONCURRENT, "concurrentHashMap", MIX).alsoOversubscribed().inSmoke(),
                peer(NON_BLOCKING, "nonBlockingHashMapLong", MIX).inFullOnly(),
                peer(SYNCHRONIZED, "synchronizedMap", MIX).alsoOversubscribed().inFullOnly());
        return section(
                mix(percent, size),
                "Threads read, put and remove random keys, half of them present; half of the updates put, half remove.",
                MapMix.class,
                ALONE_AND_TOGETHER,
                size,
                "uniform",
                rows.stream()
                        .map(row ->
                                row.with("percent", Integer.toString(percent)).with("room", "2"))
                        .map(row -> percent == 50 ? row : row.inFullOnly())
                        .toList());
    }

    private static ReportSection churn(int size) {
        return section(
                "Map: churn, " + keys(size),
                "Each thread puts a new key and removes its oldest; an operation is both.",
                MapChurn.class,
                ALONE_AND_TOGETHER,
                size,
                "uniform",
                List.of(
                        berth(MIX, "berth").inFullOnly(),
                        peer(CONCURRENT, "concurrentHashMap", MIX).inFullOnly(),
                        peer(NON_BLOCKING, "nonBlockingHashMapLong", MIX).inFullOnly(),
                        peer(SYNCHRONIZED, "synchronizedMap", MIX).inFullOnly()));
    }

    private static ReportSection alone(int size, String distribution) {
        return section(
                alone(size),
                "One thread reads the values of random keys, also in maps that are not thread-safe.",
                MapRead.class,
                EnumSet.of(ThreadCounts.ONE),
                size,
                distribution,
                List.of(
                        berth(GET, "berth").inSmoke(),
                        peer(HASH_MAP, "hashMap", GET).inSmoke(),
                        peer(AGRONA, "agronaHashMap", GET).inFullOnly()));
    }

    private static ReportSection filling() {
        return new ReportSection(
                List.of("Map: filling"),
                "One thread puts 200 K keys into a map that starts empty and small.",
                MapFilling.class,
                EnumSet.of(ThreadCounts.ONE),
                List.of(
                        berth(MIX, "berth").inSmoke().inFullOnly(),
                        peer(CONCURRENT, "concurrentHashMap", MIX).inFullOnly(),
                        peer(NON_BLOCKING, "nonBlockingHashMapLong", MIX).inFullOnly(),
                        peer(HASH_MAP, "hashMap", MIX).inFullOnly()));
    }
}
