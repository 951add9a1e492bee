package org.berth.bench.placement;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.berth.bench.placement.PlacementCheck.Skipped;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Merge;
import org.berth.core.slots.PerThread;
import org.berth.core.slots.RecordLayout;
import org.berth.core.slots.Slot;
import org.berth.core.slots.SlotTable;
import org.berth.offheap.placement.Placement;
import org.berth.offheap.placement.PlacementReport;
import org.berth.offheap.placement.ThreadAffinity;
import org.berth.offheap.placement.Topology;
import org.berth.offheap.placement.Topology.Node;

/** Checks the node of every slot that a thread claims in a table spread over the nodes. */
final class SlotChecks {

    private static final RecordLayout.Builder RECORD = RecordLayout.builder();
    private static final OwnedLong COUNT = RECORD.ownedLong("count", Merge.SUM);
    private static final RecordLayout LAYOUT = RECORD.build();

    private static final int CAPACITY = 100;
    private static final int CLAIMS = 20;

    private final Topology topology;
    private final List<Node> nodes;

    SlotChecks(Topology topology) {
        this.topology = topology;
        this.nodes = topology.nodes().stream().filter(Node::isAllocatable).toList();
    }

    List<PlacementCheck> all() {
        List<PlacementCheck> checks = new ArrayList<>();
        for (Node node : topology.nodes()) {
            checks.add(
                    new PlacementCheck("slots claimed on node " + node.id(), () -> onNode(node, () -> claims(node))));
            checks.add(new PlacementCheck("slots of threads on node " + node.id(), () -> perThread(node)));
        }
        for (Node node : topology.nodes()) {
            checks.add(new PlacementCheck(
                    "all slots claimed on node " + node.id() + ", until every node is full",
                    () -> onNode(node, () -> overflow(node))));
        }
        checks.add(new PlacementCheck("a removed slot is recycled on its node", this::recycled));
        for (Node node : nodes) {
            checks.add(new PlacementCheck("a table on node " + node.id(), () -> table(node)));
        }
        return checks;
    }

    private String claims(Node node) throws Skipped {
        requireSeveralNodes();
        try (SlotTable table = spread().build()) {
            SortedMap<Integer, Integer> found = new TreeMap<>();
            for (long key = 0; key < CLAIMS; key++) {
                found.merge(claim(table, key), 1, Integer::sum);
            }
            PlacementCheck.require(
                    found.size() == 1 && nearest(node).contains(found.firstKey()),
                    "not on the nearest node: expected=" + nearest(node) + " found=" + found);
            return slots(found);
        }
    }

    /** Claims a key and returns the node that the slot reports, where its memory must be. The slot stays claimed. */
    private static int claim(SlotTable table, long key) {
        // Stays claimed until the table is closed.
        Slot slot = table.claim(key);
        slot.set(COUNT, key);
        return requireThere(slot);
    }

    private static int requireThere(Slot slot) {
        PlacementReport actual = slot.placementReport();
        PlacementCheck.require(
                actual.bytesOnNode().keySet().equals(Set.of(slot.node())) && actual.untouchedBytes() == 0,
                "a slot is not on the node that it reports: node=" + slot.node() + " found: " + actual);
        return slot.node();
    }

    /** Returns the nearest nodes with memory; several if the firmware reports equal distances. */
    private List<Integer> nearest(Node from) {
        int least = nodes.stream().mapToInt(node -> distance(from, node)).min().orElseThrow();
        return nodes.stream()
                .filter(node -> distance(from, node) == least)
                .map(Node::id)
                .toList();
    }

    private static int distance(Node from, Node to) {
        return from.distances().getOrDefault(to.id(), from.id() == to.id() ? 0 : Integer.MAX_VALUE);
    }

