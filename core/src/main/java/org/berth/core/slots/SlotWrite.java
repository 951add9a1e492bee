package org.berth.core.slots;

import static org.berth.core.slots.Fields.booleanOf;
import static org.berth.core.slots.Fields.doubleOf;
import static org.berth.core.slots.Fields.intOf;
import static org.berth.core.slots.Fields.offset;
import static org.berth.core.slots.Fields.word;
import static org.berth.core.slots.StagedWords.index;
import static org.berth.core.slots.TableDescriptor.SEQUENCE;

import org.agrona.MutableDirectBuffer;
import org.berth.core.slots.Field.OwnedBoolean;
import org.berth.core.slots.Field.OwnedBytes;
import org.berth.core.slots.Field.OwnedDouble;
import org.berth.core.slots.Field.OwnedInt;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Field.OwnedLongs;
import org.berth.core.slots.Field.OwnedText;
import org.berth.core.slots.Fields.OwnedBytesField;
import org.berth.offheap.Words;
import org.jspecify.annotations.Nullable;

/**
 * A write of several owned fields of one record that readers see whole or not at all.
 *
 * <p>Use this when several fields must agree with each other, or for texts and bytes. Prefer {@link
 * Slot#set(OwnedLong, long)} and {@link Slot#add(OwnedLong, long)} for fields that stand alone. {@link Slot#begin()}
 * begins a write, {@link #commit()} ends it, and {@link #close()} ends it without any effect.
 *
 * <p>The new values are staged beside the record, where only this write sees them, until a commit applies them all. A
 * reader that copies the record with {@link SlotView#read(Snapshot)} sees all or nothing of a commit. The same holds
 * for a process that opens a table in a file after the writing process died in the middle of a commit. {@link
 * SlotView#get(Field.OfLong)} reads one field on its own, and may see it before another one of the same commit.
 *
 * <p><b>Memory order: {@code set} and {@code add} only stage; {@code commit} is a release.</b>
 *
 * <p><b>Thread-safety:</b> for the one writer of its slot, as {@link Slot#set(OwnedLong, long)}. <b>Progress:</b>
 * wait-free; readers never delay it. The time of a commit grows with the number of staged words and, in records of more
 * than 64 words, a little with their size. <b>Memory:</b> allocates nothing; each {@link Slot} has one such object, and
 * every {@code begin} returns it. <b>Errors:</b> every method but {@code close} throws {@link IllegalStateException}
 * when the write is not begun or has ended, and {@link IllegalArgumentException} for a field of another layout; a call
 * that throws has staged nothing.
 */
public final class SlotWrite implements AutoCloseable {

    private final Slot slot;
    private final Words words;
    private final Object identity;
    private final long base;
    private final RedoLog log;
    private final boolean logged;

    /**
     * The staged words. On the heap, as no other thread needs them: staging in the slot's redo area took three times as
     * long. Where the table has such an area, the commit fills it.
     */
    private final long[] values;

    /** A bit for each staged word. */
    private final long[] masks;

    /** Has the two arrays above. */
    private final StagedWords staged;

    /** Null until bytes are written. */
    private @Nullable StagedBytes bytes;

    /**
     * A flag; {@link SlotView} sets its layout to null instead. Storing a reference costs the garbage collector's
     * barriers each time.
     */
    private boolean open;

    SlotWrite(Slot slot, Object identity) {
        this.slot = slot;
        this.words = slot.words;
        this.identity = identity;
        this.base = slot.base;
        this.log = slot.memory.log;
        this.logged = slot.memory.descriptor.logged;
        this.staged = new StagedWords(slot.memory.descriptor);
        this.values = staged.values;
        this.masks = staged.masks;
    }

    /**
     * Returns the value of a field: the staged one if there is one, else that of the record.
     *
     * @param field to read
     * @return the value
     */
    public long get(OwnedLong field) {
        return read(offset(field, layout()));
    }

    /**
     * Returns the value of a field: the staged one if there is one, else that of the record.
     *
     * @param field to read
     * @return the value
     */
    public int get(OwnedInt field) {
        return intOf(read(offset(field, layout())));
    }

    /**
     * Returns the value of a field: the staged one if there is one, else that of the record.
     *
     * @param field to read
     * @return the value
     */
    public double get(OwnedDouble field) {
        return doubleOf(read(offset(field, layout())));
    }

    /**
     * Returns the value of a field: the staged one if there is one, else that of the record.
     *
     * @param field to read
     * @return the value
     */
    public boolean get(OwnedBoolean field) {
        return booleanOf(read(offset(field, layout())));
    }

    /**
     * Returns the value of an element of an array: the staged one if there is one, else that of the record.
     *
     * @param field to read an element of
     * @param index of the element
     * @return the value
     * @throws IndexOutOfBoundsException if the array has no such element
     */
    public long get(OwnedLongs field, int index) {
        return read(offset(field, index, layout()));
    }

    /**
     * Stages a new value of a field.
     *
     * @param field to set
     * @param value to set it to
     * @return this write
     */
    public SlotWrite set(OwnedLong field, long value) {
        return stage(offset(field, layout()), value);
    }

