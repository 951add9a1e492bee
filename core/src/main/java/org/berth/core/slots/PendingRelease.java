package org.berth.core.slots;

import org.jspecify.annotations.Nullable;

/**
 * What the end of a claim needs: allocated before it begins, as it must not fail half way.
 *
 * @param staged room for what is merged, in a table that merges
 * @param last   the final record, where they are queued
 */
record PendingRelease(
        @Nullable StagedWords staged, @Nullable FinalRecord last) {

    /** Where nothing is merged and nothing queued, so that such a claim ends without an allocation. */
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
