package org.berth.core.slots;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A reusable accessor to the records of a table, by key: {@code cursor.seek(key).getAndAdd(FIELD, 1)}.
 *
 * <p>Use this where the object that {@link SlotTable#at(long)} returns must not be allocated, whatever the JIT compiler
 * makes of it; else both cost the same. Prefer a {@link SlotView} to hold on to one record: it tells about its key and
 * owner, and keeps its slot in a recycling table.
 *
 * <p>Made by {@link SlotTable#cursor()}, and of no key until the first {@code seek}. In a table that does not recycle,
 * a cursor stays at the record that {@code seek} has found, also when the key is removed. In a {@linkplain
 * SlotTable.Builder#recycling() recycling} table, {@code seek} notes the key, and each operation looks it up. Not safe
 * for use by several threads at once.
 */
public final class RecordCursor extends RecordAccess {

    private static final int NOWHERE = -1;

    /** The slot is looked up, and retained, by each operation. */
    private static final int BY_KEY = -2;

    private int slot = NOWHERE;

    // Of a recycling table only.
    private long key;
    private @Nullable String name;

    RecordCursor(TableMemory memory) {
        super(memory);
    }

    /**
     * Moves to the record of another key; if there is none, the cursor is of no key afterwards.
     *
     * @param key any {@code long}
     * @return this cursor
     * @throws java.util.NoSuchElementException if the key is not in the table; in a recycling table, operations throw
     *                                          it
     */
    public RecordCursor seek(long key) {
        if (memory.recycling) {
            this.key = key;
            this.name = null;
            slot = BY_KEY;
        } else {
            slot = NOWHERE; // also where the search throws
            slot = memory.find(key);
        }
        return this;
    }

    /**
     * Moves to the record of another name; if there is none, the cursor is of no key afterwards.
     *
     * @param name as for {@link SlotTable#claim(String)}
     * @return this cursor
     * @throws java.util.NoSuchElementException if the name is not in the table; in a recycling table, operations throw
     *                                          it
     */
    public RecordCursor seek(String name) {
        if (memory.recycling) {
            this.name = Objects.requireNonNull(name, "name");
            slot = BY_KEY;
        } else {
            slot = NOWHERE;
            slot = memory.find(name);
        }
        return this;
    }

    /**
     * Moves to a key as {@code seek} does, by a search that the JIT compiler never inlines: so that a cursor for one
     * use is made by code that is small enough to be inlined, and need not be allocated.
     */
    RecordCursor seekOnce(long key, @Nullable String name) {
        if (memory.recycling) {
            this.key = key;
            this.name = name;
            slot = BY_KEY;
        } else {
            slot = memory.retain(key, name);
        }
        return this;
    }

    @Override
    int retain() {
        return slot >= 0 ? slot : retainByKey();
    }

    private int retainByKey() {
        if (slot == NOWHERE) {
            throw new IllegalStateException("cursor is of no key yet; seek one first");
        }
        return memory.retain(key, name);
    }

    @Override
    long base(int slot) {
        return memory.descriptor.base(slot);
    }

    @Override
    void release(int slot) {
        if (this.slot == BY_KEY) {
            memory.reclamation.release(slot);
        }
    }

    @Override
    public String toString() {
        return "RecordCursor["
                + (slot >= 0
                        ? memory.describeKey(slot)
                        : slot == NOWHERE ? "no key" : name == null ? "key=" + key : "name=" + name)
                + "]";
    }
}
