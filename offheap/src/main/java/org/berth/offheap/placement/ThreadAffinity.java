package org.berth.offheap.placement;

import java.util.BitSet;
import org.berth.offheap.linux.Affinity;
import org.berth.offheap.linux.Errno;
import org.berth.offheap.linux.NativeAccess;
import org.jspecify.annotations.Nullable;

/**
 * The CPU affinity of the current thread: binds the thread to some CPUs until it is closed.
 *
 * <pre>{@code
 * try (ThreadAffinity _ = ThreadAffinity.bindToNode(1)) {
 *     work();
 * }
 * }</pre>
 *
 * <p>Use this when a thread should stay near its memory, on one CPU or on the CPUs of one NUMA node. Prefer
 * {@code taskset} or {@code numactl} when all threads of a process should run on the same CPUs, as they bind the JVM's
 * own threads as well.
 *
 * <p><b>Thread-safety:</b> a binding belongs to the thread that made it, and only that thread may close it. Bindings
 * nest: a thread closes them in reverse order, and each {@code close} restores the affinity that the thread had before.
 * Threads that a bound thread starts inherit its affinity and keep it.
 *
 * <p><b>Progress:</b> binding and closing make system calls; the scheduler moves the thread before they return.
 *
 * <p><b>Errors:</b> needs Linux and native access ({@code --enable-native-access}, for {@code org.berth.offheap} or, on
 * the class path, {@code ALL-UNNAMED}). Virtual threads cannot be bound: the affinity would stay with the carrier
 * thread, which runs other virtual threads as well. A call that throws changes nothing.
 */
public final class ThreadAffinity implements AutoCloseable {

    private static final ThreadLocal<@Nullable ThreadAffinity> INNERMOST = new ThreadLocal<>();

    private final Thread thread = Thread.currentThread();
    private final @Nullable ThreadAffinity outer = INNERMOST.get();
    private final CpuSet cpus;
    private final BitSet before;
    private boolean closed;

    private ThreadAffinity(CpuSet cpus, BitSet before) {
        this.cpus = cpus;
        this.before = before;
    }

    /**
     * Binds the current thread to a CPU.
     *
     * @param cpu the kernel's number of the CPU
     * @return the binding, to be closed by this thread
     * @throws IllegalArgumentException      if there is no such CPU, if it is offline, or if this process's cpuset
     *                                       excludes it
     * @throws UnsupportedOperationException if this is a virtual thread, if this is not Linux, if native access is not
     *                                       enabled, or if the kernel refuses; the message says which and what to do
     */
    public static ThreadAffinity bindToCpu(int cpu) {
        return bindToCpus(CpuSet.of(cpu));
    }

    /**
     * Binds the current thread to those CPUs of a node that this process may use.
     *
     * @param node the kernel's number of the node
     * @return the binding, to be closed by this thread
     * @throws IllegalArgumentException      if there is no such node, if it is offline, or if this process may use none
     *                                       of its CPUs
     * @throws UnsupportedOperationException as {@link #bindToCpu(int)}
     */
    public static ThreadAffinity bindToNode(int node) {
        ensureBindable();
        Topology topology = Topology.current();
        CpuSet cpus = topology.node(node)
                .orElseThrow(() -> new IllegalArgumentException("node is not there or is offline: node=" + node
                        + " online="
                        + topology.nodes().stream().map(Topology.Node::id).toList() + "; choose one of these"))
                .usableCpus();
        if (cpus.isEmpty()) {
            throw new IllegalArgumentException("node has no CPU that this process may use: node=" + node + " usable="
                    + topology.usableCpus() + "; choose another node, or widen the process's cpuset or affinity");
        }
        return bindToCpus(cpus);
    }

    /**
     * Binds the current thread to a set of CPUs.
     *
     * @param cpus at least one CPU
     * @return the binding, to be closed by this thread
     * @throws IllegalArgumentException      if the set is empty, or if one of the CPUs does not exist, is offline, or
     *                                       is excluded by this process's cpuset
     * @throws UnsupportedOperationException as {@link #bindToCpu(int)}
     */
    public static ThreadAffinity bindToCpus(CpuSet cpus) {
        ensureBindable();
        BitSet before = Affinity.get();
        BitSet requested = new BitSet();
        cpus.stream().forEach(requested::set);
        long result = Affinity.set(requested);
        if (result == -Errno.EINVAL) {
            throw unusable(cpus, "none");
        }
        if (result != 0) {
            throw new UnsupportedOperationException("the kernel refuses: request=affinity cpus=" + cpus
                    + " call=sched_setaffinity " + Errno.explain(-result));
        }
        BitSet granted = Affinity.get();
        if (!granted.equals(requested)) { // the kernel leaves out CPUs that it does not have
            restore(before);
            throw unusable(cpus, CpuSet.of(granted.stream().toArray()).toString());
        }
        ThreadAffinity affinity = new ThreadAffinity(cpus, before);
        INNERMOST.set(affinity);
        return affinity;
    }

    private static void ensureBindable() {
        NativeAccess.ensureAvailable("thread affinity");
        if (Thread.currentThread().isVirtual()) {
            throw new UnsupportedOperationException(
                    "a virtual thread cannot be bound to CPUs, because its carrier would stay bound: thread="
                            + Thread.currentThread() + "; bind a platform thread");
        }
    }

    private static IllegalArgumentException unusable(CpuSet cpus, String usable) {
        Topology topology = Topology.current();
        return new IllegalArgumentException(
                "CPUs are not there, offline or outside of this process's cpuset: cpus=" + cpus
                        + " of these usable=" + usable + " online=" + topology.onlineCpus() + " cpuset="
                        + topology.cpuset().map(CpuSet::toString).orElse("unknown") + "; choose others");
    }

    private static void restore(BitSet cpus) {
        long result = Affinity.set(cpus);
        if (result != 0) {
            throw new IllegalStateException("thread stays bound: before="
                    + CpuSet.of(cpus.stream().toArray()) + " call=sched_setaffinity " + Errno.explain(-result));
        }
    }

    /**
     * Returns the CPUs that the thread is bound to.
     *
     * @return the set
     */
    public CpuSet cpus() {
        return cpus;
    }

    /**
     * Unbinds the thread: restores the affinity that it had before. Closing again does nothing.
     *
     * @throws IllegalStateException if another thread calls this, if a later binding of this thread is still open, or
     *                               if the kernel refuses because the CPUs from before are gone; then the thread stays
     *                               bound
     */
    @Override
    public void close() {
        if (Thread.currentThread() != thread) {
            throw new IllegalStateException("only the bound thread may unbind itself: thread=" + thread.getName()
                    + " caller=" + Thread.currentThread().getName() + "; close the affinity in that thread");
        }
        if (closed) {
            return;
        }
        if (INNERMOST.get() != this) {
            throw new IllegalStateException(
                    "a later affinity of this thread is still open: cpus=" + cpus + "; close them in reverse order");
        }
        restore(before);
        closed = true;
        if (outer == null) {
            INNERMOST.remove();
        } else {
            INNERMOST.set(outer);
        }
    }

    @Override
    public String toString() {
        return "ThreadAffinity[thread=" + thread.getName() + ", cpus=" + cpus + "]";
    }
}
