package org.berth.core.slots;

import static org.berth.core.slots.Fields.booleanOf;
import static org.berth.core.slots.Fields.doubleOf;
import static org.berth.core.slots.Fields.intOf;
import static org.berth.core.slots.Fields.offset;

import org.agrona.DirectBuffer;
import org.berth.core.slots.Field.OwnedBytes;
import org.berth.core.slots.Field.OwnedLongs;
import org.berth.core.slots.Field.OwnedText;
import org.berth.core.slots.Fields.OwnedBytesField;
import org.berth.offheap.OffHeapBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A copy of all fields of one record, as {@link SlotView#read(Snapshot)} makes it.
 *
 * <p>Use this when several fields must be seen together, or for texts and bytes: of the fields that the owner wrote in
 * one {@link SlotWrite}, a snapshot has all or none. Prefer {@link SlotView#get(Field.OfLong)} for a single number.
 *
 * <p>{@link RecordLayout#newSnapshot()} makes an empty snapshot, and each read fills it again. Neither reading a record
 * nor a {@code get} of a number or a {@code boolean} allocates.
 *
 * <p><b>Memory order: reading a record is an acquire; {@code get} reads the copy.</b> <b>Thread-safety:</b> not safe
 * for use by several threads at once. <b>Errors:</b> every method throws {@link IllegalArgumentException} for a field
 * of another layout, and {@link IllegalStateException} while the snapshot is empty: before the first read, and after
 * one that gave up.
 */
public final class Snapshot {

    /** The record's words, from the last shared field below the sequence to the last owned field above it. */
    final long[] values;

    /** The size of the shared fields, which lie in front of the sequence. */
    final int sharedBytes;

    /** Whether the record has a sequence, as records with owned fields do. */
    final boolean sequenced;

    /** The identity of the layout that this snapshot was made for. */
    final Object identity;

    /** Whether this snapshot holds a record. */
    boolean filled;

    /** How often a record was read, which tells whether {@code bytes} are of this one. */
    long reads;

    /** Copies of the fields of bytes, each made when it is asked for. */
    private final @Nullable CopiedBytes[] bytes;

    /** Allocated when it is first needed, and kept, so that later reads allocate nothing. */
    private @Nullable SeqLockBackoff backoff;

    Snapshot(RecordLayout layout) {
        this.identity = layout.identity();
        this.sharedBytes = layout.sharedBytes();
        this.sequenced = layout.ownedBytes() != 0;
        int ownedBytes = layout.ownedBytes() == 0 ? 0 : Long.BYTES + layout.ownedBytes();
        this.bytes = new @Nullable CopiedBytes[layout.bytesFields()];
        this.values = new long[(sharedBytes + ownedBytes) / Long.BYTES];
    }

    /**
     * Returns the value of a field.
     *
     * @param field to look up
     * @return its value
     */
    public long get(Field.OfLong field) {
        return values[index(offset(field, layout()))];
    }

    /**
     * Returns the value of a field.
     *
     * @param field to look up
     * @return its value
     */
    public int get(Field.OfInt field) {
        return intOf(values[index(offset(field, layout()))]);
    }

    /**
     * Returns the value of a field.
     *
     * @param field to look up
     * @return its value
     */
    public double get(Field.OfDouble field) {
        return doubleOf(values[index(offset(field, layout()))]);
    }

    /**
     * Returns the value of a field.
     *
     * @param field to look up
     * @return its value
     */
    public boolean get(Field.OfBoolean field) {
        return booleanOf(values[index(offset(field, layout()))]);
    }

    /**
     * Returns the value of an element of an array.
     *
     * @param field to look up an element of
     * @param index of the element
     * @return its value
     * @throws IndexOutOfBoundsException if the array has no such element
     */
    public long get(OwnedLongs field, int index) {
        return values[index(offset(field, index, layout()))];
    }

    /**
     * Copies all elements of an array.
     *
     * @param field to look up
     * @param to    to copy to, from its first element on
     * @throws IllegalArgumentException if {@code to} is shorter than the array
     */
    public void copyTo(OwnedLongs field, long[] to) {
        int first = index(offset(field, layout()));
        Fields.checkRoom(field, to);
        System.arraycopy(values, first, to, 0, field.length());
    }

    /**
     * Returns the text of a field.
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

    /**
     * Returns the bytes of a field, as for an SBE decoder. Only the first call for a field allocates, off the heap.
     *
     * @param field to look up
     * @return a read-only buffer, always the same; it has the bytes of the record that was read last before this call,
     *         so ask again after each read
     */
    public DirectBuffer buffer(OwnedBytes field) {
        OwnedBytesField exact = Fields.exact(field, layout());
        CopiedBytes copied = bytes[exact.bytesIndex()];
        if (copied == null) {
            copied = new CopiedBytes(exact.length());
            bytes[exact.bytesIndex()] = copied;
        }
        if (copied.of != reads) {
            int first = index(exact.wordOffset());
            for (int i = 0; i < copied.scratch.words(); i++) {
                copied.scratch.set(i, values[first + i]);
            }
            copied.of = reads;
        }
        return copied.buffer;
    }

    /** The bytes of a field, off the heap. */
    private static final class CopiedBytes {

        private final ScratchBytes scratch;
        private final OffHeapBuffer buffer;

        /** The read that they are of; 0 for none. */
        private long of;

        CopiedBytes(int length) {
            this.scratch = new ScratchBytes(length);
            this.buffer = scratch.buffer(true);
        }
    }

    /** Returns a backoff that starts anew. */
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

    /** Returns the layout's identity, which each access compares with the field's. */
    private Object layout() {
        if (!filled) {
            throw new IllegalStateException("snapshot is empty: read a record into it, and look whether that gave up");
        }
        return identity;
    }
}
