package org.berth.core;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.berth.core.slots.SlotTable;
import org.junit.jupiter.api.Test;

/** What this module may know of: memory through org.berth.offheap, and nothing of how that comes by it. */
class CoreBoundariesTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.berth.core");

    @Test
    void thereAreClassesToCheck() {
        assertThat(CLASSES.contain(SlotTable.class)).isTrue();
    }

    @Test
    void knowsOnlyWhatIsBelowIt() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "org.berth.core..",
                        "org.berth.offheap..",
                        "java..",
                        "org.agrona..",
                        "com.dynatrace.hash4j.hashing",
                        "org.jctools.queues.varhandle",
                        "org.jspecify..")
                .check(CLASSES);
    }

    @Test
    void usesNoMemoryByItself() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .haveNameMatching(
                        "sun\\..*|jdk\\.internal\\..*|.*Unsafe.*|org\\.agrona\\.BufferUtil|java\\.lang\\.foreign\\..*"
                                + "|java\\.nio\\.channels\\..*|java\\.nio\\.MappedByteBuffer")
                .check(CLASSES);
    }

    /** Below the API: what works on memory does not know what is made of it. */
    @Test
    void structuresDoNotKnowTheirApi() {
        assertKnowNothingOf(
                "org.berth.core.slots",
                List.of(
                        "TableDescriptor",
                        "NodePartitions",
                        "KeyIndex",
                        "Ownership",
                        "SeqLock",
                        "RedoLog",
                        "RetainedTotals",
                        "Reclamation",
                        "StagedWords",
                        "TableHeader",
                        "TableMemory",
                        "TableFile"),
                List.of("SlotTable", "PerThread", "Slot", "SlotView", "RecordAccess", "RecordCursor", "Claims"));
        assertKnowNothingOf(
                "org.berth.core.slots",
                List.of("Totals", "Claim", "Claims", "Slot", "SlotView", "SlotWrite", "RecordAccess", "RecordCursor"),
                List.of("SlotTable", "PerThread", "ThreadReclaimer", "LeaseQueue"));
        assertKnowNothingOf("org.berth.core.slots", List.of("SlotTable"), List.of("PerThread", "ThreadReclaimer"));
        assertKnowNothingOf(
                "org.berth.core.slots", List.of("ThreadReclaimer", "LeaseQueue", "ThreadSlots"), List.of("PerThread"));
        assertKnowNothingOf(
                "org.berth.core.map",
                List.of("Table", "TableList", "Transfer", "ValueCodec", "RecursiveUpdates", "FunctionUpdate"),
                List.of("LongLongMap", "LongDoubleMap", "ConcurrentMapView", "Traversal"));
        assertKnowNothingOf(
                "org.berth.core.store",
                List.of("Records", "Segment", "SegmentStack", "Log", "Segments", "Xxh3"),
                List.of("Evacuator", "RecordMap", "BytesMap"));
        assertKnowNothingOf("org.berth.core.store", List.of("Evacuator"), List.of("RecordMap", "BytesMap"));
        assertKnowNothingOf(
                "org.berth.core.store",
                List.of("RecordMap", "BytesMap", "ExpandableBuffer", "Codecs", "RecordCodecs"),
                List.of("OffHeapMap", "OffHeapMapViews", "MappingCursor", "Scratch"));
        assertKnowNothingOf(
                "org.berth.core.lock",
                List.of("ThreadState", "LockTable", "LockNode", "ExclusiveLock", "MultiLock"),
                List.of("KeyLocks"));
    }

    private static void assertKnowNothingOf(String room, List<String> below, List<String> above) {
        Stream.of(below, above)
                .flatMap(List::stream)
                .forEach(name ->
                        assertThat(CLASSES.contain(room + "." + name)).as(name).isTrue());
        noClasses()
                .that()
                .haveNameMatching(named(room, below))
                .should()
                .dependOnClassesThat()
                .haveNameMatching(named(room, above))
                .check(CLASSES);
    }

    /** These classes, and those nested in them. */
    private static String named(String room, List<String> names) {
        return Pattern.quote(room) + "\\.(" + String.join("|", names) + ")(\\$.*)?";
    }
}
