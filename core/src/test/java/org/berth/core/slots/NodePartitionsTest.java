package org.berth.core.slots;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntSupplier;
import org.berth.offheap.ArrayWords;
import org.berth.offheap.placement.KernelTree;
import org.berth.offheap.placement.Topology;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Slots on several nodes, as far as that can be seen without such nodes. */
class NodePartitionsTest {

    private static final int PAGE = 4096;

    private int where;

    private TableDescriptor descriptor(int capacity, int padding, boolean recycling, int[]... nearest) {
        int[] nodes = new int[nearest[0].length];
        Arrays.setAll(nodes, i -> 10 + i);
        IntSupplier here = () -> where;
        return new TableDescriptor(
                TestLayout.LAYOUT,
                capacity,
                padding,
                OnRelease.KEEP,
                recycling,
                false,
                TableDescriptor.DEFAULT_NAME_BYTES,
                new NodePartitions(nodes, nearest, here, PAGE));
    }

    private static SlotTable table(TableDescriptor descriptor) {
        return SlotTable.over(new ArrayWords(descriptor.bytes), descriptor);
    }

    @Test
    void partitionsAreWholePagesAndCoverTheSlots() {
        for (int padding : new int[] {8, 64, 128, 256, 4096}) {
            for (int capacity : new int[] {1, 2, 3, 100, 1_000}) {
                TableDescriptor d = descriptor(capacity, padding, false, new int[] {0, 1, 2});
                assertThat(d.slots % PAGE).isZero();
                assertThat(d.partitionSlots * d.stride % PAGE).isZero();
                assertThat(d.capacity).isEqualTo(3 * d.partitionSlots).isGreaterThanOrEqualTo(capacity);
                assertThat(d.bytes).isEqualTo(d.slots + 3L * d.partitionSlots * d.stride);
                // No more than what fills the pages.
                assertThat((d.partitionSlots - Math.ceilDiv(capacity, 3)) * d.stride)
                        .isLessThan((long) PAGE * d.stride / 8);
                assertThat(d.free(2)).isLessThan(d.index);
            }
        }
    }

    @Test
    void aNewKeyGetsASlotOfTheNearestPartitionThatHasOne() {
        TableDescriptor d = descriptor(32, 128, false, new int[] {0, 1}, new int[] {1, 0});
        try (SlotTable table = table(d)) {
            List<Slot> all = new ArrayList<>();
            where = 1;
            for (int i = 0; i < d.partitionSlots; i++) {
                Slot slot = table.claim(i);
                assertThat(slot.node()).isEqualTo(11);
                all.add(slot);
            }
            where = 0;
            assertThat(table.claim(-1).node()).isEqualTo(10);
            where = 1;
            assertThat(table.claim(-2).node()).as("its own is full").isEqualTo(10);
            for (Slot slot : all) {
                slot.set(TestLayout.ORDERS, 2);
            }
            assertThat(table.sum(TestLayout.ORDERS)).isEqualTo(2L * d.partitionSlots);
            assertThat(table.size()).isEqualTo(d.partitionSlots + 2);
            int[] seen = {0};
            table.forEach(view -> seen[0]++);
            assertThat(seen[0]).isEqualTo(table.size());
        }
    }

    @Test
    void aFreedSlotStaysInItsPartition() {
        TableDescriptor d = descriptor(64, 128, true, new int[] {0, 1}, new int[] {1, 0});
        try (SlotTable table = table(d)) {
            for (int i = 0; i < 10_000; i++) {
                where = i & 1;
                try (Slot slot = table.claim(i)) {
                    assertThat(slot.node()).isEqualTo(10 + where);
                }
                assertThat(table.remove(i)).isTrue();
            }
            assertThat(table.size()).isZero();
        }
    }

    @Test
    void everySlotCanBeClaimed() {
        TableDescriptor d = descriptor(5, 64, false, new int[] {2, 0, 1});
        try (SlotTable table = table(d)) {
            for (int i = 0; i < table.capacity(); i++) {
                table.claim(i);
            }
            assertThatThrownBy(() -> table.claim("one more"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("full");
        }
    }

    @Test
    void partitionsAreOfNodesThatHaveMemory(@TempDir Path root) {
        Topology topology = new KernelTree(root)
                .cpus("0-3", "0-3")
                .node(0, "0-1", 1 << 20, "10 20 30")
                .node(2, "2-3", 0, "20 10 15")
                .node(5, "", 1 << 20, "30 15 10")
                .onlineNodes("0,2,5")
                .allowed("0-3", "0,5")
                .read();
        NodePartitions partitions = NodePartitions.of(topology);
        assertThat(partitions.nodes()).containsExactly(0, 5);
        assertThat(partitions.nearest()).hasSize(2);
        // The node that has only CPUs is nearer to the one that has only memory.
        assertThat(partitions.nearest(2)).containsExactly(1, 0);
        assertThat(partitions.nearest(0)).containsExactly(0, 1);
        assertThat(partitions.nearest(3)).as("no such node").hasSize(2);
    }

    @Test
    void oneNodeNeedsNoPartitions(@TempDir Path root) {
        Topology topology = new KernelTree(root)
                .cpus("0-1", "0-1")
                .node(0, "0-1", 1 << 20, "10")
                .onlineNodes("0")
                .allowed("0-1", "0")
                .read();
        assertThat(NodePartitions.of(topology)).isSameAs(NodePartitions.ONE);
    }
}
