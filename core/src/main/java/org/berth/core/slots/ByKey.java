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
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntUnaryOperator;
import java.util.function.LongUnaryOperator;
import org.berth.offheap.Words;

/**
 * The operations of a {@link SlotTable} by a {@code long} key: one probe of the index, then what the method of the same name in
 * {@link SlotView} does, with its guarantees (in a recycling table lock-free where it says wait-free). A class of its own to keep files short; users see it as part of the table.
 * Its methods are not final: only then does the compiler give the table public ones of its own, which reflection can call.
 */
abstract sealed class ByKey permits ByName {

    final Words words;

    /** The layout's identity, compared with a field's at each access. */
    final Object layout;

    /** Whether slots are held while they are used. */
    final boolean recycling;

    ByKey(Words words, Object layout, boolean recycling) {
        this.words = words;
        this.layout = layout;
        this.recycling = recycling;
    }

    /** The base of the slot of {@code key}, which is the key's until {@link #letGo(long)}. */
    abstract long hold(long key);

    /** Ends the use of a slot by its base. */
    abstract void letGo(long base);

    /** Copies a record. */
    abstract boolean read(long base, Snapshot snapshot, long nanos);

    /**
     * Reads a field, with acquire order. Wait-free; in a recycling table lock-free.
     *
     * @param key   of the slot
     * @param field to read
     * @return its value
     */
    public long get(long key, Field.OfLong field) {
        long offset = offset(field, layout);
        long base = hold(key);
        long result = words.getAcquire(base + offset);
        letGo(base);
        return result;
    }

    /**
     * Reads a field, with acquire order. Wait-free; in a recycling table lock-free.
     *
     * @param key   of the slot
     * @param field to read
     * @return its value
     */
    public int get(long key, Field.OfInt field) {
        long offset = offset(field, layout);
        long base = hold(key);
        int result = intOf(words.getAcquire(base + offset));
        letGo(base);
        return result;
    }

    /**
     * Reads a field, with acquire order. Wait-free; in a recycling table lock-free.
     *
     * @param key   of the slot
     * @param field to read
     * @return its value
     */
    public double get(long key, Field.OfDouble field) {
        long offset = offset(field, layout);
        long base = hold(key);
        double result = doubleOf(words.getAcquire(base + offset));
        letGo(base);
        return result;
    }

    /**
     * Sets a shared field, with release order. Wait-free; in a recycling table lock-free.
     *
     * @param key   of the slot
     * @param field to set
     * @param value to set it to
     */
    public void set(long key, SharedLong field, long value) {
        long offset = offset(field, layout);
        long base = hold(key);
        words.setRelease(base + offset, value);
        letGo(base);
    }

    /**
     * Sets a shared field, with release order. Wait-free; in a recycling table lock-free.
     *
     * @param key   of the slot
     * @param field to set
     * @param value to set it to
     */
    public void set(long key, SharedInt field, int value) {
        long offset = offset(field, layout);
        long base = hold(key);
        words.setRelease(base + offset, word(value));
        letGo(base);
    }

    /**
     * Sets a shared field, with release order. Wait-free; in a recycling table lock-free.
     *
     * @param key   of the slot
     * @param field to set
     * @param value to set it to
     */
    public void set(long key, SharedDouble field, double value) {
        long offset = offset(field, layout);
        long base = hold(key);
        words.setRelease(base + offset, word(value));
        letGo(base);
    }

    /**
     * Sets a shared field if it holds the expected value, with volatile order. Wait-free (in a recycling table lock-free): one attempt.
     *
     * @param key   of the slot
     * @param field to set
     * @param expected value
     * @param value to set it to
     * @return true if the field held the expected value and is set
     */
    public boolean compareAndSet(long key, SharedLong field, long expected, long value) {
        long offset = offset(field, layout);
        long base = hold(key);
        boolean result = words.compareAndSet(base + offset, expected, value);
        letGo(base);
        return result;
    }

