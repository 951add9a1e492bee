package org.berth.core.slots;

import static org.berth.core.slots.Fields.booleanOf;
import static org.berth.core.slots.Fields.doubleOf;
import static org.berth.core.slots.Fields.intOf;
import static org.berth.core.slots.Fields.offset;

import org.berth.core.slots.Field.OwnedText;
import org.jspecify.annotations.Nullable;

/**
 * A copy of all fields of one record, made by {@link SlotView#read(Snapshot)}: of owned fields that were written together in a
 * {@link SlotWrite} it holds all or none.
 *
 * <p>Made by {@link RecordLayout#newSnapshot()}, and filled again by each read: neither reading nor asking for a number
 * allocates. Not safe for use by several threads at once.
 *
 * <p><b>Errors:</b> every method throws {@link IllegalArgumentException} for a field of another layout, and
 * {@link IllegalStateException} while there is nothing in it: before the first read, and after one that gave up.
 */
public final class Snapshot {

    /** The record's words, from the last shared field below the sequence to the last owned field above it. */
    final long[] values;

    /** What of the record is in front of its sequence. */
    final int sharedBytes;

    /** Whether there is anything that is written all at once. */
    final boolean sequenced;

    /** The layout that it was made for. */
    final Object identity;

    /** Whether there is something to be read. */
    boolean filled;

    /** Made when it is first needed, and kept, so that reading allocates nothing. */
    private @Nullable SeqLockBackoff backoff;

    Snapshot(RecordLayout layout) {
        this.identity = layout.identity();
        this.sharedBytes = layout.sharedBytes();
        this.sequenced = layout.ownedBytes() != 0;
        int ownedBytes = layout.ownedBytes() == 0 ? 0 : Long.BYTES + layout.ownedBytes();
        this.values = new long[(sharedBytes + ownedBytes) / Long.BYTES];
    }

    /**
     * The value of a field.
     *
     * @param field to look up
     * @return its value
     */
    public long get(Field.OfLong field) {
        return values[index(offset(field, layout()))];
    }

    /**
     * The value of a field.
     *
     * @param field to look up
     * @return its value
     */
    public int get(Field.OfInt field) {
        return intOf(values[index(offset(field, layout()))]);
    }

    /**
     * The value of a field.
     *
     * @param field to look up
     * @return its value
     */
    public double get(Field.OfDouble field) {
        return doubleOf(values[index(offset(field, layout()))]);
    }

    /**
     * The value of a field.
     *
     * @param field to look up
     * @return its value
     */
    public boolean get(Field.OfBoolean field) {
        return booleanOf(values[index(offset(field, layout()))]);
    }

    /**
     * The text of a field.
     *
     * @param field to look up
     * @return its text
     */
    public String get(OwnedText field) {
        int index = index(offset(field, layout()));
        return Text.decode(values, index + 1, Text.length(field, values[index]));
    }

    /**
     * Appends the text of a field; does not allocate if the text is ASCII and the builder has room.
     *
     * @param field to look up
     * @param to    to append to
     */
    public void appendTo(OwnedText field, StringBuilder to) {
        int index = index(offset(field, layout()));
        Text.append(values, index + 1, Text.length(field, values[index]), to);
    }

    /** A backoff from its start. */
    SeqLockBackoff newBackoff() {
        SeqLockBackoff begun = backoff;
        if (begun == null) {
            begun = new SeqLockBackoff();
            backoff = begun;
        }
        begun.reset();
        return begun;
    }

    private int index(long offset) {
        return ((int) (offset - TableDescriptor.SEQUENCE) + sharedBytes) >>> 3;
    }

    /** The layout's identity, compared with a field's at each access. */
    private Object layout() {
        if (!filled) {
            throw new IllegalStateException("snapshot is empty: read a record into it, and look whether that gave up");
        }
        return identity;
    }
}
