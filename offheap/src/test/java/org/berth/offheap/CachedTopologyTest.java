package org.berth.offheap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.berth.offheap.placement.KernelTree;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CachedTopologyTest {

    private static final String MODE = "sys/kernel/mm/transparent_hugepage/enabled";

    @TempDir
    private Path root;

    /** Node 1 does not exist, node 2 has CPUs only, and the cpuset excludes node 3. */
    @ParameterizedTest
    @CsvSource({
        "0,",
        "1, node is not there or is offline: node=1 usable=[0]; choose one of these",
        "2, node has no memory: node=2 usable=[0]; choose one of these",
        "3, node is forbidden to this process by its cpuset: node=3 usable=[0]; choose one of these",
        "4, node is not there or is offline: node=4 usable=[0]; choose one of these"
    })
    void nodesAreRefusedWithTheReason(int node, String reason) {
        KernelTree tree = new KernelTree(root)
                .onlineNodes("0,2-3")
                .node(0, "0", 1024, "10 20 20")
                .node(2, "1", 0, "20 10 20")
                .node(3, "2", 1024, "20 20 10")
                .allowed("0-2", "0");
        CachedTopology topology = new CachedTopology(tree.read());
        assertThat(topology.nodeObstacle(node)).isEqualTo(reason);
        assertThat(topology.allocatableNodes()).containsExactly(0);
        assertThat(topology.hasOneNode() || topology.hidesNodes()).isFalse();
    }

    @Test
    void theKernelDecidesAboutHiddenNodes() {
        CachedTopology topology = new CachedTopology(new KernelTree(root).read());
        assertThat(topology.nodeObstacle(7)).isNull();
        assertThat(topology.allocatableNodes()).isEmpty();
        assertThat(topology.hidesNodes()).isTrue();
        assertThat(topology.hasOneNode()).isFalse();
        assertThat(topology.hugePageBytes()).isEqualTo(1 << 21);
        assertThat(topology.hugePageObstacle()).contains("mode=unknown");
    }

    @ParameterizedTest
    @CsvSource({"'[always] madvise never', true", "'always [madvise] never', true", "'always madvise [never]', false"})
    void hugePagesDependOnTheMode(String modes, boolean on) {
        CachedTopology topology =
                new CachedTopology(new KernelTree(root).file(MODE, modes + "\n").read());
        if (on) {
            assertThat(topology.hugePageObstacle()).isNull();
        } else {
            assertThat(topology.hugePageObstacle())
                    .startsWith("huge pages are switched off in this kernel: mode=never; write madvise to /" + MODE);
        }
    }
}