    /**
     * Sets a shared field if it holds the expected value, with volatile order. Wait-free (in a recycling table lock-free): one attempt.
     *
     * @param key   of the slot
     * @param field to set
     * @param expected value
     * @param value to set it to
     * @return true if the field held the expected value and is set
     */
    public boolean compareAndSet(long key, SharedInt field, int expected, int value) {
        long offset = offset(field, layout);
        long base = hold(key);
        boolean result = words.compareAndSet(base + offset, word(expected), word(value));
        letGo(base);
        return result;
    }

    /**
     * Sets a shared field if it holds the expected value, with volatile order. Doubles are compared by their bits: 0.0 is not -0.0. Wait-free (in a recycling table lock-free): one attempt.
     *
     * @param key   of the slot
     * @param field to set
     * @param expected value
     * @param value to set it to
     * @return true if the field held the expected value and is set
     */
    public boolean compareAndSet(long key, SharedDouble field, double expected, double value) {
        long offset = offset(field, layout);
        long base = hold(key);
        boolean result = words.compareAndSet(base + offset, word(expected), word(value));
        letGo(base);
        return result;
    }

    /**
     * Sets a shared field if it holds the expected value, with volatile order, and returns what it held. Wait-free (in a recycling table lock-free): one attempt.
     *
     * @param key   of the slot
     * @param field to set
     * @param expected value
     * @param value to set it to
     * @return the value before; the field was set if this is the expected one
     */
    public long compareAndExchange(long key, SharedLong field, long expected, long value) {
        long offset = offset(field, layout);
        long base = hold(key);
        long result = words.compareAndExchange(base + offset, expected, value);
        letGo(base);
        return result;
    }

    /**
     * Sets a shared field if it holds the expected value, with volatile order, and returns what it held. Wait-free (in a recycling table lock-free): one attempt.
     *
     * @param key   of the slot
     * @param field to set
     * @param expected value
     * @param value to set it to
     * @return the value before; the field was set if this is the expected one
     */
    public int compareAndExchange(long key, SharedInt field, int expected, int value) {
        long offset = offset(field, layout);
        long base = hold(key);
        int result = intOf(words.compareAndExchange(base + offset, word(expected), word(value)));
        letGo(base);
        return result;
    }

    /**
     * Sets a shared field if it holds the expected value, with volatile order, and returns what it held. Doubles are compared by their bits, so compare the
     * result with {@link Double#doubleToRawLongBits}. Wait-free (in a recycling table lock-free): one attempt.
     *
     * @param key   of the slot
     * @param field to set
     * @param expected value
     * @param value to set it to
     * @return the value before; the field was set if this is the expected one
     */
    public double compareAndExchange(long key, SharedDouble field, double expected, double value) {
        long offset = offset(field, layout);
        long base = hold(key);
        double result = doubleOf(words.compareAndExchange(base + offset, word(expected), word(value)));
        letGo(base);
        return result;
    }

    /**
     * Adds to a shared field, with volatile order; overflow wraps around. Wait-free; in a recycling table lock-free.
     *
     * @param key   of the slot
     * @param field to add to
     * @param delta to add
     * @return the value before
     */
    public long getAndAdd(long key, SharedLong field, long delta) {
        long offset = offset(field, layout);
        long base = hold(key);
        long result = words.getAndAdd(base + offset, delta);
        letGo(base);
        return result;
    }

    /**
     * Adds to a shared field, with volatile order; overflow wraps around. Wait-free; in a recycling table lock-free.
     *
     * @param key   of the slot
     * @param field to add to
     * @param delta to add
     * @return the value before
     */
    public int getAndAdd(long key, SharedInt field, int delta) {
        long offset = offset(field, layout);
        long base = hold(key);
        int result = intOf(words.getAndAdd(base + offset, word(delta)));
        letGo(base);
        return result;
    }

