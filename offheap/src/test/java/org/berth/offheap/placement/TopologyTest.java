package org.berth.offheap.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.berth.offheap.placement.Topology.Cache;
import org.berth.offheap.placement.Topology.CoreType;
import org.berth.offheap.placement.Topology.Node;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Synthetic machines. */
class TopologyTest {

    private static final long GIB = 1L << 30;

    @TempDir
    private Path root;

    private KernelTree tree;

    @BeforeEach
    void makeTree() {
        tree = new KernelTree(root);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 8})
    void readsNodes(int nodes) {
        tree.cpus("0-" + (2 * nodes - 1), "0-" + (2 * nodes - 1)).allowed("0-1023", "0-" + (nodes - 1));
        tree.onlineNodes("0-" + (nodes - 1));
        for (int id = 0; id < nodes; id++) {
            int self = id;
            String[] row = IntStream.range(0, nodes)
                    .mapToObj(to -> to == self ? "10" : String.valueOf(20 + self + to))
                    .toArray(String[]::new);
            tree.node(id, 2 * id + "-" + (2 * id + 1), (id + 1) << 20, String.join(" ", row));
        }

        Topology topology = tree.read();

        assertThat(topology.nodes()).hasSize(nodes);
        for (int id = 0; id < nodes; id++) {
            Node node = topology.node(id).orElseThrow();
            assertThat(topology.nodes().get(id)).isEqualTo(node);
            assertThat(node.cpus()).isEqualTo(CpuSet.of(2 * id, 2 * id + 1)).isEqualTo(node.usableCpus());
            assertThat(node.memory()).hasValue((id + 1) * GIB);
            assertThat(node.isAllocatable()).isTrue();
            assertThat(node.distances()).hasSize(nodes).containsEntry(id, 10);
            for (int to = 0; to < nodes; to++) {
                assertThat(node.distances()).containsEntry(to, to == id ? 10 : 20 + id + to);
            }
        }
        assertThat(topology.node(nodes)).isEmpty();
        assertThat(topology.node(-1)).isEmpty();
        assertThat(topology.unknown()).noneMatch(reason -> reason.contains("node"));
    }

    @Test
    void aRowOfDistancesHasAnEntryForEachNodeThatIsOnline() {
        tree.cpus("0-3", "0-3").allowed("0-3", "0-7").onlineNodes("1,4,7");
        tree.node(1, "0-1", 1, "10 14 17").node(4, "", 1, "41 10 47").node(7, "2-3", 1, "71 74 10");
        // Left behind, and not online.
        tree.node(2, "9", 1, "10");

        assertThat(tree.read().nodes()).extracting(Node::id).containsExactly(1, 4, 7);
        assertThat(tree.read().nodes())
                .extracting(Node::distances)
                .containsExactly(Map.of(1, 10, 4, 14, 7, 17), Map.of(1, 41, 4, 10, 7, 47), Map.of(1, 71, 4, 74, 7, 10));
    }

    @ParameterizedTest
    @ValueSource(strings = {"10", "10 20 30", "10 x", "10 -20", "10 99999999999999999999", ""})
    void malformedDistancesAreUnknown(String row) {
        tree.cpus("0-1", "0-1").allowed("0-1", "0-1").onlineNodes("0-1");
        tree.node(0, "0", 1, row).node(1, "1", 1, "20 10");

        assertThat(tree.read().node(0).orElseThrow().distances()).isEmpty();
        assertThat(tree.read().node(1).orElseThrow().distances()).containsOnlyKeys(0, 1);
        assertThat(tree.read().unknown()).anyMatch(reason -> reason.startsWith("distances of node 0: "));
    }

    @Test
    void nodesOfMemoryOnlyAndOfCpusOnly() {
        tree.cpus("0-3", "0-3").allowed("0-3", "0,2").onlineNodes("0-2");
        tree.node(0, "0-1", 1 << 20, "10 20 20").node(1, "2-3", 0, "20 10 20").node(2, "", 1 << 20, "20 20 10");

        List<Node> nodes = tree.read().nodes();

        assertThat(nodes).extracting(Node::isAllocatable).containsExactly(true, false, true);
        // Where the kernel does not say that nothing can be had from a node without memory.
        tree.allowed("0-3", "0-2");
        assertThat(tree.read().nodes()).extracting(Node::isAllocatable).containsExactly(true, false, true);
        assertThat(nodes.get(1).memory()).hasValue(0);
        assertThat(nodes.get(2).cpus().isEmpty()).isTrue();
        assertThat(tree.read().describe())
                .contains("node 1         CPUs 2-3, no memory, distances")
                .contains("node 2         no CPUs, memory 1 GiB, distances");
    }

    @Test
    void aCpusetForbidsCpusAndNodes() {
        tree.cpus("0-3", "0-3").allowed("1-2", "1").onlineNodes("0-1");
        tree.node(0, "0-1", 1 << 20, "10 20").node(1, "2-3", 1 << 20, "20 10");

        Topology topology = tree.read();

        assertThat(topology.usableCpus()).hasToString("1-2");
        assertThat(topology.nodes()).extracting(Node::usableCpus).containsExactly(CpuSet.of(1), CpuSet.of(2));
        assertThat(topology.nodes()).extracting(Node::isAllocatable).containsExactly(false, true);
        assertThat(topology.describe())
                .contains("CPUs 0-1, usable CPUs 1, memory 1 GiB but not for this process, distances 0:10 1:20\n");
    }

    @Test
    void coresWithSiblingsAndSockets() {
        // Numbered as Linux does: first all cores, then their second threads.
        tree.cpus("0-7", "0-7").allowed("0-7", "0");
        tree.core(0, "0,4").core(0, "1,5").core(1, "2,6").core(1, "3,7");

        Topology topology = tree.read();

        assertThat(topology.sockets()).containsExactly(CpuSet.parse("0-1,4-5"), CpuSet.parse("2-3,6-7"));
        assertThat(topology.cores())
                .containsExactly(CpuSet.of(0, 4), CpuSet.of(1, 5), CpuSet.of(2, 6), CpuSet.of(3, 7));
        assertThat(topology.coreTypes()).isEmpty();
    }

    @Test
    void cpusThatAreOfflineAreInNothingElse() {
        tree.cpus("0-3", "0,2-3").allowed("0-3", "0").onlineNodes("0").node(0, "0-3", 1, "10");
        tree.core(0, "0-1").core(0, "2-3").cache(0, 1, "Data", "32K", 64, "0-1");
        // What some kernels leave behind of a CPU that went offline.
        tree.core(7, "1");

        Topology topology = tree.read();

        assertThat(topology.onlineCpus()).hasToString("0,2-3");
        assertThat(topology.offlineCpus()).hasToString("1");
        assertThat(topology.usableCpus()).hasToString("0,2-3");
        assertThat(topology.nodes().getFirst().cpus()).hasToString("0,2-3");
        assertThat(topology.sockets()).containsExactly(CpuSet.of(0, 2, 3));
        assertThat(topology.cores()).containsExactly(CpuSet.of(0), CpuSet.of(2, 3));
        assertThat(topology.caches()).extracting(Cache::cpus).containsExactly(CpuSet.of(0));
    }

    @Test
    void coreTypesThatTheKernelNames() {
        tree.cpus("0-11", "0-7,9-11").core(0, "0-1").core(0, "2-3");
        for (int cpu = 4; cpu < 12; cpu++) {
            tree.core(0, String.valueOf(cpu));
        }
        tree.file("sys/devices/cpu_core/cpus", "0-3\n").file("sys/devices/cpu_atom/cpus", "4-11\n");

        assertThat(tree.read().coreTypes())
                .containsExactly(
                        new CoreType("performance", CpuSet.parse("0-3")),
                        new CoreType("efficiency", CpuSet.parse("4-7,9-11")));
    }

    @Test
    void coreTypesByCapacity() {
        tree.cpus("0-7", "0-7");
        int[] capacities = {250, 250, 250, 250, 760, 760, 760, 1024};
        for (int cpu = 0; cpu < capacities.length; cpu++) {
            tree.file("sys/devices/system/cpu/cpu" + cpu + "/cpu_capacity", capacities[cpu] + "\n");
        }

        assertThat(tree.read().coreTypes())
                .containsExactly(
                        new CoreType("capacity 1024", CpuSet.of(7)),
                        new CoreType("capacity 760", CpuSet.parse("4-6")),
                        new CoreType("capacity 250", CpuSet.parse("0-3")));
    }

    @Test
    void eachCacheIsThereOnce() {
        tree.cpus("0-3", "0-3");
        for (int cpu = 0; cpu < 4; cpu++) {
            tree.cache(0, 1, "Data", "48K", 64, String.valueOf(cpu));
            tree.cache(1, 1, "Instruction", "32K", 64, String.valueOf(cpu));
        }
        tree.cache(2, 2, "Unified", "2M", 64, "0-1").cache(2, 2, "Unified", "4096K", 64, "2-3");
        tree.cache(3, 3, "Unified", "1G", 128, "0-3");

        Topology topology = tree.read();

        assertThat(topology.caches()).hasSize(4 + 4 + 2 + 1);
        assertThat(topology.caches())
                .filteredOn(cache -> cache.level() > 1)
                .containsExactly(
                        new Cache(2, "Unified", OptionalLong.of(2 << 20), OptionalInt.of(64), CpuSet.of(0, 1)),
                        new Cache(2, "Unified", OptionalLong.of(4 << 20), OptionalInt.of(64), CpuSet.of(2, 3)),
                        new Cache(3, "Unified", OptionalLong.of(GIB), OptionalInt.of(128), CpuSet.parse("0-3")));
        assertThat(topology.cacheLineBytes()).hasValue(128);
        assertThat(topology.describe())
                .contains("cache          L1 Data, 4 x 48 KiB, one CPU each\n")
                .contains("cache          L2 Unified, 1 x 4 MiB: CPUs 2-3\n");
    }

    @Test
    void aLargeMachineIsDescribedInFewWords() {
        tree.cpus("0-127", "0-127");
        for (int cpu = 0; cpu < 64; cpu++) {
            String siblings = cpu + "," + (cpu + 64);
            tree.core(0, siblings).cache(0, 1, "Data", "48K", 64, siblings);
        }

        assertThat(tree.read().describe())
                .contains("cores          64, with siblings: CPUs 0,64 | 1,65 | ")
                .contains(" | 15,79 | and 48 more\n")
                .contains("cache          L1 Data, 64 x 48 KiB, one core each\n");
    }

    @Test
    void pages() {
        tree.pageBytes(1 << 16)
                .file("sys/kernel/mm/hugepages/hugepages-524288kB/nr_hugepages", "0\n")
                .file("sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "0\n")
                .file("sys/kernel/mm/hugepages/other", "")
                .file("sys/kernel/mm/transparent_hugepage/enabled", "always madvise [never]\n")
                .file("sys/kernel/mm/transparent_hugepage/hpage_pmd_size", "536870912\n");

        Topology topology = tree.read();

        assertThat(topology.pageBytes()).hasValue(1 << 16);
        assertThat(topology.hugePageBytes()).containsExactly(2L << 20, 512L << 20);
        assertThat(topology.transparentHugePages()).contains("never");
        assertThat(topology.transparentHugePageBytes()).hasValue(512L << 20);
        assertThat(topology.describe())
                .contains("64 KiB, huge 2 MiB and 512 MiB, transparent huge pages: never, 512 MiB\n");
    }

    @ParameterizedTest
    @CsvSource({
        "amd64, 64, 128",
        "amd64, , 128",
        "x86_64, 64, 128",
        "aarch64, 64, 64",
        "aarch64, 128, 128",
        "aarch64, , 128",
        "ppc64le, 128, 128",
        "riscv64, 64, 64",
        "arm, 32, 64",
        "s390x, 256, 256",
        "new, , 128",
    })
    void paddingKeepsWritersApart(String architecture, Integer line, int padding) {
        tree.cpus("0", "0");
        if (line != null) {
            tree.cache(0, 1, "Data", "32K", line, "0");
        }
        assertThat(tree.read(architecture).padding()).isEqualTo(padding);
    }

    @Test
    void whereCachesAreHiddenTheProcessorTellsItsLine() {
        tree.cpus("0", "0").file("proc/cpuinfo", "processor\t: 0\ncache_alignment\t: 64\n\n");
        assertThat(tree.read().cacheLineBytes()).hasValue(64);
        assertThat(tree.read().caches()).isEmpty();
    }

    @Test
    void hiddenValuesAreAbsentWithTheReason() {
        Topology topology = tree.read();

        assertThat(topology.nodes()).isEmpty();
        assertThat(topology.onlineCpus().isEmpty()).isTrue();
        assertThat(topology.usableCpus().isEmpty()).isTrue();
        assertThat(topology.cores()).isEmpty();
        assertThat(topology.sockets()).isEmpty();
        assertThat(topology.caches()).isEmpty();
        assertThat(topology.cacheLineBytes()).isEmpty();
        assertThat(topology.pageBytes()).isEmpty();
        assertThat(topology.hugePageBytes()).isEmpty();
        assertThat(topology.transparentHugePages()).isEmpty();
        assertThat(topology.cpuLimit()).isEmpty();
        assertThat(topology.cpuset()).isEmpty();
        assertThat(topology.padding()).isEqualTo(128);
        assertThat(topology.unknown())
                .extracting(reason -> reason.substring(0, reason.indexOf(':')))
                .containsExactly(
                        "CPUs that are online",
                        "CPUs that this process may use, taken to be all",
                        "sockets",
                        "cores",
                        "NUMA nodes",
                        "caches",
                        "length of a cache line",
                        "transparent huge pages",
                        "page size");
        assertThat(topology.describe())
                .contains("CPUs           none online, none usable\n")
                .contains("cache line     unknown, records 128 bytes apart\n")
                .contains("unknown        NUMA nodes: /sys/devices/system/node is missing or empty");
    }

    @Test
    void aContainerWithoutNodesStillTellsItsCpus() {
        tree.cpus("0-63", "0-63").allowed("4-7", "0-1").core(0, "4-5").core(0, "6-7");

        assertThat(tree.read().nodes()).isEmpty();
        assertThat(tree.read().usableCpus()).hasToString("4-7");
        assertThat(tree.read().cores()).hasSize(2);
    }

    @Test
    void aContainerThatHidesTheListsShowsTheFolders() {
        tree.core(0, "0-1").core(0, "2-3").file("sys/devices/system/cpu/cpu3/online", "0\n");
        tree.file("sys/devices/system/cpu/cpufreq/boost", "1\n").file("sys/devices/system/cpu/cpu99999/x", "");
        tree.node(3, "0-1", 1, "10 20").node(11, "2-3", 1, "20 10").file("sys/devices/system/node/node/x", "");

        assertThat(tree.read().onlineCpus()).hasToString("0-2");
        assertThat(tree.read().usableCpus()).hasToString("0-2");
        assertThat(tree.read().nodes()).extracting(Node::id).containsExactly(3, 11);
        assertThat(tree.read().nodes()).extracting(Node::isAllocatable).containsOnly(true);
        assertThat(tree.read().nodes().getLast().distances()).isEqualTo(Map.of(3, 20, 11, 10));
    }

    @Test
    void aNodeThatIsOnlineAndHiddenIsThereWithoutWhatIsUnknown() {
        tree.cpus("0-1", "0-1").allowed("0-1", "0-1").onlineNodes("0-1").node(0, "0-1", 1, "10 20");

        Node hidden = tree.read().node(1).orElseThrow();

        assertThat(hidden.memory()).isEmpty();
        assertThat(hidden.cpus().isEmpty()).isTrue();
        assertThat(hidden.isAllocatable()).isTrue();
        assertThat(hidden.distances()).isEmpty();
        assertThat(tree.read().node(0).orElseThrow().distances()).isEqualTo(Map.of(0, 10, 1, 20));
    }

    @Test
    void onOtherSystemsNothingIsKnownAndNothingFails() {
        Topology topology = Topology.elsewhere("Mac OS X");

        assertThat(topology.nodes()).isEmpty();
        assertThat(topology.usableCpus().isEmpty()).isTrue();
        assertThat(topology.padding()).isEqualTo(128);
        assertThat(topology.unknown()).singleElement().asString().contains("not available here", "os=Mac OS X");
        assertThat(topology.describe()).contains("not available here");
    }

    @Test
    @Tag("flag-free")
    void thisMachineIsConsistent() {
        assumeTrue(System.getProperty("os.name", "").startsWith("Linux"));
        Topology topology = Topology.current();

        // The JVM counts no more than affinity, cpuset and limit leave.
        assertThat(Runtime.getRuntime().availableProcessors())
                .isLessThanOrEqualTo(topology.usableCpus().size());
        assertThat(topology.onlineCpus().containsAll(topology.usableCpus())).isTrue();
        assertThat(topology.pageBytes()).isPresent();
        assertThat(topology.toString()).isEqualTo(topology.describe()).contains("online");
        Consistency.check(topology);
    }
}
