package org.berth.offheap.placement;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.berth.offheap.TestDepth;
import org.berth.offheap.placement.Topology.Cache;
import org.berth.offheap.placement.Topology.Node;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Machines whose kernels were recorded, and what remains of them when files are damaged. */
class RecordedTopologyTest {

    private static final long SEED = Long.getLong("berth.fuzz.seed", System.nanoTime());
    private static final long FUZZ_SECONDS = TestDepth.of("berth.fuzz.seconds", 1, 3);

    @TempDir
    private Path root;

    private Topology recorded(String machine) {
        Topology topology = KernelTree.recorded(root, machine).read();
        Consistency.check(topology);
        assertThat(topology.unknown()).isEmpty();
        assertThat(topology.pageBytes()).hasValue(4096);
        assertThat(topology.cacheLineBytes()).hasValue(64);
        assertThat(topology.hugePageBytes()).containsExactly(2L << 20, 1L << 30);
        assertThat(topology.transparentHugePageBytes()).hasValue(2L << 20);
        return topology;
    }

    private static void assertNodes(Topology topology, String... cpus) {
        assertThat(topology.nodes()).extracting(node -> node.cpus().toString()).containsExactly(cpus);
    }

    private static void assertMebibytes(Node node, int atMost) {
        // The kernel keeps some for itself.
        assertThat(node.memory().orElseThrow() >> 20).isBetween(atMost * 3L / 4, (long) atMost);
    }

    @Test
    void aCloudMachineOfOneNodeUnderBothVersionsOfControlGroups() {
        Topology topology = recorded("cloud");
        assertNodes(topology, "0-1");
        assertThat(topology.sockets()).containsExactly(CpuSet.of(0, 1));
        assertThat(topology.cores()).containsExactly(CpuSet.of(0), CpuSet.of(1));
        assertThat(topology.coreTypes()).isEmpty();
        assertThat(topology.cpuset()).contains(CpuSet.of(0, 1));
        assertThat(topology.cpuLimit()).isEmpty();
        assertThat(topology.transparentHugePages()).contains("madvise");
        assertThat(topology.caches()).extracting(Cache::level).containsExactly(1, 1, 1, 1, 2, 2, 3);
    }

    @Test
    void twoNodesWithCpusDealtInTurn() {
        Topology topology = recorded("two");
        assertNodes(topology, "0,2", "1,3");
        assertMebibytes(topology.nodes().get(0), 768);
        assertMebibytes(topology.nodes().get(1), 768);
        assertThat(topology.nodes())
                .extracting(Node::distances)
                .containsExactly(Map.of(0, 10, 1, 21), Map.of(0, 21, 1, 10));
        assertThat(topology.sockets()).hasSize(4);
    }

    @Test
    void fourNodes() {
        Topology topology = recorded("four");
        assertNodes(topology, "0", "1", "2", "3");
        assertThat(topology.nodes())
                .extracting(Node::distances)
                .containsExactly(
                        Map.of(0, 10, 1, 12, 2, 20, 3, 22),
                        Map.of(0, 12, 1, 10, 2, 24, 3, 26),
                        Map.of(0, 20, 1, 24, 2, 10, 3, 14),
                        Map.of(0, 22, 1, 26, 2, 14, 3, 10));
    }

    @Test
    void eightNodes() {
        Topology topology = recorded("eight");
        assertNodes(topology, "0", "1", "2", "3", "4", "5", "6", "7");
        assertThat(topology.nodes()).allMatch(Node::isAllocatable);
    }

    @Test
    void aHoleInTheNumbers() {
        Topology topology = recorded("hole");
        assertThat(topology.nodes()).extracting(Node::id).containsExactly(0, 2);
        assertNodes(topology, "0-1", "2-3");
        assertThat(topology.node(1)).isEmpty();
        assertThat(topology.nodes().getLast().distances()).isEqualTo(Map.of(0, 30, 2, 10));
        assertThat(topology.nodes()).allMatch(Node::isAllocatable);
    }

