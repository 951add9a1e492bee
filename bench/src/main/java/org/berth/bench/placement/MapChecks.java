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

/** The node of a map's memory, and its pages, after the map has grown. */
final class MapChecks {

    /** Just after it has grown, a table has so many bytes for each key, or more. */
    private static final int BYTES_PER_KEY = 40;

    /** Of all keys one in so many is looked up afterwards. */
    private static final int SAMPLE = 16;

    private final Topology topology;
    private final List<Node> nodes;
    private final long huge;
    private final int keys;

    MapChecks(Topology topology, long hugePages) {
        this.topology = topology;
        this.nodes = topology.nodes().stream().filter(Node::isAllocatable).toList();
        this.huge = topology.transparentHugePageBytes().orElse(1L << 21);
        // More keys than they are asked for take long on the emulated machines that have many nodes.
        this.keys = Math.toIntExact(hugePages * huge / 2 / BYTES_PER_KEY);
    }

    List<PlacementCheck> all() {
        List<PlacementCheck> checks = new ArrayList<>();
        for (Node node : nodes) {
            checks.add(check(Placement.onNode(node.id()), List.of(node)));
        }
        checks.add(check(Placement.interleaved(), nodes));
        // Not without the touch: a map reads a place before it writes it, and where that is the first access to a page,
        // many kernels
        // make small pages of it (6.1 does, 6.18 does not), which are joined later, on one node.
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
        // Huge pages are dealt out whole, also those that the kernel makes unasked.
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
