package org.berth.offheap;

import java.util.List;
import org.berth.offheap.placement.Topology;
import org.jspecify.annotations.Nullable;

/** What allocations must know of the machine. It is kept, because a large machine takes long to read. */
final class Machine {

    private static final long USUAL_HUGE_PAGE = 1L << 21;

    private static volatile Topology known = Topology.current();

    private Machine() {}

    /** The nodes on which this process may have memory, as far as is known. */
    static List<Integer> allocatable() {
        return known.nodes().stream()
                .filter(Topology.Node::isAllocatable)
                .map(Topology.Node::id)
                .toList();
    }

    /** Whether all memory is on one node, so that there is nothing to choose. */
    static boolean hasOneNode() {
        return known.nodes().size() == 1;
    }

    /** Whether this process sees no node at all, or the kernel knows none. */
    static boolean hidesNodes() {
        return known.nodes().isEmpty();
    }

    static long hugePageBytes() {
        return known.transparentHugePageBytes().orElse(USUAL_HUGE_PAGE);
    }

    /** Why huge pages cannot be had, or null. */
    static @Nullable String whyNotHuge() {
        if (!modeIsOn()) {
            known = Topology.current();
        }
        return modeIsOn()
                ? null
                : "huge pages are switched off in this kernel: mode="
                        + known.transparentHugePages().orElse("unknown")
                        + "; write madvise to /sys/kernel/mm/transparent_hugepage/enabled, or leave them out";
    }

    private static boolean modeIsOn() {
        String mode = known.transparentHugePages().orElse("");
        return mode.equals("always") || mode.equals("madvise");
    }

    /** Why this process can have no memory on a node, or null. What is not known is left to the kernel to refuse. */
    static @Nullable String whyNotOn(int node) {
        String reason = reason(node);
        if (reason != null) { // nodes come and go
            known = Topology.current();
            reason = reason(node);
        }
        return reason;
    }

    private static @Nullable String reason(int node) {
        if (hidesNodes()) {
            return null;
        }
        Topology.Node found = known.node(node).orElse(null);
        String what = found == null
                ? "is not there or is offline"
                : !found.allowed()
                        ? "is forbidden to this process by its cpuset"
                        : found.isAllocatable() ? null : "has no memory";
        return what == null
                ? null
                : "node " + what + ": node=" + node + " usable=" + allocatable() + "; choose one of these";
    }
}
