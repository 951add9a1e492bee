package org.berth.core.store;

import static java.lang.invoke.MethodType.methodType;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * How a primitive component of a record is written and read. Numbers of floating point are written as records
 * compare them: all NaNs are one.
 *
 * @param bytes  its size
 * @param writer (where it is, value, buffer, offset of the record, end) to the end, which it leaves
 * @param reader (where it is, buffer, offset of the record, length of the record) to the value
 */
record PrimitiveComponent(int bytes, MethodHandle writer, MethodHandle reader) {

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    static final Map<Class<?>, PrimitiveComponent> OF = Stream.of(
                    boolean.class,
                    byte.class,
                    short.class,
                    char.class,
                    int.class,
                    long.class,
                    float.class,
                    double.class)
            .collect(Collectors.toUnmodifiableMap(type -> type, PrimitiveComponent::of));

    private static PrimitiveComponent of(Class<?> type) {
        String name = type.getName();
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        try {
            MethodHandle writer = lookup.findStatic(
                    PrimitiveComponent.class,
                    "write",
                    methodType(int.class, int.class, type, MutableDirectBuffer.class, int.class, int.class));
            MethodHandle reader = lookup.findStatic(
                    PrimitiveComponent.class,
                    "read" + Character.toUpperCase(name.charAt(0)) + name.substring(1),
                    methodType(type, int.class, DirectBuffer.class, int.class));
            return new PrimitiveComponent(bytes(type), writer, MethodHandles.dropArguments(reader, 3, int.class));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static int bytes(Class<?> type) {
        return switch (type.getName()) {
            case "boolean", "byte" -> Byte.BYTES;
            case "short", "char" -> Short.BYTES;
            case "int", "float" -> Integer.BYTES;
            default -> Long.BYTES;
        };
    }

    // Called through the handles.

    static int write(int at, boolean value, MutableDirectBuffer into, int offset, int end) {
        into.putByte(offset + at, (byte) (value ? 1 : 0));
        return end;
    }

    static int write(int at, byte value, MutableDirectBuffer into, int offset, int end) {
        into.putByte(offset + at, value);
        return end;
    }

    static int write(int at, short value, MutableDirectBuffer into, int offset, int end) {
        into.putShort(offset + at, value, ORDER);
        return end;
    }

    static int write(int at, char value, MutableDirectBuffer into, int offset, int end) {
        into.putChar(offset + at, value, ORDER);
        return end;
    }

    static int write(int at, int value, MutableDirectBuffer into, int offset, int end) {
        into.putInt(offset + at, value, ORDER);
        return end;
    }

    static int write(int at, long value, MutableDirectBuffer into, int offset, int end) {
        into.putLong(offset + at, value, ORDER);
        return end;
    }

    static int write(int at, float value, MutableDirectBuffer into, int offset, int end) {
        into.putInt(offset + at, Float.floatToIntBits(value), ORDER);
        return end;
    }

    static int write(int at, double value, MutableDirectBuffer into, int offset, int end) {
        into.putLong(offset + at, Double.doubleToLongBits(value), ORDER);
        return end;
    }

    static boolean readBoolean(int at, DirectBuffer from, int offset) {
        return from.getByte(offset + at) != 0;
    }

    static byte readByte(int at, DirectBuffer from, int offset) {
        return from.getByte(offset + at);
    }

    static short readShort(int at, DirectBuffer from, int offset) {
        return from.getShort(offset + at, ORDER);
    }

    static char readChar(int at, DirectBuffer from, int offset) {
        return from.getChar(offset + at, ORDER);
    }

    static int readInt(int at, DirectBuffer from, int offset) {
        return from.getInt(offset + at, ORDER);
    }

    static long readLong(int at, DirectBuffer from, int offset) {
        return from.getLong(offset + at, ORDER);
    }

    static float readFloat(int at, DirectBuffer from, int offset) {
        return Float.intBitsToFloat(from.getInt(offset + at, ORDER));
    }

    static double readDouble(int at, DirectBuffer from, int offset) {
        return Double.longBitsToDouble(from.getLong(offset + at, ORDER));
    }
}
