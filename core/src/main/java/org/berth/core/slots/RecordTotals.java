package org.berth.core.slots;

import static org.berth.core.slots.Fields.offset;

import java.util.Arrays;
import org.berth.core.slots.Field.OwnedLongs;
import org.berth.core.slots.Fields.FieldImpl;
import org.berth.core.slots.Fields.Mergeable;
import org.berth.core.slots.Fields.OwnedLongsField;
import org.jspecify.annotations.Nullable;

/**
 * The totals of all numeric fields of a table, made in one pass: each record is read once, all of its fields at one
 * moment.
 *
 * <p>Use this for totals that must fit each other, as a count and a sum whose quotient is an average: of the fields
 * that an owner sets in one {@link SlotWrite}, the totals have all or none. Prefer {@link
 * SlotTable#sum(Field.OfIntegral)} for one field. The records are still read one after the other. So of two counters of
 * which one follows the other, as requests begun and requests ended, in different records, a pass may miss a begin and
 * see its end: sum up the ended ones first, in a call of its own, and the begun ones after that; then their difference
 * is never negative.
 *
 * <p>{@link SlotTable#newTotals()} makes an empty one, and each {@link SlotTable#read(RecordTotals)} fills it again,
 * without an allocation. Each field's values are merged as its {@link Merge} says, or added up if it has none. In a
 * table that {@linkplain OnRelease#MERGE merges}, what former owners added is in it, and fields without a merge are
 * not.
 *
 * <p><b>Memory order: reading the table is an acquire; {@code get} reads what was read.</b> <b>Thread-safety:</b> not
 * safe for use by several threads at once. <b>Errors:</b> every method throws {@link IllegalArgumentException} for a
 * field of another layout, or one without a merge in a table that merges, and {@link IllegalStateException} before the
 * first read, and after one that threw.
 */
public final class RecordTotals {

    private enum Kind {
        LONG,
        INT,
        DOUBLE
    }

    /** The offset of no owned word. */
    private static final long NONE = -1;

    private final TableMemory memory;
    private final RecordImage record;

    // One of each for every numeric word of a record.
    private final int count;
    private final Kind[] kinds;
    private final Merge[] merges;
    private final long[] offsets;

    /** Where the retained total is, or {@link #NONE}. */
    private final long[] retained;

    private final long[] totals;

    /** The entry of each word of a record, or -1. */
    private final int[] entries;

    private boolean filled;

    RecordTotals(TableMemory memory) {
        this.memory = memory;
        this.record = new RecordImage(memory);
        this.entries = new int[record.length()];
        Arrays.fill(entries, -1);
        int words = record.length();
        this.kinds = new Kind[words];
        this.merges = new Merge[words];
        this.offsets = new long[words];
        this.retained = new long[words];
        int entry = 0;
        for (Field field : memory.descriptor.layout.fields()) {
            @Nullable Merge merge = Fields.mergeOf(field);
            @Nullable Kind kind = kind(field);
            if (kind == null || (memory.descriptor.merging && merge == null)) {
                continue;
            }
            int length = field instanceof OwnedLongs longs ? longs.length() : 1;
            for (int i = 0; i < length; i++) {
                kinds[entry] = kind;
                merges[entry] = merge == null ? Merge.SUM : merge;
                offsets[entry] = ((FieldImpl) field).wordOffset() + StagedWords.bytes(i);
                retained[entry] = memory.descriptor.merging
                        ? memory.descriptor.retainedTotals + StagedWords.bytes(retainedIndex(field) + i)
                        : NONE;
                entries[record.index(offsets[entry])] = entry;
                entry++;
            }
        }
        this.count = entry;
        this.totals = new long[entry];
    }

    /**
     * Returns the total of a field.
     *
     * @param field to look up
     * @return its total; of an {@code int} field as a {@code long}, so that a sum has room
     */
    public long get(Field.OfIntegral field) {
        return totals[
                entry(
                        field,
                        switch (field) {
                            case Field.OfLong f -> offset(f, layout());
                            case Field.OfInt f -> offset(f, layout());
                        })];
    }

    /**
     * Returns the total of a field.
     *
     * @param field to look up
     * @return its total
     */
    public double get(Field.OfDouble field) {
        return Fields.doubleOf(totals[entry(field, offset(field, layout()))]);
    }

    /**
     * Returns the total of an element of an array over all records.
     *
     * @param field to look an element up of
     * @param index of the element
     * @return its total
     * @throws IndexOutOfBoundsException if the array has no such element
     */
    public long get(OwnedLongs field, int index) {
        return totals[entry(field, offset(field, index, layout()))];
    }

    /**
     * Copies the totals of all elements of an array.
     *
     * @param field to look up
     * @param into  to be filled from index 0
     * @throws IllegalArgumentException if that is shorter than the field
     */
    public void copyTo(OwnedLongs field, long[] into) {
        int first = entry(field, offset(field, 0, layout()));
        Fields.checkRoom(field, into);
        System.arraycopy(totals, first, into, 0, field.length());
    }

    /** Begins a pass. */
    void clear() {
        filled = false;
        for (int i = 0; i < count; i++) {
            totals[i] = kinds[i] == Kind.DOUBLE ? Fields.word(merges[i].doubleIdentity()) : merges[i].longIdentity();
        }
    }

    /** Adds a record. */
    void add(long base) {
        record.read(base);
        for (int i = 0; i < count; i++) {
            long word = record.word(offsets[i]);
            add(i, kinds[i], kinds[i] == Kind.INT ? Fields.intOf(word) : word);
            if (retained[i] != NONE) {
                // That of an int field is a whole long.
                add(i, kinds[i], record.word(retained[i]));
            }
        }
    }

    private void add(int entry, Kind kind, long value) {
        totals[entry] = kind == Kind.DOUBLE
                ? Fields.word(merges[entry].doubles(Fields.doubleOf(totals[entry]), Fields.doubleOf(value)))
                : merges[entry].longs(totals[entry], value);
    }

    /** Ends a pass. */
    void complete() {
        filled = true;
    }

    /** Whether this was made by the table with that memory: each has retained totals in places of its own. */
    boolean isOf(TableMemory other) {
        return memory == other;
    }

    private int entry(Field field, long offset) {
        int entry = entries[record.index(offset)];
        if (entry < 0) {
            throw new IllegalArgumentException("field without a merge in a table that merges: field=" + field.name()
                    + "; declare it with a Merge, or read each record with forEach");
        }
        return entry;
    }

    private Object layout() {
        if (!filled) {
            throw new IllegalStateException("totals are empty: read a table into them first");
        }
        return memory.layout;
    }

    private static @Nullable Kind kind(Field field) {
        return switch (field) {
            case Field.OfLong f -> Kind.LONG;
            case OwnedLongs f -> Kind.LONG;
            case Field.OfInt f -> Kind.INT;
            case Field.OfDouble f -> Kind.DOUBLE;
            default -> null;
        };
    }

    private static int retainedIndex(Field field) {
        return field instanceof OwnedLongsField longs ? longs.retainedIndex() : ((Mergeable) field).retainedIndex();
    }
}
