package org.berth.core.slots;

import static org.berth.core.slots.Fields.offset;
import static org.berth.core.slots.Fields.word;
import static org.berth.core.slots.StagedWords.bytes;
import static org.berth.core.slots.StagedWords.index;
import static org.berth.core.slots.TableDescriptor.OWNED;
import static org.berth.core.slots.TableDescriptor.SHARED;

import org.agrona.MutableDirectBuffer;
import org.berth.core.slots.Field.OwnedBoolean;
import org.berth.core.slots.Field.OwnedBytes;
import org.berth.core.slots.Field.OwnedDouble;
import org.berth.core.slots.Field.OwnedInt;
import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Field.OwnedLongs;
import org.berth.core.slots.Field.OwnedText;
import org.berth.core.slots.Field.SharedBoolean;
import org.berth.core.slots.Field.SharedDouble;
import org.berth.core.slots.Field.SharedInt;
import org.berth.core.slots.Field.SharedLong;
import org.berth.core.slots.Fields.OwnedBytesField;
import org.jspecify.annotations.Nullable;

/**
 * The values that a record starts with, as the function passed to {@link SlotTable#claim(long,
 * java.util.function.Consumer)} sets them. Fields that it does not set start as in any new record.
 *
 * <p>A new key becomes visible with these values: no thread, and no process that opens the file after this one was
 * killed, finds the key without them. (In a table that {@linkplain OnRelease#MERGE merges}, fields with a {@link Merge}
 * get theirs in one write right after the claim, as totals count them from then on.)
 *
 * <p>For the thread that calls the function, until that returns. <b>Errors:</b> every method throws {@link
 * IllegalArgumentException} for a field of another layout, and {@link IllegalStateException} once the function has
 * returned; a call that throws has set nothing.
 */
public final class InitialValues {

    private final TableMemory memory;
    private final StagedWords owned;

    /** By the distance below {@link TableDescriptor#SHARED}, in words. */
    private final long[] shared;

    private final boolean[] sharedSet;

    /** Null until bytes are written. */
    private @Nullable StagedBytes bytes;

    /** The layout's identity, which each access compares with the field's; null once the function has returned. */
    private @Nullable Object layout;

    InitialValues(TableMemory memory) {
        this.memory = memory;
        this.layout = memory.layout;
        this.owned = new StagedWords(memory.descriptor);
        this.shared = new long[memory.descriptor.layout.sharedBytes() / Long.BYTES];
        this.sharedSet = new boolean[shared.length];
    }

    /**
     * Sets the initial value of a field.
     *
     * @param field to set
     * @param value to start with
     * @return this
     */
    public InitialValues set(OwnedLong field, long value) {
        return setOwned(offset(field, layout), value);
    }

    /**
     * Sets the initial value of a field.
     *
     * @param field to set
     * @param value to start with
     * @return this
     */
    public InitialValues set(OwnedInt field, int value) {
        return setOwned(offset(field, layout), word(value));
    }

    /**
     * Sets the initial value of a field.
     *
     * @param field to set
     * @param value to start with
     * @return this
     */
    public InitialValues set(OwnedDouble field, double value) {
        return setOwned(offset(field, layout), word(value));
    }

    /**
     * Sets the initial value of a field.
     *
     * @param field to set
     * @param value to start with
     * @return this
     */
    public InitialValues set(OwnedBoolean field, boolean value) {
        return setOwned(offset(field, layout), word(value));
    }

    /**
     * Sets the initial value of an element of an array.
     *
     * @param field to set an element of
     * @param index of the element
     * @param value to start with
     * @return this
     * @throws IndexOutOfBoundsException if the array has no such element
     */
    public InitialValues set(OwnedLongs field, int index, long value) {
        return setOwned(offset(field, index, layout), value);
    }

    /**
     * Returns a buffer for the initial bytes of a field, as for an SBE encoder; it begins with zeros. Allocates off the
     * heap.
     *
     * @param field to write
     * @return the buffer; every access through it throws {@link IllegalStateException} once the function has returned
     */
    public MutableDirectBuffer buffer(OwnedBytes field) {
        OwnedBytesField exact = Fields.exact(field, layout);
        StagedBytes begun = bytes;
        if (begun == null) {
            begun = new StagedBytes(memory.descriptor.layout);
            bytes = begun;
        }
        return begun.buffer(exact, null, 0);
    }

