package org.berth.core.slots;

import java.util.Comparator;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;
import org.berth.offheap.placement.CurrentCpu;
import org.berth.offheap.placement.Topology;

/**
 * A partition of a table's slots for each node of memory: the first slots are on the first node, as many on the next,
 * and so on. A table that is not spread over nodes has one partition.
 */
final class NodePartitions {

    /** One partition for all slots, on no particular node. */
    static final NodePartitions ONE =
            new NodePartitions(new int[] {CurrentCpu.UNKNOWN}, new int[][] {{0}}, () -> 0, Long.BYTES);

    private static final int DEFAULT_PAGE = 4096;

    /** The kernel's number of the node of each partition. */
    private final int[] nodes;

    /** The partitions by the node that a thread runs on, the nearest first. */
    private final int[][] nearest;

    /** Returns the node that the current thread runs on, as an index of {@link #nearest}. */
    private final IntSupplier where;

    /** The size to a multiple of which each partition is rounded up; a power of two. */
    private final int page;

    /**
     * Makes partitions.
     *
     * @param nodes   of the partitions
     * @param nearest all partitions, the nearest first, for each node that a thread may run on
     * @param where   returns the node that the current thread runs on, as an index of {@code nearest}
     * @param page    the size to a multiple of which each partition is rounded up; a power of two
     */
    NodePartitions(int[] nodes, int[][] nearest, IntSupplier where, int page) {
        this.nodes = nodes;
        this.nearest = nearest;
        this.where = where;
        this.page = page;
    }

    /** Returns a partition for each node on which this process may have memory. */
    static NodePartitions of(Topology topology) {
        List<Topology.Node> all = topology.nodes();
        List<Topology.Node> usable =
                all.stream().filter(Topology.Node::isAllocatable).toList();
        if (usable.size() <= 1) {
            return ONE;
        }
        int[] nodes = usable.stream().mapToInt(Topology.Node::id).toArray();
        int ids = 1 + all.stream().mapToInt(Topology.Node::id).max().orElse(0);
        // The last one is for a thread whose node is not known, for which any order does.
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
                topology.pageBytes().orElse(DEFAULT_PAGE));
    }

    private static int[] nearest(Topology topology, int from, int[] nodes) {
        return IntStream.range(0, nodes.length)
                .boxed()
                .sorted(Comparator.comparingInt(partition -> distance(topology, from, nodes[partition])))
                .mapToInt(partition -> partition)
                .toArray();
    }

    /** Returns the distance that the firmware tells; if it tells none, a node is nearest to itself. */
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

    /** Returns the node of a partition. */
    int node(int partition) {
        return nodes[partition];
    }

    /** Returns the partitions, the nearest to the current thread first. The caller must not change the array. */
    int[] nearest() {
        return nearest(where.getAsInt());
    }

    int[] nearest(int node) {
        return nearest[node];
    }
}
