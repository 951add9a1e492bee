package org.berth.offheap;

import java.util.List;
import org.berth.offheap.placement.Topology;
import org.jspecify.annotations.Nullable;

/**
 * The {@link Topology} that allocations use. It is cached, because reading the topology of a large machine takes long,
 * and refreshed before an allocation fails because of it.
 */
final class CachedTopology {

    private static final long USUAL_HUGE_PAGE = 1L << 21;

    private static volatile CachedTopology cached = new CachedTopology(Topology.current());

    private final Topology topology;

    CachedTopology(Topology topology) {
        this.topology = topology;
    }

    /** The topology as it was when it was last read. */
    static CachedTopology cached() {
        return cached;
    }

    /** Reads the topology again, because nodes come and go, and modes change. */
    static CachedTopology refresh() {
        CachedTopology current = new CachedTopology(Topology.current());
        cached = current;
        return current;
    }

    /** The nodes on which this process may allocate, as far as is known. */
    List<Integer> allocatableNodes() {
        return topology.nodes().stream()
                .filter(Topology.Node::isAllocatable)
                .map(Topology.Node::id)
                .toList();
    }

    /** Whether all memory is on one node, so that there is nothing to choose. */
    boolean hasOneNode() {
        return topology.nodes().size() == 1;
    }

    /** Whether this process sees no node at all, or the kernel has no support for them. */
    boolean hidesNodes() {
        return topology.nodes().isEmpty();
    }

    long hugePageBytes() {
        return topology.transparentHugePageBytes().orElse(USUAL_HUGE_PAGE);
    }

    /** Why huge pages are unavailable, or null. */
    @Nullable
    String hugePageObstacle() {
        String mode = topology.transparentHugePages().orElse("unknown");
        return mode.equals("always") || mode.equals("madvise")
                ? null
                : "huge pages are switched off in this kernel: mode=" + mode
                        + "; write madvise to /sys/kernel/mm/transparent_hugepage/enabled, or leave them out";
    }

    /** Why this process cannot allocate on a node, or null. Where that is unknown, the kernel decides. */
    @Nullable
    String nodeObstacle(int id) {
        Topology.Node node = topology.node(id).orElse(null);
        String reason = null;
        if (node == null) {
            reason = hidesNodes() ? null : "is not there or is offline";
        } else if (node.memory().orElse(1) == 0) { // before the cpuset, because no cpuset includes such a node
            reason = "has no memory";
        } else if (!node.allowed()) {
            reason = "is forbidden to this process by its cpuset";
        }
        return reason == null
                ? null
                : "node " + reason + ": node=" + id + " usable=" + allocatableNodes() + "; choose one of these";
    }
}
