package org.berth.core.map;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The table that is to follow another, while its memory is allocated chunk by chunk. Its outcome is decided once: it
 * becomes a table, or it is given up. Any thread can do what then follows, and all that come by do, so that a thread
 * which stops after the decision delays no other.
 */
final class NextTable {

    private static final Object GIVEN_UP = new Object();

    /** How long a thread that needs the table leaves its allocation to the threads that are at it, at least. */
    private static final long PATIENCE_NANOS = 5_000_000;

    /** How long in addition for each byte that has to be zeroed: several times what it takes. */
    private static final long PATIENCE_NANOS_PER_BYTE = 2;

    /** Larger chunks are zeroed by the kernel, page by page when they are touched. */
    private static final long MOST_ZEROED = 1 << 27;

    /** So that the time does not overflow. */
    private static final int MOST_DOUBLINGS = 20;

    final TableMemory memory;

    /** Whether a key found no slot in the table before. */
    final boolean fromOverflow;

    /** Null until it is decided, then a table or GIVEN_UP. */
    private final AtomicReference<@Nullable Object> outcome = new AtomicReference<>();

    /** In {@link System#nanoTime}. */
    final long begun = System.nanoTime();

    /** How often a thread was let allocate what others are allocating. */
    private final AtomicInteger again = new AtomicInteger();

    NextTable(TableMemory memory, boolean fromOverflow) {
        this.memory = memory;
        this.fromOverflow = fromOverflow;
    }

    long buckets() {
        return memory.bytes() / Table.BUCKET;
    }

    /**
     * Whether the caller may allocate what other threads are allocating. That is one thread after a while, and another
     * after twice that, and so on: otherwise many threads would allocate the same.
     */
    boolean mayAllocateAgain(long nanoTime) {
        int times = again.get();
        long patience = PATIENCE_NANOS + PATIENCE_NANOS_PER_BYTE * Math.min(memory.chunkBytes(), MOST_ZEROED);
        return nanoTime - begun > patience << Math.min(times, MOST_DOUBLINGS) && again.compareAndSet(times, times + 1);
    }

    boolean isDecided() {
        return outcome.get() != null;
    }

    /** Decides for a table; false if the outcome was decided before. */
    boolean decide(Table table) {
        return outcome.compareAndSet(null, table);
    }

    /** Decides to give it up, unless the outcome was decided before. */
    void giveUp() {
        outcome.compareAndSet(null, GIVEN_UP);
    }

    /** Returns the table, or null if it was given up. */
    @Nullable
    Table table() {
        return outcome.get() instanceof Table table ? table : null;
    }
}
