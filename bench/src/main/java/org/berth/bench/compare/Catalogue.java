package org.berth.bench.compare;

import static org.berth.bench.compare.Row.berth;
import static org.berth.bench.compare.Row.peer;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.berth.bench.workload.BufferAccess;
import org.berth.bench.workload.FalseSharing;
import org.berth.bench.workload.OwnKeyByHandle;
import org.berth.bench.workload.OwnKeyByKey;
import org.berth.bench.workload.OwnKeyWithReader;
import org.berth.bench.workload.RecordAlone;
import org.berth.bench.workload.RecordWithReader;
import org.berth.bench.workload.SingleThread;
import org.berth.bench.workload.TestAndSet;

/**
 * The benchmarks of slots and buffers, and their baselines: operations by handle are compared with operations by
 * handle, those by key with those by key. In each section, the peers of a row of Berth follow it.
 */
final class Catalogue {

    static final String BY_HANDLE = "Own key, by handle";
    static final String BY_KEY = "Own key, by key";
    static final String WRITERS = "Own key, with a reader: a writer's cost";
    static final String READER = "Own key, with a reader: the reader's cost";
    static final String TEST_AND_SET = "Test-and-set, own entries";
    static final String CONTENDED = "Test-and-set, one entry for all";
    static final String FALSE_SHARING = "Padding";
    static final String SINGLE = "A single thread";
    static final String RECORD_WRITE = "A record: three fields written";
    static final String RECORD_READ = "A record: five fields read";
    static final String RECORD_WRITERS = "A record, with a reader: a writer's cost";
    static final String RECORD_READER = "A record, with a reader: the reader's cost";
    static final String BUFFER = "Buffer access";

    static final String ADD = "Berth, owned add";
    static final String ADD_EIGHT = "Berth, owned add, eight tables in turn";
    static final String GET_AND_ADD = "Berth, getAndAdd by key";
    static final String BY_NAME = "Berth, getAndAdd by name";
    static final String CAS = "Berth, compareAndSet by handle";
    static final String CAS_BY_KEY = "Berth, compareAndSet by key";
    static final String SUM = "Berth, owned add; sum";
    static final String SUM_BY_KEY = "Berth, getAndAdd by key; sum";

    static final String LONG_ADDER = "LongAdder";
    static final String AGRONA = "Agrona AtomicCounter.incrementRelease";
    static final String AGRONA_EIGHT = "Agrona AtomicCounter, eight in turn";
    static final String RELEASE_WRITE = "long[], own and padded: read, release write";
    static final String SYNCHRONIZED_MAP = "Collections.synchronizedMap, merge";
    static final String LOCKED_MAP = "HashMap under a ReentrantLock, merge";
    static final String CONCURRENT_MERGE = "ConcurrentHashMap.merge";
    static final String CONCURRENT_OF_ATOMICS = "ConcurrentHashMap of AtomicLong";
    static final String CONCURRENT_REPLACE = "ConcurrentHashMap.replace";
    static final String SYNCHRONIZED = "long under synchronized";
    static final String LOCKED = "long under a ReentrantLock";
    static final String PADDED_ARRAY = "AtomicLongArray, padded";
    static final String HASH_MAP_MERGE = "HashMap.merge, unsafe for threads";
    static final String HASH_MAP_GET_PUT = "HashMap.get and put, unsafe for threads";

    static final String WRITE = "Berth, begin and commit";
    static final String WRITE_BY_FUNCTION = "Berth, write with a function";
    static final String READ = "Berth, read into a snapshot";
    static final String WRITE_AND_READ = "Berth, write; read";
    static final String STAMPED_WRITE = "StampedLock.writeLock";
    static final String STAMPED_READ = "StampedLock.tryOptimisticRead";

    private static final Set<ThreadCounts> ALONE_AND_TOGETHER = EnumSet.of(ThreadCounts.ONE, ThreadCounts.ONE_PER_CPU);

    private Catalogue() {}

    static List<ReportSection> sections() {
        return List.of(
                byHandle(),
                byKey(),
                withReader(),
                testAndSet(
                        TEST_AND_SET,
                        "own",
                        "Each thread sets the next value of its own entry if it is what it read before.",
                        ALONE_AND_TOGETHER),
                testAndSet(
                        CONTENDED,
                        "one",
                        "Threads set the next value of one entry if it is what they read before, until that succeeds.",
                        EnumSet.of(ThreadCounts.ONE_PER_CPU)),
                falseSharing(),
                single(),
                recordWrite(),
                recordRead(),
                recordWithReader(),
                buffer());
    }

