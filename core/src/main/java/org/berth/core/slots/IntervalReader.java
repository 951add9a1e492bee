package org.berth.core.slots;

import java.util.function.LongSupplier;

/**
 * A reader of how much a sum has grown in each of a row of intervals, made by {@link SlotTable#interval(Field.OfLong)}.
 *
 * <p>Use this for rates, as of a monitor that reports every second. Prefer {@link SlotTable#sum(Field.OfLong)} for the
 * sum itself.
 *
 * <p>An interval reader keeps the last sum and resets nothing, so it disturbs no owner, and each of several readers has
 * intervals of its own. The intervals add up to the sum: no addition is in two of them, nor in none. In a table that
 * keeps ({@link OnRelease#KEEP}), a removed key takes its value with it, and an interval may be negative.
 *
 * <p><b>Memory order: as {@link SlotTable#sum(Field.OfLong)}.</b> Not safe for use by several threads at once.
 */
public final class IntervalReader {

    private final LongSupplier sum;
    private long last;

    IntervalReader(LongSupplier sum) {
        this.sum = sum;
        this.last = sum.getAsLong();
    }

    /**
     * Ends the current interval, begins the next, and returns how much the sum has grown.
     *
     * @return the amount added since the previous call, or since this reader was made
     */
    public long next() {
        long now = sum.getAsLong();
        long added = now - last;
        last = now;
        return added;
    }
}
