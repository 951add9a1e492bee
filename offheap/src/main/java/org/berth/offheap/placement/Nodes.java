package org.berth.offheap.placement;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.berth.offheap.placement.Topology.Node;
import org.jspecify.annotations.Nullable;

/** Reads the NUMA nodes from the kernel's files. */
final class Nodes {

    private static final String NODES = "sys/devices/system/node";
    private static final int KIB_SHIFT = 10;

    private final KernelFiles files;
    private final Processors processors;

    private Nodes(KernelFiles files, Processors processors) {
        this.files = files;
        this.processors = processors;
    }

    static List<Node> read(KernelFiles files, Processors processors) {
        return new Nodes(files, processors).read();
    }

    private List<Node> read() {
        CpuSet listed = files.set(NODES + "/online");
        List<Integer> ids = listed == null || listed.isEmpty()
                ? files.numbered(NODES, "node")
                : listed.stream().boxed().toList();
        if (ids.isEmpty()) {
            files.unknown("NUMA nodes: /" + NODES + " is missing or empty, as in some containers and kernels");
            return List.of();
        }
        CpuSet allowed = KernelFiles.parseSet(files.value("proc/self/status", "Mems_allowed_list"));
        if (allowed == null || allowed.isEmpty()) {
            files.unknown("nodes that this process may allocate on, taken to be all:"
                    + " /proc/self/status has no Mems_allowed_list");
            allowed = null;
        }
        List<Node> nodes = new ArrayList<>();
        for (int id : ids) {
            nodes.add(node(id, ids, allowed == null || allowed.contains(id)));
        }
        return List.copyOf(nodes);
    }

    private Node node(int id, List<Integer> ids, boolean allowed) {
        String folder = NODES + "/node" + id;
        CpuSet cpus = files.set(folder + "/cpulist");
        if (cpus == null) {
            files.unknown("CPUs of node " + id + ": no /" + folder + "/cpulist");
            cpus = CpuSet.empty();
        } else if (!processors.online().isEmpty()) {
            cpus = cpus.and(processors.online());
        }
        return new Node(
                id, cpus, cpus.and(processors.usable()), memory(folder, id), allowed, distances(folder, id, ids));
    }

    private OptionalLong memory(String folder, int id) {
        for (String line : files.lines(folder + "/meminfo")) {
            // Node 0 MemTotal:       24684084 kB
            String[] words = line.strip().split("\\s+", -1);
            if (words.length >= 4 && words[2].equals("MemTotal:")) {
                OptionalLong kibibytes = KernelFiles.parseNumber(words[3]);
                if (kibibytes.isPresent() && kibibytes.getAsLong() <= Long.MAX_VALUE >> KIB_SHIFT) {
                    return OptionalLong.of(kibibytes.getAsLong() << KIB_SHIFT);
                }
            }
        }
        files.unknown("memory of node " + id + ": no MemTotal in /" + folder + "/meminfo");
        return OptionalLong.empty();
    }

    /** A row has one entry for each online node, in ascending order: the index of an entry is not the node's number. */
    private Map<Integer, Integer> distances(String folder, int id, List<Integer> ids) {
        String row = files.text(folder + "/distance");
        String[] entries = row == null ? new String[0] : row.split("\\s+", -1);
        Map<Integer, Integer> distances = new TreeMap<>();
        for (int i = 0; i < entries.length && entries.length == ids.size(); i++) {
            @Nullable Integer distance = distance(entries[i]);
            if (distance != null) {
                distances.put(ids.get(i), distance);
            }
        }
        if (distances.size() == ids.size()) {
            return Collections.unmodifiableMap(distances);
        }
        files.unknown("distances of node " + id + ": /" + folder + "/distance has no row for " + ids.size() + " nodes");
        return Map.of();
    }

    private static @Nullable Integer distance(String entry) {
        OptionalLong distance = KernelFiles.parseNumber(entry);
        return distance.isPresent() && distance.getAsLong() <= Short.MAX_VALUE
                ? Integer.valueOf((int) distance.getAsLong())
                : null;
    }
}
