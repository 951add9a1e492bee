package org.berth.core.slots;

import java.util.Comparator;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;
import org.berth.offheap.placement.CurrentCpu;
import org.berth.offheap.placement.Topology;

/**
 * Runs of slots, one on each node of memory: the first so many slots on the first node, as many on the next, and so on. A table that
 * is not spread over nodes has one.
 */
final class NodePartitions {

    /** One for all slots. */
    static final NodePartitions ONE =
            new NodePartitions(new int[] {CurrentCpu.UNKNOWN}, new int[][] {{0}}, () -> 0, Long.BYTES);

    private static final int USUAL_PAGE = 4096;

    /** The kernel's number of the node of each partition. */
    private final int[] nodes;

    /** By where a thread runs: the partitions, the nearest first. */
    private final int[][] nearest;

    /** Where the current thread runs, an index of the above. */
    private final IntSupplier where;

    /** What a partition begins and ends with; a power of two. */
    private final int page;

    /**
     * NodePartitions.
     *
     * @param nodes   of the partitions
     * @param nearest partitions by where a thread runs, the nearest first, each of them in each
     * @param where   the current thread runs
     * @param page    what a partition begins and ends with; a power of two
     */
    NodePartitions(int[] nodes, int[][] nearest, IntSupplier where, int page) {
        this.nodes = nodes;
        this.nearest = nearest;
        this.where = where;
        this.page = page;
    }

    /** One on each node on which this process may have memory. */
    static NodePartitions of(Topology topology) {
        List<Topology.Node> all = topology.nodes();
        List<Topology.Node> usable =
                all.stream().filter(Topology.Node::isAllocatable).toList();
        if (usable.size() <= 1) {
            return ONE;
        }
        int[] nodes = usable.stream().mapToInt(Topology.Node::id).toArray();
        int ids = 1 + all.stream().mapToInt(Topology.Node::id).max().orElse(0);
        // Of a thread whose node is not known, in turn from the first: any order does.
        int[][] nearest = new int[ids + 1][];
        for (int id = 0; id <= ids; id++) {
            nearest[id] = nearest(topology, id, nodes);
        }
        return new NodePartitions(
                nodes,
                nearest,
                () -> {
                    int node = CurrentCpu.node();
                    return node >= 0 && node < ids ? node : ids;
                },
                topology.pageBytes().orElse(USUAL_PAGE));
    }

    private static int[] nearest(Topology topology, int from, int[] nodes) {
        return IntStream.range(0, nodes.length)
                .boxed()
                .sorted(Comparator.comparingInt(partition -> distance(topology, from, nodes[partition])))
                .mapToInt(partition -> partition)
                .toArray();
    }

    /** As the firmware tells; if it does not, a node is nearest to itself. */
    private static int distance(Topology topology, int from, int to) {
        int otherwise = from == to ? 0 : Integer.MAX_VALUE;
        return topology.node(from)
                .map(node -> node.distances().getOrDefault(to, otherwise))
                .orElse(otherwise);
    }

    int count() {
        return nodes.length;
    }

    int page() {
        return page;
    }

    int[] nodes() {
        return nodes.clone();
    }

    /** The node of a partition. */
    int node(int partition) {
        return nodes[partition];
    }

    /** The partitions, the nearest to the current thread first. Not to be changed. */
    int[] nearest() {
        return nearest(where.getAsInt());
    }

    int[] nearest(int node) {
        return nearest[node];
    }
}
