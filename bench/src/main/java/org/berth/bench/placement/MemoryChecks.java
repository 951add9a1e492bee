package org.berth.bench.placement;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.berth.bench.placement.PlacementCheck.Skipped;
import org.berth.offheap.Region;
import org.berth.offheap.Words;
import org.berth.offheap.placement.Placement;
import org.berth.offheap.placement.PlacementReport;
import org.berth.offheap.placement.ThreadAffinity;
import org.berth.offheap.placement.Topology;
import org.berth.offheap.placement.Topology.Node;

/** Checks the node of every page of regions, and the kind of page. */
final class MemoryChecks {

    private static final int NO_NODE = 1_000;

    private final Topology topology;
    private final long page;
    private final long huge;

    /** The size of each region: whole pages of either kind. */
    private final long bytes;

    private final int[] nodes;

    MemoryChecks(Topology topology, long hugePages) {
        this.topology = topology;
        this.page = topology.pageBytes().orElse(4096);
        this.huge = topology.transparentHugePageBytes().orElse(1L << 21);
        this.bytes = hugePages * huge;
        this.nodes = topology.nodes().stream()
                .filter(Node::isAllocatable)
                .mapToInt(Node::id)
                .toArray();
    }

    List<PlacementCheck> all() {
        List<PlacementCheck> checks = new ArrayList<>();
        for (int node : nodes) {
            checks.add(region(Placement.onNode(node), Map.of(node, bytes)));
            checks.add(region(Placement.preferNode(node), Map.of(node, bytes)));
            checks.add(region(Placement.onNode(node).preTouched(), Map.of(node, bytes)));
        }
        checks.add(new PlacementCheck("interleaved()", () -> interleaved(Placement.interleaved(), nodes)));
        for (int i = 0; i + 1 < nodes.length && nodes.length > 2; i++) {
            int[] pair = {nodes[i], nodes[i + 1]};
            checks.add(new PlacementCheck(
                    Placement.interleaved(pair).toString(), () -> interleaved(Placement.interleaved(pair), pair)));
        }
        for (Node node : topology.nodes()) {
            checks.add(new PlacementCheck("local(), touched on node " + node.id(), () -> local(node)));
        }
        checks.add(new PlacementCheck("a stripe on each node", this::stripes));
        for (int node : nodes) {
            checks.add(new PlacementCheck(hugeOn(node).toString(), () -> hugePages(node)));
        }
        checks.add(new PlacementCheck("interleaved().hugePages().preTouched()", this::hugeInterleaved));
        for (int node : nodes) {
            checks.add(new PlacementCheck("automatic words on node " + node, () -> automatic(node)));
        }
        checks.add(new PlacementCheck("memory is lazy, and is returned", this::returned));
        checks.addAll(refusals());
        return checks;
    }

    private PlacementCheck region(Placement placement, Map<Integer, Long> expected) {
        return new PlacementCheck(placement.toString(), () -> {
            try (Region region = Region.anonymous(bytes, placement)) {
                if (!placement.isPreTouched()) {
                    touch(region.words());
                }
                return requirePages(region.placementReport(), expected);
            }
        });
    }

    private void touch(Words words) {
        for (long at = 0; at < words.size(); at += page) {
            words.set(at, 1);
        }
    }

    /** Requires that every page is present and on the expected node. */
    private String requirePages(PlacementReport actual, Map<Integer, Long> expected) {
        PlacementCheck.require(
                actual.isMet() && actual.bytesOnNode().equals(expected), "expected=" + expected + " found: " + actual);
        PlacementCheck.require(actual.untouchedBytes() == 0, "not all pages are there: " + actual);
        return pages(actual.bytesOnNode());
    }

    private String pages(SortedMap<Integer, Long> bytesOnNode) {
        List<String> parts = new ArrayList<>();
        bytesOnNode.forEach((node, count) -> parts.add(count / page + " pages on node " + node));
        return String.join(", ", parts);
    }

    private String interleaved(Placement placement, int[] among) throws Skipped {
        try (Region region = Region.anonymous(bytes, placement)) {
            touch(region.words());
            PlacementReport actual = region.placementReport();
            PlacementCheck.require(actual.isMet() && actual.untouchedBytes() == 0, actual.toString());
            // Where the kernel makes huge pages on its own, it interleaves those.
            return requireShares(actual, among, actual.hugeBytes().orElse(0) > 0 ? huge : page);
        }
    }

    private String requireShares(PlacementReport actual, int[] among, long unit) throws Skipped {
        if (bytes / unit < among.length) {
            throw new Skipped("not enough pages to give each node one: pages=" + bytes / unit + " nodes=" + among.length
                    + "; use a larger --huge-pages");
        }
        for (int node : among) {
            long share = actual.bytesOnNode().getOrDefault(node, 0L);
            PlacementCheck.require(
                    Math.abs(share - bytes / among.length) <= unit,
                    "not an equal share: node=" + node + " found: " + actual);
        }
        PlacementCheck.require(actual.bytesOnNode().size() == among.length, "on other nodes: " + actual);
        return pages(actual.bytesOnNode());
    }

    private String local(Node node) throws Skipped {
        if (node.usableCpus().isEmpty()) {
            throw new Skipped("no CPU to touch it from");
        }
        try (Region region = Region.anonymous(bytes, Placement.local())) {
            try (ThreadAffinity _ = ThreadAffinity.bindToNode(node.id())) {
                touch(region.words());
            }
            PlacementReport actual = region.placementReport();
            if (!node.isAllocatable()) {
                PlacementCheck.require(actual.isMet() && actual.untouchedBytes() == 0, actual.toString());
                return "it has no memory for this process: " + pages(actual.bytesOnNode());
            }
            return requirePages(actual, Map.of(node.id(), bytes));
        }
    }

