package org.berth.core.slots;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A reusable accessor to the records of a table, by key: {@code cursor.seek(key).getAndAdd(FIELD, 1)}.
 *
 * <p>Use this where the object that {@link SlotTable#at(long)} returns must not be allocated, whatever the JIT compiler
 * makes of it; else both cost the same. Prefer a {@link SlotView} for many operations under one key: each operation
 * here looks the key up again.
 *
 * <p>Made by {@link SlotTable#cursor()}, and of no key until the first {@code seek}. Not safe for use by several
 * threads at once.
 */
public final class RecordCursor extends RecordAccess {

    private boolean positioned;
    private long key;
    private @Nullable String name;

    RecordCursor(TableMemory memory) {
        super(memory);
    }

    /**
     * Moves to another key. It is looked up by each operation that follows, and need not be in the table before.
     *
     * @param key any {@code long}
     * @return this cursor
     */
    public RecordCursor seek(long key) {
        this.key = key;
        this.name = null;
        this.positioned = true;
        return this;
    }

    /**
     * Moves to another name. It is looked up by each operation that follows, and need not be in the table before.
     *
     * @param name as for {@link SlotTable#claim(String)}
     * @return this cursor
     */
    public RecordCursor seek(String name) {
        this.name = Objects.requireNonNull(name, "name");
        this.positioned = true;
        return this;
    }

    @Override
    int retain() {
        if (!positioned) {
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
        memory.release(slot);
    }

    @Override
    public String toString() {
        return "RecordCursor[" + (!positioned ? "no key" : name == null ? "key=" + key : "name=" + name) + "]";
    }
}
