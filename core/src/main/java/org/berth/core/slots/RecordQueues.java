package org.berth.core.slots;

import java.util.Queue;
import java.util.function.Consumer;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.berth.offheap.internal.DeferredInterrupt;
import org.jspecify.annotations.Nullable;

/**
 * What owners are given when they come, and give when they leave.
 *
 * @param initial of records that start anew, or null
 * @param finals  of owners that leave, or null
 */
record RecordQueues(
        @Nullable Queue<? extends Consumer<? super SlotWrite>> initial,
        @Nullable Queue<? super FinalRecord> finals) {

    static final RecordQueues NONE = new RecordQueues(null, null);

    /** What the next record shall begin with, or null. */
    @Nullable
    Consumer<? super SlotWrite> nextInitial() {
        return initial == null ? null : initial.poll();
    }

    /** Gives a record to whoever collects them; false if there is no room for it. */
    boolean offer(FinalRecord record) {
        return finals == null || finals.offer(record);
    }

    /** Gives a record to whoever collects them; waits for room, as long as the table is open, whether interrupted or not. */
    void put(FinalRecord record, TableMemory memory) {
        if (offer(record)) {
            return;
        }
        IdleStrategy idle = new BackoffIdleStrategy();
        try (DeferredInterrupt interrupt = new DeferredInterrupt()) {
            do {
                interrupt.deferPending();
                idle.idle();
            } while (!memory.isClosed() && !offer(record));
        }
    }
}
