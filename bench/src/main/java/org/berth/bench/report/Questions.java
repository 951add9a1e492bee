package org.berth.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.berth.bench.calls.CallsVariant;
import org.berth.bench.chart.Digits;
import org.berth.bench.chart.SvgChart;
import org.berth.bench.memory.ChurnMemory;
import org.berth.bench.memory.StoreMemory;
import org.jspecify.annotations.Nullable;

/** The questions that the page of published runs answers, and which figures of which runs answer them. */
final class Questions {

    private static final String SLOTS = "2026-11-23-epyc-2cpu-0.1.0-slots";
    private static final String MAP = "2026-11-28-epyc-2cpu-0.1.0-map";
    private static final List<String> MAP_DETAILS =
            List.of("2026-11-28-epyc-2cpu-0.1.0-map-more", "2026-11-28-epyc-2cpu-0.1.0-map-10m");
    private static final String GROWTH = "2026-11-28-epyc-2cpu-0.1.0-growth";
    private static final String LATENCY = "2026-11-23-epyc-2cpu-0.1.0-latency";
    private static final String LOCKS = "2026-11-27-epyc-2cpu-0.1.0-sections";
    private static final String PER_THREAD = "2026-11-27-epyc-2cpu-0.1.0-per-thread";
    private static final String PLACEMENT = "2026-11-27-epyc-2cpu-0.1.0-placement";

    private static final String CONCURRENT = "ConcurrentHashMap";
    private static final String NON_BLOCKING = "JCTools NonBlockingHashMapLong";

    private final Path results;

    private Questions(Path results) {
        this.results = results;
    }

    /** Reads the runs; the keys are the names of the tables and charts. */
    static Map<String, Summary> read(Path results) throws InvalidInputException {
        Questions questions = new Questions(results);
        Map<String, Summary> all = new LinkedHashMap<>();
        all.put("own-record", questions.ownRecord());
        all.put("by-key", questions.byKey());
        all.put("several-fields", questions.severalFields());
        all.put("map", questions.map());
        all.put("map-resize", questions.mapResize());
        all.put("key-locks", questions.keyLocks());
        all.put("per-thread", questions.perThread());
        all.put("latency", questions.latency());
        all.put("placement", questions.placement());
        questions.addOthers(all);
        questions.addStore(all);
        return all;
    }

    private CostSummary ownRecord() throws InvalidInputException {
        String table = "Own key, by handle";
        return new CostSummary(
                "Each thread adds 1 to its own record, handle held: ns per operation",
                threads(1, 2, 8),
                List.of(
                        row("Berth: slot.add", table, "Berth, owned add"),
                        row("Agrona AtomicCounter", table, "Agrona AtomicCounter.incrementRelease"),
                        row("long[], padded, release write", table, "long[], own and padded: read, release write"),
                        row("AtomicLong for each thread", table, "AtomicLong for each thread"),
                        row("AtomicLongArray, padded", table, "AtomicLongArray, padded"),
                        row("LongAdder", table, "LongAdder"),
                        row("ThreadLocal<long[]>", table, "ThreadLocal, which nobody else can read"),
                        row("Berth: slot.add, not the first table", table, "Berth, owned add, not the first table")),
                folders(SLOTS));
    }

    private CostSummary byKey() throws InvalidInputException {
        String add = "Own key, by key";
        String set = "Test-and-set, own entries";
        return new CostSummary(
                "Each thread updates the entry under its own key, looked up each time: ns per operation",
                threads(1, 2, 8),
                List.of(
                        row("add: Berth, by key", add, "Berth, getAndAdd by key"),
                        row("add: ConcurrentHashMap of AtomicLong", add, "ConcurrentHashMap of AtomicLong"),
                        row("add: ConcurrentHashMap.merge", add, "ConcurrentHashMap.merge"),
                        row("add: HashMap under a ReentrantLock", add, "HashMap under a ReentrantLock, merge"),
                        row("add: Collections.synchronizedMap", add, "Collections.synchronizedMap, merge"),
                        row("add: Berth, by key, recycling table", add, "Berth, getAndAdd by key, recycling table"),
                        row("add: Berth, by name", add, "Berth, getAndAdd by name"),
                        row("add: ConcurrentHashMap.merge by name", add, "ConcurrentHashMap.merge by name"),
                        row("test-and-set: Berth, by handle", set, "Berth, compareAndSet by handle"),
                        row("test-and-set: AtomicLongArray, padded", set, "AtomicLongArray, padded"),
                        row("test-and-set: Berth, by key", set, "Berth, compareAndSet by key"),
                        row("test-and-set: ConcurrentHashMap.replace", set, "ConcurrentHashMap.replace")),
                folders(SLOTS));
    }

