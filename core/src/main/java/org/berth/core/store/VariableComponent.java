package org.berth.core.store;

import static java.lang.invoke.MethodType.methodType;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * How a component of a record is written and read that has a codec. A record, as the JIT compiler takes the fields of
 * these for constants.
 *
 * @param codec    of the component
 * @param at       where the end of its bytes is written, from the beginning of the record on
 * @param previous where the end of the bytes before it is, negative for the first
 * @param fixed    the size of the fixed part of the record, behind which the first begins
 * @param last     whether its end is that of the record
 */
record VariableComponent(Codec<Object> codec, int at, int previous, int fixed, boolean last) {

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    /** (component, value, buffer, offset of the record, end) to the new end. */
    static final MethodHandle WRITER;

    /** (component, buffer, offset of the record, length of the record) to the value. */
    static final MethodHandle READER;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            WRITER = lookup.findVirtual(
                    VariableComponent.class,
                    "write",
                    methodType(int.class, Object.class, MutableDirectBuffer.class, int.class, int.class));
            READER = lookup.findVirtual(
                    VariableComponent.class,
                    "read",
                    methodType(Object.class, DirectBuffer.class, int.class, int.class));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    int write(@Nullable Object value, MutableDirectBuffer into, int offset, int end) {
        if (value == null) {
            into.putInt(offset + at, ~(end - offset), ORDER);
            return end;
        }
        int next = end + codec.write(value, into, end);
        into.putInt(offset + at, next - offset, ORDER);
        return next;
    }

    @Nullable
    Object read(DirectBuffer from, int offset, int length) {
        int word = from.getInt(offset + at, ORDER);
        int begin = previous < 0 ? fixed : end(from.getInt(offset + previous, ORDER));
        int end = end(word);
        if (begin < fixed || end < begin || (last ? end != length : end > length) || (word < 0 && end != begin)) {
            throw Codecs.malformed("record", length);
        }
        return word < 0 ? null : codec.read(from, offset + begin, end - begin);
    }

    private static int end(int word) {
        return word < 0 ? ~word : word;
    }
}
