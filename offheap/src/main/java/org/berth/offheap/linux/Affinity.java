package org.berth.offheap.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/**
 * The CPU affinity of the current thread, by {@code sched_setaffinity}, and the CPU that it runs on, by
 * {@code sched_getcpu}.
 */
public final class Affinity {

    /**
     * The size of the mask that the kernel writes; it must not be smaller than the maximum that the kernel was built
     * for.
     */
    private static final int MAX_CPUS = 1 << 14;

    private Affinity() {}

    /**
     * Returns the CPUs that the current thread may run on.
     *
     * @return their numbers
     * @throws UnsupportedOperationException if the kernel does not say
     */
    public static BitSet get() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocate(MAX_CPUS / Byte.SIZE, Long.BYTES);
            long result = SystemCalls.call(
                    SystemCalls.NUMBERS.schedGetaffinity(), 0, mask.byteSize(), mask.address(), 0, 0, 0);
            if (result < 0) {
                throw new UnsupportedOperationException(
                        "the kernel does not tell a thread's CPUs: call=sched_getaffinity " + Errno.explain(-result));
            }
            return BitSet.valueOf(mask.toArray(JAVA_LONG));
        }
    }

    /**
     * Sets the CPUs that the current thread may run on. The kernel leaves out CPUs that it does not have.
     *
     * @param cpus their numbers
     * @return 0 or the negated error number
     */
    public static long set(BitSet cpus) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mask = arena.allocateFrom(JAVA_LONG, cpus.toLongArray());
            return SystemCalls.call(
                    SystemCalls.NUMBERS.schedSetaffinity(), 0, mask.byteSize(), mask.address(), 0, 0, 0);
        }
    }

    /**
     * Returns the CPU that the current thread runs on.
     *
     * @return its number, or −1 where the kernel has no such call
     */
    public static int currentCpu() {
        return SystemCalls.currentCpu();
    }
}
