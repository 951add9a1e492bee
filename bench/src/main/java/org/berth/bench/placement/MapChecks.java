package org.berth.bench.placement;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.berth.bench.placement.PlacementCheck.Skipped;
import org.berth.core.map.LongLongMap;
import org.berth.offheap.placement.Placement;
import org.berth.offheap.placement.PlacementReport;
import org.berth.offheap.placement.Topology;
import org.berth.offheap.placement.Topology.Node;

/** Checks the node and the pages of a map's memory after the map has grown. */
final class MapChecks {

    /** The least bytes per key of a table, just after a resize. */
    private static final int BYTES_PER_KEY = 40;

    /** One key in so many is looked up afterwards. */
    private static final int SAMPLE = 16;

    private final Topology topology;
    private final List<Node> nodes;
    private final long huge;
    private final int keys;

    MapChecks(Topology topology, long hugePages) {
        this.topology = topology;
        this.nodes = topology.nodes().stream().filter(Node::isAllocatable).toList();
        this.huge = topology.transparentHugePageBytes().orElse(1L << 21);
        // More keys would take long on emulated machines with many nodes.
        this.keys = Math.toIntExact(hugePages * huge / 2 / BYTES_PER_KEY);
    }

    List<PlacementCheck> all() {
        List<PlacementCheck> checks = new ArrayList<>();
        for (Node node : nodes) {
            checks.add(check(Placement.onNode(node.id()), List.of(node)));
        }
        checks.add(check(Placement.interleaved(), nodes));
        // Only pre-touched: a map reads a bucket before it writes it. If a read is the first access to a page, many
        // kernels (6.1, but not 6.18) make small pages and collapse them later, on one node.
        checks.add(check(Placement.interleaved().hugePages().preTouched(), nodes));
        return checks;
    }

    private PlacementCheck check(Placement placement, List<Node> among) {
        return new PlacementCheck("a map that grows, " + placement, () -> grow(placement, among));
    }

    private String grow(Placement placement, List<Node> among) throws Skipped {
        if (placement.isHuge()) {
            requireHugePages();
        }
        try (LongLongMap map = LongLongMap.builder().placement(placement).build()) {
            for (int key = 0; key < keys; key++) {
                map.put(key, key + 1L);
            }
            map.finishResize();
            PlacementReport actual = map.placementReport();
            PlacementCheck.require(actual.isMet() && actual.untouchedBytes() == 0, actual.toString());
            String seen = requireShares(actual, among);
            for (int key = 0; key < keys; key += SAMPLE) {
                PlacementCheck.require(map.get(key) == key + 1L, "lost: key=" + key + " value=" + map.get(key));
            }
            return keys + " keys, " + seen;
        }
    }

    private String requireShares(PlacementReport actual, List<Node> among) {
        long all = actual.bytesOnNode().values().stream()
                .mapToLong(Long::longValue)
                .sum();
        long inHuge = actual.hugeBytes().orElse(0);
        if (actual.requested().isHuge()) {
            PlacementCheck.require(inHuge == all / huge * huge, "not all huge: " + actual);
        }
        // Huge pages are interleaved whole, also those that the kernel makes on its own.
        long unit = inHuge > 0 ? huge : topology.pageBytes().orElse(4096);
        for (Node node : among) {
            long share = actual.bytesOnNode().getOrDefault(node.id(), 0L);
            PlacementCheck.require(
                    Math.abs(share - all / among.size()) <= unit,
                    "not an equal share: node=" + node.id() + " found: " + actual);
        }
        PlacementCheck.require(
                Set.copyOf(among.stream().map(Node::id).toList())
                        .containsAll(actual.bytesOnNode().keySet()),
                "on other nodes: " + actual);
        List<String> parts = new ArrayList<>();
        actual.bytesOnNode().forEach((node, bytes) -> parts.add((bytes >> 10) + " KiB on node " + node));
        return String.join(", ", parts) + (inHuge == 0 ? "" : ", " + (inHuge >> 10) + " KiB in huge pages");
    }

    private void requireHugePages() throws Skipped {
        String mode = topology.transparentHugePages().orElse("unknown");
        if (!mode.equals("always") && !mode.equals("madvise")) {
            throw new Skipped("huge pages are switched off: mode=" + mode);
        }
    }
}
