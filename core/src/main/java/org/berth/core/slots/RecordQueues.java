package org.berth.core.slots;

import java.util.Queue;
import java.util.function.Consumer;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.berth.offheap.internal.DeferredInterrupt;
import org.jspecify.annotations.Nullable;

/**
 * The queues that claims poll initial values from at their begin, and offer final records to at their end.
 *
 * @param initial of initial values for records that start anew, or null
 * @param finals  of records whose claims have ended, or null
 * @param madeInitial the first one if the table has made it, or null
 * @param madeFinals  the second one if the table has made it, or null
 */
record RecordQueues(
        @Nullable Queue<? extends Consumer<? super InitialValues>> initial,
        @Nullable Queue<? super FinalRecord> finals,
        @Nullable Queue<Consumer<? super InitialValues>> madeInitial,
        @Nullable Queue<FinalRecord> madeFinals) {

    static final RecordQueues NONE = new RecordQueues(null, null, null, null);

    RecordQueues withInitial(
            Queue<? extends Consumer<? super InitialValues>> queue,
            @Nullable Queue<Consumer<? super InitialValues>> made) {
        return new RecordQueues(queue, finals, made, madeFinals);
    }

    RecordQueues withFinals(Queue<? super FinalRecord> queue, @Nullable Queue<FinalRecord> made) {
        return new RecordQueues(initial, queue, madeInitial, made);
    }

    /** Returns the initial values of the next record, or null. */
    @Nullable
    Consumer<? super InitialValues> nextInitial() {
        return initial == null ? null : initial.poll();
    }

    /** Offers a final record to the queue; false if the queue is full. */
    boolean offer(FinalRecord record) {
        return finals == null || finals.offer(record);
    }

    /** Puts a final record into the queue; waits for room until the table is closed, and defers interruptions. */
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
