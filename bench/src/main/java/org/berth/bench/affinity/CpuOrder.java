package org.berth.bench.affinity;

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
 * The order in which threads are pinned to CPUs: one CPU of each core first, node by node, then the second of each
 * core, and so on. If there are more threads than CPUs, the order starts over, and pinned threads share CPUs.
 */
public final class CpuOrder {

    /** The flag that a JVM with pinned threads requires. */
    public static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";

    private static final Path STATUS = Path.of("/proc/thread-self/status");
    private static final String ALLOWED = "Cpus_allowed_list:";

    private final List<Integer> cpus;

    private CpuOrder(List<Integer> cpus) {
        this.cpus = cpus;
    }

    /** Returns the order of the CPUs that this process may use. */
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

    /** Returns why threads cannot be pinned to CPUs here, or null. */
    public @Nullable String obstacle() {
        if (cpus.isEmpty()) {
            return "the CPUs of this machine are unknown";
        }
        try (ThreadAffinity _ = ThreadAffinity.bindToCpu(cpus.getFirst())) {
            return null;
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            return e.getMessage();
        }
    }

    /** Returns the CPU of a thread, counted from 0. */
    public int cpu(int thread) {
        return cpus.get(thread % cpus.size());
    }

    /**
     * Returns a task that pins its thread to the thread's CPU while it runs.
     *
     * @param thread counted from 0
     * @param seen   receives a description of where the pinned thread runs
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

    /**
     * Describes where the current thread runs. Fails unless the processor and the kernel both report the expected CPU.
     */
    private static String look(int thread, int cpu) {
        String allowed = allowed();
        if (CurrentCpu.cpu() != cpu || !allowed.equals(Integer.toString(cpu))) {
            throw new IllegalStateException("a pinned thread runs on another CPU: thread=" + thread + " cpu="
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

    /** Returns the line of a report about pinned threads. */
    public String describe() {
        return "Threads are pinned, one after the other to the CPUs "
                + cpus.stream().map(String::valueOf).collect(Collectors.joining(", "))
                + "; more threads than these start over";
    }
}
