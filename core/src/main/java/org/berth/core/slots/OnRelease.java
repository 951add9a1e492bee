package org.berth.core.slots;

/** What happens to the values of a record when the claim of its owner ends. */
public enum OnRelease {
    /** The values stay in the record: the next owner of the key continues from them. */
    KEEP,
    /**
     * The values are merged, each field by its {@link Merge}, into the retained totals of the slot, which {@link
     * SlotTable#sum(Field.OfLong)} and the other totals count; the next owner starts anew. The values of owned fields
     * without a merge are dropped.
     */
    MERGE
}
