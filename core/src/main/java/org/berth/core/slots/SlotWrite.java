package org.berth.core.slots;

import static org.berth.core.slots.Fields.booleanOf;
import static org.berth.core.slots.Fields.doubleOf;
import static org.berth.core.slots.Fields.intOf;
import static org.berth.core.slots.Fields.offset;
import static org.berth.core.slots.Fields.word;
import static org.berth.core.slots.StagedWords.index;
import static org.berth.core.slots.TableDescriptor.SEQUENCE;

import org.berth.core.slots.Field.OwnedBoolean;
import org.berth.core.slots.Field.OwnedDouble;
import org.berth.core.slots.Field.OwnedInt;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Field.OwnedText;
import org.berth.offheap.Words;
import org.jspecify.annotations.Nullable;

/**
 * A write of several owned fields that others see together or not at all: begun by {@link Slot#begin()}, ended by
 * {@link #commit()} or, without any effect, by {@link #close()}.
 *
 * <p>What it sets is staged beside the record; this write sees it, nobody else does. A commit applies it all; whoever reads the
 * record with {@link SlotView#read(Snapshot)} sees all or nothing of it, also when the process dies in the middle and the table
 * is in a file. {@link SlotView#get(Field.OfLong)} reads a field on its own and may see it before another one of the same commit.
 *
 * <p><b>Thread-safety:</b> for the one writer of its slot, as {@link Slot#set(OwnedLong, long)}. <b>Progress:</b> wait-free; readers
 * never delay it. <b>Memory:</b> nothing is allocated; a slot has one such object, which {@code begin} gives out again and again.
 * <b>Errors:</b> every method but {@code close} throws {@link IllegalStateException} when the write is not begun or has ended, and
 * {@link IllegalArgumentException} for a field of another layout; a call that throws has staged nothing.
 */
public final class SlotWrite implements AutoCloseable {

    private final Slot slot;
    private final Words words;
    private final Object identity;
    private final long base;
    private final RedoLog log;
    private final boolean journaled;

    /**
     * The staged words. On the heap, as no one else needs them: staging in the slot's redo area took three times as long. Where
     * the table has one it is filled at the commit.
     */
    private final long[] values;

    /** A bit for each staged word. */
    private final long[] masks;

    /** The two above. */
    private final StagedWords staged;

    /** A flag, where {@link SlotView} nulls its layout: storing a reference costs the garbage collector's barriers each time. */
    private boolean open;

    SlotWrite(Slot slot, Object identity) {
        this.slot = slot;
        this.words = slot.words;
        this.identity = identity;
        this.base = slot.base;
        this.log = slot.memory.log;
        this.journaled = slot.memory.descriptor.journaled;
        this.staged = new StagedWords(slot.memory.descriptor);
        this.values = staged.values;
        this.masks = staged.masks;
    }

    /**
     * Reads a field: what this write has staged, else what the record holds.
     *
     * @param field to read
     * @return its value
     */
    public long get(OwnedLong field) {
        return read(offset(field, layout()));
    }

    /**
     * Reads a field: what this write has staged, else what the record holds.
     *
     * @param field to read
     * @return its value
     */
    public int get(OwnedInt field) {
        return intOf(read(offset(field, layout())));
    }

    /**
     * Reads a field: what this write has staged, else what the record holds.
     *
     * @param field to read
     * @return its value
     */
    public double get(OwnedDouble field) {
        return doubleOf(read(offset(field, layout())));
    }

    /**
     * Reads a field: what this write has staged, else what the record holds.
     *
     * @param field to read
     * @return its value
     */
    public boolean get(OwnedBoolean field) {
        return booleanOf(read(offset(field, layout())));
    }

    /**
     * Stages a field's new value.
     *
     * @param field to set
     * @param value to set it to
     * @return this write
     */
    public SlotWrite set(OwnedLong field, long value) {
        return stage(offset(field, layout()), value);
    }

    /**
     * Stages a field's new value.
     *
     * @param field to set
     * @param value to set it to
     * @return this write
     */
    public SlotWrite set(OwnedInt field, int value) {
        return stage(offset(field, layout()), word(value));
    }

    /**
     * Stages a field's new value.
     *
     * @param field to set
     * @param value to set it to
     * @return this write
     */
    public SlotWrite set(OwnedDouble field, double value) {
        return stage(offset(field, layout()), word(value));
    }

    /**
     * Stages a field's new value.
     *
     * @param field to set
     * @param value to set it to
     * @return this write
     */
    public SlotWrite set(OwnedBoolean field, boolean value) {
        return stage(offset(field, layout()), word(value));
    }

    /**
     * Stages a field's new text.
     *
     * @param field to set
     * @param text  to set it to; it must not change during this call
     * @return this write
     * @throws IllegalArgumentException if the text is too long, no valid Unicode, or not ASCII where the field is
     */
    public SlotWrite set(OwnedText field, CharSequence text) {
        int word = index(offset(field, layout()));
        int bytes = Text.check(field, text);
        values[word] = bytes;
        Text.encode(text, bytes, values, word + 1);
        int end = word + 1 + (bytes + Long.BYTES - 1) / Long.BYTES;
        for (int i = word; i < end; i++) {
            masks[i >>> 6] |= 1L << i;
        }
        return this;
    }

    /**
     * Stages a field's value and {@code delta}; overflow wraps around.
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
     * Stages a field's value and {@code delta}; overflow wraps around.
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
     * Stages a field's value and {@code delta}.
     *
     * @param field to add to
     * @param delta to add
     * @return this write
     */
    public SlotWrite add(OwnedDouble field, double delta) {
        long offset = offset(field, layout());
        return stage(offset, word(doubleOf(read(offset)) + delta));
    }

    /** Applies what is staged, all at once, and ends this write. */
    public void commit() {
        if (!open) {
            throw notBegun();
        }
        if (journaled) {
            log.append(base, staged);
        }
        SeqLock.commit(words, base, values, masks);
        end();
    }

    /** Ends this write and forgets what is staged; does nothing after {@link #commit()}. */
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

    /** The layout's identity, compared with a field's at each access; null while no write is open. */
    private @Nullable Object layout() {
        return open ? identity : null;
    }

    private void end() {
        staged.clear();
        // Last: an error in between must not leave old marks to the next write.
        open = false;
        slot.ended();
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

    private IllegalStateException notBegun() {
        return new IllegalStateException("write is not open; begin one first");
    }
}
