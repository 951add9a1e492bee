package org.berth.bench.affinity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.berth.offheap.placement.CpuSet;
import org.berth.offheap.placement.Topology;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class CpuOrderTest {

    @Test
    void oneCpuOfEachCoreComesFirstNodeByNode() {
        assertThat(order("0-7", List.of("0-1,4-5", "2-3,6-7"), List.of("0,4", "1,5", "2,6", "3,7")))
                .containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
        assertThat(order("0-7", List.of("0-3", "4-7"), List.of("0-1", "2-3", "4-5", "6-7")))
                .containsExactly(0, 2, 4, 6, 1, 3, 5, 7);
        assertThat(order("0-3", List.of("0,2", "1,3"), List.of("0", "1", "2", "3")))
                .as("CPUs that are dealt to the nodes in turn")
                .containsExactly(0, 2, 1, 3);
    }

    @Test
    void cpusThatAreNotToBeUsedAreLeftOut() {
        assertThat(order("1,3,5", List.of("0-3", "4-7"), List.of("0-1", "2-3", "4-5", "6-7")))
                .containsExactly(1, 3, 5);
    }

    @Test
    void whatIsNotKnownOfCpusLeavesNoneOut() {
        assertThat(order("0-2", List.of(), List.of())).containsExactly(0, 1, 2);
        assertThat(order("0-2", List.of("2"), List.of("0-1"))).containsExactly(2, 0, 1);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void moreThreadsThanCpusBeginAnew() {
        CpuOrder order = CpuOrder.current();
        int cpus = Topology.current().usableCpus().size();
        for (int thread = 0; thread < cpus; thread++) {
            assertThat(order.cpu(thread + cpus)).isEqualTo(order.cpu(thread));
        }
    }

    private static List<Integer> order(String usable, List<String> nodes, List<String> cores) {
        return CpuOrder.order(CpuSet.parse(usable), sets(nodes), sets(cores));
    }

    private static List<CpuSet> sets(List<String> texts) {
        return texts.stream().map(CpuSet::parse).toList();
    }
}
