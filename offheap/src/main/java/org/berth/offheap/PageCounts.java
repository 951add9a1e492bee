package org.berth.offheap;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.berth.offheap.linux.Errno;
import org.berth.offheap.linux.Mapping;
import org.berth.offheap.linux.PageNodes;
import org.berth.offheap.linux.Smaps;
import org.berth.offheap.placement.Placement;
import org.berth.offheap.placement.Placement.Policy;
import org.berth.offheap.placement.Placement.Range;
import org.berth.offheap.placement.PlacementReport;

/** Counts the pages of memory by NUMA node, and compares them with the requested placement. An instance counts once. */
final class PageCounts {

    private final long address;
    private final long bytes;
    private final Placement requested;
    private final long page = Mapping.pageSize();
    private final CachedTopology topology = CachedTopology.cached();

    private final TreeMap<Integer, Long> bytesOnNode = new TreeMap<>();
    private final List<String> unmet;
    private final List<String> violations = new ArrayList<>();
    private long untouched;

    /**
     * Prepares to count the memory at an address.
     *
     * @param refused what the allocation had to leave out of the request
     */
    PageCounts(long address, long bytes, Placement requested, List<String> refused) {
        this.address = address;
        this.bytes = bytes;
        this.requested = requested;
        this.unmet = new ArrayList<>(refused);
    }

    /**
     * Counts all pages and returns what violates the request. Wherever pages are, they do not violate a mere
     * preference. Counts huge pages only if they are requested, because to read how many there are takes milliseconds.
     */
    List<String> findViolations() {
        long hugeExpected = countPages(0, bytes);
        if (requested.isHuge()) {
            compareHuge(Smaps.hugeBytes(address, bytes), hugeExpected);
        }
        return violations;
    }

    PlacementReport count(long offset, long length) {
        long hugeExpected = countPages(offset, length);
        OptionalLong huge = Smaps.hugeBytes(address + offset, length);
        if (requested.isHuge()) {
            compareHuge(huge, hugeExpected);
        }
        return new PlacementReport(requested, bytesOnNode, untouched, huge, unmet);
    }

    /** Counts pages by node. Returns how many bytes there is room for in huge pages. */
    private long countPages(long offset, long length) {
        long hugeExpected = 0;
        for (Range range : requested.ranges(bytes)) {
            long from = address + Math.max(offset, range.offset());
            long to = address + Math.min(offset + length, range.offset() + range.length());
            if (from < to) {
                count(range, from, to);
                long huge = topology.hugePageBytes();
                hugeExpected += Math.max(0, Math.floorDiv(to, huge) - Math.ceilDiv(from, huge)) * huge;
            }
        }
        return hugeExpected;
    }

    private void compareHuge(OptionalLong huge, long expected) {
        if (untouched == 0 && huge.orElse(expected) < expected) {
            report("fewer huge pages than there is room for: huge=" + huge.getAsLong() + " room=" + expected, true);
        }
    }

    private void count(Range range, long from, long to) {
        long first = Math.floorDiv(from, page) * page;
        TreeMap<Integer, Long> pages = new TreeMap<>();
        long error = PageNodes.count(first, Math.ceilDiv(to - first, page), pages);
        if (error != 0) {
            boolean isStrict = range.policy() == Policy.BIND || range.policy() == Policy.INTERLEAVE;
            report(
                    "the kernel does not tell where pages are: call=move_pages " + Errno.explain(-error),
                    isStrict && !topology.hasOneNode());
            return;
        }
        Long missing = pages.remove(PageNodes.UNTOUCHED);
        untouched += missing == null ? 0 : missing * page;
        compare(range, pages, missing == null);
        pages.forEach((node, count) -> bytesOnNode.merge(node, count * page, Long::sum));
    }

    private void compare(Range range, Map<Integer, Long> pages, boolean complete) {
        if (range.policy() == Policy.LOCAL) {
            return;
        }
        List<Integer> nodes = range.nodes().isEmpty() ? topology.allocatableNodes() : range.nodes();
        TreeMap<Integer, Long> elsewhere = new TreeMap<>(pages);
        nodes.forEach(elsewhere::remove);
        String details = range.policy() + " nodes=" + nodes + " offset=" + range.offset() + " pages=" + pages;
        if (!elsewhere.isEmpty()) {
            report("pages are on other nodes: requested=" + details, range.policy() != Policy.PREFER);
        } else if (range.policy() == Policy.INTERLEAVE && complete && isUneven(nodes, pages)) {
            report("pages are not spread over the nodes: requested=" + details, true);
        }
    }

    /**
     * Whether a node has less than half its share. The kernel interleaves huge pages whole, so a small number of them
     * proves nothing.
     */
    private boolean isUneven(List<Integer> nodes, Map<Integer, Long> pages) {
        long all = pages.values().stream().mapToLong(Long::longValue).sum();
        long fewest = nodes.stream()
                .mapToLong(node -> pages.getOrDefault(node, 0L))
                .min()
                .orElse(0);
        long enough = 4L * nodes.size() * (topology.hugePageBytes() / page);
        return all >= enough && fewest * 2 * nodes.size() < all;
    }

    private void report(String what, boolean isViolation) {
        unmet.add(what);
        if (isViolation) {
            violations.add(what);
        }
    }
}
