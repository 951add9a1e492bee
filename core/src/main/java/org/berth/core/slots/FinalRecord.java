package org.berth.core.slots;

import org.jspecify.annotations.Nullable;

/**
 * A copy of a record at the end of a claim, for the queue that {@link SlotTable.Builder#finalRecords} names.
 *
 * @param key    of the record; of a slot of {@link PerThread}, the id of its thread, or a negative number for a lease.
 *               Without meaning if there is a name
 * @param name   of the record, or null if its key is a {@code long}
 * @param owner  the owner that released it, or null if owners were changing
 * @param values all fields: the owned ones as the owner wrote them last, the shared ones as they were just before the
 *               end of the claim
 */
public record FinalRecord(
        long key, @Nullable String name, @Nullable Owner owner, Snapshot values) {

    static FinalRecord of(TableMemory memory, int slot) {
        Snapshot values = memory.descriptor.layout.newSnapshot();
        // No commit is under way: the only thread that could make one is ending its claim.
        memory.lock.read(memory.descriptor.base(slot), values, 0);
        String name = memory.index.isNamed(slot) ? memory.index.name(slot) : null;
        return new FinalRecord(memory.index.key(slot), name, memory.ownership.owner(slot), values);
    }
}
