package org.berth.bench.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** The values, as arrays: each begins and ends with the number of its key. */
final class Values {

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private Values() {}

    /** Makes an array the value of a key. */
    static byte[] number(byte[] value, long number) {
        LONG.set(value, 0, number);
        LONG.set(value, value.length - Long.BYTES, number);
        return value;
    }

    /** Returns the number that a value begins with. */
    static long number(byte @Nullable [] value) {
        return value == null ? ByteStore.MISSING : (long) LONG.get(value, 0);
    }

    /** Returns the number that a whole value has. */
    static long checked(byte @Nullable [] value, int length) {
        if (value == null) {
            return ByteStore.MISSING;
        }
        long number = number(value);
        if (value.length != length || (long) LONG.get(value, length - Long.BYTES) != number) {
            throw new IllegalStateException(
                    "not a whole value: number=" + number + " length=" + value.length + " expected=" + length);
        }
        return number;
    }
}
