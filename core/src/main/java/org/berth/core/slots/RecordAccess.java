package org.berth.core.slots;

import static org.berth.core.slots.Fields.booleanOf;
import static org.berth.core.slots.Fields.doubleOf;
import static org.berth.core.slots.Fields.intOf;
import static org.berth.core.slots.Fields.offset;
import static org.berth.core.slots.Fields.word;

import java.util.concurrent.TimeUnit;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntUnaryOperator;
import java.util.function.LongUnaryOperator;
import org.berth.core.slots.Field.OwnedLongs;
import org.berth.core.slots.Field.SharedBoolean;
import org.berth.core.slots.Field.SharedDouble;
import org.berth.core.slots.Field.SharedInt;
import org.berth.core.slots.Field.SharedLong;
import org.berth.offheap.Words;
import org.jspecify.annotations.Nullable;

/**
 * The operations on a record that any thread may do: it reads every field, and updates the shared ones atomically.
 *
 * <p>There are three ways to a record. Use {@link SlotTable#at(long)} for one operation under a key, {@link
 * SlotTable#cursor()} for the same without any allocation whatever the JIT compiler makes of it, and a {@link SlotView}
 * for many operations under one key: it looks the key up once. An owner's {@link Slot} is a view, too.
 *
 * <p><b>Memory order: {@code get} is an acquire, {@code set} a release, and every other operation volatile.</b> A
 * thread that sees a value sees, in later calls, all that was written before it. Fields are read each on its own; what
 * must be seen together is written in a {@link SlotWrite} and read with {@link #read(Snapshot)}.
 *
 * <p><b>Progress:</b> as each method says. An accessor by key to a table that {@linkplain
 * SlotTable.Builder#recycling() recycles} looks the key up in each operation, retains the slot and releases it: that is
 * lock-free, where a method says wait-free.
 *
 * <p><b>Errors:</b> every method throws {@link IllegalArgumentException} if the field or snapshot is of another layout,
 * {@link IllegalStateException} after the view or the table was closed and, by key in a recycling table, {@link
 * java.util.NoSuchElementException} if the key was never claimed or is removed. A call that throws has changed nothing,
 * except that an update that races with the closing of the table may have taken effect, so it must not be retried.
 * <b>Memory:</b> no operation allocates.
 */
@SuppressWarnings("ReferenceEquality") // a layout is an identity
public abstract sealed class RecordAccess permits SlotView, RecordCursor {

    // An operation is: offset, retain, access, release. Final methods over three small ones that are final in each
    // final type: where the JIT compiler knows the type of the receiver, it binds them, and a view's come to nothing.

    final TableMemory memory;
    final Words words;

    /** The layout's identity, compared with a field's at each access; null once this is closed. */
    @Nullable
    Object layout;

    RecordAccess(TableMemory memory) {
        this.memory = memory;
        this.words = memory.words;
        this.layout = memory.layout;
    }

    /** Returns the slot of the record, which stays the key's until {@link #release}. */
    abstract int retain();

    /** The base of a retained slot. */
    abstract long base(int slot);

    abstract void release(int slot);

    /**
     * Returns the value of a field, with acquire order. Wait-free.
     *
     * @param field to read
     * @return its value
     */
    public final long get(Field.OfLong field) {
        long offset = offset(field, layout);
        int slot = retain();
        long result = words.getAcquire(base(slot) + offset);
        release(slot);
        return result;
    }

    /**
     * Returns the value of a field, with acquire order. Wait-free.
     *
     * @param field to read
     * @return its value
     */
    public final int get(Field.OfInt field) {
        long offset = offset(field, layout);
        int slot = retain();
        int result = intOf(words.getAcquire(base(slot) + offset));
        release(slot);
        return result;
    }

    /**
     * Returns the value of a field, with acquire order. Wait-free.
     *
     * @param field to read
     * @return its value
     */
    public final double get(Field.OfDouble field) {
        long offset = offset(field, layout);
        int slot = retain();
        double result = doubleOf(words.getAcquire(base(slot) + offset));
        release(slot);
        return result;
    }

    /**
     * Returns the value of a field, with acquire order. Wait-free.
     *
     * @param field to read
     * @return its value
     */
    public final boolean get(Field.OfBoolean field) {
        long offset = offset(field, layout);
        int slot = retain();
        boolean result = booleanOf(words.getAcquire(base(slot) + offset));
        release(slot);
        return result;
    }

    /**
     * Returns an element of an array, with acquire order. Wait-free.
     *
     * @param field to read an element of
     * @param index of the element
     * @return its value
     * @throws IndexOutOfBoundsException if the array has no such element
     */
    public final long get(OwnedLongs field, int index) {
        long offset = offset(field, index, layout);
        int slot = retain();
        long result = words.getAcquire(base(slot) + offset);
        release(slot);
        return result;
    }

