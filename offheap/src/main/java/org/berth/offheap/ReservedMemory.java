package org.berth.offheap;

import java.util.concurrent.atomic.AtomicLong;
import org.berth.offheap.internal.DeferredInterrupt;

/**
 * How much placed memory may wait for the collector, or be in use. The JVM has such a limit for memory of its own and has a collection
 * made when it is reached; memory that is asked of the kernel needs one too, or it would be given back when the heap is full, which
 * has nothing to do with it.
 */
final class ReservedMemory {

    /** As the JVM's for direct memory, by default. */
    private static final String PROPERTY = "org.berth.maxCollectedBytes";

    /** How often it is looked again, after a wait that is twice as long each time: half a second in all. */
    private static final int LOOKS = 9;

    /** For all memory of the process. */
    static final ReservedMemory PROCESS =
            new ReservedMemory(Long.getLong(PROPERTY, Runtime.getRuntime().maxMemory()));

    private final long limit;
    private final AtomicLong reserved = new AtomicLong();

    ReservedMemory(long limit) {
        this.limit = limit;
    }

    /**
     * Makes room; has a collection made if there is none.
     *
     * @throws OutOfMemoryError if there is none even then
     */
    void reserve(long bytes) {
        if (tryReserve(bytes)) {
            return;
        }
        System.gc();
        try (DeferredInterrupt interrupt = new DeferredInterrupt()) {
            for (int look = 0; look < LOOKS; look++) {
                if (tryReserve(bytes)) {
                    return;
                }
                try {
                    Thread.sleep(1L << look);
                } catch (InterruptedException _) {
                    interrupt.deferCaught();
                }
            }
        }
        if (!tryReserve(bytes)) {
            throw new OutOfMemoryError("no memory within the limit: bytes=" + bytes + " reserved=" + reserved
                    + " limit=" + limit + "; use less, or set -D" + PROPERTY);
        }
    }

    void release(long bytes) {
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
