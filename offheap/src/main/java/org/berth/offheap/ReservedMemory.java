package org.berth.offheap;

import java.util.concurrent.atomic.AtomicLong;
import org.berth.offheap.internal.DeferredInterrupt;

/**
 * Bounds the placed memory that the garbage collector frees, as the JDK bounds direct memory: memory is reserved before
 * it is allocated and unreserved when it is freed, and a reservation beyond the limit triggers a collection and waits
 * for what that frees.
 *
 * <p>Without a limit the memory would be freed only when the heap is full, which is unrelated to how much memory there
 * is off the heap.
 */
final class ReservedMemory {

    /** The limit in bytes; by default the maximum heap size, as for the JVM's direct memory. */
    private static final String PROPERTY = "org.berth.maxPlacedBytes";

    /** The number of attempts after a collection, each sleep twice as long as the one before: half a second in all. */
    private static final int MAX_SLEEPS = 9;

    /** The limit of this process. */
    static final ReservedMemory PROCESS =
            new ReservedMemory(Long.getLong(PROPERTY, Runtime.getRuntime().maxMemory()));

    private final long limit;
    private final AtomicLong reserved = new AtomicLong();

    ReservedMemory(long limit) {
        this.limit = limit;
    }

    /**
     * Reserves memory. If the limit is reached, this triggers a collection and waits for it, unless the request
     * is beyond the whole limit.
     *
     * @throws OutOfMemoryError if the limit is still reached after that
     */
    void reserve(long bytes) {
        if (tryReserve(bytes)) {
            return;
        }
        if (bytes > limit) { // whatever a collection frees
            throw exhausted(bytes);
        }
        System.gc();
        try (DeferredInterrupt interrupt = new DeferredInterrupt()) {
            for (int sleeps = 0; sleeps < MAX_SLEEPS; sleeps++) {
                if (tryReserve(bytes)) {
                    return;
                }
                try {
                    Thread.sleep(1L << sleeps);
                } catch (InterruptedException _) {
                    interrupt.deferCaught();
                }
            }
        }
        if (!tryReserve(bytes)) {
            throw exhausted(bytes);
        }
    }

    private OutOfMemoryError exhausted(long bytes) {
        return new OutOfMemoryError("no memory within the limit: bytes=" + bytes + " reserved=" + reserved + " limit="
                + limit + "; use less, or set -D" + PROPERTY);
    }

    void unreserve(long bytes) {
        reserved.addAndGet(-bytes);
    }

    private boolean tryReserve(long bytes) {
        long seen = reserved.get();
        while (bytes <= limit - seen) {
            long witness = reserved.compareAndExchange(seen, seen + bytes);
            if (witness == seen) {
                return true;
            }
            seen = witness;
        }
        return false;
    }
}
