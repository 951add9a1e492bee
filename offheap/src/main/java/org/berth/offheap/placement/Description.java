package org.berth.offheap.placement;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.berth.offheap.placement.Topology.Cache;
import org.berth.offheap.placement.Topology.CoreType;
import org.berth.offheap.placement.Topology.Node;

/** The text of {@link Topology#describe()}. */
final class Description {

    private static final String[] UNITS = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB"};
    private static final int UNIT = 1024;
    private static final int MAX_SETS = 16;

    private final Topology topology;
    private final StringBuilder text = new StringBuilder();

    Description(Topology topology) {
        this.topology = topology;
    }

    String text() {
        cpus();
        cores();
        for (Node node : topology.nodes()) {
            line("node " + node.id(), node(node));
        }
        caches();
        line("cache line", bytes(topology.cacheLineBytes()) + ", records " + topology.padding() + " bytes apart");
        pages();
        topology.unknown().forEach(reason -> line("unknown", reason));
        return text.toString();
    }

    private void line(String key, String value) {
        text.append(String.format(Locale.ROOT, "%-14s %s\n", key, value));
    }

    private void cpus() {
        CpuSet offline = topology.offlineCpus();
        line(
                "CPUs",
                set(topology.onlineCpus()) + " online" + (offline.isEmpty() ? "" : ", " + offline + " offline") + ", "
                        + set(topology.usableCpus()) + " usable");
        topology.cpuset().ifPresent(cpus -> line("cpuset", "CPUs " + cpus));
        topology.cpuLimit().ifPresent(limit -> line("CPU limit", limit + " CPUs"));
    }

    private void cores() {
        if (!topology.sockets().isEmpty()) {
            line("sockets", topology.sockets().size() + ": CPUs " + join(topology.sockets()));
        }
        List<CpuSet> cores = topology.cores();
        if (!cores.isEmpty()) {
            boolean shared = cores.stream().anyMatch(core -> core.size() > 1);
            line("cores", cores.size() + (shared ? ", with siblings: CPUs " + join(cores) : ", one CPU each"));
        }
        for (CoreType type : topology.coreTypes()) {
            line("core type", type.name() + ": CPUs " + type.cpus());
        }
    }

    private static String node(Node node) {
        List<String> parts = new ArrayList<>();
        parts.add(node.cpus().isEmpty() ? "no CPUs" : "CPUs " + node.cpus());
        if (!node.cpus().equals(node.usableCpus())) {
            parts.add("usable CPUs " + set(node.usableCpus()));
        }
        parts.add(memory(node));
        if (!node.distances().isEmpty()) {
            parts.add("distances "
                    + node.distances().entrySet().stream()
                            .map(to -> to.getKey() + ":" + to.getValue())
                            .collect(Collectors.joining(" ")));
        }
        return String.join(", ", parts);
    }

    private static String memory(Node node) {
        OptionalLong memory = node.memory();
        if (memory.isPresent() && memory.getAsLong() == 0) {
            return "no memory";
        }
        return "memory " + (memory.isPresent() ? bytes(memory.getAsLong()) : "unknown")
                + (node.allowed() ? "" : " but not for this process");
    }

    /** Equal caches of different CPUs share a line. */
    private void caches() {
        Map<Cache, List<CpuSet>> alike = new LinkedHashMap<>();
        for (Cache cache : topology.caches()) {
            Cache kind = new Cache(cache.level(), cache.type(), cache.size(), cache.lineBytes(), CpuSet.empty());
            alike.computeIfAbsent(kind, any -> new ArrayList<>()).add(cache.cpus());
        }
        alike.forEach((kind, sets) -> line(
                "cache",
                "L" + kind.level() + " " + kind.type() + ", " + sets.size() + " x "
                        + (kind.size().isPresent() ? bytes(kind.size().getAsLong()) : "unknown size")
                        + sharing(sets)));
    }

    private String sharing(List<CpuSet> sets) {
        if (sets.stream().allMatch(cpus -> cpus.size() == 1)) {
            return ", one CPU each";
        }
        return topology.cores().containsAll(sets) ? ", one core each" : ": CPUs " + join(sets);
    }

    private void pages() {
        List<String> parts = new ArrayList<>();
        parts.add(bytes(topology.pageBytes()));
        if (!topology.hugePageBytes().isEmpty()) {
            parts.add("huge "
                    + topology.hugePageBytes().stream().map(Description::bytes).collect(Collectors.joining(" and ")));
        }
        topology.transparentHugePages()
                .ifPresent(mode -> parts.add("transparent huge pages: " + mode
                        + topology.transparentHugePageBytes().stream()
                                .mapToObj(bytes -> ", " + bytes(bytes))
                                .collect(Collectors.joining())));
        line("pages", String.join(", ", parts));
    }

    private static String set(CpuSet cpus) {
        return cpus.isEmpty() ? "none" : cpus.toString();
    }

    /** The first sets, and the number of the others. */
    private static String join(List<CpuSet> sets) {
        int more = sets.size() - MAX_SETS;
        return sets.stream().limit(MAX_SETS).map(Objects::toString).collect(Collectors.joining(" | "))
                + (more > 0 ? " | and " + more + " more" : "");
    }

    private static String bytes(OptionalInt bytes) {
        return bytes.isEmpty() ? "unknown" : bytes(bytes.getAsInt());
    }

    /** In the largest unit that gives at least 1, with at most one decimal place. */
    private static String bytes(long bytes) {
        double value = bytes;
        int unit = 0;
        for (; value >= UNIT && unit < UNITS.length - 1; unit++) {
            value /= UNIT;
        }
        String number = String.format(Locale.ROOT, "%.1f", value);
        return (number.endsWith(".0") ? number.substring(0, number.length() - 2) : number) + " " + UNITS[unit];
    }
}
