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
 * The operations of a {@link SlotTable} by a {@code long} key: one probe of the index, then what the method of the same name in
 * {@link SlotView} does, with its guarantees. A class of its own to keep files short; users see it as part of the table.
 * Its methods are not final: only then does the compiler give the table public ones of its own, which reflection can call.
 */
abstract sealed class ByKey permits ByName {

    final Words words;

    /** The layout's identity, compared with a field's at each access. */
    final Object layout;

    ByKey(Words words, Object layout) {
        this.words = words;
        this.layout = layout;
    }

    /** The base of the slot of {@code key}. */
    abstract long base(long key);

    /**
     * Reads a field, with acquire order. Wait-free.
     *
     * @param key   of the slot
     * @param field to read
     * @return its value
     */
    public long get(long key, LongField field) {
        return words.getAcquire(base(key) + offset(field, layout));
    }

    /**
     * Reads a field, with acquire order. Wait-free.
     *
     * @param key   of the slot
     * @param field to read
     * @return its value
     */
    public int get(long key, IntField field) {
        return intOf(words.getAcquire(base(key) + offset(field, layout)));
    }

    /**
     * Reads a field, with acquire order. Wait-free.
     *
     * @param key   of the slot
     * @param field to read
     * @return its value
     */
    public double get(long key, DoubleField field) {
        return doubleOf(words.getAcquire(base(key) + offset(field, layout)));
    }

    /**
     * Sets a shared field, with release order. Wait-free.
     *
     * @param key   of the slot
     * @param field to set
     * @param value to set it to
     */
    public void set(long key, SharedLong field, long value) {
        words.setRelease(base(key) + offset(field, layout), value);
    }

    /**
     * Sets a shared field, with release order. Wait-free.
     *
     * @param key   of the slot
     * @param field to set
     * @param value to set it to
     */
    public void set(long key, SharedInt field, int value) {
        words.setRelease(base(key) + offset(field, layout), word(value));
    }

    /**
     * Sets a shared field, with release order. Wait-free.
     *
     * @param key   of the slot
     * @param field to set
     * @param value to set it to
     */
    public void set(long key, SharedDouble field, double value) {
        words.setRelease(base(key) + offset(field, layout), word(value));
    }

    /**
     * Sets a shared field if it holds the expected value, with volatile order. Wait-free: one attempt.
     *
     * @param key   of the slot
     * @param field to set
     * @param expected value
     * @param value to set it to
     * @return true if the field held the expected value and is set
     */
    public boolean compareAndSet(long key, SharedLong field, long expected, long value) {
        return words.compareAndSet(base(key) + offset(field, layout), expected, value);
    }

    /**
     * Sets a shared field if it holds the expected value, with volatile order. Wait-free: one attempt.
     *
     * @param key   of the slot
     * @param field to set
     * @param expected value
     * @param value to set it to
     * @return true if the field held the expected value and is set
     */
    public boolean compareAndSet(long key, SharedInt field, int expected, int value) {
        return words.compareAndSet(base(key) + offset(field, layout), word(expected), word(value));
    }

    /**
     * Sets a shared field if it holds the expected value, with volatile order. Doubles are compared by their bits: 0.0 is not -0.0. Wait-free: one attempt.
     *
     * @param key   of the slot
     * @param field to set
     * @param expected value
     * @param value to set it to
     * @return true if the field held the expected value and is set
     */
    public boolean compareAndSet(long key, SharedDouble field, double expected, double value) {
        return words.compareAndSet(base(key) + offset(field, layout), word(expected), word(value));
    }

    /**
     * Sets a shared field if it holds the expected value, with volatile order, and returns what it held. Wait-free: one attempt.
     *
     * @param key   of the slot
     * @param field to set
     * @param expected value
     * @param value to set it to
     * @return the value before; the field was set if this is the expected one
     */
    public long compareAndExchange(long key, SharedLong field, long expected, long value) {
        return words.compareAndExchange(base(key) + offset(field, layout), expected, value);
    }

    /**
     * Sets a shared field if it holds the expected value, with volatile order, and returns what it held. Wait-free: one attempt.
     *
     * @param key   of the slot
     * @param field to set
     * @param expected value
     * @param value to set it to
     * @return the value before; the field was set if this is the expected one
     */
    public int compareAndExchange(long key, SharedInt field, int expected, int value) {
        return intOf(words.compareAndExchange(base(key) + offset(field, layout), word(expected), word(value)));
    }

    /**
     * Sets a shared field if it holds the expected value, with volatile order, and returns what it held. Doubles are compared by their bits, so compare the
     * result with {@link Double#doubleToRawLongBits}. Wait-free: one attempt.
     *
     * @param key   of the slot
     * @param field to set
     * @param expected value
     * @param value to set it to
     * @return the value before; the field was set if this is the expected one
     */
    public double compareAndExchange(long key, SharedDouble field, double expected, double value) {
        return doubleOf(words.compareAndExchange(base(key) + offset(field, layout), word(expected), word(value)));
    }

    /**
     * Adds to a shared field, with volatile order; overflow wraps around. Wait-free.
     *
     * @param key   of the slot
     * @param field to add to
     * @param delta to add
     * @return the value before
     */
    public long getAndAdd(long key, SharedLong field, long delta) {
        return words.getAndAdd(base(key) + offset(field, layout), delta);
    }

    /**
     * Adds to a shared field, with volatile order; overflow wraps around. Wait-free.
     *
     * @param key   of the slot
     * @param field to add to
     * @param delta to add
     * @return the value before
     */
    public int getAndAdd(long key, SharedInt field, int delta) {
        return intOf(words.getAndAdd(base(key) + offset(field, layout), word(delta)));
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
        return Updates.getAndAddDouble(words, base(key) + offset(field, layout), delta);
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
        return Updates.updateLong(words, base(key) + offset(field, layout), function);
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
        return Updates.updateInt(words, base(key) + offset(field, layout), function);
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
        return Updates.updateDouble(words, base(key) + offset(field, layout), function);
    }
}