    /**
     * Claims more slots than the node has: the rest must come from the other nodes, nearest first, until none is free.
     */
    private String overflow(Node node) throws Skipped {
        requireSeveralNodes();
        try (SlotTable table = spread().build()) {
            SortedMap<Integer, Integer> found = new TreeMap<>();
            List<Integer> order = new ArrayList<>();
            for (long key = 0; key < table.capacity(); key++) {
                int on = claim(table, key);
                found.merge(on, 1, Integer::sum);
                if (order.isEmpty() || order.getLast() != on) {
                    order.add(on);
                }
            }
            int each = table.capacity() / nodes.size();
            PlacementCheck.require(
                    found.size() == nodes.size() && found.values().stream().allMatch(count -> count == each),
                    "not as many on each node: expected=" + each + " found=" + found);
            List<Integer> distances = order.stream()
                    .map(id -> distance(node, topology.node(id).orElseThrow()))
                    .toList();
            PlacementCheck.require(
                    order.size() == nodes.size()
                            && distances.equals(distances.stream().sorted().toList()),
                    "not the nearer nodes first: nodes=" + order + " distances=" + distances);
            return each + " slots on each of the nodes, in the order " + order;
        }
    }

    private String perThread(Node node) throws Exception {
        requireSeveralNodes();
        requireCpus(node);
        PerThread perThread = PerThread.create(spread());
        SortedMap<Integer, Integer> found = new TreeMap<>();
        for (int i = 0; i < CLAIMS; i++) {
            int on = onNode(node, () -> {
                Slot slot = perThread.get();
                slot.add(COUNT, 1);
                return requireThere(slot);
            });
            found.merge(on, 1, Integer::sum);
        }
        PlacementCheck.require(
                found.size() == 1 && nearest(node).contains(found.firstKey()),
                "not on the nearest node: expected=" + nearest(node) + " found=" + found);
        long sum = perThread.table().sum(COUNT);
        PlacementCheck.require(sum == CLAIMS, "a thread's count is lost: sum=" + sum + " expected=" + CLAIMS);
        return CLAIMS + " threads, one after the other: " + slots(found);
    }

    /** Claims and removes keys on one node after the other: later threads must still find slots of their own node. */
    private String recycled() throws Exception {
        requireSeveralNodes();
        List<Node> withCpus = topology.nodes().stream()
                .filter(node -> !node.usableCpus().isEmpty())
                .toList();
        try (SlotTable table = spread().recycling().build()) {
            SortedMap<Integer, Integer> found = new TreeMap<>();
            for (int round = 0; round < 3 * table.capacity(); round += CLAIMS) {
                Node node = withCpus.get(round / CLAIMS % withCpus.size());
                onNode(node, () -> {
                    for (long key = 0; key < CLAIMS; key++) {
                        try (Slot slot = table.claim(key)) {
                            slot.set(COUNT, key);
                            int on = requireThere(slot);
                            PlacementCheck.require(
                                    nearest(node).contains(on), "claimed on node " + node.id() + ": node=" + on);
                            found.merge(on, 1, Integer::sum);
                        }
                        table.remove(key);
                    }
                    return "";
                });
            }
            return "three times as many keys as the table has slots: " + slots(found);
        }
    }

    private static String table(Node node) {
        try (SlotTable table = SlotTable.builder(LAYOUT, CAPACITY)
                .placement(Placement.onNode(node.id()).preTouched())
                .build()) {
            PlacementReport actual = table.placementReport();
            PlacementCheck.require(
                    actual.isMet()
                            && actual.untouchedBytes() == 0
                            && actual.bytesOnNode().keySet().equals(Set.of(node.id())),
                    actual.toString());
            return "all of it: " + actual.bytesOnNode();
        }
    }

    private static SlotTable.Builder spread() {
        return SlotTable.builder(LAYOUT, CAPACITY).spreadOverNodes();
    }

    private void requireSeveralNodes() throws Skipped {
        if (nodes.size() < 2) {
            throw new Skipped("one node of memory: a table is not spread");
        }
    }

    private static void requireCpus(Node node) throws Skipped {
        if (node.usableCpus().isEmpty()) {
            throw new Skipped("no CPU to claim from");
        }
    }

    private static <T> T onNode(Node node, Callable<T> body) throws Exception {
        requireCpus(node);
        return PlacementCheck.onNewThread(() -> {
            try (ThreadAffinity _ = ThreadAffinity.bindToNode(node.id())) {
                return body.call();
            }
        });
    }

    private static String slots(SortedMap<Integer, Integer> found) {
        List<String> parts = new ArrayList<>();
        found.forEach((node, count) -> parts.add(count + " slots on node " + node));
        return String.join(", ", parts);
    }
}
