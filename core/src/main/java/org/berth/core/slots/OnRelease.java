package org.berth.core.slots;

/** What becomes of a record's values when its owner leaves. */
public enum OnRelease {
    /** They stay: the next owner of the key continues from them. */
    KEEP,
    /**
     * They are merged, each field by its {@link Merge}, into the residue of the slot, which {@link SlotTable#sum(Field.OfLong)} and the
     * other totals count; the next owner starts anew. The values of owned fields without a merge are dropped.
     */
    MERGE
}
