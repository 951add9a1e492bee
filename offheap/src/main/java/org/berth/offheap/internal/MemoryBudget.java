package org.berth.offheap.internal;

import java.util.concurrent.atomic.AtomicLong;
import org.berth.offheap.placement.MemoryLimit;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the memory that structures of this process allocate as they grow and free by themselves. A structure reserves
 * memory before it allocates it, and unreserves it when it has freed it.
 *
 * <p>Such memory counts against no limit of the JVM: in JDK 25 {@code -XX:MaxDirectMemorySize} limits only memory that
 * the garbage collector frees. Unlike that limit, this one never triggers a collection and never waits: a reservation
 * beyond it fails at once.
 *
 * <p><b>Thread-safety:</b> any thread may call all methods. <b>Progress:</b> lock-free. <b>Memory order:</b> volatile.
 */
public final class MemoryBudget {

    /** The name of the system property that sets the limit. */
    public static final String PROPERTY = "org.berth.maxMemoryBytes";

    /**
     * The budget of this process. Its limit is the system property {@value #PROPERTY}, a number of bytes with or
     * without a suffix {@code k}, {@code m}, {@code g} or {@code t}. Unless that is set, it is what
     * {@code -XX:MaxDirectMemorySize} says, and unless that is set, {@link Runtime#maxMemory()}. It is not more than
     * the limit of the container or the machine when this class is initialised.
     */
    public static final MemoryBudget PROCESS = ofProcess();

    private final long limit;
    private final String source;
    private final AtomicLong used = new AtomicLong();

    MemoryBudget(long limit, String source) {
        this.limit = limit;
        this.source = source;
    }

    private static MemoryBudget ofProcess() {
        return of(
                System.getProperty(PROPERTY),
                JvmOptions.maxDirectMemory(),
                Runtime.getRuntime().maxMemory(),
                MemoryLimit.current().orElse(null));
    }

    /**
     * Chooses the limit.
     *
     * @param property  the value of the system property, or null
     * @param maxDirect the value of {@code -XX:MaxDirectMemorySize}, or 0
     * @param maxHeap   the maximum heap size
     * @param container the limit of the container or the machine, or null
     */
    static MemoryBudget of(@Nullable String property, long maxDirect, long maxHeap, @Nullable MemoryLimit container) {
        long limit;
        String source;
        if (property != null) {
            limit = JvmOptions.parseBytes(property);
            source = "-D" + PROPERTY;
            if (limit < 0) {
                throw new IllegalArgumentException("not a number of bytes: " + PROPERTY + "=" + property
                        + "; use a number of at least 0, with or without a suffix k, m, g or t");
            }
        } else if (maxDirect > 0) {
            limit = maxDirect;
            source = "-XX:MaxDirectMemorySize";
        } else {
            limit = maxHeap;
            source = "the maximum heap size";
        }
        if (container != null && container.bytes() < limit) {
            limit = container.bytes();
            source = container.source();
        }
        return new MemoryBudget(limit, source);
    }

    /**
     * Reserves memory.
     *
     * @param bytes to reserve, at least 0
     * @throws OutOfMemoryError if that is more than is left
     */
    public void reserve(long bytes) {
        if (!tryReserve(bytes)) {
            throw new OutOfMemoryError("no memory within the limit: bytes=" + bytes + " used=" + used + " limit="
                    + limit + " source=" + source + "; use less, close what is no longer needed, or raise the limit"
                    + (source.startsWith("/") ? "" : " with -D" + PROPERTY));
        }
    }

    /**
     * Reserves memory if as much is left.
     *
     * @param bytes to reserve, at least 0
     * @return whether it is reserved
     */
    public boolean tryReserve(long bytes) {
        requireSize(bytes);
        long seen = used.get();
        while (bytes <= limit - seen) {
            long witness = used.compareAndExchange(seen, seen + bytes);
            if (witness == seen) {
                return true;
            }
            seen = witness;
        }
        return false;
    }

    /**
     * Returns memory that was reserved.
     *
     * @param bytes to return, at least 0
     * @throws IllegalStateException if less is reserved; nothing is changed
     */
    public void unreserve(long bytes) {
        requireSize(bytes);
        long seen = used.get();
        while (bytes <= seen) {
            long witness = used.compareAndExchange(seen, seen - bytes);
            if (witness == seen) {
                return;
            }
            seen = witness;
        }
        throw new IllegalStateException(
                "more is returned than was reserved: bytes=" + bytes + " used=" + seen + "; return it once only");
    }

    private static void requireSize(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("a size is not negative: bytes=" + bytes);
        }
    }

    /**
     * Returns how much is reserved.
     *
     * @return the bytes
     */
    public long used() {
        return used.get();
    }

    /**
     * Returns how much can be reserved in all.
     *
     * @return the bytes
     */
    public long limit() {
        return limit;
    }

    /**
     * Returns what sets the limit.
     *
     * @return the property, the option of the JVM, the maximum heap size, or the file of the container or the machine
     */
    public String source() {
        return source;
    }

    @Override
    public String toString() {
        return "MemoryBudget[used=" + used + ", limit=" + limit + ", source=" + source + "]";
    }
}
