package org.berth.offheap.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.berth.offheap.linux.Affinity;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@Tag("native-access")
@EnabledOnOs(OS.LINUX)
class ThreadAffinityTest {

    private static final int NO_CPU = 16_000;

    private final CpuSet before = affinity();

    private static CpuSet affinity() {
        return CpuSet.of(Affinity.get().stream().toArray());
    }

    @AfterEach
    void theAffinityIsRestored() {
        assertThat(affinity()).isEqualTo(before);
    }

    @Test
    void aBoundThreadRunsOnItsCpu() {
        for (int cpu : Topology.current().usableCpus().stream().toArray()) {
            try (ThreadAffinity binding = ThreadAffinity.bindToCpu(cpu)) {
                assertThat(binding.cpus()).isEqualTo(CpuSet.of(cpu)).isEqualTo(affinity());
                assertThat(binding)
                        .hasToString("ThreadAffinity[thread="
                                + Thread.currentThread().getName() + ", cpus=" + cpu + "]");
                for (int i = 0; i < 1_000; i++) {
                    assertThat(CurrentCpu.cpu()).isEqualTo(cpu);
                }
            }
            assertThat(affinity()).isEqualTo(before);
        }
    }

    @Test
    void bindingToANodeBindsToItsUsableCpus() {
        for (Topology.Node node : Topology.current().nodes()) {
            if (!node.usableCpus().isEmpty()) {
                try (ThreadAffinity binding = ThreadAffinity.bindToNode(node.id())) {
                    assertThat(binding.cpus()).isEqualTo(node.usableCpus()).isEqualTo(affinity());
                    assertThat(CurrentCpu.node()).isEqualTo(node.id());
                }
            }
        }
    }

    @Test
    void bindingsNest() {
        int cpu = before.stream().max().orElseThrow();
        try (ThreadAffinity outer = ThreadAffinity.bindToCpus(before)) {
            ThreadAffinity inner = ThreadAffinity.bindToCpu(cpu);
            assertThatIllegalStateException()
                    .isThrownBy(outer::close)
                    .withMessageContaining("still open: cpus=" + before);
            assertThat(affinity()).isEqualTo(CpuSet.of(cpu));
            inner.close();
            inner.close();
            assertThat(affinity()).isEqualTo(before);
        }
    }

    @Test
    void cpusThatDoNotExistAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ThreadAffinity.bindToCpu(NO_CPU))
                .withMessageContaining("cpus=" + NO_CPU)
                .withMessageContaining("of these usable=none")
                .withMessageContaining("online=");
        assertThat(affinity()).isEqualTo(before);
        int cpu = before.stream().max().orElseThrow();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ThreadAffinity.bindToCpus(CpuSet.of(cpu, NO_CPU)))
                .withMessageContaining("of these usable=" + cpu);
        assertThat(affinity()).isEqualTo(before);
        assertThatIllegalArgumentException().isThrownBy(() -> ThreadAffinity.bindToCpus(CpuSet.of()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ThreadAffinity.bindToCpu(-1))
                .withMessageContaining("cpu=-1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ThreadAffinity.bindToNode(1_000))
                .withMessageContaining("node=1000 online=[");
    }

    @Test
    void onlyTheBoundThreadMayUnbindItself() throws Exception {
        try (ThreadAffinity binding = ThreadAffinity.bindToCpus(before)) {
            assertThatExceptionOfType(ExecutionException.class)
                    .isThrownBy(() -> CompletableFuture.runAsync(binding::close).get())
                    .withCauseInstanceOf(IllegalStateException.class)
                    .withMessageContaining("thread=" + Thread.currentThread().getName());
        }
    }

    @Test
    void virtualThreadsAreRefused() throws Exception {
        CompletableFuture<String> message = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try (ThreadAffinity binding = ThreadAffinity.bindToCpus(before)) {
                message.complete("bound: " + binding);
            } catch (UnsupportedOperationException e) {
                message.complete(e.getMessage());
            }
        });
        assertThat(message.get()).startsWith("a virtual thread cannot be bound").contains("thread=VirtualThread");
    }

    @Test
    void theCurrentNodeIsThatOfTheCurrentCpu() {
        Topology topology = Topology.current();
        int[] nodes = CurrentCpu.nodes(topology);
        for (Topology.Node node : topology.nodes()) {
            node.cpus().stream().forEach(cpu -> assertThat(nodes[cpu]).isEqualTo(node.id()));
        }
        assertThat(nodes)
                .hasSize(topology.nodes().stream()
                                .flatMapToInt(node -> node.cpus().stream())
                                .max()
                                .orElse(-1)
                        + 1);
        assertThat(CurrentCpu.nodes(Topology.elsewhere("none"))).isEmpty();
    }
}
