package org.berth.offheap.internal;

import java.lang.foreign.Arena;
import java.lang.invoke.VarHandle;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.berth.offheap.linux.Errno;
import org.berth.offheap.linux.Membarrier;
import org.berth.offheap.linux.NativeAccess;
import org.jspecify.annotations.Nullable;

/**
 * A memory barrier for all threads of the process: the expensive half of an asymmetric fence. Threads that announce
 * something often pay nothing for it, and a thread that scans the announcements seldom pays for all.
 *
 * <p>A thread <em>announces</em> by an opaque (or stronger) write of a word, and then reads another word by an opaque
 * (or stronger) read, its check. The scanning thread writes the word that the check reads, calls {@link #run()}, and
 * then reads the announcements. There is a point <i>H</i> in {@code run()}, for each thread one, such that
 *
 * <ul>
 *   <li>what a thread announced before <i>H</i> is seen by a scan after {@code run()}, with everything that the thread
 *       wrote before <i>H</i>;
 *   <li>a check that a thread makes after <i>H</i>, and hence each check of what it announces after <i>H</i>, sees what
 *       the caller wrote before {@code run()}.
 * </ul>
 *
 * So the scan sees the announcement, or the check sees the caller's write, or both. A thread that has ended, or is not
 * running, is no exception. With {@link Kind#FENCE} this holds only if the thread makes a full fence between its
 * announcement and its check; {@link #needsFence()} tells whether it must.
 *
 * <p><b>Cost.</b> {@code run()} can wait; {@link Kind} says for what, and for how long. Without any flag of the JVM
 * there is a barrier that keeps the promise, so none is ever needed.
 *
 * <p><b>Thread-safety:</b> any thread may call it, virtual ones too, at the same time. <b>Errors:</b> a call that
 * throws an {@code Error} ({@code StackOverflowError}, {@code OutOfMemoryError}) has promised nothing and changed
 * nothing; call it again. An interruption is neither noticed nor cleared.
 */
public final class ProcessBarrier {

    /** The ways to make a barrier. */
    public enum Kind {

        /**
         * Linux' {@code membarrier}, by which the kernel interrupts the processors that run threads of this process.
         * Takes some ten microseconds, some twenty milliseconds at most on a busy machine, however many threads there
         * are and whatever they do. Needs native access.
         */
        MEMBARRIER,

        /**
         * A handshake of the JVM with every thread, which closing an empty {@link Arena#ofShared()} makes. Takes some
         * ten microseconds, but waits for each thread's next poll: for a second where another thread copies or clears
         * hundreds of megabytes by one call. For threads in native code and for blocked ones it relies on fences that
         * the JVM makes on every processor since JDK 24 (JDK-8325937).
         */
        HANDSHAKE,

        /**
         * None: a thread that announces makes a full fence itself, some nanoseconds each time, and no call of
         * {@link #run()} waits.
         */
        FENCE
    }

    private static final String PROPERTY = "org.berth.barrier";

    /**
     * The barrier of this process: the {@link Kind} that the system property {@code org.berth.barrier} names, in lower
     * case. By default, or if the value is {@code auto}, it is {@link Kind#MEMBARRIER} where that is available, and
     * {@link Kind#HANDSHAKE} elsewhere.
     */
    public static final ProcessBarrier PROCESS = choose(System.getProperty(PROPERTY, "auto"));

    /** Static and final, so that the JIT compiler leaves out the fence, or the branch around it. */
    private static final boolean NEEDS_FENCE = PROCESS.isFence();

    private final Kind kind;
    private final String reason;
    private final Runnable barrier;

    ProcessBarrier(Kind kind, String reason, Runnable barrier) {
        this.kind = kind;
        this.reason = reason;
        this.barrier = barrier;
    }

    private static ProcessBarrier choose(String requested) {
        return choose(requested, NativeAccess::unavailabilityCause, Membarrier::register);
    }

