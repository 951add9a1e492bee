package org.berth.core.slots;

import static org.berth.core.slots.Fields.booleanOf;
import static org.berth.core.slots.Fields.doubleOf;
import static org.berth.core.slots.Fields.intOf;
import static org.berth.core.slots.Fields.offset;
import static org.berth.core.slots.Fields.word;

import org.berth.core.slots.Field.SharedLong;
import org.berth.core.slots.Field.SharedInt;
import org.berth.core.slots.Field.SharedDouble;
import org.berth.core.slots.Field.SharedBoolean;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntUnaryOperator;
import java.util.function.LongUnaryOperator;
import org.berth.offheap.Words;
import org.berth.offheap.placement.CurrentCpu;
import org.berth.offheap.placement.PlacementReport;
import org.jspecify.annotations.Nullable;

/**
 * The record of one key, for everybody: reads every field, and updates the shared ones atomically.
 *
 * <p>A view is of the key, not of its owner: it stays good while owners come and go, and after the key was removed it reaches
 * the dead record. {@code get} sees each field on its own: who has seen a value sees, in later calls, all that was written
 * before it. What must be seen together is written in a {@link SlotWrite} and read with {@link #read(Snapshot)}.
 *
 * <p><b>Thread-safety:</b> safe for use by any number of threads, once it was handed to them by safe publication. In a recycling
 * table a handle must not be closed while another thread uses it: that use may reach the record of the slot's next key.
 * <b>Errors:</b> every access to a field throws {@link IllegalArgumentException} if the field is of another layout, and
 * {@link IllegalStateException} after this view or its table was closed (where another thread closes the view, once that is
 * seen); an update that races with the closing of the table may have taken effect and still throw, so it must not be
 * retried. What a view says of its key works after the view was closed, too, and speaks of the key, not of this view; in a
 * recycling table it throws {@link IllegalStateException} then.
 * <b>Memory:</b> no access allocates.
 */
public sealed class SlotView implements AutoCloseable permits Slot {

    private static final VarHandle LAYOUT;

