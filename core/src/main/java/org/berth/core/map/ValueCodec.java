package org.berth.core.map;

/**
 * Encodes a value as the word that a table holds for it, so that zeroed memory is a table without mappings.
 *
 * <p>The word of a value is the value {@code XOR Long.MIN_VALUE}. The words of the two reserved values are then {@link
 * #ABSENT} and {@link #MOVED}.
 */
final class ValueCodec {

    /** The value word of a slot without a mapping: of an empty slot or of a tombstone. */
    static final long ABSENT = 0;

    /** The value word of a slot whose mapping is in a later table, for good: what a forwarding node is to the JDK. */
    static final long MOVED = 1;

    private ValueCodec() {}

    /** Returns the word of a value, which is not a reserved one. */
    static long encode(long key, long value) {
        long word = value ^ Long.MIN_VALUE;
        if (isState(word)) {
            throw new IllegalArgumentException("value is reserved: key=" + key + " value=" + value
                    + "; use one above Long.MIN_VALUE + 1, and remove(key) to remove a mapping");
        }
        return word;
    }

    /** Returns the word of a value that was decoded before. */
    static long encodeUnchecked(long value) {
        return value ^ Long.MIN_VALUE;
    }

    /** Returns the value of a word. {@link #ABSENT} decodes to the map's {@code MISSING}. */
    static long decode(long word) {
        return word ^ Long.MIN_VALUE;
    }

    /** Returns the word of a sum. A key without a mapping counts as 0. */
    static long add(long key, long word, long delta) {
        long sum = word == ABSENT ? delta ^ Long.MIN_VALUE : word + delta;
        if (isState(sum)) {
            throw new ArithmeticException("sum is a reserved value: key=" + key + " value="
                    + (word == ABSENT ? 0 : decode(word)) + " delta=" + delta + "; nothing was added");
        }
        return sum;
    }

    private static boolean isState(long word) {
        return (word & ~MOVED) == 0;
    }
}
