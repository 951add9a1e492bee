package org.berth.offheap.placement;

import java.util.BitSet;
import org.berth.offheap.linux.Affinity;
import org.berth.offheap.linux.Errno;
import org.berth.offheap.linux.NativeAccess;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the current thread on some CPUs until it is closed.
 *
 * <pre>{@code
 * try (ThreadAffinity _ = ThreadAffinity.toNode(1)) {
 *     work();
 * }
 * }</pre>
 *
 * <p>The thread that has pinned itself closes it, and in reverse order if there are several; then it may run where it could
 * before. Threads that it starts meanwhile inherit the pin and keep it.
 *
 * <p>Needs Linux and native access ({@code --enable-native-access=org.berth.offheap}, or {@code ALL-UNNAMED} for the class path).
 * Not for virtual threads: the pin would stay on the carrier, which runs others as well. A call that throws changes nothing.
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
     * Keeps the current thread on a CPU.
     *
     * @param cpu the kernel's number
     * @return to be closed by this thread
     * @throws IllegalArgumentException      if there is no such CPU, it is offline, or this process's cpuset forbids it
     * @throws UnsupportedOperationException if this is a virtual thread, not Linux, native access is not enabled, or the kernel
     *                                       refuses; the message says which and what to do
     */
    public static ThreadAffinity toCpu(int cpu) {
        return toCpus(CpuSet.of(cpu));
    }

    /**
     * Keeps the current thread on the CPUs of a node that this process may use.
     *
     * @param node the kernel's number
     * @return to be closed by this thread
     * @throws IllegalArgumentException      if there is no such node, it is offline, or has no CPU that this process may use
     * @throws UnsupportedOperationException as {@link #toCpu(int)} does
     */
    public static ThreadAffinity toNode(int node) {
        requirePinnable();
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
        return toCpus(cpus);
    }

    /**
     * Keeps the current thread on some CPUs.
     *
     * @param cpus at least one
     * @return to be closed by this thread
     * @throws IllegalArgumentException      if the set is empty, or if one of them does not exist, is offline, or is forbidden by
     *                                       this process's cpuset
     * @throws UnsupportedOperationException as {@link #toCpu(int)} does
     */
    public static ThreadAffinity toCpus(CpuSet cpus) {
        requirePinnable();
        BitSet before = Affinity.get();
        BitSet wanted = new BitSet();
        cpus.stream().forEach(wanted::set);
        long result = Affinity.set(wanted);
        if (result == -Errno.EINVAL) {
            throw unusable(cpus, "none");
        }
        if (result != 0) {
            throw new UnsupportedOperationException("the kernel refuses: request=pinning cpus=" + cpus
                    + " call=sched_setaffinity " + Errno.explain(-result));
        }
        BitSet got = Affinity.get();
        if (!got.equals(wanted)) { // it leaves out those that are not there
            restore(before);
            throw unusable(cpus, CpuSet.of(got.stream().toArray()).toString());
        }
        ThreadAffinity pinning = new ThreadAffinity(cpus, before);
        INNERMOST.set(pinning);
        return pinning;
    }

    private static void requirePinnable() {
        NativeAccess.require("pinning");
        if (Thread.currentThread().isVirtual()) {
            throw new UnsupportedOperationException(
                    "a virtual thread cannot be pinned, its carrier would be and stay so: thread="
                            + Thread.currentThread() + "; pin a platform thread");
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
            throw new IllegalStateException("thread stays pinned: before="
                    + CpuSet.of(cpus.stream().toArray()) + " call=sched_setaffinity " + Errno.explain(-result));
        }
    }

    /**
     * The CPUs that the thread is kept on.
     *
     * @return the set
     */
    public CpuSet cpus() {
        return cpus;
    }

    /**
     * Lets the thread run where it could before. Closing again does nothing.
     *
     * @throws IllegalStateException if this is another thread, if a later pin of this thread is not closed yet, or if the kernel
     *                               refuses because the CPUs from before are gone; then the thread stays pinned
     */
    @Override
    public void close() {
        if (Thread.currentThread() != thread) {
            throw new IllegalStateException("a pin is closed by the thread that it holds: thread=" + thread.getName()
                    + " caller=" + Thread.currentThread().getName() + "; close it there");
        }
        if (closed) {
            return;
        }
        if (INNERMOST.get() != this) {
            throw new IllegalStateException(
                    "a later pin of this thread is still open: cpus=" + cpus + "; close them in reverse order");
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