    /** Checks every page of four stripes for each node, between interleaved memory. */
    private String stripes() {
        int[] each = IntStream.range(0, 4 * nodes.length)
                .map(i -> nodes[i % nodes.length])
                .toArray();
        long stripe = 16 * page;
        long from = 3 * page;
        long end = from + each.length * stripe;
        Placement placement = Placement.interleaved().partitions(from, stripe, each);
        try (Region region = Region.anonymous(end + 5 * page + 8, placement)) {
            touch(region.words());
            for (int i = 0; i < each.length; i++) {
                long start = from + i * stripe;
                for (long at = start; at < start + stripe; at += page) {
                    requirePages(region.placementReport(at, 8), Map.of(each[i], page));
                }
                requirePages(region.placementReport(start, stripe), Map.of(each[i], stripe));
            }
            PlacementCheck.require(
                    region.placementReport().isMet(), region.placementReport().toString());
            return each.length + " stripes of " + stripe / page + " pages, each page asked: "
                    + pages(region.placementReport().bytesOnNode());
        }
    }

    private static Placement hugeOn(int node) {
        return Placement.onNode(node).hugePages().preTouched();
    }

    private String hugePages(int node) throws Skipped {
        requireHugePages();
        try (Region region = Region.anonymous(bytes, hugeOn(node))) {
            PlacementReport actual = region.placementReport();
            PlacementCheck.require(actual.hugeBytes().orElse(-1) == bytes, "not all huge: " + actual);
            requirePages(actual, Map.of(node, bytes));
            return bytes / huge + " of " + bytes / huge + " huge pages on node " + node;
        }
    }

    private String hugeInterleaved() throws Skipped {
        requireHugePages();
        try (Region region =
                Region.anonymous(bytes, Placement.interleaved().hugePages().preTouched())) {
            PlacementReport actual = region.placementReport();
            PlacementCheck.require(actual.hugeBytes().orElse(-1) == bytes, "not all huge: " + actual);
            return requireShares(actual, nodes, huge) + ", all huge";
        }
    }

    private void requireHugePages() throws Skipped {
        String mode = topology.transparentHugePages().orElse("unknown");
        if (!mode.equals("always") && !mode.equals("madvise")) {
            throw new Skipped(PlacementCheck.refusal(
                    UnsupportedOperationException.class,
                    () -> Region.anonymous(bytes, Placement.local().hugePages()).close(),
                    "huge pages are switched off"));
        }
    }

    private String automatic(int node) {
        Words words = Words.ofAuto(bytes, Placement.onNode(node));
        touch(words);
        return requirePages(words.placementReport(0, bytes), Map.of(node, bytes));
    }

    private String returned() throws IOException {
        long address;
        try (Region region = Region.anonymous(bytes, Placement.local())) {
            PlacementCheck.require(
                    region.placementReport().untouchedBytes() == bytes,
                    region.placementReport().toString());
            address = region.buffer(0, 8).addressOffset();
            PlacementCheck.require(isMapped(address), "is not among the mappings");
        }
        PlacementCheck.require(!isMapped(address), "is still among the mappings");
        return "no page before it is touched, no mapping after it is closed";
    }

    private static boolean isMapped(long address) throws IOException {
        return Files.readString(Path.of("/proc/self/maps"))
                .lines()
                .map(line -> line.split("[- ]", 3))
                .anyMatch(ends -> Long.compareUnsigned(Long.parseUnsignedLong(ends[0], 16), address) <= 0
                        && Long.compareUnsigned(Long.parseUnsignedLong(ends[1], 16), address) > 0);
    }

    private List<PlacementCheck> refusals() {
        List<PlacementCheck> checks = new ArrayList<>();
        checks.add(refused("a node that is not there", OptionalInt.of(NO_NODE), "is not there"));
        int last = nodes.length == 0 ? 0 : topology.nodes().getLast().id();
        OptionalInt hole = IntStream.range(0, last)
                .filter(id -> topology.node(id).isEmpty())
                .findFirst();
        checks.add(refused("a hole in the nodes' numbers", hole, "is not there"));
        checks.add(refused("a node without memory", first(node -> node.memory().orElse(1) == 0), "has no memory"));
        checks.add(refused(
                "a node that the cpuset forbids",
                first(node -> !node.allowed() && node.memory().orElse(1) > 0),
                "is forbidden"));
        checks.add(new PlacementCheck("best mode reports a node that is not there", () -> {
            try (Region region =
                    Region.anonymous(bytes, Placement.onNode(NO_NODE).bestEffort())) {
                touch(region.words());
                PlacementReport actual = region.placementReport();
                PlacementCheck.require(!actual.isMet() && actual.untouchedBytes() == 0, actual.toString());
                return pages(new TreeMap<>(actual.bytesOnNode())) + "; unmet: " + String.join("; ", actual.unmet());
            }
        }));
        return checks;
    }

    private OptionalInt first(Predicate<Node> which) {
        return topology.nodes().stream().filter(which).mapToInt(Node::id).findFirst();
    }

    private PlacementCheck refused(String what, OptionalInt node, String word) {
        return new PlacementCheck(what + " is refused", () -> {
            if (node.isEmpty()) {
                throw new Skipped("this machine has none");
            }
            int id = node.getAsInt();
            List<Placement> placements = List.of(
                    Placement.onNode(id),
                    Placement.preferNode(id),
                    Placement.interleaved(id),
                    Placement.local().partitions(0, page, id));
            String message = "";
            for (Placement placement : placements) {
                message = PlacementCheck.refusal(
                        IllegalArgumentException.class,
                        () -> Region.anonymous(bytes, placement).close(),
                        word);
            }
            return message;
        });
    }
}
