package org.berth.core.map;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The table that is to follow another, while its memory is allocated chunk by chunk. Its outcome is decided once: it
 * becomes a table, or it is given up. Any thread can do what then follows, and all that come by do, so that a thread
 * which stops after the decision delays no other.
 */
final class NextTable {

    private static final Object GIVEN_UP = new Object();

    final TableMemory memory;

    /** Whether a key found no slot in the table before. */
    final boolean fromOverflow;

    /** Null until it is decided, then a table or GIVEN_UP. */
    private final AtomicReference<@Nullable Object> outcome = new AtomicReference<>();

    /** When a thread was last let allocate what others are allocating. */
    private final AtomicLong again = new AtomicLong(System.nanoTime());

    NextTable(TableMemory memory, boolean fromOverflow) {
        this.memory = memory;
        this.fromOverflow = fromOverflow;
    }

    long buckets() {
        return memory.bytes() / Table.BUCKET;
    }

    /**
     * Whether the caller may allocate what other threads are allocating. That is one thread at a time, unless it takes
     * too long, too: otherwise many threads would allocate the same.
     */
    boolean mayAllocateAgain(long patienceNanos) {
        long last = again.get();
        long now = System.nanoTime();
        return now - last > patienceNanos && again.compareAndSet(last, now);
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
