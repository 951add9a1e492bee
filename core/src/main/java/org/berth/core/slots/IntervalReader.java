package org.berth.core.slots;

import java.util.function.LongSupplier;

/**
 * Readings of a sum, each of what was added since the one before: {@link SlotTable#interval(Field.OfLong)}.
 *
 * <p>It keeps the last sum and resets nothing, so owners are not disturbed, and any number of readers may each have their own.
 * Added up, the readings give the sum: nothing falls between two of them, nor is it in both. In a table that keeps
 * ({@link OnRelease#KEEP}), a removed key takes its value with it, and an interval may be negative.
 *
 * <p>Not safe for use by several threads.
 */
public final class IntervalReader {

    private final LongSupplier sum;
    private long last;

    IntervalReader(LongSupplier sum) {
        this.sum = sum;
        this.last = sum.getAsLong();
    }

    /**
     * Ends an interval and starts the next.
     *
     * @return what was added since the call before, or since this object was made
     */
    public long next() {
        long now = sum.getAsLong();
        long added = now - last;
        last = now;
        return added;
    }
}