    /**
     * Stages a new value of a field.
     *
     * @param field to set
     * @param value to set it to
     * @return this write
     */
    public SlotWrite set(OwnedInt field, int value) {
        return stage(offset(field, layout()), word(value));
    }

    /**
     * Stages a new value of a field.
     *
     * @param field to set
     * @param value to set it to
     * @return this write
     */
    public SlotWrite set(OwnedDouble field, double value) {
        return stage(offset(field, layout()), word(value));
    }

    /**
     * Stages a new value of a field.
     *
     * @param field to set
     * @param value to set it to
     * @return this write
     */
    public SlotWrite set(OwnedBoolean field, boolean value) {
        return stage(offset(field, layout()), word(value));
    }

    /**
     * Stages a new value of an element of an array.
     *
     * @param field to set an element of
     * @param index of the element
     * @param value to set it to
     * @return this write
     * @throws IndexOutOfBoundsException if the array has no such element
     */
    public SlotWrite set(OwnedLongs field, int index, long value) {
        return stage(offset(field, index, layout()), value);
    }

    /**
     * Stages a new text of a field.
     *
     * @param field to set
     * @param text  to set it to; it must not change during this call
     * @return this write
     * @throws IllegalArgumentException if the text is too long, no valid Unicode, or not ASCII where the field is
     */
    public SlotWrite set(OwnedText field, CharSequence text) {
        staged.setText(index(offset(field, layout())), field, text);
        return this;
    }

    /**
     * Returns a buffer for new bytes of a field, as for an SBE encoder; it begins with those that the record has when
     * this write first asks for it. The commit applies all of them, with the rest of this write. Only the first call
     * for a field allocates, off the heap.
     *
     * @param field to write
     * @return the buffer, always the same; when this write has ended, every access through it throws {@link
     *         IllegalStateException}, until a later write asks for it again
     */
    public MutableDirectBuffer buffer(OwnedBytes field) {
        OwnedBytesField exact = Fields.exact(field, layout());
        StagedBytes begun = bytes;
        if (begun == null) {
            begun = new StagedBytes(slot.memory.descriptor.layout);
            bytes = begun;
        }
        return begun.buffer(exact, words, base);
    }

    /**
     * Stages the sum of the value of a field and {@code delta}; overflow wraps around.
     *
     * @param field to add to
     * @param delta to add
     * @return this write
     */
    public SlotWrite add(OwnedLong field, long delta) {
        long offset = offset(field, layout());
        return stage(offset, read(offset) + delta);
    }

    /**
     * Stages the sum of the value of a field and {@code delta}; overflow wraps around.
     *
     * @param field to add to
     * @param delta to add
     * @return this write
     */
    public SlotWrite add(OwnedInt field, int delta) {
        long offset = offset(field, layout());
        return stage(offset, read(offset) + word(delta));
    }

    /**
     * Stages the sum of the value of a field and {@code delta}.
     *
     * @param field to add to
     * @param delta to add
     * @return this write
     */
    public SlotWrite add(OwnedDouble field, double delta) {
        long offset = offset(field, layout());
        return stage(offset, word(doubleOf(read(offset)) + delta));
    }

    /**
     * Stages the sum of the value of an element of an array and {@code delta}; overflow wraps around.
     *
     * @param field to add to an element of
     * @param index of the element
     * @param delta to add
     * @return this write
     * @throws IndexOutOfBoundsException if the array has no such element
     */
    public SlotWrite add(OwnedLongs field, int index, long delta) {
        long offset = offset(field, index, layout());
        return stage(offset, read(offset) + delta);
    }

    /** Applies the staged values, all at once for readers, with release order, and ends this write. */
    public void commit() {
        if (!open) {
            throw notOpen();
        }
        if (bytes != null) {
            bytes.stage(staged);
        }
        if (logged) {
            log.append(base, staged);
        }
        SeqLock.commit(words, base, values, masks);
        end();
    }

    /** Ends this write and discards the staged values; does nothing after {@link #commit()}. */
    @Override
    public void close() {
        if (open) {
            try {
                if ((words.get(base + SEQUENCE) & 1) != 0) {
                    // An error cut the commit short; half of it must not stay.
                    SeqLock.commit(words, base, values, masks);
                }
            } catch (IllegalStateException e) {
                if (!slot.memory.isClosed()) {
                    throw e;
                }
            } finally {
                end();
            }
        }
    }

    boolean isOpen() {
        return open;
    }

    SlotWrite begin() {
        open = true;
        return this;
    }

    /** Returns the layout's identity, which each access compares with the field's; null while no write is open. */
    private @Nullable Object layout() {
        return open ? identity : null;
    }

    private void end() {
        staged.clear();
        if (bytes != null) {
            bytes.end();
        }
        // Last: an error in between must not leave old marks to the next write.
        open = false;
        slot.writeEnded();
    }

    private long read(long offset) {
        int word = index(offset);
        // Plain: the owner reads what it wrote itself.
        return (masks[word >>> 6] & 1L << word) != 0 ? values[word] : words.get(base + offset);
    }

    private SlotWrite stage(long offset, long value) {
        int word = index(offset);
        values[word] = value;
        masks[word >>> 6] |= 1L << word;
        return this;
    }

    private IllegalStateException notOpen() {
        return new IllegalStateException("write is not open; begin one first");
    }
}