    @Test
    void aNodeOfMemoryOnly() {
        Topology topology = recorded("memory-only");
        assertNodes(topology, "0-1", "");
        assertMebibytes(topology.nodes().get(1), 512);
        assertThat(topology.nodes()).allMatch(Node::isAllocatable);
        assertThat(topology.nodes().get(0).distances()).containsEntry(1, 17);
    }

    @Test
    void aNodeOfCpusOnly() {
        Topology topology = recorded("cpu-only");
        assertNodes(topology, "0-1", "2-3");
        assertThat(topology.nodes().get(1).memory()).hasValue(0);
        assertThat(topology.nodes()).extracting(Node::isAllocatable).containsExactly(true, false);
    }

    @Test
    void cpusThatAreOffline() {
        Topology topology = recorded("offline");
        assertNodes(topology, "0", "2");
        assertThat(topology.onlineCpus()).hasToString("0,2");
        assertThat(topology.offlineCpus()).hasToString("1,3");
        assertThat(topology.usableCpus()).hasToString("0,2");
        assertThat(topology.transparentHugePages()).contains("always");
    }

    /** CPUs 0-2 and node 0 by the cpuset, CPUs 1-2 by affinity, and a limit on the group above. */
    @Test
    void limitsOfControlGroups() {
        Topology topology = recorded("groups");
        assertNodes(topology, "0-1", "2-3");
        assertThat(topology.usableCpus()).hasToString("1-2");
        assertThat(topology.cpuset()).contains(CpuSet.parse("0-2"));
        assertThat(topology.cpuLimit()).hasValue(1.5);
        assertThat(topology.nodes()).extracting(Node::isAllocatable).containsExactly(true, false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cloud", "two", "four", "hole", "memory-only", "cpu-only", "offline", "groups"})
    void anyFileMayBeMissingOrDamaged(String machine) {
        KernelTree tree = KernelTree.recorded(root, machine);
        SplittableRandom random = new SplittableRandom(SEED);
        List<String> paths = tree.files();
        assertThat(paths).hasSizeGreaterThan(50);
        for (String path : paths) {
            byte[] whole = tree.bytes(path);
            checkDamaged(tree, path, Arrays.copyOf(whole, random.nextInt(whole.length)));
            checkDamaged(tree, path, scratched(whole, random));
            tree.remove(path);
            check(tree, path + " is missing");
            tree.file(path + "/folder", "");
            check(tree, path + " is a folder");
            tree.remove(path).file(path, whole);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"hole", "groups"})
    void allFilesMayBeDamagedAtOnce(String machine) {
        KernelTree tree = KernelTree.recorded(root, machine);
        SplittableRandom random = new SplittableRandom(SEED);
        Map<String, byte[]> files = new TreeMap<>();
        tree.files().forEach(path -> files.put(path, tree.bytes(path)));
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(FUZZ_SECONDS);
        do {
            int one = 1 + random.nextInt(8);
            files.forEach((path, whole) -> {
                byte[] damaged = random.nextInt(one) > 0 ? whole : scratched(whole, random);
                tree.file(
                        path,
                        Arrays.copyOf(damaged, damaged.length - random.nextInt(2) * random.nextInt(damaged.length)));
            });
            check(tree, "all files");
        } while (System.nanoTime() < end);
    }

    private static void checkDamaged(KernelTree tree, String path, byte[] damaged) {
        tree.file(path, damaged);
        check(tree, path + "=" + Arrays.toString(damaged));
    }

    private static void check(KernelTree tree, String damage) {
        try {
            Consistency.check(tree.read());
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("-Dberth.fuzz.seed=" + SEED + " " + damage, e);
        }
    }

    /** Some bytes replaced, by any or by those that mean something. */
    private static byte[] scratched(byte[] whole, SplittableRandom random) {
        byte[] scratched = whole.clone();
        String meaning = "-,: \n0123456789/.[]K";
        for (int i = random.nextInt(1 + whole.length / 4); i >= 0; i--) {
            scratched[random.nextInt(whole.length)] = random.nextBoolean()
                    ? (byte) random.nextInt()
                    : (byte) meaning.charAt(random.nextInt(meaning.length()));
        }
        return scratched;
    }
}
