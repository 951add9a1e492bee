package org.berth.offheap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.berth.offheap.placement.Placement;
import org.berth.offheap.placement.PlacementReport;
import org.berth.offheap.placement.Topology;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What one node can show; {@code placement-check} in the benchmarks' jar shows the rest on a machine with several. */
@Tag("native-access")
@EnabledOnOs(OS.LINUX)
class PlacedRegionTest {

    private static final long PAGE = Topology.current().pageBytes().orElse(4096);
    private static final long MEGABYTES = 16L << 20;

    /** A node on which this process may allocate. */
    private static final int NODE = Topology.current().nodes().stream()
            .filter(Topology.Node::isAllocatable)
            .findFirst()
            .map(Topology.Node::id)
            .orElse(0);

    private static final int NO_NODE = 1_000;

    @BeforeAll
    static void assumeNoSandbox() {
        try (Region region = Region.anonymous(1)) {
            PlacementReport report = region.placementReport();
            assumeThat(report.bytesOnNode()).as(report.toString()).isNotEmpty();
        }
    }

    static List<Placement> policies() {
        return List.of(
                Placement.local(),
                Placement.onNode(NODE),
                Placement.preferNode(NODE),
                Placement.interleaved(),
                Placement.interleaved(NODE),
                Placement.local().partitions(PAGE, 4 * PAGE, NODE, NODE));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 7, 8, 128, 4096, 1_000_003})
    void isZeroAndAligned(long bytes) {
        try (Region region = Region.anonymous(bytes, Placement.local())) {
            assertThat(region.size()).isEqualTo(bytes);
            OffHeapBuffer buffer = region.buffer(0, (int) bytes);
            assertThat(buffer.addressOffset() % PAGE).isZero();
            for (int i = 0; i < bytes; i++) {
                assertThat(buffer.getByte(i)).isZero();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("policies")
    void pagesAreWhereTheyShouldBe(Placement placement) {
        try (Region region = Region.anonymous(MEGABYTES, placement.preTouched())) {
            PlacementReport report = region.placementReport();
            assertThat(report.unmet()).isEmpty();
            assertThat(report.isMet()).isTrue();
            assertThat(report.untouchedBytes()).isZero();
            assertThat(sum(report)).isEqualTo(MEGABYTES);
            assertThat(report.requested()).isEqualTo(placement.preTouched());
        }
        try (Region region = Region.anonymous(MEGABYTES, placement)) {
            assertThat(region.placementReport().untouchedBytes()).isEqualTo(MEGABYTES);
            region.words().set(3 * PAGE, 1);
            assertThat(region.words().get(9 * PAGE)).isZero();
            PlacementReport report = region.placementReport(2 * PAGE, 4 * PAGE);
            assertThat(report.isMet()).isTrue();
            // Where the kernel makes huge pages by itself, the rest of one is touched as well.
            assertThat(sum(report) + report.untouchedBytes()).isEqualTo(4 * PAGE);
            assertThat(sum(report)).isPositive();
        }
    }

    private static long sum(PlacementReport report) {
        return report.bytesOnNode().values().stream().mapToLong(Long::longValue).sum();
    }

    @Test
    void placedRegionsAreCounted() {
        RegionStatistics before = Region.statistics();
        try (Region region = Region.anonymous(MEGABYTES, Placement.local())) {
            assertThat(Region.statistics()).isEqualTo(before.plus(new RegionStatistics(1, 0, region.size(), 0)));
        }
        assertThat(Region.statistics()).isEqualTo(before);
    }

    @Test
    void hugePagesAreCounted() throws Exception {
        Topology topology = Topology.current();
        assumeThat(topology.transparentHugePages()).isNotEqualTo("never");
        long huge = topology.transparentHugePageBytes().orElseThrow();
        Placement requested = Placement.local().hugePages().preTouched();
        // The second region is mapped below the first: without guard pages the kernel would merge the two mappings.
        try (Region first = Region.anonymous(8 * huge + PAGE, requested.bestEffort());
                Region second = Region.anonymous(8 * huge, requested.bestEffort())) {
            for (Region region : List.of(first, second)) {
                assertThat(region.buffer(0, 8).addressOffset() % huge).isZero();
                PlacementReport report = region.placementReport();
                long found = report.hugeBytes().orElseThrow();
                if (found == 8 * huge) {
                    assertThat(report.unmet()).isEmpty();
                } else {
                    assertThat(found).isBetween(0L, 8 * huge);
                    assertThat(report.unmet()).singleElement().asString().contains("huge=" + found, "room=" + 8 * huge);
                }
            }
        }
    }

    @Test
    void smallRegionsHaveNoRoomForHugePages() {
        assumeThat(Topology.current().transparentHugePages().orElse("never")).isNotEqualTo("never");
        try (Region region =
                Region.anonymous(3 * PAGE, Placement.local().hugePages().preTouched())) {
            assertThat(region.placementReport().hugeBytes()).hasValue(0);
            assertThat(region.placementReport().isMet()).isTrue();
        }
    }

    static Stream<Placement> onNoNode() {
        return Stream.of(
                Placement.onNode(NO_NODE),
                Placement.preferNode(NO_NODE),
                Placement.interleaved(NODE, NO_NODE),
                Placement.local().partitions(0, PAGE, NODE, NO_NODE));
    }

    @ParameterizedTest
    @MethodSource("onNoNode")
    void nodesThatDoNotExistAreRefused(Placement placement) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Region.anonymous(MEGABYTES, placement))
                .withMessageContaining("is not there or is offline: node=" + NO_NODE)
                .withMessageContaining("usable=[" + NODE);
    }

    @ParameterizedTest
    @MethodSource("onNoNode")
    void bestEffortReportsNodesThatDoNotExist(Placement placement) {
        try (Region region = Region.anonymous(MEGABYTES, placement.bestEffort())) {
            region.words().set(0, 1);
            PlacementReport report = region.placementReport();
            assertThat(report.isMet()).isFalse();
            assertThat(report.unmet().getFirst()).contains("node=" + NO_NODE);
            assertThat(sum(report)).isPositive();
        }
    }

    @Test
    void partitionsConsistOfWholePages() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Region.anonymous(
                        MEGABYTES,
                        Placement.local().partitions(PAGE, 128, NODE, NODE).bestEffort()))
                .withMessageContaining("page=" + PAGE);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Region.anonymous(PAGE, Placement.local().partitions(PAGE, PAGE, NODE)))
                .withMessageContaining("bytes=" + PAGE);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE})
    void invalidSizesAreRefused(long bytes) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Region.anonymous(bytes, Placement.local()))
                .withMessageContaining("bytes=" + bytes);
        assertThatIllegalArgumentException().isThrownBy(() -> Words.ofAuto(bytes, Placement.local()));
    }

    @Test
    void lackOfMemoryIsAnErrorAlsoForABestEffort() {
        assertThatExceptionOfType(OutOfMemoryError.class)
                .isThrownBy(() -> Region.anonymous(1L << 60, Placement.local().bestEffort()));
    }

    @Test
    @SuppressWarnings("MustBeClosed")
    void aFailureAtTheLastStepLeavesNoMapping() throws Exception {
        Arena closed = Arena.ofShared();
        closed.close();
        long bytes = (1L << 33) + 3 * PAGE;
        long before = ProcessMaps.largest();
        assumeThat(before).isLessThan(bytes);
        assertThatIllegalStateException().isThrownBy(() -> Memory.allocate(bytes, Placement.onNode(NODE), closed));
        assertThat(ProcessMaps.largest()).isEqualTo(before);
    }

    @Test
    void closingUnmapsTheMemory() throws Exception {
        Region region = Region.anonymous(MEGABYTES, Placement.onNode(NODE).preTouched());
        Words words = region.words();
        OffHeapBuffer buffer = region.buffer(0, 64);
        long address = buffer.addressOffset();
        assertThat(ProcessMaps.contains(address)).isTrue();
        region.close();
        region.close();
        assertThat(isUnmapped(address) || isUnmappedByClose()).isTrue();
        assertThatIllegalStateException().isThrownBy(() -> words.getAcquire(0)).withMessageContaining("closed");
        assertThatIllegalStateException().isThrownBy(() -> buffer.getLong(0));
        assertThatIllegalStateException().isThrownBy(region::placementReport).withMessageContaining("closed");
        assertThatIllegalStateException().isThrownBy(() -> words.placementReport(0, 8));
    }

    private static boolean isUnmapped(long address) throws Exception {
        return !ProcessMaps.contains(address);
    }

    /** Tries again, because another thread of the JVM can map other memory at a free address at once. */
    private static boolean isUnmappedByClose() throws Exception {
        for (int attempt = 0; attempt < 10; attempt++) {
            Region region = Region.anonymous(MEGABYTES, Placement.onNode(NODE).preTouched());
            long address = region.buffer(0, 64).addressOffset();
            region.close();
            if (isUnmapped(address)) {
                return true;
            }
        }
        return false;
    }

    @Test
    void theCollectorUnmapsTheMemory() throws Exception {
        long address = autoAddress();
        for (int i = 0; i < 200 && ProcessMaps.contains(address); i++) {
            System.gc();
            Thread.sleep(10);
        }
        assertThat(ProcessMaps.contains(address)).isFalse();
    }

    private static long autoAddress() throws Exception {
        Memory memory = Memory.allocate(MEGABYTES, Placement.onNode(NODE), Arena.ofAuto());
        Words words = new SegmentWords(memory);
        words.set(0, 1);
        assertThat(ProcessMaps.contains(memory.segment().address())).isTrue();
        assertThat(words.get(0)).isEqualTo(1);
        return memory.segment().address();
    }

    @Test
    void autoWordsReportTheirPlacement() {
        Words words = Words.ofAuto(MEGABYTES, Placement.onNode(NODE).preTouched());
        assertThat(words.size()).isEqualTo(MEGABYTES);
        PlacementReport report = words.placementReport(PAGE, 2 * PAGE);
        assertThat(report.bytesOnNode()).containsExactly(Map.entry(NODE, 2 * PAGE));
        assertThat(report.isMet()).isTrue();
    }

    @Test
    void unplacedMemoryReportsItsPlacementToo(@TempDir Path folder) throws Exception {
        try (Region region = Region.anonymous(MEGABYTES);
                Region mapped = Region.create(folder.resolve("region"), MEGABYTES)) {
            assertThat(region.placementReport().untouchedBytes()).isZero();
            assertThat(sum(region.placementReport())).isBetween(MEGABYTES, MEGABYTES + PAGE);
            assertThat(region.placementReport().requested()).isEqualTo(Placement.local());
            mapped.words().set(0, 1);
            assertThat(mapped.placementReport().isMet()).isTrue();
            assertThat(sum(mapped.placementReport())).isGreaterThanOrEqualTo(PAGE);
        }
        assertThat(Words.ofAuto(PAGE).placementReport(0, 8).isMet()).isTrue();
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> new ArrayWords(8).placementReport(0, 8))
                .withMessageContaining("ArrayWords");
    }

    @Test
    void constantWordsReportTheirPlacement() throws Exception {
        try (Region region = Region.anonymous(MEGABYTES, Placement.onNode(NODE).preTouched())) {
            assertThat(region.defineConstantWords().placementReport(0, MEGABYTES))
                    .isEqualTo(region.placementReport());
        }
    }

    @Test
    void rangesAreChecked() {
        try (Region region = Region.anonymous(PAGE, Placement.local())) {
            assertThatExceptionOfType(IndexOutOfBoundsException.class)
                    .isThrownBy(() -> region.placementReport(0, PAGE + 1));
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> region.placementReport(-1, 1));
            assertThat(region.placementReport(PAGE, 0).isMet()).isTrue();
        }
    }

    @Test
    void closingUnderLoadGivesExceptionsAndNoCrash() throws Exception {
        for (int round = 0; round < TestDepth.of(30, 100); round++) {
            Region region = Region.anonymous(4096, Placement.onNode(NODE));
            RegionTest.closeUnderLoad(region, false, List.of(() -> reportUntilClosed(region)));
        }
    }

    private static long reportUntilClosed(Region region) {
        long reports = 0;
        try {
            while (!Thread.currentThread().isInterrupted()) {
                assertThat(region.placementReport().isMet()).isTrue();
                reports++;
            }
        } catch (IllegalStateException e) {
            assertThat(e).hasMessageContaining("closed");
        }
        return reports;
    }
}
