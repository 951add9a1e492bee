package org.berth.core.slots;

import org.jspecify.annotations.Nullable;

/**
 * What an owner left, as a copy: {@link SlotTableBuilder#finalRecords}.
 *
 * @param key    of the record; of a slot of {@link PerThread}, the id of its thread, or a negative number for a lease. Without
 *               meaning if there is a name
 * @param name   of the record, or null if its key is a {@code long}
 * @param owner  who left, or null if that was not to be told
 * @param values all fields: the owned ones as the owner left them, the shared ones as they were just before
 */
public record FinalRecord(
        long key, @Nullable String name, @Nullable Owner owner, Snapshot values) {}
