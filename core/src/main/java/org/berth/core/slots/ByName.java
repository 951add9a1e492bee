package org.berth.core.slots;

import static org.berth.core.slots.Tokens.doubleOf;
import static org.berth.core.slots.Tokens.intOf;
import static org.berth.core.slots.Tokens.offset;
import static org.berth.core.slots.Tokens.word;

import java.util.function.DoubleUnaryOperator;
import java.util.function.IntUnaryOperator;
import java.util.function.LongUnaryOperator;
import org.berth.offheap.Words;

/**
 * The operations of a {@link SlotTable} by a name: one probe of the index, then what the method of the same name in
 * {@link SlotView} does, with its guarantees. A class of its own to keep files short; users see it as part of the table.
 */
abstract sealed class ByName extends ByKey permits SlotTable {

    ByName(Words words, Object layout) {
        super(words, layout);
    }

    /** The base of the slot of {@code name}. */
    abstract long base(String name);

    /**
     * Reads a field, with acquire order. Wait-free.
     *
     * @param name  of the slot
     * @param field to read
     * @return its value
     */
    public long get(String name, LongField field) {
        return words.getAcquire(base(name) + offset(field, layout));
    }

    /**
     * Reads a field, with acquire order. Wait-free.
     *
     * @param name  of the slot
     * @param field to read
     * @return its value
     */
    public int get(String name, IntField field) {
        return intOf(words.getAcquire(base(name) + offset(field, layout)));
    }

    /**
     * Reads a field, with acquire order. Wait-free.
     *
     * @param name  of the slot
     * @param field to read
     * @return its value
     */
    public double get(String name, DoubleField field) {
        return doubleOf(words.getAcquire(base(name) + offset(field, layout)));
    }

    /**
     * Sets a shared field, with release order. Wait-free.
     *
     * @param name  of the slot
     * @param field to set
     * @param value to set it to
     */
    public void set(String name, SharedLong field, long value) {
        words.setRelease(base(name) + offset(field, layout), value);
    }

    /**
     * Sets a shared field, with release order. Wait-free.
     *
     * @param name  of the slot
     * @param field to set
     * @param value to set it to
     */
    public void set(String name, SharedInt field, int value) {
        words.setRelease(base(name) + offset(field, layout), word(value));
    }

    /**
     * Sets a shared field, with release order. Wait-free.
     *
     * @param name  of the slot
     * @param field to set
     * @param value to set it to
     */
    public void set(String name, SharedDouble field, double value) {
        words.setRelease(base(name) + offset(field, layout), word(value));
    }

    /**
     * Sets a shared field if it holds the expected value, with volatile order. Wait-free: one attempt.
     *
     * @param name  of the slot
     * @param field to set
     * @param expected value
     * @param value to set it to
     * @return true if the field held the expected value and is set
     */
    public boolean compareAndSet(String name, SharedLong field, long expected, long value) {
        return words.compareAndSet(base(name) + offset(field, layout), expected, value);
    }

    /**
     * Sets a shared field if it holds the expected value, with volatile order. Wait-free: one attempt.
     *
     * @param name  of the slot
     * @param field to set
     * @param expected value
     * @param value to set it to
     * @return true if the field held the expected value and is set
     */
    public boolean compareAndSet(String name, SharedInt field, int expected, int value) {
        return words.compareAndSet(base(name) + offset(field, layout), word(expected), word(value));
    }

    /**
     * Sets a shared field if it holds the expected value, with volatile order. Doubles are compared by their bits: 0.0 is not -0.0. Wait-free: one attempt.
     *
     * @param name  of the slot
     * @param field to set
     * @param expected value
     * @param value to set it to
     * @return true if the field held the expected value and is set
     */
    public boolean compareAndSet(String name, SharedDouble field, double expected, double value) {
        return words.compareAndSet(base(name) + offset(field, layout), word(expected), word(value));
    }

    /**
     * Sets a shared field if it holds the expected value, with volatile order, and returns what it held. Wait-free: one attempt.
     *
     * @param name  of the slot
     * @param field to set
     * @param expected value
     * @param value to set it to
     * @return the value before; the field was set if this is the expected one
     */
    public long compareAndExchange(String name, SharedLong field, long expected, long value) {
        return words.compareAndExchange(base(name) + offset(field, layout), expected, value);
    }

    /**
     * Sets a shared field if it holds the expected value, with volatile order, and returns what it held. Wait-free: one attempt.
     *
     * @param name  of the slot
     * @param field to set
     * @param expected value
     * @param value to set it to
     * @return the value before; the field was set if this is the expected one
     */
    public int compareAndExchange(String name, SharedInt field, int expected, int value) {
        return intOf(words.compareAndExchange(base(name) + offset(field, layout), word(expected), word(value)));
    }

    /**
     * Sets a shared field if it holds the expected value, with volatile order, and returns what it held. Doubles are compared by their bits, so compare the
     * result with {@link Double#doubleToRawLongBits}. Wait-free: one attempt.
     *
     * @param name  of the slot
     * @param field to set
     * @param expected value
     * @param value to set it to
     * @return the value before; the field was set if this is the expected one
     */
    public double compareAndExchange(String name, SharedDouble field, double expected, double value) {
        return doubleOf(words.compareAndExchange(base(name) + offset(field, layout), word(expected), word(value)));
    }

    /**
     * Adds to a shared field, with volatile order; overflow wraps around. Wait-free.
     *
     * @param name  of the slot
     * @param field to add to
     * @param delta to add
     * @return the value before
     */
    public long getAndAdd(String name, SharedLong field, long delta) {
        return words.getAndAdd(base(name) + offset(field, layout), delta);
    }

    /**
     * Adds to a shared field, with volatile order; overflow wraps around. Wait-free.
     *
     * @param name  of the slot
     * @param field to add to
     * @param delta to add
     * @return the value before
     */
    public int getAndAdd(String name, SharedInt field, int delta) {
        return intOf(words.getAndAdd(base(name) + offset(field, layout), word(delta)));
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
        return Updates.getAndAddDouble(words, base(name) + offset(field, layout), delta);
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
        return Updates.updateLong(words, base(name) + offset(field, layout), function);
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
        return Updates.updateInt(words, base(name) + offset(field, layout), function);
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
        return Updates.updateDouble(words, base(name) + offset(field, layout), function);
    }
}
