package org.berth.core.map;

import java.util.concurrent.atomic.AtomicBoolean;

/** The table that is to follow another, while its memory is allocated chunk by chunk. */
final class NextTable {

    final TableMemory memory;

    /** Whether a key found no slot in the table before. */
    final boolean fromOverflow;

    private final AtomicBoolean taken = new AtomicBoolean();

    NextTable(TableMemory memory, boolean fromOverflow) {
        this.memory = memory;
        this.fromOverflow = fromOverflow;
    }

    long buckets() {
        return memory.bytes() / Table.BUCKET;
    }

    /** Whether the caller is the one that publishes the table or gives it up. */
    boolean tryTake() {
        return taken.compareAndSet(false, true);
    }
}
