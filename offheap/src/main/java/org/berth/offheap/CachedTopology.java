package org.berth.offheap;

import java.util.List;
import org.berth.offheap.placement.Topology;
import org.jspecify.annotations.Nullable;

/** What allocations must know of the machine. It is kept, because a large machine takes long to read. */
final class CachedTopology {

    private static final long USUAL_HUGE_PAGE = 1L << 21;

    private static volatile CachedTopology known = new CachedTopology(Topology.current());

    private final Topology topology;

    CachedTopology(Topology topology) {
        this.topology = topology;
    }

    /** As it was when somebody last looked. */
    static CachedTopology known() {
        return known;
    }

    /** As it is: nodes come and go, and modes change, so look before something fails because of what is known. */
    static CachedTopology current() {
        CachedTopology current = new CachedTopology(Topology.current());
        known = current;
        return current;
    }

    /** The nodes on which this process may have memory, as far as is known. */
    List<Integer> allocatable() {
        return topology.nodes().stream()
                .filter(Topology.Node::isAllocatable)
                .map(Topology.Node::id)
                .toList();
    }

    /** Whether all memory is on one node, so that there is nothing to choose. */
    boolean hasOneNode() {
        return topology.nodes().size() == 1;
    }

    /** Whether this process sees no node at all, or the kernel knows none. */
    boolean hidesNodes() {
        return topology.nodes().isEmpty();
    }

    long hugePageBytes() {
        return topology.transparentHugePageBytes().orElse(USUAL_HUGE_PAGE);
    }

    /** Why huge pages cannot be had, or null. */
    @Nullable
    String whyNotHuge() {
        String mode = topology.transparentHugePages().orElse("unknown");
        return mode.equals("always") || mode.equals("madvise")
                ? null
                : "huge pages are switched off in this kernel: mode=" + mode
                        + "; write madvise to /sys/kernel/mm/transparent_hugepage/enabled, or leave them out";
    }

    /** Why this process can have no memory on a node, or null. What is not known is left to the kernel to refuse. */
    @Nullable
    String whyNotOn(int id) {
        Topology.Node node = topology.node(id).orElse(null);
        String reason = null;
        if (node == null) {
            reason = hidesNodes() ? null : "is not there or is offline";
        } else if (node.memory().orElse(1) == 0) { // first, because no cpuset has such a node
            reason = "has no memory";
        } else if (!node.allowed()) {
            reason = "is forbidden to this process by its cpuset";
        }
        return reason == null
                ? null
                : "node " + reason + ": node=" + id + " usable=" + allocatable() + "; choose one of these";
    }
}
