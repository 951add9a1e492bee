package org.berth.offheap.placement;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.berth.offheap.placement.Topology.CoreType;
import org.jspecify.annotations.Nullable;

/** Reads the CPUs, cores and sockets from the kernel's files. */
record Processors(
        CpuSet online,
        CpuSet offline,
        CpuSet usable,
        List<CpuSet> sockets,
        List<CpuSet> cores,
        List<CoreType> coreTypes) {

    static final Processors NONE =
            new Processors(CpuSet.empty(), CpuSet.empty(), CpuSet.empty(), List.of(), List.of(), List.of());

    private static final String CPUS = "sys/devices/system/cpu";

    static Processors read(KernelFiles files) {
        CpuSet online = online(files);
        CpuSet present = files.set(CPUS + "/present");
        CpuSet offline = present == null ? CpuSet.empty() : present.minus(online);
        return new Processors(
                online,
                offline,
                usable(files, online),
                sockets(files, online),
                cores(files, online),
                coreTypes(files, online));
    }

    private static CpuSet online(KernelFiles files) {
        CpuSet online = files.set(CPUS + "/online");
        if (online != null && !online.isEmpty()) {
            return online;
        }
        BitSet found = new BitSet();
        for (int cpu : files.numbered(CPUS, "cpu")) {
            // A CPU that cannot be taken offline has no such file.
            if (!"0".equals(files.text(CPUS + "/cpu" + cpu + "/online"))) {
                found.set(cpu);
            }
        }
        if (found.isEmpty()) {
            files.unknown("CPUs that are online: /" + CPUS + " is missing or empty");
        }
        return CpuSet.of(found.stream().toArray());
    }

    private static CpuSet usable(KernelFiles files, CpuSet online) {
        CpuSet allowed = KernelFiles.parseSet(files.value("proc/self/status", "Cpus_allowed_list"));
        if (allowed == null || allowed.isEmpty()) {
            files.unknown(
                    "CPUs that this process may use, taken to be all: /proc/self/status has no Cpus_allowed_list");
            return online;
        }
        // The kernel's list includes offline CPUs, because they could come back.
        return online.isEmpty() ? allowed : allowed.and(online);
    }

    private static List<CpuSet> sockets(KernelFiles files, CpuSet online) {
        Map<Long, BitSet> sockets = new TreeMap<>();
        online.stream()
                .forEach(cpu -> files.number(CPUS + "/cpu" + cpu + "/topology/physical_package_id")
                        .ifPresent(socket -> sockets.computeIfAbsent(socket, id -> new BitSet())
                                .set(cpu)));
        if (sockets.isEmpty()) {
            files.unknown("sockets: no /" + CPUS + "/cpu*/topology/physical_package_id");
        }
        return sockets.values().stream()
                .map(bits -> CpuSet.of(bits.stream().toArray()))
                .toList();
    }

    private static List<CpuSet> cores(KernelFiles files, CpuSet online) {
        Set<CpuSet> cores = new LinkedHashSet<>();
        for (int cpu : online.stream().toArray()) {
            // The name before Linux 5.3; later kernels have both.
            CpuSet siblings = files.set(CPUS + "/cpu" + cpu + "/topology/thread_siblings_list");
            if (siblings != null && siblings.contains(cpu)) {
                cores.add(siblings.and(online));
            }
        }
        if (cores.isEmpty()) {
            files.unknown("cores: no /" + CPUS + "/cpu*/topology/thread_siblings_list");
        }
        return List.copyOf(cores);
    }

    /** On Intel's hybrid processors the kernel names the types; on ARM it gives the capacity of each CPU. */
    private static List<CoreType> coreTypes(KernelFiles files, CpuSet online) {
        List<CoreType> types = new ArrayList<>();
        add(types, "performance", files.set("sys/devices/cpu_core/cpus"), online);
        add(types, "efficiency", files.set("sys/devices/cpu_atom/cpus"), online);
        if (types.isEmpty()) {
            Map<Long, BitSet> capacities = new TreeMap<>(Comparator.reverseOrder());
            online.stream()
                    .forEach(cpu -> files.number(CPUS + "/cpu" + cpu + "/cpu_capacity")
                            .ifPresent(capacity -> capacities
                                    .computeIfAbsent(capacity, any -> new BitSet())
                                    .set(cpu)));
            capacities.forEach((capacity, bits) ->
                    add(types, "capacity " + capacity, CpuSet.of(bits.stream().toArray()), online));
        }
        return types.size() > 1 ? List.copyOf(types) : List.of();
    }

    private static void add(List<CoreType> types, String name, @Nullable CpuSet cpus, CpuSet online) {
        CpuSet present = cpus == null ? CpuSet.empty() : cpus.and(online);
        if (!present.isEmpty()) {
            types.add(new CoreType(name, present));
        }
    }
}