    private static ReportSection byHandle() {
        return new ReportSection(
                List.of(BY_HANDLE),
                "Each thread adds 1 under its own key, through a handle that it holds.",
                OwnKeyByHandle.class,
                ALONE_AND_TOGETHER,
                List.of(
                        berth(ADD, "berth").alsoOversubscribed().inSmoke(),
                        peer(LONG_ADDER, "longAdder", ADD).alsoOversubscribed().inSmoke(),
                        peer("ThreadLocal, which nobody else can read", "threadLocal", ADD),
                        peer("AtomicLong for each thread", "atomicLong", ADD).inFullOnly(),
                        peer("AtomicLongArray, neighbouring elements", "atomicLongArray", ADD),
                        peer(PADDED_ARRAY, "atomicLongArrayPadded", ADD).alsoOversubscribed(),
                        peer(AGRONA, "agronaCounter", ADD).alsoOversubscribed(),
                        peer(RELEASE_WRITE, "plainReadReleaseWrite", ADD),
                        peer("long[], own and padded: plain increment", "plainIncrement", ADD),
                        berth("Berth, owned add, not the first table", "berthLaterTable")
                                .withBaseline(ADD),
                        berth(ADD_EIGHT, "berthEightTables"),
                        peer(AGRONA_EIGHT, "agronaCounterEight", ADD_EIGHT)));
    }

    private static ReportSection byKey() {
        return new ReportSection(
                List.of(BY_KEY),
                "Each thread adds 1 under its own key, which it looks up each time.",
                OwnKeyByKey.class,
                ALONE_AND_TOGETHER,
                List.of(
                        berth(GET_AND_ADD, "berth").alsoOversubscribed().inSmoke(),
                        peer(SYNCHRONIZED_MAP, "synchronizedMap", GET_AND_ADD).alsoOversubscribed(),
                        peer(LOCKED_MAP, "lockedMap", GET_AND_ADD).alsoOversubscribed(),
                        peer(CONCURRENT_MERGE, "concurrentHashMapMerge", GET_AND_ADD)
                                .alsoOversubscribed()
                                .inSmoke(),
                        peer(CONCURRENT_OF_ATOMICS, "concurrentHashMapOfAtomics", GET_AND_ADD),
                        berth("Berth, getAndAdd by key, not the first table", "berthLaterTable")
                                .withBaseline(GET_AND_ADD),
                        berth("Berth, getAndAdd by key, recycling table", "berthRecycling")
                                .withBaseline(GET_AND_ADD)
                                .inFullOnly(),
                        berth(BY_NAME, "berthByName"),
                        peer("ConcurrentHashMap.merge by name", "concurrentHashMapMergeByName", BY_NAME)));
    }

    private static ReportSection withReader() {
        return new ReportSection(
                List.of(WRITERS, READER),
                "Each thread but one adds 1 under its own key; the last one sums up the dictionary, over and over. "
                        + "B/op is that of both together.",
                OwnKeyWithReader.class,
                EnumSet.of(ThreadCounts.ONE_PER_CPU),
                List.of(
                        berth(SUM, "berth").inSmoke(),
                        peer(LONG_ADDER, "longAdder", SUM).inSmoke(),
                        peer(PADDED_ARRAY, "atomicLongArrayPadded", SUM),
                        peer("AtomicLongArray, padded: plain read, release write", "paddedArrayOneWriter", SUM),
                        berth(SUM_BY_KEY, "berthByKey"),
                        peer(CONCURRENT_MERGE, "concurrentHashMap", SUM_BY_KEY),
                        peer(SYNCHRONIZED_MAP, "synchronizedMap", SUM_BY_KEY),
                        peer(LOCKED_MAP, "lockedMap", SUM_BY_KEY)));
    }

    private static ReportSection testAndSet(String title, String entries, String about, Set<ThreadCounts> counts) {
        boolean contended = title.equals(CONTENDED);
        Set<String> oversubscribed = Set.of(CAS, SYNCHRONIZED, LOCKED, CAS_BY_KEY, CONCURRENT_REPLACE);
        List<Row> rows = List.of(
                berth(CAS, "berthByHandle"),
                peer(SYNCHRONIZED, "synchronizedLong", CAS),
                peer(LOCKED, "lockedLong", CAS),
                peer(PADDED_ARRAY, "atomicLongArrayPadded", CAS),
                berth(CAS_BY_KEY, "berthByKey").inSmoke(),
                peer("HashMap under synchronized", "synchronizedHashMap", CAS_BY_KEY),
                peer(CONCURRENT_REPLACE, "concurrentHashMapReplace", CAS_BY_KEY).inSmoke(),
                peer("ConcurrentHashMap.compute", "concurrentHashMapCompute", CAS_BY_KEY),
                peer(CONCURRENT_OF_ATOMICS, "concurrentHashMapOfAtomics", CAS_BY_KEY));
        return new ReportSection(
                List.of(title),
                about,
                TestAndSet.class,
                counts,
                rows.stream()
                        .map(row -> row.with("entries", entries))
                        .map(row -> contended && oversubscribed.contains(row.label()) ? row.alsoOversubscribed() : row)
                        .toList());
    }

    private static ReportSection falseSharing() {
        String baseline = "Berth, 128 bytes (the default)";
        return new ReportSection(
                List.of(FALSE_SHARING),
                "Each thread adds to its own record, the neighbour of another thread's, by the padding of the table.",
                FalseSharing.class,
                EnumSet.of(ThreadCounts.ONE_PER_CPU),
                List.of(
                        berth(baseline, "berth").with("padding", "128").inSmoke(),
                        berth("Berth, 64 bytes", "berth").with("padding", "64").withBaseline(baseline),
                        berth("Berth, 8 bytes", "berth")
                                .with("padding", "8")
                                .withBaseline(baseline)
                                .inSmoke()));
    }

