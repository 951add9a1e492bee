package org.berth.offheap.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Objects;

/** Downcalls into the C library. Initialised only where {@link NativeAccess} finds system calls available. */
final class SystemCalls {

    static final SystemCallNumbers NUMBERS =
            Objects.requireNonNull(SystemCallNumbers.of(System.getProperty("os.arch", "")));

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    /**
     * All calls but two go by number, because the C library has no function for some of them and libnuma may be
     * missing. Captures {@code errno}, because the JVM may change it before the next statement runs.
     */
    private static final MethodHandle SYSCALL = link(
            "syscall",
            FunctionDescriptor.of(
                    JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.firstVariadicArg(1),
            Linker.Option.captureCallState("errno"));

    /** Critical, that is, without a thread state transition: it makes no system call and returns in nanoseconds. */
    private static final MethodHandle SCHED_GETCPU =
            link("sched_getcpu", FunctionDescriptor.of(JAVA_INT), Linker.Option.critical(false));

    static final long PAGE_SIZE = pageSize();

    private SystemCalls() {}

    @SuppressWarnings("restricted") // see NativeAccess
    private static MethodHandle link(String name, FunctionDescriptor type, Linker.Option... options) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), type, options);
    }

    /** Makes a system call. Returns its result, or the negated error number. */
    static long call(long number, long a, long b, long c, long d, long e, long f) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            long result = (long) SYSCALL.invokeExact(state, number, a, b, c, d, e, f);
            return result == -1 ? -(int) ERRNO.get(state, 0L) : result;
        } catch (Throwable failure) {
            throw unexpected(failure);
        }
    }

    /** The CPU that this thread runs on, or −1 where the kernel has no such call. */
    static int currentCpu() {
        try {
            return (int) SCHED_GETCPU.invokeExact();
        } catch (Throwable failure) {
            throw unexpected(failure);
        }
    }

    private static long pageSize() {
        try {
            return (int) link("getpagesize", FunctionDescriptor.of(JAVA_INT)).invokeExact();
        } catch (Throwable failure) {
            throw unexpected(failure);
        }
    }

    /** The linker's handles throw nothing of their own. */
    private static RuntimeException unexpected(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return new IllegalStateException("a downcall threw", failure);
    }
}
