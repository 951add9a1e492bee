package org.berth.offheap.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class TopologyTest {

    @Test
    @Tag("flag-free")
    void thisMachineIsConsistent() {
        assumeTrue(System.getProperty("os.name", "").startsWith("Linux"));
        Topology topology = Topology.current();

        assertThat(topology.usableCpus().isEmpty()).isFalse();
        assertThat(topology.usableCpus().size())
                .isGreaterThanOrEqualTo(Runtime.getRuntime().availableProcessors());
    }
}
