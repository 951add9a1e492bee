package org.berth.core.map;

/**
 * Encodes a value as the word that a table holds for it, so that zeroed memory is a table without mappings.
 *
 * <p>The word of a value is the value {@code XOR} the missing value of the map. The words of the two reserved values
 * are then {@link #ABSENT} and {@link #MOVED}.
 */
final class ValueCodec {

    /** The value word of a slot without a mapping: of an empty slot or of a tombstone. */
    static final long ABSENT = 0;

    /** The value word of a slot whose mapping is in a later table, for good: what a forwarding node is to the JDK. */
    static final long MOVED = 1;

    /** The value that stands for "no mapping". The other reserved value differs from it in the lowest bit. */
    final long missing;

    ValueCodec(long missing) {
        this.missing = missing;
    }

    boolean isReserved(long value) {
        return isState(value ^ missing);
    }

    /** Returns the word of an argument, which may not be reserved. */
    long encode(long key, long value) {
        long word = value ^ missing;
        if (isState(word)) {
            throw reserved(key, value);
        }
        return word;
    }

    /** Returns the word of an argument that may be the missing value, which is then {@link #ABSENT}. */
    long encodeOrMissing(long key, long value) {
        long word = value ^ missing;
        if (word == MOVED) {
            throw reserved(key, value);
        }
        return word;
    }

    /** Returns the word of what a function has computed. */
    long encodeResult(long key, long value, boolean mayBeMissing) {
        long word = value ^ missing;
        if (isState(word) && !(mayBeMissing && word == ABSENT)) {
            throw new ArithmeticException("function computed a reserved value, nothing was changed: key=" + key
                    + " value=" + value + " missingValue=" + missing
                    + "; remove a mapping by remove(key), or build the map with another missingValue");
        }
        return word;
    }

    /** Returns the value of a word. {@link #ABSENT} decodes to the missing value. */
    long decode(long word) {
        return word ^ missing;
    }

    /** Returns the word of a sum. A key without a mapping counts as 0. */
    long add(long key, long word, long delta) {
        long sum = ((word == ABSENT ? 0 : word ^ missing) + delta) ^ missing;
        if (isState(sum)) {
            throw reservedSum(key, word, delta);
        }
        return sum;
    }

    private static boolean isState(long word) {
        return (word & ~MOVED) == 0;
    }

    private IllegalArgumentException reserved(long key, long value) {
        return new IllegalArgumentException("value is reserved: key=" + key + " value=" + value + " missingValue="
                + missing + "; remove a mapping by remove(key), or build the map with another missingValue");
    }

    private ArithmeticException reservedSum(long key, long word, long delta) {
        return new ArithmeticException("sum is a reserved value, nothing was added: key=" + key + " value="
                + (word == ABSENT ? 0 : decode(word)) + " delta=" + delta + " missingValue=" + missing
                + "; build the map with another missingValue");
    }
}
