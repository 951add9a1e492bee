package org.berth.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.berth.core.map.LongLongMap;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Merge;
import org.berth.core.slots.PerThread;
import org.berth.core.slots.RecordLayout;
import org.berth.core.slots.Slot;
import org.berth.core.slots.SlotTable;
import org.berth.offheap.placement.CurrentCpu;
import org.berth.offheap.placement.Placement;
import org.berth.offheap.placement.PlacementReport;
import org.berth.offheap.placement.Topology;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tables and maps with a placement. The node of each page is checked on a machine that has
 * several: {@code placement-check}.
 */
class PlacedTest {

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();
    private static final OwnedLong COUNT = RECORD.ownedLong("count", Merge.SUM);
    private static final RecordLayout LAYOUT = RECORD.build();

    @Test
    @Tag("native-access")
    void aTableIsPlaced() {
        Placement placement = Placement.interleaved().preTouched();
        try (SlotTable table =
                        SlotTable.builder(LAYOUT, 1_000).placement(placement).build();
                Slot slot = table.claim(1)) {
            slot.add(COUNT, 7);
            assertThat(table.at(1).get(COUNT)).isEqualTo(7);
            PlacementReport report = table.placementReport();
            assertThat(report.requested()).isEqualTo(placement);
            assertThat(report.untouchedBytes()).isZero();
            assertThat(slot.placementReport().untouchedBytes()).isZero();
        }
    }

    @Test
    @Tag("native-access")
    void aTableIsSpreadOverTheNodesOfTheMachine() {
        try (SlotTable table = SlotTable.builder(LAYOUT, 100).spreadOverNodes().build();
                PerThread perThread =
                        PerThread.create(SlotTable.builder(LAYOUT, 100).spreadOverNodes());
                Slot slot = table.claim("one")) {
            boolean several = Topology.current().nodes().stream()
                            .filter(Topology.Node::isAllocatable)
                            .count()
                    > 1;
            assertThat(slot.node() == CurrentCpu.UNKNOWN).isEqualTo(!several);
            assertThat(perThread.add(COUNT, 1)).isEqualTo(1);
            assertThat(table.capacity()).isGreaterThanOrEqualTo(100);
        }
    }

    @Test
    @Tag("native-access")
    void aMapAndTheTablesThatItGrowsToAreInHugePages() {
        Placement huge = Placement.local().hugePages().bestEffort();
        try (LongLongMap map = LongLongMap.builder().placement(huge).build()) {
            for (long key = 0; key < 1_000_000; key++) {
                map.put(key, key);
            }
            map.finishResize();
            for (long key = 0; key < 1_000_000; key++) {
                assertThat(map.get(key)).isEqualTo(key);
            }
            PlacementReport report = map.placementReport();
            assertThat(report.requested()).isEqualTo(huge);
            if (report.isMet()) {
                assertThat(report.hugeBytes().orElseThrow()).isPositive();
            }
        }
    }

    @Test
    @Tag("native-access")
    void aNodeThatDoesNotExistIsRefused() {
        assertThatThrownBy(() -> SlotTable.builder(LAYOUT, 10)
                        .placement(Placement.onNode(999))
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("node=999");
        assertThatThrownBy(() ->
                        LongLongMap.builder().placement(Placement.onNode(999)).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("node=999");
    }

    @Test
    void withoutNativeAccessAPlacementIsRefusedAndEverythingElseWorks() {
        assertThatThrownBy(() -> SlotTable.builder(LAYOUT, 10)
                        .placement(Placement.interleaved())
                        .build())
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("native");
        assertThatThrownBy(() -> LongLongMap.builder()
                        .placement(Placement.local().hugePages())
                        .build())
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("native");
        Placement bestEffort = Placement.local().hugePages().bestEffort();
        try (SlotTable table =
                        SlotTable.builder(LAYOUT, 10).placement(bestEffort).build();
                Slot slot = table.claim(1);
                LongLongMap map = LongLongMap.builder().placement(bestEffort).build()) {
            assertThat(slot.add(COUNT, 1)).isEqualTo(1);
            assertThat(slot.node()).isEqualTo(CurrentCpu.UNKNOWN);
            map.put(1, 2);
            assertThat(map.asConcurrentMap()).isEqualTo(Map.of(1L, 2L));
            assertThat(map.placementReport().isMet()).isFalse();
        }
    }

    @Test
    void aFileCannotBePlaced(@TempDir Path folder) {
        assertThatThrownBy(() -> SlotTable.builder(LAYOUT, 10)
                        .placement(Placement.local())
                        .build(folder.resolve("table")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("file");
        assertThatThrownBy(() -> SlotTable.builder(LAYOUT, 10).spreadOverNodes().build(folder.resolve("table")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(folder).isEmptyDirectory();
    }
}