    /**
     * Copies all fields of the record into a snapshot. Of the fields that the owner writes in one {@link SlotWrite},
     * the copy has all or none; fields that the owner sets outside of one, and shared fields, are each read whole, at
     * some moment of this call. With acquire order. Waits while a commit is under way, which takes a few stores (longer
     * only if the owner is suspended in the middle of it), and reads again if one came in between: an owner who commits
     * all the time and more often than a copy takes can keep it out, so there use {@code tryRead}. It never makes the
     * owner wait.
     *
     * @param snapshot of this table's layout, to be filled
     */
    public final void read(Snapshot snapshot) {
        read(snapshot, Long.MAX_VALUE);
    }

    /**
     * Copies all fields of the record, as {@link #read(Snapshot)} does, unless commits keep it out for too long.
     *
     * @param snapshot of this table's layout, to be filled; empty where this returns false
     * @param timeout  the longest time to wait for commits to end; zero or less: one attempt
     * @param unit     of the timeout
     * @return true if the copy was made
     */
    public final boolean tryRead(Snapshot snapshot, long timeout, TimeUnit unit) {
        return read(snapshot, Math.max(0, unit.toNanos(timeout)));
    }

    private boolean read(Snapshot snapshot, long nanos) {
        if (snapshot.identity != layout) {
            throw layout == null
                    ? new IllegalStateException("handle is closed; claim the key or open a view of it again")
                    : new IllegalArgumentException(
                            "snapshot of another layout: take one from newSnapshot() of this table's layout");
        }
        int slot = retain();
        boolean result = memory.lock.read(base(slot), snapshot, nanos);
        release(slot);
        return result;
    }

    /**
     * Sets a shared field, with release order. Wait-free.
     *
     * @param field to set
     * @param value the new value
     */
    public final void set(SharedLong field, long value) {
        long offset = offset(field, layout);
        int slot = retain();
        words.setRelease(base(slot) + offset, value);
        release(slot);
    }

    /**
     * Sets a shared field, with release order. Wait-free.
     *
     * @param field to set
     * @param value the new value
     */
    public final void set(SharedInt field, int value) {
        long offset = offset(field, layout);
        int slot = retain();
        words.setRelease(base(slot) + offset, word(value));
        release(slot);
    }

    /**
     * Sets a shared field, with release order. Wait-free.
     *
     * @param field to set
     * @param value the new value
     */
    public final void set(SharedDouble field, double value) {
        long offset = offset(field, layout);
        int slot = retain();
        words.setRelease(base(slot) + offset, word(value));
        release(slot);
    }

    /**
     * Sets a shared field, with release order. Wait-free.
     *
     * @param field to set
     * @param value the new value
     */
    public final void set(SharedBoolean field, boolean value) {
        long offset = offset(field, layout);
        int slot = retain();
        words.setRelease(base(slot) + offset, word(value));
        release(slot);
    }

    /**
     * Atomically sets a shared field to {@code value} if it holds {@code expected}, with volatile order. Wait-free: one
     * attempt.
     *
     * @param field    to set
     * @param expected the value that the field must hold
     * @param value    the new value
     * @return true if the field held the expected value and is set
     */
    public final boolean compareAndSet(SharedLong field, long expected, long value) {
        long offset = offset(field, layout);
        int slot = retain();
        boolean result = words.compareAndSet(base(slot) + offset, expected, value);
        release(slot);
        return result;
    }

    /**
     * Atomically sets a shared field to {@code value} if it holds {@code expected}, with volatile order. Wait-free: one
     * attempt.
     *
     * @param field    to set
     * @param expected the value that the field must hold
     * @param value    the new value
     * @return true if the field held the expected value and is set
     */
    public final boolean compareAndSet(SharedInt field, int expected, int value) {
        long offset = offset(field, layout);
        int slot = retain();
        boolean result = words.compareAndSet(base(slot) + offset, word(expected), word(value));
        release(slot);
        return result;
    }

    /**
     * Atomically sets a shared field to {@code value} if it holds {@code expected}, with volatile order. Doubles are
     * compared by their bits: 0.0 is not -0.0. Wait-free: one attempt.
     *
     * @param field    to set
     * @param expected the value that the field must hold
     * @param value    the new value
     * @return true if the field held the expected value and is set
     */
    public final boolean compareAndSet(SharedDouble field, double expected, double value) {
        long offset = offset(field, layout);
        int slot = retain();
        boolean result = words.compareAndSet(base(slot) + offset, word(expected), word(value));
        release(slot);
        return result;
    }

    /**
     * Atomically sets a shared field to {@code value} if it holds {@code expected}, with volatile order. Wait-free: one
     * attempt.
     *
     * @param field    to set
     * @param expected the value that the field must hold
     * @param value    the new value
     * @return true if the field held the expected value and is set
     */
    public final boolean compareAndSet(SharedBoolean field, boolean expected, boolean value) {
        long offset = offset(field, layout);
        int slot = retain();
        boolean result = words.compareAndSet(base(slot) + offset, word(expected), word(value));
        release(slot);
        return result;
    }

