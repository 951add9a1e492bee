package org.berth.bench.machine;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Puts a {@link Machine} together. Elsewhere than on Linux most files are missing, and the JVM's own knowledge remains.
 */
final class MachineReader {

    private static final String CPUS = "sys/devices/system/cpu";
    private static final String NODES = "sys/devices/system/node";
    private static final long KIB = 1024;
    private static final Pattern CHOSEN = Pattern.compile("\\[(.+)]");

    private final HostFiles host;

    MachineReader(HostFiles host) {
        this.host = host;
    }

    Machine read() {
        return new Machine(
                Machine.SCHEMA,
                property("os.name") + " " + property("os.version") + " " + property("os.arch"),
                cpu(),
                caches(),
                new Machine.Memory(kibibytes("MemTotal"), kibibytes("MemAvailable")),
                hugePages(),
                host.text(CPUS + "/cpu0/cpufreq/scaling_governor"),
                new CpuLimit(host).read(),
                load(),
                new CpuTime(0, 0, true).stolenUntil(CpuTime.read(host)),
                jdk());
    }

    private Machine.Cpu cpu() {
        Set<String> cores = new HashSet<>();
        Set<String> sockets = new HashSet<>();
        int threads = 0;
        for (String cpu : host.names(CPUS, "cpu[0-9]+")) {
            String socket = host.text(CPUS + "/" + cpu + "/topology/physical_package_id");
            String siblings = host.text(CPUS + "/" + cpu + "/topology/thread_siblings_list");
            // A CPU that is offline has no topology.
            if (socket != null && siblings != null) {
                threads++;
                sockets.add(socket);
                cores.add(siblings);
            }
        }
        int nodes = host.names(NODES, "node[0-9]+").size();
        Long line = host.number(CPUS + "/cpu0/cache/index0/coherency_line_size");
        String flags = host.value("proc/cpuinfo", "flags");
        return new Machine.Cpu(
                model(),
                Runtime.getRuntime().availableProcessors(),
                orNull(threads),
                orNull(cores.size()),
                cores.isEmpty() ? null : Integer.valueOf(threads / cores.size()),
                orNull(sockets.size()),
                orNull(nodes),
                line == null ? null : Integer.valueOf(line.intValue()),
                flags == null
                        ? null
                        : Boolean.valueOf(List.of(flags.split(" ", -1)).contains("hypervisor")));
    }

    private @Nullable String model() {
        String name = host.value("proc/cpuinfo", "model name");
        String part = host.value("proc/cpuinfo", "CPU part");
        if (name == null && part != null) {
            // ARM's kernels give numbers instead of names.
            return "implementer " + host.value("proc/cpuinfo", "CPU implementer") + " part " + part;
        }
        return name;
    }

    private List<Machine.Cache> caches() {
        List<Machine.Cache> caches = new ArrayList<>();
        for (String index : host.names(CPUS + "/cpu0/cache", "index[0-9]+")) {
            String cache = CPUS + "/cpu0/cache/" + index;
            caches.add(new Machine.Cache(
                    host.number(cache + "/level"),
                    host.text(cache + "/type"),
                    host.text(cache + "/size"),
                    host.text(cache + "/shared_cpu_list")));
        }
        return List.copyOf(caches);
    }

    private @Nullable Long kibibytes(String key) {
        String value = host.value("proc/meminfo", key);
        Long kibibytes = value == null ? null : HostFiles.parse(value.split(" ", -1)[0]);
        return kibibytes == null ? null : Long.valueOf(kibibytes * KIB);
    }

    private @Nullable String hugePages() {
        String modes = host.text("sys/kernel/mm/transparent_hugepage/enabled");
        Matcher chosen = CHOSEN.matcher(modes == null ? "" : modes);
        return chosen.find() ? chosen.group(1) : modes;
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

    private static String property(String key) {
        return System.getProperty(key, "unknown");
    }
}
