package org.berth.core.map;

import static java.lang.Double.doubleToLongBits;
import static java.lang.Double.longBitsToDouble;
import static org.berth.core.map.ValueCodec.ABSENT;

import java.util.Objects;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;

/** The update of a key by a function: the retry loop of all methods that take one. */
enum FunctionUpdate {
    UPDATE_AND_GET(false, false, false),
    GET_AND_UPDATE(false, false, true),
    UPDATE_IF_PRESENT(true, false, false),
    COMPUTE_IF_PRESENT(true, true, false),
    COMPUTE(false, true, false),
    MERGE(false, false, false);

    /**
     * The type of a function. It is called as what it is: a function of longs around a function of doubles would be an
     * object that captures it, and so an allocation wherever the JIT compiler does not inline the whole update.
     */
    private enum Type {
        LONG_UNARY(false),
        LONG_BINARY(true),
        DOUBLE_UNARY(false),
        DOUBLE_BINARY(true);

        /** Whether the operand is the function's second argument, and is stored as it is where there is no mapping. */
        final boolean binary;

        Type(boolean binary) {
            this.binary = binary;
        }
    }

    private final boolean onlyIfPresent;
    private final boolean mayRemove;
    private final boolean returnsBefore;

    FunctionUpdate(boolean onlyIfPresent, boolean mayRemove, boolean returnsBefore) {
        this.onlyIfPresent = onlyIfPresent;
        this.mayRemove = mayRemove;
        this.returnsBefore = returnsBefore;
    }

    /** Stores what the function makes of the present value, or of {@code ifMissing}. */
    long apply(TableList map, long key, long ifMissing, LongUnaryOperator function) {
        return retry(map, key, ifMissing, Type.LONG_UNARY, function);
    }

    /** Stores what the function makes of the present value and {@code value}; or {@code value}, if there is none. */
    long apply(TableList map, long key, long value, LongBinaryOperator function) {
        return retry(map, key, value, Type.LONG_BINARY, function);
    }

    /** Does the same as for longs, where the values are the bits of doubles. */
    long applyToDouble(TableList map, long key, long ifMissing, DoubleUnaryOperator function) {
        return retry(map, key, ifMissing, Type.DOUBLE_UNARY, function);
    }

    /** Does the same as for longs, where the values are the bits of doubles. */
    long applyToDouble(TableList map, long key, long value, DoubleBinaryOperator function) {
        return retry(map, key, value, Type.DOUBLE_BINARY, function);
    }

    private long retry(TableList map, long key, long operand, Type type, Object function) {
        Objects.requireNonNull(function, "function");
        ValueCodec codec = map.codec;
        long word = map.getWord(key);
        boolean watched = false;
        while (word != ABSENT || !onlyIfPresent) {
            long before = word == ABSENT ? operand : codec.decode(word);
            long after;
            if (word == ABSENT && type.binary) {
                after = operand;
            } else if (watched) {
                after = callWatched(map, key, before, operand, type, function);
            } else {
                after = call(before, operand, type, function);
            }
            long computed = codec.encodeResult(key, after, mayRemove);
            // Where there is no mapping before and after, the read is the whole operation, and no slot is claimed.
            long witness = (word | computed) == ABSENT ? ABSENT : map.compareAndExchangeWord(key, word, computed);
            if (witness == word) {
                return returnsBefore ? before : after;
            }
            word = witness;
            watched = true;
        }
        return codec.missing;
    }

    private static long callWatched(TableList map, long key, long before, long operand, Type type, Object function) {
        RecursiveUpdates.beginCall(map, key);
        try {
            return call(before, operand, type, function);
        } finally {
            RecursiveUpdates.endCall();
        }
    }

    private static long call(long before, long operand, Type type, Object function) {
        return switch (type) {
            case LONG_UNARY -> ((LongUnaryOperator) function).applyAsLong(before);
            case LONG_BINARY -> ((LongBinaryOperator) function).applyAsLong(before, operand);
            case DOUBLE_UNARY ->
                doubleToLongBits(((DoubleUnaryOperator) function).applyAsDouble(longBitsToDouble(before)));
            case DOUBLE_BINARY ->
                doubleToLongBits(((DoubleBinaryOperator) function)
                        .applyAsDouble(longBitsToDouble(before), longBitsToDouble(operand)));
        };
    }
}
