package org.berth.offheap.placement;

import java.util.Arrays;
import org.berth.offheap.linux.Affinity;
import org.berth.offheap.linux.NativeAccess;

/**
 * The CPU that the calling thread runs on, and its node: a hint, since the thread may be elsewhere before the caller has the
 * answer, unless it is {@linkplain ThreadAffinity pinned}. A virtual thread gets its carrier's.
 *
 * <p>Some nanoseconds, without system call or allocation; there is no need to keep the answer. Whether there is native access,
 * and which CPU is of which node, is found out at the first use and kept. Every method is wait-free after that.
 */
public final class CurrentCpu {

    /** Stands for a CPU or a node that is not known. */
    public static final int UNKNOWN = -1;

    // Constants to the JIT compiler, so that a look-up is the call and one read.
    private static final boolean AVAILABLE = NativeAccess.obstacle() == null;
    private static final int[] NODES = AVAILABLE ? nodes(Topology.current()) : new int[0];

    private CurrentCpu() {}

    /** Node by CPU. */
    static int[] nodes(Topology topology) {
        int end = topology.nodes().stream()
                .flatMapToInt(node -> node.cpus().stream())
                .map(cpu -> cpu + 1)
                .max()
                .orElse(0);
        int[] nodes = new int[end];
        Arrays.fill(nodes, UNKNOWN);
        topology.nodes().forEach(node -> node.cpus().stream().forEach(cpu -> nodes[cpu] = node.id()));
        return nodes;
    }

    /**
     * The CPU.
     *
     * @return the kernel's number, or {@link #UNKNOWN} if this is not Linux or native access is not enabled
     */
    public static int cpu() {
        return AVAILABLE ? Affinity.currentCpu() : UNKNOWN;
    }

    /**
     * The node.
     *
     * @return the kernel's number, or {@link #UNKNOWN} where the CPU is, and where the topology does not tell its node
     */
    public static int node() {
        int cpu = cpu();
        return cpu >= 0 && cpu < NODES.length ? NODES[cpu] : UNKNOWN;
    }
}
