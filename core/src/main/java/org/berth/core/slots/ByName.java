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
 * The operations of a {@link SlotTable} by a name: one probe of the index, then what the method of the same name in
 * {@link SlotView} does, with its guarantees (in a recycling table lock-free where it says wait-free). A class of its own to keep files short; users see it as part of the table.
 */
abstract sealed class ByName extends ByKey permits Totals {

    ByName(Words words, Object layout, boolean recycling) {
        super(words, layout, recycling);
    }

    /** The base of the slot of {@code name}, which is the name's until {@link #letGo(long)}. */
    abstract long hold(String name);

    /**
     * Reads a field, with acquire order. Wait-free; in a recycling table lock-free.
     *
     * @param name  of the slot
     * @param field to read
     * @return its value
     */
    public long get(String name, Field.OfLong field) {
        long offset = offset(field, layout);
        long base = hold(name);
        long result = words.getAcquire(base + offset);
        letGo(base);
        return result;
    }

    /**
     * Reads a field, with acquire order. Wait-free; in a recycling table lock-free.
     *
     * @param name  of the slot
     * @param field to read
     * @return its value
     */
    public int get(String name, Field.OfInt field) {
        long offset = offset(field, layout);
        long base = hold(name);
        int result = intOf(words.getAcquire(base + offset));
        letGo(base);
        return result;
    }

    /**
     * Reads a field, with acquire order. Wait-free; in a recycling table lock-free.
     *
     * @param name  of the slot
     * @param field to read
     * @return its value
     */
    public double get(String name, Field.OfDouble field) {
        long offset = offset(field, layout);
        long base = hold(name);
        double result = doubleOf(words.getAcquire(base + offset));
        letGo(base);
        return result;
    }

    /**
     * Sets a shared field, with release order. Wait-free; in a recycling table lock-free.
     *
     * @param name  of the slot
     * @param field to set
     * @param value to set it to
     */
    public void set(String name, SharedLong field, long value) {
        long offset = offset(field, layout);
        long base = hold(name);
        words.setRelease(base + offset, value);
        letGo(base);
    }

    /**
     * Sets a shared field, with release order. Wait-free; in a recycling table lock-free.
     *
     * @param name  of the slot
     * @param field to set
     * @param value to set it to
     */
    public void set(String name, SharedInt field, int value) {
        long offset = offset(field, layout);
        long base = hold(name);
        words.setRelease(base + offset, word(value));
        letGo(base);
    }

    /**
     * Sets a shared field, with release order. Wait-free; in a recycling table lock-free.
     *
     * @param name  of the slot
     * @param field to set
     * @param value to set it to
     */
    public void set(String name, SharedDouble field, double value) {
        long offset = offset(field, layout);
        long base = hold(name);
        words.setRelease(base + offset, word(value));
        letGo(base);
    }

    /**
     * Sets a shared field if it holds the expected value, with volatile order. Wait-free (in a recycling table lock-free): one attempt.
     *
     * @param name  of the slot
     * @param field to set
     * @param expected value
     * @param value to set it to
     * @return true if the field held the expected value and is set
     */
    public boolean compareAndSet(String name, SharedLong field, long expected, long value) {
        long offset = offset(field, layout);
        long base = hold(name);
        boolean result = words.compareAndSet(base + offset, expected, value);
        letGo(base);
        return result;
    }

    /**
     * Sets a shared field if it holds the expected value, with volatile order. Wait-free (in a recycling table lock-free): one attempt.
     *
     * @param name  of the slot
     * @param field to set
     * @param expected value
     * @param value to set it to
     * @return true if the field held the expected value and is set
     */
    public boolean compareAndSet(String name, SharedInt field, int expected, int value) {
        long offset = offset(field, layout);
        long base = hold(name);
        boolean result = words.compareAndSet(base + offset, word(expected), word(value));
        letGo(base);
        return result;
    }

    /**
     * Sets a shared field if it holds the expected value, with volatile order. Doubles are compared by their bits: 0.0 is not -0.0. Wait-free (in a recycling table lock-free): one attempt.
     *
     * @param name  of the slot
     * @param field to set
     * @param expected value
     * @param value to set it to
     * @return true if the field held the expected value and is set
     */
    public boolean compareAndSet(String name, SharedDouble field, double expected, double value) {
        long offset = offset(field, layout);
        long base = hold(name);
        boolean result = words.compareAndSet(base + offset, word(expected), word(value));
        letGo(base);
        return result;
    }

    /**
     * Sets a shared field if it holds the expected value, with volatile order, and returns what it held. Wait-free (in a recycling table lock-free): one attempt.
     *
     * @param name  of the slot
     * @param field to set
     * @param expected value
     * @param value to set it to
     * @return the value before; the field was set if this is the expected one
     */
    public long compareAndExchange(String name, SharedLong field, long expected, long value) {
        long offset = offset(field, layout);
        long base = hold(name);
        long result = words.compareAndExchange(base + offset, expected, value);
        letGo(base);
        return result;
    }