    private CostSummary severalFields() throws InvalidInputException {
        return new CostSummary(
                "Three fields written and five read atomically: ns per operation",
                List.of(
                        new CostSummary.Column("write, alone", "A record: three fields written", 1),
                        new CostSummary.Column("read, alone", "A record: five fields read", 1),
                        new CostSummary.Column("write, with a reader", "A record, with a reader: a writer's cost", 2),
                        new CostSummary.Column("read, with a writer", "A record, with a reader: the reader's cost", 2)),
                List.of(
                        row(
                                "Berth: begin and commit; read",
                                "%s",
                                "Berth, begin and commit",
                                "Berth, read into a snapshot",
                                "Berth, write; read"),
                        row(
                                "StampedLock",
                                "%s",
                                "StampedLock.writeLock",
                                "StampedLock.tryOptimisticRead",
                                "StampedLock, optimistic read"),
                        row("synchronized", "%s", "synchronized"),
                        row("immutable record, AtomicReference", "%s", "Immutable record in an AtomicReference"),
                        row("immutable record, ConcurrentHashMap", "%s", "Immutable record in a ConcurrentHashMap")),
                folders(SLOTS));
    }

    private CostSummary map() throws InvalidInputException {
        List<CostSummary.Row> rows = new ArrayList<>(List.of(
                row("get: Berth", "Map: get, %s", "Berth, get"),
                row("get: " + CONCURRENT, "Map: get, %s", CONCURRENT),
                row("get: " + NON_BLOCKING, "Map: get, %s", NON_BLOCKING),
                row("get of 32 keys: Berth, getAll", "Map: get, %s", "Berth, getAll of 32"),
                row("get, zipf: Berth", "Map: get, %s, zipf", "Berth, get"),
                row("get, zipf: " + CONCURRENT, "Map: get, %s, zipf", CONCURRENT),
                row("get, zipf: " + NON_BLOCKING, "Map: get, %s, zipf", NON_BLOCKING),
                row("get of an absent key: Berth", "Map: get, %s", "Berth, get of an absent key"),
                row("get of an absent key: " + CONCURRENT, "Map: get, %s", CONCURRENT + ", absent key"),
                row("get of an absent key: " + NON_BLOCKING, "Map: get, %s", NON_BLOCKING + ", absent key"),
                row("get, half absent: Berth", "Map: get, %s", "Berth, get, half of the keys absent"),
                row("get, half absent: " + CONCURRENT, "Map: get, %s", CONCURRENT + ", half absent"),
                row("get, half absent: " + NON_BLOCKING, "Map: get, %s", NON_BLOCKING + ", half absent"),
                row("add: Berth, getAndAdd", "Map: add to a value, %s", "Berth, getAndAdd"),
                row("add: ConcurrentHashMap.merge", "Map: add to a value, %s", "ConcurrentHashMap.merge"),
                row("add: " + CONCURRENT + " of AtomicLong", "Map: add to a value, %s", CONCURRENT + " of AtomicLong"),
                row("add: " + NON_BLOCKING, "Map: add to a value, %s", NON_BLOCKING + ", get and replace")));
        Map<String, String> operations = new LinkedHashMap<>();
        operations.put("put", "Map: put, %s");
        operations.put("50 % updates", "Map: 50 %% updates, %s");
        operations.put("churn", "Map: churn, %s");
        operations.forEach((operation, table) -> {
            rows.add(row(operation + ": Berth", table, "Berth", "Berth, put"));
            rows.add(row(operation + ": " + CONCURRENT, table, CONCURRENT));
            rows.add(row(operation + ": " + NON_BLOCKING, table, NON_BLOCKING));
        });
        return new CostSummary(
                "Two threads use a map under random keys: ns per operation",
                List.of(
                        new CostSummary.Column("1 K keys", "1 K keys", 2),
                        new CostSummary.Column("100 K keys", "100 K keys", 2),
                        new CostSummary.Column("10 M keys", "10 M keys", 2)),
                rows,
                folders(Stream.concat(Stream.of(MAP), MAP_DETAILS.stream()).toArray(String[]::new)));
    }