    /**
     * Adds to a shared field, with volatile order. Lock-free: a CAS loop, as no processor adds doubles in memory.
     *
     * @param key   of the slot
     * @param field to add to
     * @param delta to add
     * @return the value before
     */
    public double getAndAdd(long key, SharedDouble field, double delta) {
        long offset = offset(field, layout);
        long base = hold(key);
        double result = CasLoops.getAndAddDouble(words, base + offset, delta);
        letGo(base);
        return result;
    }

    /**
     * Replaces the value of a shared field by a function of it, with volatile order. Lock-free: the function is called again
     * when another thread came between, so it must have no side effects. If it throws, the field is unchanged.
     *
     * @param key   of the slot
     * @param field to update
     * @param function of the value
     * @return the value after
     */
    public long update(long key, SharedLong field, LongUnaryOperator function) {
        long offset = offset(field, layout);
        long base = hold(key);
        try {
            return CasLoops.updateLong(words, base + offset, function);
        } finally {
            letGo(base);
        }
    }

    /**
     * Replaces the value of a shared field by a function of it, with volatile order. Lock-free: the function is called again
     * when another thread came between, so it must have no side effects. If it throws, the field is unchanged.
     *
     * @param key   of the slot
     * @param field to update
     * @param function of the value
     * @return the value after
     */
    public int update(long key, SharedInt field, IntUnaryOperator function) {
        long offset = offset(field, layout);
        long base = hold(key);
        try {
            return CasLoops.updateInt(words, base + offset, function);
        } finally {
            letGo(base);
        }
    }

    /**
     * Replaces the value of a shared field by a function of it, with volatile order. Lock-free: the function is called again
     * when another thread came between, so it must have no side effects. If it throws, the field is unchanged.
     *
     * @param key   of the slot
     * @param field to update
     * @param function of the value
     * @return the value after
     */
    public double update(long key, SharedDouble field, DoubleUnaryOperator function) {
        long offset = offset(field, layout);
        long base = hold(key);
        try {
            return CasLoops.updateDouble(words, base + offset, function);
        } finally {
            letGo(base);
        }
    }

    /**
     * Reads a field, with acquire order. Wait-free; in a recycling table lock-free.
     *
     * @param key   of the slot
     * @param field to read
     * @return its value
     */
    public boolean get(long key, Field.OfBoolean field) {
        long offset = offset(field, layout);
        long base = hold(key);
        boolean result = booleanOf(words.getAcquire(base + offset));
        letGo(base);
        return result;
    }

    /**
     * Copies all fields of a record: see {@link SlotView#read(Snapshot)}. Waits while a commit is under way.
     *
     * @param key      of the slot
     * @param snapshot of this table's layout, to be filled
     * @throws IllegalArgumentException if the snapshot is of another layout
     */
    public void read(long key, Snapshot snapshot) {
        checkSnapshot(snapshot);
        long base = hold(key);
        read(base, snapshot, Long.MAX_VALUE);
        letGo(base);
    }

    /**
     * Sets a shared field, with release order. Wait-free; in a recycling table lock-free.
     *
     * @param key   of the slot
     * @param field to set
     * @param value to set it to
     */
    public void set(long key, SharedBoolean field, boolean value) {
        long offset = offset(field, layout);
        long base = hold(key);
        words.setRelease(base + offset, word(value));
        letGo(base);
    }

    /**
     * Sets a shared field if it holds the expected value, with volatile order. Wait-free (in a recycling table lock-free): one attempt.
     *
     * @param key   of the slot
     * @param field to set
     * @param expected value
     * @param value to set it to
     * @return true if the field held the expected value and is set
     */
    public boolean compareAndSet(long key, SharedBoolean field, boolean expected, boolean value) {
        long offset = offset(field, layout);
        long base = hold(key);
        boolean result = words.compareAndSet(base + offset, word(expected), word(value));
        letGo(base);
        return result;
    }

    @SuppressWarnings("ReferenceEquality") // a layout is an identity
    final void checkSnapshot(Snapshot snapshot) {
        if (snapshot.identity != layout) {
            throw new IllegalArgumentException(
                    "snapshot of another layout: take one from newSnapshot() of this table's layout");
        }
    }
}