    private static ReportSection single() {
        return new ReportSection(
                List.of(SINGLE),
                "The same updates in a process that has one thread.",
                SingleThread.class,
                EnumSet.of(ThreadCounts.ONE),
                List.of(
                        berth(ADD, "berthByHandle").inSmoke(),
                        peer("long[], plain increment", "plainArray", ADD),
                        berth(GET_AND_ADD, "berthByKey").inSmoke(),
                        peer(HASH_MAP_MERGE, "hashMapMerge", GET_AND_ADD).inSmoke(),
                        peer(HASH_MAP_GET_PUT, "hashMapGetPut", GET_AND_ADD),
                        berth("Berth, getAndAdd by a cursor", "berthByCursor")
                                .withBaseline(GET_AND_ADD)
                                .inFullOnly(),
                        berth(CAS, "berthTestAndSet")));
    }

    private static ReportSection recordWrite() {
        return new ReportSection(
                List.of(RECORD_WRITE),
                "A thread sets three of a record's five longs, which others must see together or not at all.",
                RecordAlone.class,
                EnumSet.of(ThreadCounts.ONE),
                List.of(
                        berth(WRITE, "writeBerth").inSmoke(),
                        peer(STAMPED_WRITE, "writeStampedLock", WRITE).inSmoke(),
                        peer("synchronized", "writeSynchronizedRecord", WRITE).inFullOnly(),
                        peer("Immutable record in an AtomicReference", "writeAtomicReference", WRITE)
                                .inFullOnly(),
                        peer("Immutable record in a ConcurrentHashMap", "writeConcurrentHashMap", WRITE)
                                .inFullOnly(),
                        berth(WRITE_BY_FUNCTION, "writeBerthByFunction")
                                .withBaseline(WRITE)
                                .inFullOnly()));
    }

    private static ReportSection recordRead() {
        return new ReportSection(
                List.of(RECORD_READ),
                "A thread reads a record's five longs, as they were at one moment.",
                RecordAlone.class,
                EnumSet.of(ThreadCounts.ONE),
                List.of(
                        berth(READ, "readBerth").inSmoke(),
                        peer(STAMPED_READ, "readStampedLock", READ).inSmoke(),
                        peer("synchronized", "readSynchronizedRecord", READ).inFullOnly(),
                        peer("Immutable record in an AtomicReference", "readAtomicReference", READ)
                                .inFullOnly(),
                        peer("Immutable record in a ConcurrentHashMap", "readConcurrentHashMap", READ)
                                .inFullOnly()));
    }

    private static ReportSection recordWithReader() {
        return new ReportSection(
                List.of(RECORD_WRITERS, RECORD_READER),
                "Each thread but one writes a record of its own, as above; the last one reads the first of them, "
                        + "over and over. B/op is that of both together.",
                RecordWithReader.class,
                EnumSet.of(ThreadCounts.ONE_PER_CPU),
                List.of(
                        berth(WRITE_AND_READ, "berth").inSmoke(),
                        peer("StampedLock, optimistic read", "stampedLock", WRITE_AND_READ)
                                .inSmoke(),
                        peer("synchronized", "synchronizedRecord", WRITE_AND_READ)
                                .inFullOnly(),
                        peer("Immutable record in an AtomicReference", "atomicReference", WRITE_AND_READ)
                                .inFullOnly(),
                        peer("Immutable record in a ConcurrentHashMap", "concurrentHashMap", WRITE_AND_READ)
                                .inFullOnly()));
    }

    private static ReportSection buffer() {
        Set<String> always = Set.of("getLong");
        List<Row> rows = new ArrayList<>();
        for (String type : List.of("Long", "Int")) {
            for (String access : List.of(
                    "get%s",
                    "put%s", "put%sRelease", "get%sVolatile", "put%sVolatile", "compareAndSet%s", "getAndAdd%s")) {
                String name = access.formatted(type);
                String suffix = name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
                String ours = "OffHeapBuffer." + name;
                Stream.of(berth(ours, "berth" + suffix), peer("UnsafeBuffer." + name, "agrona" + suffix, ours))
                        .map(row -> always.contains(name) ? row : row.inFullOnly())
                        .map(row -> name.equals("getLong") ? row.inSmoke() : row)
                        .forEach(rows::add);
            }
        }
        String eight = "OffHeapBuffer.getLong, eight in a row";
        rows.add(berth(eight, "berthGetEightLongs").inFullOnly());
        rows.add(peer("UnsafeBuffer.getLong, eight in a row", "agronaGetEightLongs", eight)
                .inFullOnly());
        return new ReportSection(
                List.of(BUFFER),
                "An access to a buffer in a field, at one index after the other; both check bounds.",
                BufferAccess.class,
                EnumSet.of(ThreadCounts.ONE),
                rows);
    }
}
