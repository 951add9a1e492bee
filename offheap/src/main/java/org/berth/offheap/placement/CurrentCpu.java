package org.berth.offheap.placement;

import java.util.Arrays;
import org.berth.offheap.linux.Affinity;
import org.berth.offheap.linux.NativeAccess;

/**
 * The CPU that the calling thread runs on, and that CPU's NUMA node.
 *
 * <p>Use this when a thread should choose among data by where it runs, as a claim in a slot table does whose slots are
 * spread over the nodes. Prefer a hash of the thread, as {@link java.util.concurrent.atomic.LongAdder} uses, to merely
 * spread contention: it needs no native access.
 *
 * <p>The answer is a hint: the scheduler may move the thread before the caller has it, unless {@link ThreadAffinity}
 * binds the thread. A virtual thread gets its carrier's CPU.
 *
 * <p><b>Progress:</b> wait-free, with neither a system call nor an allocation, so there is no need to cache the answer.
 * The first use determines whether native access is enabled and which CPU belongs to which node, and keeps both; it
 * reads files.
 */
public final class CurrentCpu {

    /** Stands for a CPU or a node that is not known. */
    public static final int UNKNOWN = -1;

    // Constants to the JIT compiler, so that a call is sched_getcpu and one array read.
    private static final boolean AVAILABLE = NativeAccess.unavailabilityCause() == null;
    private static final int[] NODES = AVAILABLE ? nodes(Topology.current()) : new int[0];

    private CurrentCpu() {}

    /** The node of each CPU. */
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
     * Returns the CPU that the calling thread runs on.
     *
     * @return the kernel's number of the CPU, or {@link #UNKNOWN} if this is not Linux or native access is not enabled
     */
    public static int cpu() {
        return AVAILABLE ? Affinity.currentCpu() : UNKNOWN;
    }

    /**
     * Returns the NUMA node of the CPU that the calling thread runs on.
     *
     * @return the kernel's number of the node, or {@link #UNKNOWN} if the CPU is unknown or the topology does not tell
     *         its node
     */
    public static int node() {
        int cpu = cpu();
        return cpu >= 0 && cpu < NODES.length ? NODES[cpu] : UNKNOWN;
    }
}
