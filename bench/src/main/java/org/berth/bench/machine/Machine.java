package org.berth.bench.machine;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.berth.offheap.placement.Topology;
import org.jspecify.annotations.Nullable;

/**
 * A description of a machine and its JVM. Null means unknown, or not recorded by the version that wrote the
 * description.
 *
 * @param schema    version of this description
 * @param os        name, version and architecture of the operating system
 * @param cpu       the processors
 * @param caches    of the first CPU
 * @param nodes     of memory, by ascending number
 * @param memory    the main memory
 * @param pages     their sizes
 * @param hugePages mode of transparent huge pages
 * @param governor  of the first CPU's frequency
 * @param cpuLimit  of the control group, in CPUs; null if there is none
 * @param load      average load over the last 1, 5 and 15 minutes
 * @param stolen    share of CPU time that the hypervisor has taken since the start of the machine
 * @param jdk       the JVM
 * @param unknown   what of the topology could not be determined, and why
 */
public record Machine(
        int schema,
        String os,
        Cpu cpu,
        List<Cache> caches,
        @Nullable List<Node> nodes,
        Memory memory,
        @Nullable Pages pages,
        @Nullable String hugePages,
        @Nullable String governor,
        @Nullable Double cpuLimit,
        @Nullable String load,
        String stolen,
        Jdk jdk,
        @Nullable List<String> unknown) {

    /** The version of this description, as written. */
    static final int SCHEMA = 1;

    private static final String UNKNOWN = "unknown";
    private static final double GIB = 1L << 30;
    private static final long KIB = 1L << 10;
    private static final long MIB = 1L << 20;

    /**
     * The processors.
     *
     * @param model          name
     * @param available      CPUs that the JVM may use
     * @param threads        CPUs that the operating system sees
     * @param cores          among them
     * @param threadsPerCore of simultaneous multithreading
     * @param sockets        packages
     * @param numaNodes      nodes of memory
     * @param lineBytes      length of a cache line
     * @param hypervisor     whether the processor says that it is a virtual one
     * @param usable         CPUs that affinity and cpuset leave to this process, as the kernel writes them
     * @param kinds          of cores, where they differ, and the CPUs of each
     */
    public record Cpu(
            @Nullable String model,
            int available,
            @Nullable Integer threads,
            @Nullable Integer cores,
            @Nullable Integer threadsPerCore,
            @Nullable Integer sockets,
            @Nullable Integer numaNodes,
            @Nullable Integer lineBytes,
            @Nullable Boolean hypervisor,
            @Nullable String usable,
            @Nullable List<String> kinds) {}

    /**
     * A cache.
     *
     * @param level  1 is next to the core
     * @param type   Data, Instruction or Unified
     * @param size   as the kernel writes it
     * @param shared CPUs that share it, as the kernel writes them
     */
    public record Cache(
            @Nullable Long level,
            @Nullable String type,
            @Nullable String size,
            @Nullable String shared) {}

    /**
     * A node of memory.
     *
     * @param id          number, which may have holes
     * @param cpus        near to it, as the kernel writes them
     * @param memory      bytes
     * @param allocatable whether this process may have memory there
     * @param distances   to the nodes by their numbers; 10 is itself
     */
    public record Node(
            int id, String cpus, @Nullable Long memory, boolean allocatable, Map<Integer, Integer> distances) {

        private String text() {
            return (cpus.isEmpty() ? "no CPUs" : "CPUs " + cpus) + ", "
                    + (memory != null && memory == 0 ? "no memory" : gib(memory) + (allocatable ? "" : ", not allowed"))
                    + (distances.isEmpty() ? "" : ", distances ")
                    + distances.entrySet().stream()
                            .map(to -> to.getKey() + ":" + to.getValue())
                            .collect(Collectors.joining(" "));
        }
    }

    /**
     * The sizes of pages in bytes.
     *
     * @param bytes       of an ordinary one
     * @param huge        of those that can be reserved
     * @param transparent of those that the kernel makes huge by itself
     */
    public record Pages(
            @Nullable Integer bytes,
            List<Long> huge,
            @Nullable Long transparent) {

        private String text() {
            return (bytes == null ? UNKNOWN : page((long) bytes)) + ", huge "
                    + (huge.isEmpty()
                            ? "none"
                            : huge.stream().map(Machine::page).collect(Collectors.joining(" and ")))
                    + (transparent == null ? "" : ", transparent " + page(transparent));
        }
    }

    /**
     * The main memory.
     *
     * @param total     bytes
     * @param available bytes for new processes
     */
    public record Memory(@Nullable Long total, @Nullable Long available) {}

    /**
     * The JVM that runs this program, and that forks are started with.
     *
     * @param vendor     its vendor
     * @param version    of the runtime
     * @param vm         its name
     * @param flags      it was started with
     * @param collectors its garbage collectors
     */
    public record Jdk(String vendor, String version, String vm, List<String> flags, List<String> collectors) {}

    /** Reads this machine. */
    public static Machine read() {
        return new MachineReader(new HostFiles(Path.of("/")), Topology.current()).read();
    }

    /**
     * Reads a description that was written as JSON.
     *
     * @throws IllegalArgumentException if it is none, or of another version
     */
    public static Machine parse(String json) {
        try {
            JsonObject object = JsonParser.parseString(json).getAsJsonObject();
            int schema = object.get("schema").getAsInt();
            if (schema != SCHEMA) {
                throw new IllegalArgumentException("unknown schema: found=" + schema + " wanted=" + SCHEMA);
            }
            Machine machine = new Gson().fromJson(object, Machine.class);
            // Fails here if a required part is missing.
            machine.summary();
            machine.lines();
            return machine;
        } catch (JsonParseException | IllegalStateException | UnsupportedOperationException | NullPointerException e) {
            throw new IllegalArgumentException("no description of a machine", e);
        }
    }

    /** As JSON, with null for what is unknown. */
    public String json() {
        return new GsonBuilder().setPrettyPrinting().serializeNulls().create().toJson(this);
    }

    /** Returns warnings about conditions on this machine that distort measurements. */
    public List<String> warnings() {
        return Warnings.of(this);
    }

    /** Returns the lines at the head of every report. */
    public List<String> summary() {
        return List.of(
                "Machine: %s, %d CPUs (%s), %s of memory, %s"
                        .formatted(orUnknown(cpu.model), cpu.available, topology(), gib(memory.total), os),
                "JDK: %s %s, %s, %s".formatted(jdk.vendor, jdk.version, jdk.vm, String.join(" + ", jdk.collectors)));
    }

    /** Returns the whole description, one line each. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("CPU            " + orUnknown(cpu.model) + (Boolean.TRUE.equals(cpu.hypervisor) ? " (virtual)" : ""));
        lines.add("CPUs           " + cpu.available + " available to the JVM, " + orUnknown(cpu.threads) + " online"
                + (cpu.usable == null ? "" : ", " + cpu.usable + " usable"));
        lines.add("topology       " + topology());
        for (String kind : orNone(cpu.kinds)) {
            lines.add("cores          " + kind);
        }
        for (Node node : orNone(nodes)) {
            lines.add("node           " + node.id + ": " + node.text());
        }
        for (Cache cache : caches) {
            lines.add("cache          L%s %s, %s, shared by CPUs %s"
                    .formatted(
                            orUnknown(cache.level),
                            orUnknown(cache.type),
                            orUnknown(cache.size),
                            orUnknown(cache.shared)));
        }
        lines.add("cache line     " + orUnknown(cpu.lineBytes) + " bytes");
        lines.add("memory         " + gib(memory.total) + ", " + gib(memory.available) + " available");
        if (pages != null) {
            lines.add("pages          " + pages.text());
        }
        lines.add("huge pages     " + orUnknown(hugePages));
        lines.add("governor       " + orUnknown(governor));
        lines.add("CPU limit      " + (cpuLimit == null ? "none found" : cpuLimit + " CPUs"));
        lines.add("load average   " + orUnknown(load));
        lines.add("stolen time    " + stolen + " since the start of the machine");
        lines.add("OS             " + os);
        lines.add("JDK            " + jdk.vendor + " " + jdk.version);
        lines.add("VM             " + jdk.vm);
        lines.add("VM flags       " + (jdk.flags.isEmpty() ? "none" : String.join(" ", jdk.flags)));
        lines.add("collectors     " + String.join(" + ", jdk.collectors));
        orNone(unknown).forEach(reason -> lines.add("unknown        " + reason));
        return List.copyOf(lines);
    }

    private String topology() {
        return "sockets: %s, NUMA nodes: %s, cores: %s, threads per core: %s"
                .formatted(
                        orUnknown(cpu.sockets),
                        orUnknown(cpu.numaNodes),
                        orUnknown(cpu.cores),
                        orUnknown(cpu.threadsPerCore));
    }

    private static String gib(@Nullable Long bytes) {
        return bytes == null ? UNKNOWN : String.format(Locale.ROOT, "%.1f GiB", bytes / GIB);
    }

    /** Pages are as large as powers of two. */
    private static String page(long bytes) {
        return bytes < MIB ? bytes / KIB + " KiB" : bytes < GIB ? bytes / MIB + " MiB" : bytes / (long) GIB + " GiB";
    }

    private static <T> List<T> orNone(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }

    private static String orUnknown(@Nullable Object value) {
        return value == null ? UNKNOWN : value.toString();
    }
}
