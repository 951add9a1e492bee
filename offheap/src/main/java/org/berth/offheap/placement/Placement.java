package org.berth.offheap.placement;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where memory is to lie and of which pages it is to be made: what {@link org.berth.offheap.Region#anonymous(long, Placement)}
 * is asked for. A description only; nothing happens before memory is allocated by it.
 *
 * <pre>{@code
 * Region.anonymous(1 << 30, Placement.interleaved().hugePages().preTouched())
 * }</pre>
 *
 * <p>It needs Linux and native access ({@code --enable-native-access=org.berth.offheap}, or {@code ALL-UNNAMED} for the class
 * path). A request that cannot be met is an exception and leaves nothing behind, unless it is a {@linkplain #bestEffort() best
 * effort}; then it is reported by {@link PlacementReport#unmet()}.
 *
 * <p>A node's policy is the kernel's for pages that are not there yet, and holds when a page is first written.
 *
 * <p>Immutable, so any number of threads may share it.
 */
public final class Placement {

    /** How the kernel chooses the node of a page. */
    public enum Policy {
        /** The node of the thread that touches it first. */
        LOCAL,
        /** This node, no other. */
        BIND,
        /** This node while it has room, then others. */
        PREFER,
        /** One node after the other. */
        INTERLEAVE
    }

    /**
     * A range of the memory and the policy for it.
     *
     * @param offset in bytes
     * @param length in bytes
     * @param policy for it
     * @param nodes  it is about, ascending; empty for all those on which this process may have memory
     */
    public record Part(long offset, long length, Policy policy, List<Integer> nodes) {}

    private final Policy policy;
    private final List<Integer> nodes;
    private final long stripesFrom;
    private final long stripeBytes;
    private final List<Integer> stripeNodes;
    private final boolean huge;
    private final boolean touched;
    private final boolean bestEffort;

    private Placement(
            Policy policy,
            List<Integer> nodes,
            long stripesFrom,
            long stripeBytes,
            List<Integer> stripeNodes,
            boolean huge,
            boolean touched,
            boolean bestEffort) {
        this.policy = policy;
        this.nodes = nodes;
        this.stripesFrom = stripesFrom;
        this.stripeBytes = stripeBytes;
        this.stripeNodes = stripeNodes;
        this.huge = huge;
        this.touched = touched;
        this.bestEffort = bestEffort;
    }

    private static Placement of(Policy policy, List<Integer> nodes) {
        return new Placement(policy, nodes, 0, 0, List.of(), false, false, false);
    }

    /**
     * Each page on the node of the thread that touches it first, whatever policy the process was started with
     * ({@code numactl}).
     *
     * @return the placement
     */
    public static Placement local() {
        return of(Policy.LOCAL, List.of());
    }

    /**
     * All pages on one node and nowhere else. When the node is full, the kernel rather ends a process than goes elsewhere;
     * {@link #preferNode(int)} does not.
     *
     * @param node the kernel's number of the node
     * @return the placement
     * @throws IllegalArgumentException if {@code node} is negative
     */
    public static Placement onNode(int node) {
        return of(Policy.BIND, sorted(node));
    }

    /**
     * PageSizes on one node while it has room, then elsewhere. PageSizes that are elsewhere are reported, and never an exception.
     *
     * @param node the kernel's number of the node
     * @return the placement
     * @throws IllegalArgumentException if {@code node} is negative
     */
    public static Placement preferNode(int node) {
        return of(Policy.PREFER, sorted(node));
    }

    /**
     * PageSizes on all nodes on which this process may have memory, in turn: for what threads on all nodes use alike.
     *
     * @return the placement
     */
    public static Placement interleaved() {
        return of(Policy.INTERLEAVE, List.of());
    }

    /**
     * PageSizes on these nodes, in turn.
     *
     * @param nodes the kernel's numbers of the nodes, at least one
     * @return the placement
     * @throws IllegalArgumentException if there is none, or one is negative
     */
    public static Placement interleaved(int... nodes) {
        requireSome(nodes);
        return of(Policy.INTERLEAVE, sorted(nodes));
    }

    /**
     * The same with a run of stripes, one bound to each of these nodes: stripe {@code i} starts at {@code from + i * bytes}. What
     * is not in a stripe keeps the policy it has. For structures whose parts are used from one node each.
     *
     * @param from  offset of the first stripe, a multiple of the {@linkplain Topology#pageBytes() page size}
     * @param bytes the length of a stripe, a multiple of the page size; of a huge page, or there are small ones at its ends
     * @param nodes the kernel's number of the node of each stripe, at least one; a node may have several
     * @return a new placement
     * @throws IllegalArgumentException if a number is negative, there is no node, or the stripes end beyond what a {@code long}
     *                                  holds
     */
    public Placement stripes(long from, long bytes, int... nodes) {
        requireSome(nodes);
        sorted(nodes);
        if (from < 0 || bytes <= 0 || bytes > (Long.MAX_VALUE - from) / nodes.length) {
            throw new IllegalArgumentException("stripes need an offset from 0 and a length from 1: from=" + from
                    + " bytes=" + bytes + " nodes=" + nodes.length);
        }
        List<Integer> each = Arrays.stream(nodes).boxed().toList();
        return new Placement(policy, this.nodes, from, bytes, each, huge, touched, bestEffort);
    }

    /**
     * The same in transparent huge pages, each of which takes one entry of the processor's address cache instead of many. The
     * memory starts at a multiple of the huge page's size; what is left at the end of the memory, or of a stripe, is in small
     * pages. The kernel makes huge pages as far as it finds room that is not fragmented; how many there are is known when all
     * pages were touched. Many kernels (Linux 6.1 is one) make small pages where the first access is a read, and join them later,
     * all on one node: unless writes come first, ask for {@link #preTouched()} as well.
     *
     * @return a new placement
     */
    public Placement hugePages() {
        return new Placement(policy, nodes, stripesFrom, stripeBytes, stripeNodes, true, touched, bestEffort);
    }

    /**
     * The same with all pages touched before the memory is handed out, so that no later access waits for the kernel, and so that
     * where they are is checked. The thread that allocates touches them, which decides the node of those that are
     * {@linkplain #local() local}.
     *
     * @return a new placement
     */
    public Placement preTouched() {
        return new Placement(policy, nodes, stripesFrom, stripeBytes, stripeNodes, huge, true, bestEffort);
    }

    /**
     * The same, but what cannot be met is left out and reported by {@link PlacementReport#unmet()} instead of thrown. Without
     * Linux or native access the memory is then ordinary memory of the JVM.
     *
     * @return a new placement
     */
    public Placement bestEffort() {
        return new Placement(policy, nodes, stripesFrom, stripeBytes, stripeNodes, huge, touched, true);
    }

    private static void requireSome(int[] nodes) {
        if (nodes.length == 0) {
            throw new IllegalArgumentException(
                    "a list of nodes needs at least one: nodes=0; Topology.current() tells them");
        }
    }

    private static List<Integer> sorted(int... nodes) {
        for (int node : nodes) {
            if (node < 0) {
                throw new IllegalArgumentException(
                        "a node's number is not negative: node=" + node + "; Topology.current() tells them");
            }
        }
        return Arrays.stream(nodes).sorted().distinct().boxed().toList();
    }

    /**
     * What is asked for each part of memory of this size.
     *
     * @param bytes the size of the memory
     * @return the parts, which cover the memory, by ascending offset
     * @throws IllegalArgumentException if the memory ends before the stripes do
     */
    public List<Part> parts(long bytes) {
        List<Part> parts = new ArrayList<>();
        long end = stripesFrom + stripeBytes * stripeNodes.size();
        if (end > bytes) {
            throw new IllegalArgumentException(
                    "memory is too small for its stripes: bytes=" + bytes + " end of stripes=" + end);
        }
        if (stripesFrom > 0) {
            parts.add(new Part(0, stripesFrom, policy, nodes));
        }
        for (int i = 0; i < stripeNodes.size(); i++) {
            long from = stripesFrom + i * stripeBytes;
            parts.add(new Part(from, stripeBytes, Policy.BIND, List.of(stripeNodes.get(i))));
        }
        if (end < bytes) {
            parts.add(new Part(end, bytes - end, policy, nodes));
        }
        return List.copyOf(parts);
    }

    /**
     * Whether huge pages are asked for.
     *
     * @return whether they are
     */
    public boolean isHuge() {
        return huge;
    }

    /**
     * Whether all pages are touched before the memory is handed out.
     *
     * @return whether they are
     */
    public boolean isPreTouched() {
        return touched;
    }

    /**
     * Whether what cannot be met is reported instead of thrown.
     *
     * @return whether it is
     */
    public boolean isBestEffort() {
        return bestEffort;
    }

    private List<Object> state() {
        return List.of(policy, nodes, stripesFrom, stripeBytes, stripeNodes, huge, touched, bestEffort);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Placement placement && state().equals(placement.state());
    }

    @Override
    public int hashCode() {
        return state().hashCode();
    }

    /** As it is written in Java. */
    @Override
    public String toString() {
        String list = numbers(nodes);
        String base = switch (policy) {
            case LOCAL -> "local()";
            case BIND -> "onNode(" + list + ")";
            case PREFER -> "preferNode(" + list + ")";
            case INTERLEAVE -> "interleaved(" + list + ")";
        };
        String stripes = stripeNodes.isEmpty()
                ? ""
                : ".stripes(" + stripesFrom + ", " + stripeBytes + ", " + numbers(stripeNodes) + ")";
        return base
                + stripes
                + (huge ? ".hugePages()" : "")
                + (touched ? ".preTouched()" : "")
                + (bestEffort ? ".bestEffort()" : "");
    }

    private static String numbers(List<Integer> nodes) {
        return String.join(", ", nodes.stream().map(String::valueOf).toList());
    }
}