    private CallSummary mapResize() throws InvalidInputException {
        Growth growth = Growth.read(
                results.resolve(GROWTH),
                0,
                Folder.read(results.resolve(GROWTH), 0).files());
        List<CallSummary.Row> rows = new ArrayList<>();
        for (Growth.Group group : growth.groups()) {
            List<Growth.Line> rounds = growth.lines().stream()
                    .filter(line -> line.what().equals(group.what())
                            && line.map().equals(group.map())
                            && line.presized() == group.presized())
                    .toList();
            Double bytes = rounds.getFirst().bytesPerEntry();
            rows.add(new CallSummary.Row(
                    group.what() + ": " + group.map() + (group.presized() ? ", presized" : ""),
                    group.berth(),
                    rounds.stream().map(Growth.Line::percentiles).toList(),
                    bytes == null ? "–" : Digits.three(bytes)));
        }
        return new CallSummary(
                "Calls while a map grows from 1 K to 10 M keys",
                "bytes per entry",
                rows,
                List.of(
                        panel("reads, growing", growth, "reads", false),
                        panel("reads, presized", growth, "reads", true),
                        panel("inserts, growing", growth, "inserts", false)));
    }

    /** Adds the questions that a published run of their kind answers. */
    private void addOthers(Map<String, Summary> all) throws InvalidInputException {
        Path calls = newest("-calls");
        if (calls != null) {
            all.put(
                    "map-calls",
                    mapCalls(Calls.read(calls, Folder.read(calls, 0).files())));
        }
        Path memory = newest("-" + ChurnMemory.KIND);
        if (memory != null) {
            all.put(
                    ChurnMemory.KIND,
                    new MemorySummary(
                            ChurnMemoryFiles.read(memory, Folder.read(memory, 0).files())));
        }
    }

    /** Adds the questions about the store that published runs answer. */
    private void addStore(Map<String, Summary> all) throws InvalidInputException {
        Path store = newest("-store");
        if (store != null) {
            all.put("store", store(Folder.read(store, 0)));
        }
        Path memory = newest("-" + StoreMemory.KIND);
        if (memory != null) {
            all.put(
                    StoreMemory.KIND,
                    new StoreMemorySummary(
                            StoreMemoryFiles.read(memory, Folder.read(memory, 0).files())));
        }
    }

    private static CostSummary store(Folder folder) {
        Map<String, String> operations = new LinkedHashMap<>();
        operations.put("get", "Store: get, %s");
        operations.put("get, zipf", "Store: get, %s, zipf");
        operations.put("put", "Store: put, %s");
        operations.put("5 % updates", "Store: 5 %% updates, %s");
        operations.put("50 % updates", "Store: 50 %% updates, %s");
        operations.put("churn", "Store: churn, %s");
        List<CostSummary.Row> rows = new ArrayList<>();
        operations.forEach((operation, table) -> {
            rows.add(row(operation + ": Berth", table, "Berth", "Berth, get", "Berth, put"));
            for (String peer : List.of(
                    CONCURRENT + ", a String made per call",
                    CONCURRENT + ", a String held",
                    "Chronicle Map",
                    "Caffeine, bounded",
                    "Ehcache, off-heap",
                    "OHC")) {
                rows.add(row(operation + ": " + peer, table, peer));
            }
        });
        List<CostSummary.Column> columns = new ArrayList<>();
        for (String entries :
                List.of("1 K values of 32", "100 K values of 32", "5 M values of 32", "100 K values of 256")) {
            columns.add(new CostSummary.Column(entries, entries + " bytes", 2));
        }
        return new CostSummary(
                "Two threads use a store under random strings: ns per operation", columns, rows, List.of(folder));
    }

