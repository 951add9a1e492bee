package org.berth.core.store;

import java.util.function.LongSupplier;
import org.berth.offheap.Words;

/**
 * When mappings expire. In a map that expires some, each value is preceded by a word, its deadline, which the length of
 * the value includes. Deadlines are in nanoseconds since the map was made.
 */
final class Expiry {

    /** For maps whose mappings do not expire: their values have no deadline. */
    static final Expiry NEVER = new Expiry(0, Long.MAX_VALUE, () -> 0);

    /** The deadline of what does not expire. */
    static final long NO_DEADLINE = Long.MAX_VALUE;

    /** The bytes before each value. */
    final int deadlineBytes;

    /** Of a mapping for which no other is given. */
    final long lifetime;

    private final LongSupplier nanoTime;
    private final long start;

    private Expiry(int deadlineBytes, long lifetime, LongSupplier nanoTime) {
        this.deadlineBytes = deadlineBytes;
        this.lifetime = lifetime;
        this.nanoTime = nanoTime;
        start = nanoTime.getAsLong();
    }

    /** Makes one for a map whose mappings live so many nanoseconds, unless they are given another lifetime. */
    static Expiry after(long lifetime, LongSupplier nanoTime) {
        return new Expiry(Long.BYTES, lifetime, nanoTime);
    }

    boolean isUsed() {
        return deadlineBytes != 0;
    }

    long now() {
        return nanoTime.getAsLong() - start;
    }

    /** Returns the deadline of what is written now. */
    long deadline(long lifetimeNanos) {
        if (!isUsed() || lifetimeNanos == Long.MAX_VALUE) {
            return NO_DEADLINE;
        }
        long deadline = now() + lifetimeNanos;
        return deadline < 0 ? NO_DEADLINE : deadline;
    }

    /** Whether a value, which begins with its deadline, has expired. */
    boolean isExpired(Words words, long valueAt) {
        return isUsed() && words.get(valueAt) <= now();
    }
}
