package org.berth.core.slots;

import org.jspecify.annotations.Nullable;

/**
 * The memory that the end of a claim needs, allocated before it begins, as it must not fail half way.
 *
 * @param staged the words to merge, in a table that merges
 * @param last   the final record, in a table that queues them
 */
record PendingRelease(
        @Nullable StagedWords staged, @Nullable FinalRecord last) {

    /** For tables that neither merge nor queue, so that their claims end without an allocation. */
    static final PendingRelease NOTHING = new PendingRelease(null, null);

    static PendingRelease of(TableMemory memory, int slot, RecordQueues queues) {
        TableDescriptor descriptor = memory.descriptor;
        boolean queued = queues.finals() != null;
        if (!descriptor.merging && !queued) {
            return NOTHING;
        }
        StagedWords staged = descriptor.merging ? new StagedWords(descriptor) : null;
        FinalRecord last = null;
        try {
            if (queued) {
                last = FinalRecord.of(memory, slot);
            }
        } catch (IllegalStateException e) {
            // A handle that outlives its table has nothing to queue.
            if (!memory.isClosed()) {
                throw e;
            }
        }
        return new PendingRelease(staged, last);
    }
}