    /** Returns the newest folder of a kind, whose name begins with the day, or null. */
    private @Nullable Path newest(String end) throws InvalidInputException {
        try (Stream<Path> folders = Files.list(results)) {
            return folders.filter(folder -> folder.getFileName().toString().endsWith(end))
                    .max(Comparator.naturalOrder())
                    .orElse(null);
        } catch (IOException e) {
            throw new InvalidInputException("cannot read: folder=" + results + " reason=" + e, e);
        }
    }

    private static CallSummary mapCalls(Calls calls) {
        List<CallSummary.Row> rows = new ArrayList<>();
        List<SvgChart.Panel> panels = new ArrayList<>();
        for (CallsVariant.Workload workload : CallsVariant.Workload.values()) {
            for (String what : List.of("inserts", "removes", "clear")) {
                List<SvgChart.Curve> curves = new ArrayList<>();
                for (List<Calls.Line> rounds : calls.rounds(workload, what)) {
                    Calls.Line first = rounds.getFirst();
                    rows.add(new CallSummary.Row(
                            workload.id() + ", " + what + ": " + first.map(),
                            first.berth(),
                            rounds.stream().map(Calls.Line::percentiles).toList(),
                            Digits.times(
                                    rounds.stream().map(Calls.Line::totalNanos).toList())));
                    rounds.forEach(round -> curves.add(new SvgChart.Curve(
                            round.map(), round.berth(), round.percentiles().points())));
                }
                // One call has no distribution.
                if (!curves.isEmpty() && workload != CallsVariant.Workload.CLEAR) {
                    panels.add(new SvgChart.Panel(workload.id() + ", " + what, curves));
                }
            }
        }
        return new CallSummary(
                "Calls of a map under churn, and calls that remove every key", "all calls together", rows, panels);
    }

    private static SvgChart.Panel panel(String title, Growth growth, String what, boolean presized) {
        return new SvgChart.Panel(
                title,
                growth.lines().stream()
                        .filter(line -> line.what().equals(what) && line.presized() == presized)
                        .map(line -> new SvgChart.Curve(
                                line.map(), line.berth(), line.percentiles().points()))
                        .toList());
    }

    private CostSummary keyLocks() throws InvalidInputException {
        String own = "Key lock, own key";
        String one = "Key lock, one key for all";
        return new CostSummary(
                "Lock a key, add 1, unlock: ns per operation",
                List.of(
                        new CostSummary.Column("own key, 1 thread", own, 1),
                        new CostSummary.Column("own key, 2 threads", own, 2),
                        new CostSummary.Column("one key, 2 threads", one, 2),
                        new CostSummary.Column("one key, 8 threads", one, 8)),
                List.of(
                        row("Berth: KeyLocks.lock", "%s", "Berth, lock and close"),
                        row("Guava Striped<Lock>", "%s", "Guava Striped<Lock>"),
                        row("ReentrantLock in a ConcurrentHashMap", "%s", "ReentrantLock in a ConcurrentHashMap"),
                        row("monitor in a ConcurrentHashMap", "%s", "synchronized, object in a ConcurrentHashMap"),
                        row("one ReentrantLock for all keys", "%s", "One ReentrantLock for all keys"),
                        row("Berth: KeyLocks.lock by name", "%s", "Berth, lock by name and close")),
                folders(LOCKS));
    }

    private CostSummary perThread() throws InvalidInputException {
        String get = "Per-thread record, looked up";
        String add = "Per-thread counter, looked up and incremented";
        return new CostSummary(
                "A record of the current thread: ns per operation",
                threads(1, 2),
                List.of(
                        row("get: Berth, PerThread.get", get, "Berth, PerThread.get"),
                        row("get: ThreadLocal.get", get, "ThreadLocal.get"),
                        row("add: Berth, PerThread.add", add, "Berth, PerThread.add"),
                        row("add: LongAdder", add, "LongAdder.add"),
                        row("add: LongAccumulator", add, "LongAccumulator.accumulate"),
                        row("add: ThreadLocal<long[]>", add, "ThreadLocal<long[]>, private to the thread"),
                        row("add: Berth, slot held", add, "Berth, Slot.add, handle held"),
                        row("lease: Berth, lease, add, close", "A lease", "Berth, lease a slot, add, close"),
                        row(
                                "lease: JCTools MpmcArrayQueue as a pool",
                                "A lease",
                                "JCTools MpmcArrayQueue of " + "AtomicLong")),
                folders(PER_THREAD));
    }

