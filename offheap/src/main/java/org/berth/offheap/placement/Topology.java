package org.berth.offheap.placement;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The topology of the machine: CPUs, cores, sockets, caches, NUMA nodes and page sizes, and what this process may use
 * of them.
 *
 * <p>Use this when a program chooses nodes, CPUs, page sizes or the padding between records by the machine that it runs
 * on. Prefer {@link Runtime#availableProcessors()} when only a number of threads is wanted.
 *
 * <p>It is read from the kernel's files, without native access. Nothing fails because something cannot be determined,
 * in a container that hides files for example, or on systems other than Linux: then the value is empty, and
 * {@link #unknown()} says why.
 *
 * <p>A topology is an immutable snapshot, so any number of threads may share it. CPUs and nodes may come and go, and
 * limits may change after it was taken.
 */
public final class Topology {

    private static final int LINE = 64;
    private static final int TWO_LINES = 128;

    private final Processors processors;
    private final List<Node> nodes;
    private final Caches caches;
    private final PageSizes pages;
    private final OptionalDouble cpuLimit;
    private final Optional<CpuSet> cpuset;
    private final String architecture;
    private final List<String> unknown;

    private Topology(KernelFiles files, String architecture) {
        this.processors = Processors.read(files);
        this.nodes = Nodes.read(files, processors);
        this.caches = Caches.read(files, processors.online());
        this.pages = PageSizes.read(files);
        Cgroups groups = new Cgroups(files);
        this.cpuLimit = groups.cpuLimit();
        this.cpuset = groups.cpuset();
        this.architecture = architecture;
        this.unknown = files.unknown();
    }

    /** A topology of which nothing is known. */
    private Topology(String reason, String architecture) {
        this.processors = Processors.NONE;
        this.nodes = List.of();
        this.caches = Caches.NONE;
        this.pages = PageSizes.NONE;
        this.cpuLimit = OptionalDouble.empty();
        this.cpuset = Optional.empty();
        this.architecture = architecture;
        this.unknown = List.of(reason);
    }

    /**
     * A NUMA node: memory, and the CPUs near to it.
     *
     * @param id         the kernel's number of the node; numbers may have holes
     * @param cpus       its online CPUs; none on a node with memory only
     * @param usableCpus those of its CPUs that this process may use
     * @param memory     its size in bytes; 0 on a node with CPUs only, empty if it is unknown
     * @param allowed    whether this process's cpuset allows memory there; {@code false} also where there is no memory
     * @param distances  to every online node, itself included, by the number of the node, as the firmware says: 10 to
     *                   itself, and more the longer an access takes; empty if they are unknown
     */
    public record Node(
            int id,
            CpuSet cpus,
            CpuSet usableCpus,
            OptionalLong memory,
            boolean allowed,
            Map<Integer, Integer> distances) {

        /**
         * Returns whether this process can allocate here: the node has memory, as far as is known, and the cpuset
         * allows it.
         *
         * @return {@code true} if it can
         */
        public boolean isAllocatable() {
            return allowed && memory.orElse(1) > 0;
        }
    }

    /**
     * A processor cache.
     *
     * @param level     1 for the cache next to the core
     * @param type      {@code Data}, {@code Instruction} or {@code Unified}
     * @param size      in bytes
     * @param lineBytes the length of its lines in bytes
     * @param cpus      the CPUs that share it
     */
    public record Cache(int level, String type, OptionalLong size, OptionalInt lineBytes, CpuSet cpus) {}

    /**
     * The cores of one type, on a machine whose cores differ.
     *
     * @param name the kernel's description of the type
     * @param cpus the CPUs of these cores
     */
    public record CoreType(String name, CpuSet cpus) {}

    /**
     * Returns the topology as the kernel describes it now. Every call reads the kernel's files anew, which takes
     * milliseconds: keep the result, and call again to see what has changed. Blocks as reading files does.
     *
     * @return the topology
     */
    public static Topology current() {
        String os = System.getProperty("os.name", "");
        return os.startsWith("Linux") ? read(Path.of("/")) : elsewhere(os);
    }

    static Topology elsewhere(String os) {
        return new Topology(
                "topology: not available here, because it is read from the files of Linux's kernel. os=" + os,
                architecture());
    }

    /** Reads a directory that contains {@code sys} and {@code proc}. */
    static Topology read(Path root) {
        return read(root, architecture());
    }

    static Topology read(Path root, String architecture) {
        return new Topology(new KernelFiles(root), architecture);
    }

    private static String architecture() {
        return System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    }

    /**
     * Returns what could not be determined, and why.
     *
     * @return one sentence each; empty if everything is known
     */
    public List<String> unknown() {
        return unknown;
    }

    /**
     * Returns the online NUMA nodes, by ascending number. A machine without NUMA has one node; no node at all means
     * that the nodes are hidden, or that this kernel has no support for them.
     *
     * @return the nodes
     */
    public List<Node> nodes() {
        return nodes;
    }

    /**
     * Returns the node with this number.
     *
     * @param id any number
     * @return the node, or empty if no such node is online
     */
    public Optional<Node> node(int id) {
        return nodes.stream().filter(node -> node.id() == id).findFirst();
    }

    /**
     * Returns the online CPUs.
     *
     * @return the set
     */
    public CpuSet onlineCpus() {
        return processors.online();
    }

    /**
     * Returns the CPUs that are present but offline.
     *
     * @return the set
     */
    public CpuSet offlineCpus() {
        return processors.offline();
    }

    /**
     * Returns the CPUs that this process may use: those online that both its affinity, as it was started, and its
     * cpuset include. A thread that has bound itself may use fewer.
     *
     * @return the set
     */
    public CpuSet usableCpus() {
        return processors.usable();
    }

    /**
     * Returns the CPUs of this process's control group. Its affinity can be widened up to these, not beyond.
     *
     * @return the set; empty if no visible group tells
     */
    public Optional<CpuSet> cpuset() {
        return cpuset;
    }

    /**
     * Returns the CPU time that control groups grant this process, as a number of CPUs: the smallest quota among its
     * own group and the groups above it.
     *
     * @return the limit; empty if none was found
     */
    public OptionalDouble cpuLimit() {
        return cpuLimit;
    }

    /**
     * Returns the online CPUs of each socket.
     *
     * @return a set for each socket
     */
    public List<CpuSet> sockets() {
        return processors.sockets();
    }

    /**
     * Returns the online CPUs of each core: several where a core runs several hardware threads.
     *
     * @return a set for each core
     */
    public List<CpuSet> cores() {
        return processors.cores();
    }

    /**
     * Returns the types of cores, the fastest first.
     *
     * @return two or more types where the kernel tells that cores differ, else none
     */
    public List<CoreType> coreTypes() {
        return processors.coreTypes();
    }

    /**
     * Returns the caches of the online CPUs, each once, by ascending level.
     *
     * @return the caches
     */
    public List<Cache> caches() {
        return caches.all();
    }

    /**
     * Returns the length of a cache line in bytes, the longest where caches differ.
     *
     * @return the length; empty if it is unknown
     */
    public OptionalInt cacheLineBytes() {
        return caches.cacheLineBytes();
    }

    /**
     * Returns the size of a small page in bytes.
     *
     * @return the size; empty if it is unknown
     */
    public OptionalInt pageBytes() {
        return pages.bytes();
    }

    /**
     * Returns the sizes in bytes of the huge pages that can be reserved ({@code hugetlbfs}), ascending. For transparent
     * huge pages see {@link #transparentHugePageBytes()}.
     *
     * @return the sizes
     */
    public List<Long> hugePageBytes() {
        return pages.hugeBytes();
    }

    /**
     * Returns when the kernel makes transparent huge pages: {@code always}, {@code madvise} (where a program requests
     * them) or {@code never}.
     *
     * @return the mode; empty if it is unknown
     */
    public Optional<String> transparentHugePages() {
        return pages.transparentMode();
    }

    /**
     * Returns the size of a transparent huge page in bytes.
     *
     * @return the size; empty if it is unknown
     */
    public OptionalLong transparentHugePageBytes() {
        return pages.transparentBytes();
    }

    /**
     * Returns the distance in bytes between records of different writers that avoids false sharing: 64 or 128, or a
     * cache line where that is longer.
     *
     * <ul>
     *   <li>128 on x86: lines have 64 bytes, but the prefetcher loads them in pairs, so a write to one line takes its
     *       neighbour away as well.
     *   <li>One line on other architectures, where its length is known: 64 on most ARM servers, 128 on Apple's and
     *       POWER's.
     *   <li>128 where the line is unknown: too much padding costs some memory, too little costs speed with every write.
     * </ul>
     *
     * @return a power of two
     */
    public int padding() {
        int line = cacheLineBytes().orElse(TWO_LINES);
        return Math.max(line, prefetchesPairs(architecture) ? TWO_LINES : LINE);
    }

    /**
     * Returns the {@link #padding()} of this machine. Where the architecture alone tells it, this reads no files.
     *
     * @return a power of two
     */
    public static int currentPadding() {
        // No x86 processor has a line longer than 128 bytes.
        return prefetchesPairs(architecture()) ? TWO_LINES : current().padding();
    }

    private static boolean prefetchesPairs(String architecture) {
        return architecture.equals("amd64") || architecture.equals("x86_64") || architecture.equals("x86");
    }

    /**
     * Returns a description of everything for people to read.
     *
     * @return lines, each ended by {@code \n}
     */
    public String describe() {
        return new Description(this).text();
    }

    /** Returns the same as {@link #describe()}. */
    @Override
    public String toString() {
        return describe();
    }
}
