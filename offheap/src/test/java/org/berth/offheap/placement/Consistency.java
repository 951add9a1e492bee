package org.berth.offheap.placement;

import static org.assertj.core.api.Assertions.assertThat;

import org.berth.offheap.placement.Topology.Cache;
import org.berth.offheap.placement.Topology.CoreType;
import org.berth.offheap.placement.Topology.Node;

/** The invariants of every topology, whatever the files contain. */
final class Consistency {

    private Consistency() {}

    static void check(Topology topology) {
        CpuSet online = topology.onlineCpus();
        assertThat(topology.offlineCpus().and(online).isEmpty()).isTrue();
        assertThat(topology.nodes()).extracting(Node::id).isSorted().doesNotHaveDuplicates();
        for (Node node : topology.nodes()) {
            assertThat(topology.node(node.id())).contains(node);
            assertThat(node.cpus().containsAll(node.usableCpus())).isTrue();
            assertThat(topology.usableCpus().containsAll(node.usableCpus())).isTrue();
            assertThat(node.memory().orElse(0)).isNotNegative();
            if (!node.distances().isEmpty()) {
                assertThat(node.distances().keySet())
                        .containsExactlyElementsOf(
                                topology.nodes().stream().map(Node::id).toList());
            }
        }
        if (!online.isEmpty()) {
            assertThat(online.containsAll(topology.usableCpus())).isTrue();
            assertThat(topology.nodes()).allMatch(node -> online.containsAll(node.cpus()));
        }
        assertThat(topology.cores()).allMatch(online::containsAll).noneMatch(CpuSet::isEmpty);
        assertThat(topology.sockets()).allMatch(online::containsAll).noneMatch(CpuSet::isEmpty);
        assertThat(topology.coreTypes()).extracting(CoreType::cpus).allMatch(online::containsAll);
        assertThat(topology.caches()).extracting(Cache::cpus).allMatch(online::containsAll);
        assertThat(topology.caches()).doesNotHaveDuplicates();
        assertThat(topology.padding()).isBetween(64, 4096).matches(bytes -> Integer.bitCount(bytes) == 1);
        assertThat(topology.describe()).startsWith("CPUs").endsWith("\n").doesNotContain("null", "Optional");
    }
}
