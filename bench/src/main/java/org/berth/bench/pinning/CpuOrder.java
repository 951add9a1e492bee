package org.berth.bench.pinning;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.berth.offheap.placement.CpuSet;
import org.berth.offheap.placement.CurrentCpu;
import org.berth.offheap.placement.ThreadAffinity;
import org.berth.offheap.placement.Topology;
import org.jspecify.annotations.Nullable;

/**
 * Which thread goes on which CPU: one CPU of each core first, node by node, then the second of each, and so on. If there are more threads
 * than CPUs, they begin anew: pinned threads then share CPUs, which is what the measurement is about.
 */
public final class CpuOrder {

    /** What a JVM needs whose threads are pinned. */
    public static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";

    private static final Path STATUS = Path.of("/proc/thread-self/status");
    private static final String ALLOWED = "Cpus_allowed_list:";

    private final List<Integer> cpus;

    private CpuOrder(List<Integer> cpus) {
        this.cpus = cpus;
    }

    /** Of the CPUs that this process may use. */
    public static CpuOrder current() {
        return of(Topology.current());
    }

    static CpuOrder of(Topology topology) {
        List<CpuSet> nodes = topology.nodes().stream().map(Topology.Node::cpus).toList();
        return new CpuOrder(order(topology.usableCpus(), nodes, topology.cores()));
    }

    static List<Integer> order(CpuSet usable, List<CpuSet> nodes, List<CpuSet> cores) {
        return usable.stream()
                .boxed()
                .sorted(Comparator.<Integer>comparingLong(cpu -> rankInCore(cpu, usable, cores))
                        .thenComparingInt(cpu -> indexOfNode(cpu, nodes))
                        .thenComparingInt(cpu -> cpu))
                .toList();
    }

    private static long rankInCore(int cpu, CpuSet usable, List<CpuSet> cores) {
        return cores.stream()
                .filter(core -> core.contains(cpu))
                .flatMapToInt(CpuSet::stream)
                .filter(other -> other < cpu && usable.contains(other))
                .count();
    }

    private static int indexOfNode(int cpu, List<CpuSet> nodes) {
        int index = 0;
        while (index < nodes.size() && !nodes.get(index).contains(cpu)) {
            index++;
        }
        return index;
    }

    /** Why threads cannot be pinned here, or null. */
    public @Nullable String obstacle() {
        if (cpus.isEmpty()) {
            return "this machine does not tell its CPUs";
        }
        try (ThreadAffinity _ = ThreadAffinity.bindToCpu(cpus.getFirst())) {
            return null;
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            return e.getMessage();
        }
    }

    /** The CPU of a thread, counted from 0. */
    public int cpu(int thread) {
        return cpus.get(thread % cpus.size());
    }

    /**
     * The task of a thread that is pinned from its beginning to its end.
     *
     * @param thread counted from 0
     * @param seen   is told where the thread is then, by itself
     */
    public Runnable pinned(int thread, Runnable task, Consumer<String> seen) {
        int cpu = cpu(thread);
        return () -> {
            try (ThreadAffinity _ = ThreadAffinity.bindToCpu(cpu)) {
                seen.accept(look(thread, cpu));
                task.run();
            }
        };
    }

    /** Where the current thread is, as the processor and the kernel say; both must say the same. */
    private static String look(int thread, int cpu) {
        String allowed = allowed();
        if (CurrentCpu.cpu() != cpu || !allowed.equals(Integer.toString(cpu))) {
            throw new IllegalStateException("a pinned thread is elsewhere: thread=" + thread + " cpu="
                    + CurrentCpu.cpu() + " allowed=" + allowed + " expected=" + cpu);
        }
        return String.format(Locale.ROOT, "Pinned: thread %d, CPU %d, may run on %s", thread, cpu, allowed);
    }

    private static String allowed() {
        try {
            return Files.readAllLines(STATUS).stream()
                    .filter(line -> line.startsWith(ALLOWED))
                    .map(line -> line.substring(ALLOWED.length()).strip())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The line of a report that says so. */
    public String describe() {
        return "Threads are pinned, one after the other to the CPUs "
                + cpus.stream().map(String::valueOf).collect(Collectors.joining(", "))
                + "; more threads than these begin anew";
    }
}
