package org.berth.core.map;

/** ValueCodec as words: zeroed memory then says that there is none. */
final class ValueCodec {

    private ValueCodec() {}

    /** The word of a value. */
    static long word(long key, long value) {
        long word = value ^ Long.MIN_VALUE;
        if ((word & ~Table.MOVED) == 0) {
            throw new IllegalArgumentException("value is reserved: key=" + key + " value=" + value
                    + "; use one above Long.MIN_VALUE + 1, and remove(key) to take a mapping away");
        }
        return word;
    }

    /** The word of what was read before. */
    static long unchecked(long value) {
        return value ^ Long.MIN_VALUE;
    }

    /** The value of a word, {@link LongLongMap#MISSING} if there is none. */
    static long value(long word) {
        return word ^ Long.MIN_VALUE;
    }

    /** The word of a sum; no mapping counts as 0. */
    static long add(long key, long word, long delta) {
        long sum = word == Table.ABSENT ? delta ^ Long.MIN_VALUE : word + delta;
        if ((sum & ~Table.MOVED) == 0) {
            throw new ArithmeticException("sum is a reserved value: key=" + key + " value="
                    + (word == Table.ABSENT ? 0 : value(word)) + " delta=" + delta + "; nothing was added");
        }
        return sum;
    }
}