    private CallSummary latency() throws InvalidInputException {
        List<Latency> charts = Folder.read(results.resolve(LATENCY), 0).latency();
        List<CallSummary.Row> rows = new ArrayList<>();
        List<SvgChart.Panel> panels = new ArrayList<>();
        for (String workload : List.of("own-key", "map-50", "insert")) {
            for (Latency chart : charts) {
                if (chart.load().workload().equals(workload)) {
                    List<SvgChart.Curve> curves = new ArrayList<>();
                    for (Latency.Line line : chart.lines()) {
                        Percentiles percentiles = line.percentiles();
                        if (percentiles != null) {
                            rows.add(new CallSummary.Row(
                                    workload + ": " + line.implementation(),
                                    line.berth(),
                                    List.of(percentiles),
                                    verdict(line)));
                            curves.add(new SvgChart.Curve(line.implementation(), line.berth(), percentiles.points()));
                        }
                    }
                    panels.add(new SvgChart.Panel(workload, curves));
                }
            }
        }
        return new CallSummary(
                "Time from the intended start, at 100 000 operations per second and thread",
                "p99.9 against Berth",
                rows,
                panels);
    }

    private static String verdict(Latency.Line line) {
        String ratio = line.ratio() == null ? "–" : Digits.three(line.ratio()) + " ×";
        return switch (line.verdict()) {
            case WON, NONE -> ratio;
            case LOST -> "**" + ratio + "**";
            case NO_DIFFERENCE -> "≈";
        };
    }

    private CostSummary placement() throws InvalidInputException {
        String get = "Pages: get, 10 M keys";
        String add = "Pages: getAndAdd, 10 M keys";
        String grow = "Pages: a map that grows from 1 K to 10 M keys";
        String where = "The current CPU and node";
        String claim = "Claim, close and remove";
        return new CostSummary(
                "Placement: ns per operation",
                threads(1, 2),
                List.of(
                        row("add, records 128 bytes apart", "Padding of owned fields", "Berth, 128 bytes"),
                        row("add, 64 bytes apart", "Padding of owned fields", "Berth, 64 bytes"),
                        row("add, 8 bytes apart", "Padding of owned fields", "Berth, 8 bytes"),
                        row("map get, huge pages", get, "Berth, huge pages, pre-touched"),
                        row("map get, ordinary pages", get, "Berth, no placement"),
                        row("map getAndAdd, huge pages", add, "Berth, huge pages, pre-touched"),
                        row("map getAndAdd, ordinary pages", add, "Berth, no placement"),
                        row("put into a growing map, huge pages", grow, "Berth, huge pages"),
                        row("put into a growing map, ordinary pages", grow, "Berth, no placement"),
                        row("CurrentCpu.node", where, "Berth, CurrentCpu.node"),
                        row("ThreadLocal.get", where, "ThreadLocal.get"),
                        row("claim, close, remove, spread over nodes", claim, "Berth, spread over the nodes"),
                        row("claim, close, remove, not spread", claim, "Berth, not spread")),
                folders(PLACEMENT));
    }

    private static CostSummary.Row row(String name, String table, String... labels) {
        return new CostSummary.Row(name, table, List.of(labels));
    }

    private static List<CostSummary.Column> threads(int... counts) {
        List<CostSummary.Column> columns = new ArrayList<>();
        for (int count : counts) {
            columns.add(new CostSummary.Column(count + (count == 1 ? " thread" : " threads"), "", count));
        }
        return columns;
    }

    private List<Folder> folders(String... names) throws InvalidInputException {
        List<Folder> folders = new ArrayList<>();
        for (String name : names) {
            folders.add(Folder.read(results.resolve(name), folders.size()));
        }
        return folders;
    }
}
