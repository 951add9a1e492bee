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
 * What the machine is made of, and what this process may use of it, as the kernel told when it was asked.
 *
 * <p>It is read from the kernel's files, without native access. Nothing fails because something cannot be found out, as in a
 * container that hides it, or at all elsewhere than on Linux: then it is empty, and {@link #unknown()} says why.
 *
 * <p>A topology is a picture of one moment and never changes: CPUs and nodes may come and go, and limits may move after it was
 * taken. It is immutable, so any number of threads may share it.
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

    /** Of which nothing is known. */
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
     * A node of memory, and the CPUs that are near to it.
     *
     * @param id         the kernel's number; numbers may have holes
     * @param cpus       that are online; none on a node that is memory only
     * @param usableCpus those among them that this process may use
     * @param memory     bytes; 0 on a node that is CPUs only, empty if it is unknown
     * @param allowed    whether this process's cpuset lets it have memory there; false as well where there is no memory
     * @param distances  to every node that is online, itself included, by the number of the node: 10 to itself, and more the longer
     *                   memory there takes, as the firmware says; empty if they are unknown
     */
    public record Node(
            int id,
            CpuSet cpus,
            CpuSet usableCpus,
            OptionalLong memory,
            boolean allowed,
            Map<Integer, Integer> distances) {

        /**
         * Whether this process can have memory here: the node has some, as far as is known, and the cpuset allows it.
         *
         * @return whether it can
         */
        public boolean isAllocatable() {
            return allowed && memory.orElse(1) > 0;
        }
    }

    /**
     * A cache.
     *
     * @param level     1 is next to the core
     * @param type      {@code Data}, {@code Instruction} or {@code Unified}
     * @param size      bytes
     * @param lineBytes length of its lines
     * @param cpus      that share it
     */
    public record Cache(int level, String type, OptionalLong size, OptionalInt lineBytes, CpuSet cpus) {}

    /**
     * Cores of one kind, on a machine whose cores differ.
     *
     * @param name what the kernel tells of them
     * @param cpus their CPUs
     */
    public record CoreKind(String name, CpuSet cpus) {}

    /**
     * Asks the kernel. Every call reads anew, some milliseconds on a small machine and tens of them on a large one: keep the
     * result, and ask again to see what has changed. Blocks as reading files does.
     *
     * @return what it told
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

    /** Reads a tree that has {@code sys} and {@code proc}. */
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
     * What could not be found out, and why.
     *
     * @return a sentence each; empty if everything is known
     */
    public List<String> unknown() {
        return unknown;
    }

    /**
     * The nodes that are online, by ascending number. A machine with one memory has one; no node at all means that they are
     * hidden, or that this kernel knows none.
     *
     * @return the nodes
     */
    public List<Node> nodes() {
        return nodes;
    }

    /**
     * The node of this number.
     *
     * @param id any number
     * @return the node, or empty if none of this number is online
     */
    public Optional<Node> node(int id) {
        return nodes.stream().filter(node -> node.id() == id).findFirst();
    }

    /**
     * The CPUs that are online.
     *
     * @return the set
     */
    public CpuSet onlineCpus() {
        return processors.online();
    }

    /**
     * The CPUs that are there but switched off.
     *
     * @return the set
     */
    public CpuSet offlineCpus() {
        return processors.offline();
    }

    /**
     * The CPUs that this process may use: they are online, and neither its affinity, as it was started, nor its cpuset forbids
     * them. A thread that was pinned by itself has fewer.
     *
     * @return the set
     */
    public CpuSet usableCpus() {
        return processors.usable();
    }

    /**
     * The CPUs of the control group that this process is in: its affinity can be widened up to these, not beyond.
     *
     * @return the set; empty if no group that can be seen tells
     */
    public Optional<CpuSet> cpuset() {
        return cpuset;
    }

    /**
     * The CPU time that control groups grant this process, as a number of CPUs: the least of its own group's quota and those
     * above it.
     *
     * @return the limit; empty if none was found
     */
    public OptionalDouble cpuLimit() {
        return cpuLimit;
    }

    /**
     * The CPUs of each socket that are online.
     *
     * @return a set for each socket
     */
    public List<CpuSet> sockets() {
        return processors.sockets();
    }

    /**
     * The CPUs of each core that are online: several where cores run more than one thread.
     *
     * @return a set for each core
     */
    public List<CpuSet> cores() {
        return processors.cores();
    }

    /**
     * The kinds of cores, the fastest first.
     *
     * @return two or more where the kernel tells that cores differ, else none
     */
    public List<CoreKind> coreKinds() {
        return processors.kinds();
    }

    /**
     * The caches of the CPUs that are online, each once, by ascending level.
     *
     * @return the caches
     */
    public List<Cache> caches() {
        return caches.all();
    }

    /**
     * The length of a cache line in bytes, the longest where they differ.
     *
     * @return the length
     */
    public OptionalInt lineBytes() {
        return caches.lineBytes();
    }

    /**
     * The size of a page in bytes.
     *
     * @return the size
     */
    public OptionalInt pageBytes() {
        return pages.bytes();
    }

    /**
     * The sizes of huge pages in bytes that can be reserved, ascending. Transparent ones are apart.
     *
     * @return the sizes
     */
    public List<Long> hugePageBytes() {
        return pages.hugeBytes();
    }

    /**
     * When the kernel makes huge pages of its own accord: {@code always}, {@code madvise} (where a program asks) or
     * {@code never}.
     *
     * @return the mode
     */
    public Optional<String> transparentHugePages() {
        return pages.transparentMode();
    }

    /**
     * The size in bytes of a transparent huge page.
     *
     * @return the size
     */
    public OptionalLong transparentHugePageBytes() {
        return pages.transparentBytes();
    }

    /**
     * How far apart records that different threads write should be, in bytes, so that none slows another down: 64 or 128, or a
     * cache line where that is longer.
     *
     * <ul>
     *   <li>128 on x86: lines have 64 bytes, but are fetched in pairs, so a write to one takes its neighbour away as well.
     *   <li>A line on anything else whose line is known: 64 on most ARM servers, 128 on Apple's and POWER's.
     *   <li>128 where the line is unknown: too much costs some memory, too little costs speed with every write.
     * </ul>
     *
     * @return a power of two
     */
    public int padding() {
        int line = lineBytes().orElse(TWO_LINES);
        return Math.max(line, fetchesPairs(architecture) ? TWO_LINES : LINE);
    }

    /**
     * The {@link #padding()} of this machine; where the architecture alone tells it, the kernel's files, which take milliseconds, are
     * not read.
     *
     * @return a power of two
     */
    public static int currentPadding() {
        // No x86 has a line longer than two of its usual ones.
        return fetchesPairs(architecture()) ? TWO_LINES : current().padding();
    }

    private static boolean fetchesPairs(String architecture) {
        return architecture.equals("amd64") || architecture.equals("x86_64") || architecture.equals("x86");
    }

    /**
     * Everything, for people to read.
     *
     * @return lines, each ended by {@code \n}
     */
    public String describe() {
        return new Description(this).text();
    }

    /** The same as {@link #describe()}. */
    @Override
    public String toString() {
        return describe();
    }
}