    /**
     * Atomically sets a shared field to {@code value} if it holds {@code expected}, with volatile order. Wait-free: one
     * attempt.
     *
     * @param field    to set
     * @param expected the value that the field must hold
     * @param value    the new value
     * @return the value before; the field was set if this is the expected one
     */
    public final long compareAndExchange(SharedLong field, long expected, long value) {
        long offset = offset(field, layout);
        int slot = retain();
        long result = words.compareAndExchange(base(slot) + offset, expected, value);
        release(slot);
        return result;
    }

    /**
     * Atomically sets a shared field to {@code value} if it holds {@code expected}, with volatile order. Wait-free: one
     * attempt.
     *
     * @param field    to set
     * @param expected the value that the field must hold
     * @param value    the new value
     * @return the value before; the field was set if this is the expected one
     */
    public final int compareAndExchange(SharedInt field, int expected, int value) {
        long offset = offset(field, layout);
        int slot = retain();
        int result = intOf(words.compareAndExchange(base(slot) + offset, word(expected), word(value)));
        release(slot);
        return result;
    }

    /**
     * Atomically sets a shared field to {@code value} if it holds {@code expected}, with volatile order. Doubles are
     * compared by their bits, so compare the result with {@link Double#doubleToRawLongBits}. Wait-free: one attempt.
     *
     * @param field    to set
     * @param expected the value that the field must hold
     * @param value    the new value
     * @return the value before; the field was set if this is the expected one
     */
    public final double compareAndExchange(SharedDouble field, double expected, double value) {
        long offset = offset(field, layout);
        int slot = retain();
        double result = doubleOf(words.compareAndExchange(base(slot) + offset, word(expected), word(value)));
        release(slot);
        return result;
    }

    /**
     * Atomically adds to a shared field, with volatile order; overflow wraps around. Wait-free.
     *
     * @param field to add to
     * @param delta to add
     * @return the value before
     */
    public final long getAndAdd(SharedLong field, long delta) {
        long offset = offset(field, layout);
        int slot = retain();
        long result = words.getAndAdd(base(slot) + offset, delta);
        release(slot);
        return result;
    }

    /**
     * Atomically adds to a shared field, with volatile order; overflow wraps around. Wait-free.
     *
     * @param field to add to
     * @param delta to add
     * @return the value before
     */
    public final int getAndAdd(SharedInt field, int delta) {
        long offset = offset(field, layout);
        int slot = retain();
        int result = intOf(words.getAndAdd(base(slot) + offset, word(delta)));
        release(slot);
        return result;
    }

    /**
     * Atomically adds to a shared field, with volatile order. Lock-free: a CAS loop, as no processor adds doubles in
     * memory.
     *
     * @param field to add to
     * @param delta to add
     * @return the value before
     */
    public final double getAndAdd(SharedDouble field, double delta) {
        long offset = offset(field, layout);
        int slot = retain();
        double result = CasLoops.getAndAddDouble(words, base(slot) + offset, delta);
        release(slot);
        return result;
    }

    /**
     * Atomically replaces the value of a shared field by a function of it, with volatile order. Lock-free: the function
     * is called again when another thread came between, so it must have no side effects. If it throws, the field is
     * unchanged.
     *
     * @param field    to update
     * @param function from the value before to the new one
     * @return the value after
     */
    public final long updateAndGet(SharedLong field, LongUnaryOperator function) {
        long offset = offset(field, layout);
        int slot = retain();
        try {
            return CasLoops.updateAndGetLong(words, base(slot) + offset, function);
        } finally {
            release(slot);
        }
    }

    /**
     * Atomically replaces the value of a shared field by a function of it, with volatile order. Lock-free: the function
     * is called again when another thread came between, so it must have no side effects. If it throws, the field is
     * unchanged.
     *
     * @param field    to update
     * @param function from the value before to the new one
     * @return the value after
     */
    public final int updateAndGet(SharedInt field, IntUnaryOperator function) {
        long offset = offset(field, layout);
        int slot = retain();
        try {
            return CasLoops.updateAndGetInt(words, base(slot) + offset, function);
        } finally {
            release(slot);
        }
    }

    /**
     * Atomically replaces the value of a shared field by a function of it, with volatile order. Lock-free: the function
     * is called again when another thread came between, so it must have no side effects. If it throws, the field is
     * unchanged.
     *
     * @param field    to update
     * @param function from the value before to the new one
     * @return the value after
     */
    public final double updateAndGet(SharedDouble field, DoubleUnaryOperator function) {
        long offset = offset(field, layout);
        int slot = retain();
        try {
            return CasLoops.updateAndGetDouble(words, base(slot) + offset, function);
        } finally {
            release(slot);
        }
    }
}