    static {
        try {
            LAYOUT = MethodHandles.lookup().findVarHandle(SlotView.class, "layout", Object.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final SlotTable table;
    final Words words;
    final int slot;
    final long base;

    /** The layout's identity, compared with a field's at each access; null once this handle is closed. */
    @Nullable
    Object layout;

    /** Whether this view keeps its slot from being given to another key, until it is closed. */
    private final boolean held;

    /**
     * A handle.
     *
     * @param held whether the slot is held, once, for this handle to let go
     */
    SlotView(SlotTable table, int slot, boolean held) {
        this.held = held;
        this.table = table;
        this.words = table.words;
        this.slot = slot;
        this.base = table.descriptor.base(slot);
        this.layout = table.layout;
    }

    /**
     * Whether the key is a name.
     *
     * @return true if it is a name, false if it is a {@code long}
     */
    public final boolean isNamed() {
        checkTenancy();
        return table.index.isNamed(slot);
    }

    /**
     * The key, where it is a {@code long}.
     *
     * @return the key
     * @throws IllegalStateException if the key is a name
     */
    public final long key() {
        if (isNamed()) {
            throw new IllegalStateException("the key of this slot is a name: name=" + name() + "; ask for name()");
        }
        return table.index.key(slot);
    }

    /**
     * The name, where the key is one.
     *
     * @return the name
     * @throws IllegalStateException if the key is a {@code long}
     */
    public final String name() {
        if (!isNamed()) {
            throw new IllegalStateException("the key of this slot is a long: key=" + key() + "; ask for key()");
        }
        return table.index.name(slot);
    }

    /**
     * Whether somebody owns the slot at this moment.
     *
     * @return true between a claim and the close of its {@link Slot}
     */
    public final boolean isOwned() {
        checkTenancy();
        return table.ownership.isOwned(slot);
    }

    /**
     * The node that this record was given a slot on, in a table that is {@linkplain SlotTableBuilder#spreadOverNodes() spread}.
     *
     * @return the kernel's number of the node; {@link CurrentCpu#UNKNOWN} if the table is not spread, or the machine has one node
     */
    public final int node() {
        return table.descriptor.stripes.node(table.descriptor.stripe(slot));
    }

    /**
     * Where the memory of this record is; see {@link org.berth.offheap.Region#placementReport(long, long)}.
     *
     * @return the places: pages, which other records share
     * @throws UnsupportedOperationException if the kernel cannot be asked
     */
    public final PlacementReport placementReport() {
        checkTenancy();
        TableDescriptor descriptor = table.descriptor;
        return words.placementReport(descriptor.slots + slot * descriptor.stride, descriptor.stride);
    }

    /**
     * Who owns the record, for people to look at.
     *
     * @return the owner, or null if there is none, or if owners are changing just now
     */
    public final @Nullable Owner owner() {
        checkTenancy();
        return table.ownership.owner(slot);
    }

    /**
     * Reads a field, with acquire order. Wait-free.
     *
     * @param field to read
     * @return its value
     */
    public final long get(Field.OfLong field) {
        return words.getAcquire(base + offset(field, layout));
    }

    /**
     * Reads a field, with acquire order. Wait-free.
     *
     * @param field to read
     * @return its value
     */
    public final int get(Field.OfInt field) {
        return intOf(words.getAcquire(base + offset(field, layout)));
    }

    /**
     * Reads a field, with acquire order. Wait-free.
     *
     * @param field to read
     * @return its value
     */
    public final double get(Field.OfDouble field) {
        return doubleOf(words.getAcquire(base + offset(field, layout)));
    }

    /**
     * Reads a field, with acquire order. Wait-free.
     *
     * @param field to read
     * @return its value
     */
    public final boolean get(Field.OfBoolean field) {
        return booleanOf(words.getAcquire(base + offset(field, layout)));
    }

    /**
     * Copies all fields of the record. Of what the owner writes in one {@link SlotWrite}, the copy holds all or nothing; single
     * fields that the owner sets outside of one, and shared fields, are each read whole, at some moment of this call. With
     * acquire order. Waits while a commit is under way, which takes a few stores (longer only if the owner is suspended in the
     * middle of it), and reads again if one came in between: an owner who commits all the time and more often than a copy takes
     * can keep it out, so there use {@code tryRead}. It never makes the owner wait.
     *
     * @param snapshot of this table's layout, to be filled
     * @throws IllegalArgumentException if the snapshot is of another layout
     */
    public final void read(Snapshot snapshot) {
        checkSnapshot(snapshot);
        table.read(base, snapshot, Long.MAX_VALUE);
    }

    /**
     * Copies all fields of the record, as {@link #read(Snapshot)} does, unless that takes too long.
     *
     * @param snapshot of this table's layout, to be filled; empty where this returns false
     * @param timeout  the longest time to wait for commits to end; zero or less: look once
     * @param unit     of the timeout
     * @return true if the copy was made
     * @throws IllegalArgumentException if the snapshot is of another layout
     */
    public final boolean tryRead(Snapshot snapshot, long timeout, TimeUnit unit) {
        checkSnapshot(snapshot);
        return table.read(base, snapshot, Math.max(0, unit.toNanos(timeout)));
    }

    /**
     * Sets a shared field, with release order. Wait-free.
     *
     * @param field to set
     * @param value to set it to
     */
    public final void set(SharedLong field, long value) {
        words.setRelease(base + offset(field, layout), value);
    }

    /**
     * Sets a shared field, with release order. Wait-free.
     *
     * @param field to set
     * @param value to set it to
     */
    public final void set(SharedInt field, int value) {
        words.setRelease(base + offset(field, layout), word(value));
    }

    /**
     * Sets a shared field, with release order. Wait-free.
     *
     * @param field to set
     * @param value to set it to
     */
    public final void set(SharedDouble field, double value) {
        words.setRelease(base + offset(field, layout), word(value));
    }

    /**
     * Sets a shared field, with release order. Wait-free.
     *
     * @param field to set
     * @param value to set it to
     */
    public final void set(SharedBoolean field, boolean value) {
        words.setRelease(base + offset(field, layout), word(value));
    }

    /**
     * Sets a shared field if it holds the expected value, with volatile order. Wait-free: one attempt.
     *
     * @param field to set
     * @param expected value
     * @param value to set it to
     * @return true if the field held the expected value and is set
     */
    public final boolean compareAndSet(SharedBoolean field, boolean expected, boolean value) {
        return words.compareAndSet(base + offset(field, layout), word(expected), word(value));
    }

    /**
     * Sets a shared field if it holds the expected value, with volatile order. Wait-free: one attempt.
     *
     * @param field to set
     * @param expected value
     * @param value to set it to
     * @return true if the field held the expected value and is set
     */
    public final boolean compareAndSet(SharedLong field, long expected, long value) {
        return words.compareAndSet(base + offset(field, layout), expected, value);
    }

    /**
     * Sets a shared field if it holds the expected value, with volatile order. Wait-free: one attempt.
     *
     * @param field to set
     * @param expected value
     * @param value to set it to
     * @return true if the field held the expected value and is set
     */
    public final boolean compareAndSet(SharedInt field, int expected, int value) {
        return words.compareAndSet(base + offset(field, layout), word(expected), word(value));
    }

    /**
     * Sets a shared field if it holds the expected value, with volatile order. Doubles are compared by their bits: 0.0 is not -0.0. Wait-free: one attempt.
     *
     * @param field to set
     * @param expected value
     * @param value to set it to
     * @return true if the field held the expected value and is set
     */
    public final boolean compareAndSet(SharedDouble field, double expected, double value) {
        return words.compareAndSet(base + offset(field, layout), word(expected), word(value));
    }

    /**
     * Sets a shared field if it holds the expected value, with volatile order, and returns what it held. Wait-free: one attempt.
     *
     * @param field to set
     * @param expected value
     * @param value to set it to
     * @return the value before; the field was set if this is the expected one
     */
    public final long compareAndExchange(SharedLong field, long expected, long value) {
        return words.compareAndExchange(base + offset(field, layout), expected, value);
    }

    /**
     * Sets a shared field if it holds the expected value, with volatile order, and returns what it held. Wait-free: one attempt.
     *
     * @param field to set
     * @param expected value
     * @param value to set it to
     * @return the value before; the field was set if this is the expected one
     */
    public final int compareAndExchange(SharedInt field, int expected, int value) {
        return intOf(words.compareAndExchange(base + offset(field, layout), word(expected), word(value)));
    }

    /**
     * Sets a shared field if it holds the expected value, with volatile order, and returns what it held. Doubles are compared by their bits, so compare the
     * result with {@link Double#doubleToRawLongBits}. Wait-free: one attempt.
     *
     * @param field to set
     * @param expected value
     * @param value to set it to
     * @return the value before; the field was set if this is the expected one
     */
    public final double compareAndExchange(SharedDouble field, double expected, double value) {
        return doubleOf(words.compareAndExchange(base + offset(field, layout), word(expected), word(value)));
    }

    /**
     * Adds to a shared field, with volatile order; overflow wraps around. Wait-free.
     *
     * @param field to add to
     * @param delta to add
     * @return the value before
     */
    public final long getAndAdd(SharedLong field, long delta) {
        return words.getAndAdd(base + offset(field, layout), delta);
    }

    /**
     * Adds to a shared field, with volatile order; overflow wraps around. Wait-free.
     *
     * @param field to add to
     * @param delta to add
     * @return the value before
     */
    public final int getAndAdd(SharedInt field, int delta) {
        return intOf(words.getAndAdd(base + offset(field, layout), word(delta)));
    }

    /**
     * Adds to a shared field, with volatile order. Lock-free: a CAS loop, as no processor adds doubles in memory.
     *
     * @param field to add to
     * @param delta to add
     * @return the value before
     */
    public final double getAndAdd(SharedDouble field, double delta) {
        return CasLoops.getAndAddDouble(words, base + offset(field, layout), delta);
    }

    /**
     * Replaces the value of a shared field by a function of it, with volatile order. Lock-free: the function is called again
     * when another thread came between, so it must have no side effects. If it throws, the field is unchanged.
     *
     * @param field to update
     * @param function of the value
     * @return the value after
     */
    public final long update(SharedLong field, LongUnaryOperator function) {
        return CasLoops.updateLong(words, base + offset(field, layout), function);
    }

    /**
     * Replaces the value of a shared field by a function of it, with volatile order. Lock-free: the function is called again
     * when another thread came between, so it must have no side effects. If it throws, the field is unchanged.
     *
     * @param field to update
     * @param function of the value
     * @return the value after
     */
    public final int update(SharedInt field, IntUnaryOperator function) {
        return CasLoops.updateInt(words, base + offset(field, layout), function);
    }

    /**
     * Replaces the value of a shared field by a function of it, with volatile order. Lock-free: the function is called again
     * when another thread came between, so it must have no side effects. If it throws, the field is unchanged.
     *
     * @param field to update
     * @param function of the value
     * @return the value after
     */
    public final double update(SharedDouble field, DoubleUnaryOperator function) {
        return CasLoops.updateDouble(words, base + offset(field, layout), function);
    }

    /**
     * Whether the key was removed since this handle was made. The record that the handle reaches is dead then: once the removal has
     * returned, nobody finds it by its key any more.
     *
     * @return true after the removal, and while it is under way
     */
    public final boolean isRemoved() {
        checkTenancy();
        return table.ownership.isRemoved(slot);
    }

    /**
     * Ends the use of this handle; the record stays as it is. Closing again does nothing. Lock-free; wait-free unless the table
     * is recycling.
     */
    @Override
    public void close() {
        if (disable() && held) {
            try {
                table.letGo(base);
            } catch (IllegalStateException e) {
                // A handle that outlives its table has nothing left to let go.
                if (!table.isClosed()) {
                    throw e;
                }
            }
        }
    }

    /** A closed handle's slot may be another key's where slots are. */
    private void checkTenancy() {
        if (table.recycling && layout == null) {
            throw new IllegalStateException(
                    "handle is closed, and its slot may be another key's by now; claim the key or open a view of it again");
        }
    }

    /** Makes every later access throw; true the first time, for one thread. */
    final boolean disable() {
        return LAYOUT.getAndSet(this, null) != null;
    }

    @SuppressWarnings("ReferenceEquality") // a layout is an identity
    private void checkSnapshot(Snapshot snapshot) {
        if (snapshot.identity != layout) {
            throw layout == null
                    ? new IllegalStateException("handle is closed; claim the key or open a view of it again")
                    : new IllegalArgumentException(
                            "snapshot of another layout: take one from newSnapshot() of this table's layout");
        }
    }

    @Override
    public String toString() {
        try {
            return getClass().getSimpleName() + "[" + table.describeKey(slot) + (isOwned() ? ", owned]" : "]");
        } catch (IllegalStateException e) {
            return getClass().getSimpleName() + "[closed]";
        }
    }
}
