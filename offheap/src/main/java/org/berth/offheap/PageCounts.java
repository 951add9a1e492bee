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
import org.berth.offheap.placement.Placement.Part;
import org.berth.offheap.placement.Placement.Policy;
import org.berth.offheap.placement.PlacementReport;

/** Counts the pages of memory by node, and compares with what was asked. To be used once. */
final class PageCounts {

    private final long address;
    private final long bytes;
    private final Placement asked;
    private final long page = Mapping.pageSize();
    private final CachedTopology machine = CachedTopology.known();

    private final TreeMap<Integer, Long> bytesOnNode = new TreeMap<>();
    private final List<String> unmet;
    private final List<String> broken = new ArrayList<>();
    private long untouched;

    /**
     * For memory at this address.
     *
     * @param refused what could not even be asked
     */
    PageCounts(long address, long bytes, Placement asked, List<String> refused) {
        this.address = address;
        this.bytes = bytes;
        this.asked = asked;
        this.unmet = new ArrayList<>(refused);
    }

    /** What of the request is not so and should be; afterwards. A preference is met wherever the pages are. */
    List<String> broken() {
        return broken;
    }

    PlacementReport take(long offset, long length) {
        long hugeExpected = 0;
        for (Part part : asked.parts(bytes)) {
            long from = address + Math.max(offset, part.offset());
            long to = address + Math.min(offset + length, part.offset() + part.length());
            if (from < to) {
                count(part, from, to);
                long huge = machine.hugePageBytes();
                hugeExpected += Math.max(0, Math.floorDiv(to, huge) - Math.ceilDiv(from, huge)) * huge;
            }
        }
        OptionalLong huge = Smaps.hugeBytes(address + offset, length);
        if (asked.isHuge() && untouched == 0 && huge.orElse(hugeExpected) < hugeExpected) {
            report("fewer huge pages than there is room for: huge=" + huge.getAsLong() + " room=" + hugeExpected, true);
        }
        return new PlacementReport(asked, bytesOnNode, untouched, huge, unmet);
    }

    private void count(Part part, long from, long to) {
        long first = Math.floorDiv(from, page) * page;
        TreeMap<Integer, Long> pages = new TreeMap<>();
        long error = PageNodes.count(first, Math.ceilDiv(to - first, page), pages);
        if (error != 0) {
            boolean isChoice = part.policy() == Policy.BIND || part.policy() == Policy.INTERLEAVE;
            report(
                    "the kernel does not tell where pages are: call=move_pages " + Errno.explain(-error),
                    isChoice && !machine.hasOneNode());
            return;
        }
        Long missing = pages.remove(PageNodes.UNTOUCHED);
        untouched += missing == null ? 0 : missing * page;
        compare(part, pages, missing == null);
        pages.forEach((node, count) -> bytesOnNode.merge(node, count * page, Long::sum));
    }

    private void compare(Part part, Map<Integer, Long> pages, boolean complete) {
        if (part.policy() == Policy.LOCAL) {
            return;
        }
        List<Integer> nodes = part.nodes().isEmpty() ? machine.allocatable() : part.nodes();
        TreeMap<Integer, Long> elsewhere = new TreeMap<>(pages);
        nodes.forEach(elsewhere::remove);
        String where = part.policy() + " nodes=" + nodes + " offset=" + part.offset() + " pages=" + pages;
        if (!elsewhere.isEmpty()) {
            report("pages are on other nodes: asked=" + where, part.policy() != Policy.PREFER);
        } else if (part.policy() == Policy.INTERLEAVE && complete && isUneven(nodes, pages)) {
            report("pages are not spread over the nodes: asked=" + where, true);
        }
    }

    /** A node with less than half its share. Huge pages are dealt out whole, so too few of them prove nothing. */
    private boolean isUneven(List<Integer> nodes, Map<Integer, Long> pages) {
        long all = pages.values().stream().mapToLong(Long::longValue).sum();
        long least = nodes.stream()
                .mapToLong(node -> pages.getOrDefault(node, 0L))
                .min()
                .orElse(0);
        long enough = 4L * nodes.size() * (machine.hugePageBytes() / page);
        return all >= enough && least * 2 * nodes.size() < all;
    }

    private void report(String what, boolean isBroken) {
        unmet.add(what);
        if (isBroken) {
            broken.add(what);
        }
    }
}