    /**
     * Sets a shared field if it holds the expected value, with volatile order, and returns what it held. Wait-free (in a recycling table lock-free): one attempt.
     *
     * @param name  of the slot
     * @param field to set
     * @param expected value
     * @param value to set it to
     * @return the value before; the field was set if this is the expected one
     */
    public int compareAndExchange(String name, SharedInt field, int expected, int value) {
        long offset = offset(field, layout);
        long base = hold(name);
        int result = intOf(words.compareAndExchange(base + offset, word(expected), word(value)));
        letGo(base);
        return result;
    }

    /**
     * Sets a shared field if it holds the expected value, with volatile order, and returns what it held. Doubles are compared by their bits, so compare the
     * result with {@link Double#doubleToRawLongBits}. Wait-free (in a recycling table lock-free): one attempt.
     *
     * @param name  of the slot
     * @param field to set
     * @param expected value
     * @param value to set it to
     * @return the value before; the field was set if this is the expected one
     */
    public double compareAndExchange(String name, SharedDouble field, double expected, double value) {
        long offset = offset(field, layout);
        long base = hold(name);
        double result = doubleOf(words.compareAndExchange(base + offset, word(expected), word(value)));
        letGo(base);
        return result;
    }

    /**
     * Adds to a shared field, with volatile order; overflow wraps around. Wait-free; in a recycling table lock-free.
     *
     * @param name  of the slot
     * @param field to add to
     * @param delta to add
     * @return the value before
     */
    public long getAndAdd(String name, SharedLong field, long delta) {
        long offset = offset(field, layout);
        long base = hold(name);
        long result = words.getAndAdd(base + offset, delta);
        letGo(base);
        return result;
    }

    /**
     * Adds to a shared field, with volatile order; overflow wraps around. Wait-free; in a recycling table lock-free.
     *
     * @param name  of the slot
     * @param field to add to
     * @param delta to add
     * @return the value before
     */
    public int getAndAdd(String name, SharedInt field, int delta) {
        long offset = offset(field, layout);
        long base = hold(name);
        int result = intOf(words.getAndAdd(base + offset, word(delta)));
        letGo(base);
        return result;
    }

    /**
     * Adds to a shared field, with volatile order. Lock-free: a CAS loop, as no processor adds doubles in memory.
     *
     * @param name  of the slot
     * @param field to add to
     * @param delta to add
     * @return the value before
     */
    public double getAndAdd(String name, SharedDouble field, double delta) {
        long offset = offset(field, layout);
        long base = hold(name);
        double result = CasLoops.getAndAddDouble(words, base + offset, delta);
        letGo(base);
        return result;
    }

    /**
     * Replaces the value of a shared field by a function of it, with volatile order. Lock-free: the function is called again
     * when another thread came between, so it must have no side effects. If it throws, the field is unchanged.
     *
     * @param name  of the slot
     * @param field to update
     * @param function of the value
     * @return the value after
     */
    public long update(String name, SharedLong field, LongUnaryOperator function) {
        long offset = offset(field, layout);
        long base = hold(name);
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
     * @param name  of the slot
     * @param field to update
     * @param function of the value
     * @return the value after
     */
    public int update(String name, SharedInt field, IntUnaryOperator function) {
        long offset = offset(field, layout);
        long base = hold(name);
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
     * @param name  of the slot
     * @param field to update
     * @param function of the value
     * @return the value after
     */
    public double update(String name, SharedDouble field, DoubleUnaryOperator function) {
        long offset = offset(field, layout);
        long base = hold(name);
        try {
            return CasLoops.updateDouble(words, base + offset, function);
        } finally {
            letGo(base);
        }
    }

    /**
     * Reads a field, with acquire order. Wait-free; in a recycling table lock-free.
     *
     * @param name  of the slot
     * @param field to read
     * @return its value
     */
    public boolean get(String name, Field.OfBoolean field) {
        long offset = offset(field, layout);
        long base = hold(name);
        boolean result = booleanOf(words.getAcquire(base + offset));
        letGo(base);
        return result;
    }

    /**
     * Copies all fields of a record: see {@link SlotView#read(Snapshot)}. Waits while a commit is under way.
     *
     * @param name     of the slot
     * @param snapshot of this table's layout, to be filled
     * @throws IllegalArgumentException if the snapshot is of another layout
     */
    public void read(String name, Snapshot snapshot) {
        checkSnapshot(snapshot);
        long base = hold(name);
        read(base, snapshot, Long.MAX_VALUE);
        letGo(base);
    }

    /**
     * Sets a shared field, with release order. Wait-free; in a recycling table lock-free.
     *
     * @param name  of the slot
     * @param field to set
     * @param value to set it to
     */
    public void set(String name, SharedBoolean field, boolean value) {
        long offset = offset(field, layout);
        long base = hold(name);
        words.setRelease(base + offset, word(value));
        letGo(base);
    }

    /**
     * Sets a shared field if it holds the expected value, with volatile order. Wait-free (in a recycling table lock-free): one attempt.
     *
     * @param name  of the slot
     * @param field to set
     * @param expected value
     * @param value to set it to
     * @return true if the field held the expected value and is set
     */
    public boolean compareAndSet(String name, SharedBoolean field, boolean expected, boolean value) {
        long offset = offset(field, layout);
        long base = hold(name);
        boolean result = words.compareAndSet(base + offset, word(expected), word(value));
        letGo(base);
        return result;
    }
}
