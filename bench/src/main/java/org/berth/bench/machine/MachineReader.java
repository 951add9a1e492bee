package org.berth.bench.machine;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.berth.offheap.placement.CpuSet;
import org.berth.offheap.placement.Topology;
import org.jspecify.annotations.Nullable;

/**
 * Reads a {@link Machine} from the {@link Topology}, from Linux's files and from the JVM. On other systems most files
 * are missing, and only what the JVM knows is filled in.
 */
final class MachineReader {

    private static final long KIB = 1024;

    private final HostFiles host;
    private final Topology topology;

    MachineReader(HostFiles host, Topology topology) {
        this.host = host;
        this.topology = topology;
    }

    Machine read() {
        OptionalDouble limit = topology.cpuLimit();
        return new Machine(
                Machine.SCHEMA,
                property("os.name") + " " + property("os.version") + " " + property("os.arch"),
                cpu(),
                caches(),
                topology.nodes().stream().map(MachineReader::node).toList(),
                new Machine.Memory(kibibytes("MemTotal"), kibibytes("MemAvailable")),
                new Machine.Pages(
                        orNull(topology.pageBytes()),
                        topology.hugePageBytes(),
                        orNull(topology.transparentHugePageBytes())),
                orNull(topology.transparentHugePages()),
                host.text("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
                limit.isPresent() ? Double.valueOf(limit.getAsDouble()) : null,
                load(),
                new CpuTime(0, 0, true).stolenUntil(CpuTime.read(host)),
                jdk(),
                topology.unknown());
    }

    private Machine.Cpu cpu() {
        int threads = topology.onlineCpus().size();
        int cores = topology.cores().size();
        String flags = host.value("proc/cpuinfo", "flags");
        return new Machine.Cpu(
                model(),
                Runtime.getRuntime().availableProcessors(),
                orNull(threads),
                orNull(cores),
                cores == 0 ? null : Integer.valueOf(threads / cores),
                orNull(topology.sockets().size()),
                orNull(topology.nodes().size()),
                orNull(topology.cacheLineBytes()),
                flags == null
                        ? null
                        : Boolean.valueOf(List.of(flags.split(" ", -1)).contains("hypervisor")),
                orNull(topology.usableCpus()),
                topology.coreTypes().stream()
                        .map(kind -> kind.name() + ": CPUs " + kind.cpus())
                        .toList());
    }

    private @Nullable String model() {
        String name = host.value("proc/cpuinfo", "model name");
        String part = host.value("proc/cpuinfo", "CPU part");
        if (name == null && part != null) {
            // On ARM the kernel reports numbers instead of a model name.
            return "implementer " + host.value("proc/cpuinfo", "CPU implementer") + " part " + part;
        }
        return name;
    }

    private List<Machine.Cache> caches() {
        int first = topology.onlineCpus().stream().findFirst().orElse(0);
        return topology.caches().stream()
                .filter(cache -> cache.cpus().contains(first))
                .map(cache -> new Machine.Cache(
                        (long) cache.level(),
                        cache.type(),
                        cache.size().isPresent() ? cache.size().getAsLong() / KIB + "K" : null,
                        cache.cpus().toString()))
                .toList();
    }

    private static Machine.Node node(Topology.Node node) {
        return new Machine.Node(
                node.id(), node.cpus().toString(), orNull(node.memory()), node.isAllocatable(), node.distances());
    }

    private @Nullable Long kibibytes(String key) {
        String value = host.value("proc/meminfo", key);
        Long kibibytes = value == null ? null : HostFiles.parse(value.split(" ", -1)[0]);
        return kibibytes == null ? null : Long.valueOf(kibibytes * KIB);
    }

    private @Nullable String load() {
        String text = host.text("proc/loadavg");
        String[] words = text == null ? new String[0] : text.split(" ", -1);
        return words.length < 3 ? null : words[0] + " " + words[1] + " " + words[2];
    }

    private static Machine.Jdk jdk() {
        return new Machine.Jdk(
                property("java.vendor"),
                property("java.runtime.version"),
                property("java.vm.name"),
                ManagementFactory.getRuntimeMXBean().getInputArguments(),
                ManagementFactory.getGarbageCollectorMXBeans().stream()
                        .map(GarbageCollectorMXBean::getName)
                        .toList());
    }

    private static @Nullable Integer orNull(int count) {
        return count == 0 ? null : Integer.valueOf(count);
    }

    private static @Nullable Integer orNull(OptionalInt value) {
        return value.isPresent() ? Integer.valueOf(value.getAsInt()) : null;
    }

    private static @Nullable Long orNull(OptionalLong value) {
        return value.isPresent() ? Long.valueOf(value.getAsLong()) : null;
    }

    private static @Nullable String orNull(Optional<String> value) {
        return value.orElse(null);
    }

    private static @Nullable String orNull(CpuSet cpus) {
        return cpus.isEmpty() ? null : cpus.toString();
    }

    private static String property(String key) {
        return System.getProperty(key, "unknown");
    }
}
