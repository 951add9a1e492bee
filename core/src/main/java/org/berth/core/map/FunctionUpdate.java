package org.berth.core.map;

import static org.berth.core.map.ValueCodec.ABSENT;

import java.util.Objects;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/** The update of a key by a function: the retry loop of all methods that take one. */
enum FunctionUpdate {
    UPDATE_AND_GET(false, false, false),
    GET_AND_UPDATE(false, false, true),
    UPDATE_IF_PRESENT(true, false, false),
    COMPUTE_IF_PRESENT(true, true, false),
    COMPUTE(false, true, false),
    MERGE(false, false, false);

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
        return retry(map, key, ifMissing, Objects.requireNonNull(function, "function"), null);
    }

    /** Stores what the function makes of the present value and {@code value}; or {@code value}, if there is none. */
    long apply(TableList map, long key, long value, LongBinaryOperator function) {
        return retry(map, key, value, null, Objects.requireNonNull(function, "function"));
    }

    private long retry(
            TableList map,
            long key,
            long operand,
            @Nullable LongUnaryOperator unary,
            @Nullable LongBinaryOperator binary) {
        ValueCodec codec = map.codec;
        long word = map.getWord(key);
        boolean watched = false;
        while (word != ABSENT || !onlyIfPresent) {
            long before = word == ABSENT ? operand : codec.decode(word);
            long after;
            if (word == ABSENT && binary != null) {
                after = operand;
            } else if (watched) {
                after = callWatched(map, key, before, operand, unary, binary);
            } else {
                after = call(before, operand, unary, binary);
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

    private static long callWatched(
            TableList map,
            long key,
            long before,
            long operand,
            @Nullable LongUnaryOperator unary,
            @Nullable LongBinaryOperator binary) {
        RecursiveUpdates.beginCall(map, key);
        try {
            return call(before, operand, unary, binary);
        } finally {
            RecursiveUpdates.endCall();
        }
    }

    private static long call(
            long before, long operand, @Nullable LongUnaryOperator unary, @Nullable LongBinaryOperator binary) {
        return unary != null
                ? unary.applyAsLong(before)
                : Objects.requireNonNull(binary).applyAsLong(before, operand);
    }
}