    /**
     * Sets the initial text of a field.
     *
     * @param field to set
     * @param text  to start with; it must not change during this call
     * @return this
     * @throws IllegalArgumentException if the text is too long, no valid Unicode, or not ASCII where the field is
     */
    public InitialValues set(OwnedText field, CharSequence text) {
        owned.setText(index(offset(field, layout)), field, text);
        return this;
    }

    /**
     * Sets the initial value of a field.
     *
     * @param field to set
     * @param value to start with
     * @return this
     * @throws IllegalArgumentException in a table that merges, where a shared field starts from its merge's identity
     */
    public InitialValues set(SharedLong field, long value) {
        return setShared(field, offset(field, layout), value);
    }

    /**
     * Sets the initial value of a field.
     *
     * @param field to set
     * @param value to start with
     * @return this
     * @throws IllegalArgumentException in a table that merges, where a shared field starts from its merge's identity
     */
    public InitialValues set(SharedInt field, int value) {
        return setShared(field, offset(field, layout), word(value));
    }

    /**
     * Sets the initial value of a field.
     *
     * @param field to set
     * @param value to start with
     * @return this
     * @throws IllegalArgumentException in a table that merges, where a shared field starts from its merge's identity
     */
    public InitialValues set(SharedDouble field, double value) {
        return setShared(field, offset(field, layout), word(value));
    }

    /**
     * Sets the initial value of a field.
     *
     * @param field to set
     * @param value to start with
     * @return this
     */
    public InitialValues set(SharedBoolean field, boolean value) {
        return setShared(field, offset(field, layout), word(value));
    }

    /** The function has returned. */
    void close() {
        layout = null;
        if (bytes != null) {
            bytes.stage(owned);
            bytes.end();
        }
    }

    /** Writes the values to a record that no other thread knows, but those that totals would count too early. */
    void writeTo(long base) {
        TableDescriptor descriptor = memory.descriptor;
        for (int word = 0; word < descriptor.layout.ownedBytes() / Long.BYTES; word++) {
            if (owned.isSet(word) && !(descriptor.merging && memory.retained.isMerged(word))) {
                memory.words.set(base + OWNED + bytes(word), owned.values[word]);
            }
        }
        for (int word = 0; word < shared.length; word++) {
            if (sharedSet[word]) {
                memory.words.set(base + SHARED - bytes(word), shared[word]);
            }
        }
    }

    /** Writes the values of the owned fields to a record that the caller owns, all at once for readers. */
    void commitTo(long base) {
        if (owned.isEmpty()) {
            return;
        }
        // Before the write: if that is cut short, half of it must not stay, nor readers wait for the rest.
        long[] before = new long[owned.values.length];
        for (int word = 0; word < memory.descriptor.layout.ownedBytes() / Long.BYTES; word++) {
            if (owned.isSet(word)) {
                before[word] = memory.words.get(base + OWNED + bytes(word));
            }
        }
        if (memory.descriptor.logged) {
            memory.log.append(base, owned);
        }
        try {
            SeqLock.commit(memory.words, base, owned.values, owned.masks);
        } catch (Throwable failure) {
            SeqLock.commit(memory.words, base, before, owned.masks);
            throw failure;
        }
    }

    private InitialValues setOwned(long offset, long value) {
        owned.set(index(offset), value);
        return this;
    }

    private InitialValues setShared(Field field, long offset, long value) {
        if (memory.descriptor.merging) {
            // Other threads may have updated it already for this claim, and totals count what it holds.
            throw new IllegalArgumentException("shared field in a table that merges: field=" + field.name()
                    + "; it starts from its merge's identity: add to it after the claim");
        }
        int word = (int) (SHARED - offset) >>> 3;
        shared[word] = value;
        sharedSet[word] = true;
        return this;
    }
}
