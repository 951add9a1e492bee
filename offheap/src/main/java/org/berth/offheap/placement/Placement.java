package org.berth.offheap.placement;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A request for memory: its NUMA policy, its page size, and whether it is pre-touched. It describes only; nothing
 * happens before memory is allocated with it, by {@link org.berth.offheap.Region#anonymous(long, Placement)} for
 * example.
 *
 * <pre>{@code
 * Region.anonymous(1 << 30, Placement.interleaved().hugePages().preTouched())
 * }</pre>
 *
 * <p>Use {@link #onNode(int)} or {@link #local()} when the threads of one node use the memory, {@link #interleaved()}
 * when threads on all nodes use it alike, {@link #hugePages()} when random accesses to much memory miss the TLB, and
 * {@link #preTouched()} when no access may wait for a page fault. Prefer {@code numactl} when one policy suits the
 * whole process, its heap included, and no placement at all where a profile shows neither remote accesses nor TLB
 * misses nor page faults.
 *
 * <p><b>The NUMA policy</b> is the kernel's ({@code mbind}): it decides about pages that do not exist yet, at the
 * first write to each.
 *
 * <p><b>Errors:</b> an allocation with a placement needs Linux and native access ({@code --enable-native-access}, for
 * {@code org.berth.offheap} or, on the class path, {@code ALL-UNNAMED}). A request that cannot be met is an exception
 * and leaves nothing allocated, unless it is a {@linkplain #bestEffort() best effort}: then
 * {@link PlacementReport#unmet()} reports it.
 *
 * <p>Immutable, so any number of threads may share a placement.
 */
public final class Placement {

    /** The NUMA policy of the kernel: how it chooses the node of a page. */
    public enum Policy {
        /** The node of the thread that touches the page first ({@code MPOL_LOCAL}). */
        LOCAL,
        /** This node and no other ({@code MPOL_BIND}). */
        BIND,
        /** This node while it has free memory, then others ({@code MPOL_PREFERRED}). */
        PREFER,
        /** The nodes in turn, page by page ({@code MPOL_INTERLEAVE}). */
        INTERLEAVE
    }

    /**
     * A range of memory and its policy.
     *
     * @param offset of the range, in bytes
     * @param length of the range, in bytes
     * @param policy for the range
     * @param nodes  of the policy, ascending; empty for all nodes on which this process may allocate
     */
    public record Range(long offset, long length, Policy policy, List<Integer> nodes) {}

    private final Policy policy;
    private final List<Integer> nodes;
    private final long partitionsFrom;
    private final long partitionBytes;
    private final List<Integer> partitionNodes;
    private final boolean huge;
    private final boolean preTouched;
    private final boolean bestEffort;

    private Placement(
            Policy policy,
            List<Integer> nodes,
            long partitionsFrom,
            long partitionBytes,
            List<Integer> partitionNodes,
            boolean huge,
            boolean preTouched,
            boolean bestEffort) {
        this.policy = policy;
        this.nodes = nodes;
        this.partitionsFrom = partitionsFrom;
        this.partitionBytes = partitionBytes;
        this.partitionNodes = partitionNodes;
        this.huge = huge;
        this.preTouched = preTouched;
        this.bestEffort = bestEffort;
    }

    private static Placement of(Policy policy, List<Integer> nodes) {
        return new Placement(policy, nodes, 0, 0, List.of(), false, false, false);
    }

    /**
     * Returns a placement of each page on the node of the thread that touches it first, whatever policy the process was
     * started with ({@code numactl}).
     *
     * @return the placement
     */
    public static Placement local() {
        return of(Policy.LOCAL, List.of());
    }

    /**
     * Returns a placement of all pages on one node and no other. When the node is full, the kernel kills a process
     * rather than use another node; with {@link #preferNode(int)} it uses another node.
     *
     * @param node the kernel's number of the node
     * @return the placement
     * @throws IllegalArgumentException if {@code node} is negative
     */
    public static Placement onNode(int node) {
        return of(Policy.BIND, sorted(node));
    }

    /**
     * Returns a placement of pages on one node while it has free memory, and on others then. Pages on other nodes are
     * reported, and never an exception.
     *
     * @param node the kernel's number of the node
     * @return the placement
     * @throws IllegalArgumentException if {@code node} is negative
     */
    public static Placement preferNode(int node) {
        return of(Policy.PREFER, sorted(node));
    }

    /**
     * Returns a placement of pages on all nodes on which this process may allocate, in turn: for memory that threads on
     * all nodes use alike.
     *
     * @return the placement
     */
    public static Placement interleaved() {
        return of(Policy.INTERLEAVE, List.of());
    }

    /**
     * Returns a placement of pages on these nodes, in turn.
     *
     * @param nodes the kernel's numbers of the nodes, at least one
     * @return the placement
     * @throws IllegalArgumentException if no node is given, or if one is negative
     */
    public static Placement interleaved(int... nodes) {
        requireSome(nodes);
        return of(Policy.INTERLEAVE, sorted(nodes));
    }

    /**
     * Returns this placement with partitions, each bound to a node: partition {@code i} starts at {@code from + i *
     * bytes}. Memory outside of the partitions keeps its policy. For structures each part of which is used by the
     * threads of one node.
     *
     * @param from  offset of the first partition, a multiple of the {@linkplain Topology#pageBytes() page size}
     * @param bytes length of a partition, a multiple of the page size; a multiple of the huge page size avoids small
     *              pages at the ends of a partition
     * @param nodes the kernel's number of the node of each partition, at least one; a node may have several partitions
     * @return a new placement
     * @throws IllegalArgumentException if a number is negative, if no node is given, or if the end of the partitions
     *                                  exceeds {@link Long#MAX_VALUE}
     */
    public Placement partitions(long from, long bytes, int... nodes) {
        requireSome(nodes);
        sorted(nodes);
        if (from < 0 || bytes <= 0 || bytes > (Long.MAX_VALUE - from) / nodes.length) {
            throw new IllegalArgumentException("partitions need an offset from 0 and a length from 1: from=" + from
                    + " bytes=" + bytes + " nodes=" + nodes.length);
        }
        List<Integer> each = Arrays.stream(nodes).boxed().toList();
        return new Placement(policy, this.nodes, from, bytes, each, huge, preTouched, bestEffort);
    }

    /**
     * Returns this placement with transparent huge pages, each of which takes one entry of the TLB instead of hundreds.
     * The memory starts at a multiple of the huge page size; the rest at the end of the memory, or of a partition, is
     * in small pages.
     *
     * <p>The kernel makes huge pages as far as it finds unfragmented memory; {@link PlacementReport#hugeBytes()} tells
     * how many once all pages are touched. Many kernels (Linux 6.1 is one) make small pages where the first access is a
     * read, and collapse them into huge pages later, all on one node: unless writes come first, request
     * {@link #preTouched()} as well.
     *
     * @return a new placement
     */
    public Placement hugePages() {
        return new Placement(
                policy, nodes, partitionsFrom, partitionBytes, partitionNodes, true, preTouched, bestEffort);
    }

    /**
     * Returns this placement with all pages touched before the allocation returns, as {@code -XX:+AlwaysPreTouch} does
     * with the heap: no later access waits for a page fault, and the allocation verifies where the pages are. The
     * allocating thread touches them, which decides the node of {@linkplain #local() local} pages.
     *
     * @return a new placement
     */
    public Placement preTouched() {
        return new Placement(policy, nodes, partitionsFrom, partitionBytes, partitionNodes, huge, true, bestEffort);
    }

    /**
     * Returns this placement as a best effort: an allocation leaves out what cannot be met, and
     * {@link PlacementReport#unmet()} reports it instead of an exception. Without Linux or native access the allocation
     * returns ordinary memory of the JVM.
     *
     * @return a new placement
     */
    public Placement bestEffort() {
        return new Placement(policy, nodes, partitionsFrom, partitionBytes, partitionNodes, huge, preTouched, true);
    }

    private static void requireSome(int[] nodes) {
        if (nodes.length == 0) {
            throw new IllegalArgumentException(
                    "a list of nodes needs at least one node: nodes=0; Topology.current() lists them");
        }
    }

    private static List<Integer> sorted(int... nodes) {
        for (int node : nodes) {
            if (node < 0) {
                throw new IllegalArgumentException(
                        "the number of a node is not negative: node=" + node + "; Topology.current() lists them");
            }
        }
        return Arrays.stream(nodes).sorted().distinct().boxed().toList();
    }

    /**
     * Returns the ranges of memory of this size, each with its policy.
     *
     * @param bytes the size of the memory
     * @return the ranges, which cover the memory without a gap, by ascending offset
     * @throws IllegalArgumentException if the memory ends before the partitions do
     */
    public List<Range> ranges(long bytes) {
        List<Range> ranges = new ArrayList<>();
        long end = partitionsFrom + partitionBytes * partitionNodes.size();
        if (end > bytes) {
            throw new IllegalArgumentException(
                    "memory is too small for its partitions: bytes=" + bytes + " end of partitions=" + end);
        }
        if (partitionsFrom > 0) {
            ranges.add(new Range(0, partitionsFrom, policy, nodes));
        }
        for (int i = 0; i < partitionNodes.size(); i++) {
            long from = partitionsFrom + i * partitionBytes;
            ranges.add(new Range(from, partitionBytes, Policy.BIND, List.of(partitionNodes.get(i))));
        }
        if (end < bytes) {
            ranges.add(new Range(end, bytes - end, policy, nodes));
        }
        return List.copyOf(ranges);
    }

    /**
     * Returns whether huge pages are requested.
     *
     * @return {@code true} if they are
     */
    public boolean isHuge() {
        return huge;
    }

    /**
     * Returns whether an allocation touches all pages before it returns.
     *
     * @return {@code true} if it does
     */
    public boolean isPreTouched() {
        return preTouched;
    }

    /**
     * Returns whether a request that cannot be met is reported instead of thrown.
     *
     * @return {@code true} if it is reported
     */
    public boolean isBestEffort() {
        return bestEffort;
    }

    private List<Object> state() {
        return List.of(policy, nodes, partitionsFrom, partitionBytes, partitionNodes, huge, preTouched, bestEffort);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Placement placement && state().equals(placement.state());
    }

    @Override
    public int hashCode() {
        return state().hashCode();
    }

    /** Returns the placement as Java code. */
    @Override
    public String toString() {
        String list = numbers(nodes);
        String base = switch (policy) {
            case LOCAL -> "local()";
            case BIND -> "onNode(" + list + ")";
            case PREFER -> "preferNode(" + list + ")";
            case INTERLEAVE -> "interleaved(" + list + ")";
        };
        String partitions = partitionNodes.isEmpty()
                ? ""
                : ".partitions(" + partitionsFrom + ", " + partitionBytes + ", " + numbers(partitionNodes) + ")";
        return base
                + partitions
                + (huge ? ".hugePages()" : "")
                + (preTouched ? ".preTouched()" : "")
                + (bestEffort ? ".bestEffort()" : "");
    }

    private static String numbers(List<Integer> nodes) {
        return String.join(", ", nodes.stream().map(String::valueOf).toList());
    }
}
