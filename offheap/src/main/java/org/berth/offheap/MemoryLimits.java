package org.berth.offheap;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.berth.offheap.internal.DeferredInterrupt;
import org.berth.offheap.placement.MemoryLimit;
import org.jspecify.annotations.Nullable;

/**
 * Refuses an allocation that the container or the machine cannot hold, and explains one that the JVM refuses.
 *
 * <p>Without this, the kernel kills the process when it touches the memory, and nothing says why.
 */
final class MemoryLimits {

    /** Smaller allocations are not worth reading files for. */
    static final long CHECKED_BYTES = 1 << 20;

    /** The limits of this process. */
    static final MemoryLimits PROCESS = new MemoryLimits(MemoryLimit::current);

    /**
     * How long a reading is used for further requests: to read the files takes a fraction of a millisecond, which
     * structures that grow by many small pieces would otherwise spend each time.
     */
    private static final long VALID_NANOS = 10_000_000;

    /** The number of attempts after a collection, each sleep twice as long as the one before: half a second in all. */
    private static final int MAX_SLEEPS = 9;

    /** What the JDK says when direct memory is at its limit. */
    private static final Pattern JVM_LIMIT = Pattern.compile("direct buffer memory.*limit: (\\d+)");

    private final Supplier<Optional<MemoryLimit>> container;

    /** The last reading, for requests that follow soon. Threads may replace each other's; each is right for a while. */
    private volatile @Nullable Reading last;

    MemoryLimits(Supplier<Optional<MemoryLimit>> container) {
        this.container = container;
    }

    /**
     * Checks the limit of the container and of the machine. Another thread or process may take the memory after that;
     * this is to catch requests that are too large, not to reserve memory.
     *
     * @throws OutOfMemoryError if they cannot hold the memory
     */
    void check(long bytes) {
        Optional<MemoryLimit> exceeded = exceededBy(bytes);
        if (exceeded.isPresent()) {
            throw refused(bytes, exceeded.get());
        }
    }

    /**
     * The same for memory that the collector frees: if there is too little left, this triggers a collection and waits
     * for what that frees. A request beyond the whole limit is refused at once.
     */
    void checkAuto(long bytes) {
        Optional<MemoryLimit> exceeded = exceededBy(bytes);
        if (exceeded.isEmpty()) {
            return;
        }
        if (bytes > exceeded.get().bytes()) { // whatever a collection frees
            throw refused(bytes, exceeded.get());
        }
        System.gc();
        try (DeferredInterrupt interrupt = new DeferredInterrupt()) {
            for (int sleeps = 0; sleeps < MAX_SLEEPS; sleeps++) {
                if (exceededBy(bytes).isEmpty()) {
                    return;
                }
                try {
                    Thread.sleep(1L << sleeps);
                } catch (InterruptedException _) {
                    interrupt.deferCaught();
                }
            }
        }
        check(bytes);
    }

    /** The limit that cannot hold the memory, as it is now; empty if there is none, by a reading of a moment ago. */
    private Optional<MemoryLimit> exceededBy(long bytes) {
        if (bytes < CHECKED_BYTES) {
            return Optional.empty();
        }
        Reading reading = last;
        if (reading != null && System.nanoTime() - reading.nanos < VALID_NANOS && reading.grants(bytes)) {
            return Optional.empty();
        }
        // Before the files are read, which may take long.
        long now = System.nanoTime();
        Optional<MemoryLimit> limit = container.get();
        Reading current = new Reading(limit.map(MemoryLimit::left).orElse(Long.MAX_VALUE), now, new AtomicLong());
        last = current;
        return current.grants(bytes) ? Optional.empty() : limit;
    }

    /**
     * What was left at a moment.
     *
     * @param left    the bytes that were left
     * @param nanos   the moment
     * @param granted the bytes that were found to fit since then
     */
    private record Reading(long left, long nanos, AtomicLong granted) {

        /** Whether memory fits beside all that was found to fit before; if so, it counts from now on. */
        boolean grants(long bytes) {
            long before = granted.get();
            while (bytes <= left - before) {
                long witness = granted.compareAndExchange(before, before + bytes);
                if (witness == before) {
                    return true;
                }
                before = witness;
            }
            return false;
        }
    }

    private static OutOfMemoryError refused(long bytes, MemoryLimit limit) {
        return new OutOfMemoryError(
                "no memory within the container or the machine: bytes=" + bytes + " limit=" + limit.bytes()
                        + " used=" + limit.used() + " source=" + limit.source()
                        + "; use less, lower -Xmx, or raise the limit");
    }

    /** Allocates zero-filled memory. The JVM's limit is for arenas that the collector closes. */
    static MemorySegment allocate(long bytes, Arena arena) {
        try {
            return arena.allocate(bytes, Region.ALIGNMENT);
        } catch (OutOfMemoryError e) {
            throw explained(bytes, e);
        }
    }

    static OutOfMemoryError explained(long bytes, OutOfMemoryError error) {
        String said = String.valueOf(error.getMessage());
        Matcher limit = JVM_LIMIT.matcher(said);
        String message;
        if (limit.find()) {
            message = "no memory within the JVM's limit: bytes=" + bytes + " limit=" + limit.group(1)
                    + " source=-XX:MaxDirectMemorySize (unless set: the maximum heap size)"
                    + "; use less, or set it higher";
        } else if (said.startsWith("Unable to allocate")) {
            message = "the operating system refuses the memory: bytes=" + bytes
                    + "; use less, or raise the limit: ulimit -v, vm.overcommit_memory, the memory of the machine";
        } else {
            return error;
        }
        OutOfMemoryError explained = new OutOfMemoryError(message);
        explained.initCause(error);
        return explained;
    }
}