    /**
     * Chooses a barrier.
     *
     * @param requested   the value of the property
     * @param unavailable why there are no system calls, or null
     * @param register    registers the process for membarrier; called only where there are system calls
     */
    static ProcessBarrier choose(String requested, Supplier<@Nullable String> unavailable, LongSupplier register) {
        String asked = "asked for by -D" + PROPERTY + "=" + requested;
        return switch (requested.toLowerCase(Locale.ROOT)) {
            case "auto" -> {
                String obstacle = obstacle(unavailable, register);
                yield obstacle == null
                        ? membarrier("the kernel has it, and native access is enabled")
                        : handshake("membarrier is not available: " + obstacle);
            }
            case "membarrier" -> {
                String obstacle = obstacle(unavailable, register);
                if (obstacle != null) {
                    throw new IllegalArgumentException("this barrier is not available here: " + PROPERTY + "="
                            + requested + ": " + obstacle + "; or leave " + PROPERTY + " out");
                }
                yield membarrier(asked);
            }
            case "handshake" -> handshake(asked);
            case "fence" -> fence(asked);
            default ->
                throw new IllegalArgumentException("there is no such barrier: " + PROPERTY + "=" + requested
                        + "; use auto, membarrier, handshake or fence");
        };
    }

    private static @Nullable String obstacle(Supplier<@Nullable String> unavailable, LongSupplier register) {
        String cause = unavailable.get();
        if (cause != null) {
            return cause;
        }
        try {
            long result = register.getAsLong();
            return result == 0 ? null : "the kernel refuses: call=membarrier " + Errno.explain(-result);
        } catch (RuntimeException | LinkageError e) { // a C library without the functions that system calls go through
            return "system calls fail: " + e;
        }
    }

    static ProcessBarrier membarrier(String reason) {
        return membarrier(reason, Membarrier::run);
    }

    /** If the kernel refuses a call after all, a handshake takes its place: it gives the same guarantees. */
    static ProcessBarrier membarrier(String reason, LongSupplier call) {
        return new ProcessBarrier(Kind.MEMBARRIER, reason, () -> {
            if (call.getAsLong() != 0) {
                shakeHands();
            }
        });
    }

    static ProcessBarrier handshake(String reason) {
        return new ProcessBarrier(Kind.HANDSHAKE, reason, ProcessBarrier::shakeHands);
    }

    static ProcessBarrier fence(String reason) {
        return new ProcessBarrier(Kind.FENCE, reason, () -> {});
    }

    /** The JVM makes sure by a handshake that no thread is about to access memory of the arena, even if it has none. */
    @SuppressWarnings("MustBeClosed") // Error Prone sees no try
    private static void shakeHands() {
        Arena.ofShared().close();
    }

    /**
     * Returns whether a thread must make a full fence between its announcement and its check: whether {@link #PROCESS}
     * is {@link Kind#FENCE}. A constant to the JIT compiler.
     *
     * @return {@code true} if it must
     */
    public static boolean needsFence() {
        return NEEDS_FENCE;
    }

    /**
     * Returns how this barrier works.
     *
     * @return the kind
     */
    public Kind kind() {
        return kind;
    }

    /**
     * Returns why this barrier is of its kind.
     *
     * @return the reason, for a message or a log
     */
    public String reason() {
        return reason;
    }

    /**
     * Returns whether announcing threads make the fences.
     *
     * @return {@code true} if this is {@link Kind#FENCE}
     */
    public boolean isFence() {
        return kind == Kind.FENCE;
    }

    /**
     * Makes a full fence, the barrier, and a full fence. Blocking, but for {@link Kind#FENCE}: see {@link Kind} for how
     * long it takes. The caller holds nothing that a thread could need to go on to its next poll.
     */
    public void run() {
        VarHandle.fullFence();
        barrier.run();
        VarHandle.fullFence();
    }

    @Override
    public String toString() {
        return "ProcessBarrier[kind=" + kind + ", reason=" + reason + "]";
    }
}
