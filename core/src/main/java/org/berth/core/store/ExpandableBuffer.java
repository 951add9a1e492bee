package org.berth.core.store;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
import org.agrona.AsciiEncoding;
import org.agrona.AsciiNumberFormatException;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A buffer over an array that grows as it is written to: what codecs write into. Agrona's own needs {@code Unsafe} and
 * its flags. For one thread at a time.
 *
 * <p>It has no address, as an array is where the collector puts it. What copies by address, as {@code UnsafeBuffer}
 * does, is refused.
 */
final class ExpandableBuffer implements MutableDirectBuffer {

    private static final ByteOrder NATIVE_ORDER = ByteOrder.nativeOrder();

    // Coordinates: (byte[], int index). Exact, so that a call that would box or convert throws.
    private static final VarHandle SHORT = exact(short[].class);
    private static final VarHandle CHAR = exact(char[].class);
    private static final VarHandle INT = exact(int[].class);
    private static final VarHandle LONG = exact(long[].class);

    /** What a JVM can allocate. */
    private static final int MAX_CAPACITY = Integer.MAX_VALUE - 8;

    private static final int MIN_CAPACITY = 128;

    /** What strings have for bytes that are not ASCII. Appended is a question mark, as by Agrona's buffers. */
    private static final char REPLACEMENT = '\uFFFD';

    private static final byte[] NOTHING = {};

    private byte[] bytes = NOTHING;

    private static VarHandle exact(Class<?> view) {
        return MethodHandles.byteArrayViewVarHandle(view, NATIVE_ORDER).withInvokeExactBehavior();
    }

    /** Gives the memory back if it is larger. */
    void shrink(int maximum) {
        if (bytes.length > maximum) {
            bytes = NOTHING;
        }
    }

    /** Sets so many bytes to zero, as far as there are any. */
    void clear(int length) {
        Arrays.fill(bytes, 0, Math.min(length, bytes.length), (byte) 0);
    }

    /** Returns the array after making room for a range. */
    private byte[] room(int index, int length) {
        byte[] array = bytes;
        return (index | length) < 0 || index > array.length - length ? grow(index, length) : array;
    }

    private byte[] grow(int index, int length) {
        long end = (long) index + length;
        if ((index | length) < 0 || end > MAX_CAPACITY) {
            throw outOfBounds(index, length);
        }
        long doubled = Math.min(2L * bytes.length, MAX_CAPACITY);
        bytes = Arrays.copyOf(bytes, (int) Math.max(end, Math.max(doubled, MIN_CAPACITY)));
        return bytes;
    }

    private IndexOutOfBoundsException outOfBounds(int index, int length) {
        return new IndexOutOfBoundsException("index=" + index + " length=" + length + " capacity=" + bytes.length);
    }

    private static UnsupportedOperationException unsupported() {
        return new UnsupportedOperationException(
                "this buffer has an array of its own, and no address: copy with its" + " getBytes and putBytes");
    }

    private static int natural(int value) {
        natural((long) value);
        return value;
    }

    private static void natural(long value) {
        if (value < 0) {
            throw new IllegalArgumentException(
                    "a natural number cannot be negative: value=" + value + "; use putIntAscii or putLongAscii");
        }
    }

    private String ascii(int index, int length) {
        boundsCheck(index, length);
        return new String(bytes, index, length, US_ASCII);
    }

    private static int append(String text, Appendable appendable) {
        try {
            appendable.append(text.replace(REPLACEMENT, '?'));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.length();
    }

    @Override
    public boolean isExpandable() {
        return true;
    }

    @Override
    public int capacity() {
        return bytes.length;
    }

    /** Grows to the limit. */
    @Override
    public void checkLimit(int limit) {
        room(0, limit);
    }

    @Override
    public void boundsCheck(int index, int length) {
        if ((index | length) < 0 || (long) index + length > bytes.length) {
            throw outOfBounds(index, length);
        }
    }

    @Override
    public byte[] byteArray() {
        return bytes;
    }

    @Override
    public @Nullable ByteBuffer byteBuffer() {
        return null;
    }

    @Override
    public int wrapAdjustment() {
        return 0;
    }

    @Override
    public long addressOffset() {
        throw unsupported();
    }

    @Override
    public void wrap(byte[] buffer) {
        throw unsupported();
    }

    @Override
    public void wrap(byte[] buffer, int offset, int length) {
        throw unsupported();
    }

    @Override
    public void wrap(ByteBuffer buffer) {
        throw unsupported();
    }

    @Override
    public void wrap(ByteBuffer buffer, int offset, int length) {
        throw unsupported();
    }

    @Override
    public void wrap(DirectBuffer buffer) {
        throw unsupported();
    }

    @Override
    public void wrap(DirectBuffer buffer, int offset, int length) {
        throw unsupported();
    }

    @Override
    public void wrap(long address, int length) {
        throw unsupported();
    }

    @Override
    public long getLong(int index, ByteOrder byteOrder) {
        long value = getLong(index);
        return byteOrder == NATIVE_ORDER ? value : Long.reverseBytes(value);
    }

    @Override
    public long getLong(int index) {
        return (long) LONG.get(bytes, index);
    }

    @Override
    public void putLong(int index, long value, ByteOrder byteOrder) {
        putLong(index, byteOrder == NATIVE_ORDER ? value : Long.reverseBytes(value));
    }

    @Override
    public void putLong(int index, long value) {
        LONG.set(room(index, Long.BYTES), index, value);
    }

    @Override
    public int getInt(int index, ByteOrder byteOrder) {
        int value = getInt(index);
        return byteOrder == NATIVE_ORDER ? value : Integer.reverseBytes(value);
    }

    @Override
    public int getInt(int index) {
        return (int) INT.get(bytes, index);
    }

    @Override
    public void putInt(int index, int value, ByteOrder byteOrder) {
        putInt(index, byteOrder == NATIVE_ORDER ? value : Integer.reverseBytes(value));
    }

    @Override
    public void putInt(int index, int value) {
        INT.set(room(index, Integer.BYTES), index, value);
    }

    @Override
    public short getShort(int index, ByteOrder byteOrder) {
        short value = getShort(index);
        return byteOrder == NATIVE_ORDER ? value : Short.reverseBytes(value);
    }

    @Override
    public short getShort(int index) {
        return (short) SHORT.get(bytes, index);
    }

    @Override
    public void putShort(int index, short value, ByteOrder byteOrder) {
        putShort(index, byteOrder == NATIVE_ORDER ? value : Short.reverseBytes(value));
    }

    @Override
    public void putShort(int index, short value) {
        SHORT.set(room(index, Short.BYTES), index, value);
    }

    @Override
    public char getChar(int index, ByteOrder byteOrder) {
        char value = getChar(index);
        return byteOrder == NATIVE_ORDER ? value : Character.reverseBytes(value);
    }

    @Override
    public char getChar(int index) {
        return (char) CHAR.get(bytes, index);
    }

    @Override
    public void putChar(int index, char value, ByteOrder byteOrder) {
        putChar(index, byteOrder == NATIVE_ORDER ? value : Character.reverseBytes(value));
    }

    @Override
    public void putChar(int index, char value) {
        CHAR.set(room(index, Character.BYTES), index, value);
    }

    @Override
    public double getDouble(int index, ByteOrder byteOrder) {
        return Double.longBitsToDouble(getLong(index, byteOrder));
    }

    @Override
    public double getDouble(int index) {
        return Double.longBitsToDouble(getLong(index));
    }

    @Override
    public void putDouble(int index, double value, ByteOrder byteOrder) {
        putLong(index, Double.doubleToRawLongBits(value), byteOrder);
    }

    @Override
    public void putDouble(int index, double value) {
        putLong(index, Double.doubleToRawLongBits(value));
    }

    @Override
    public float getFloat(int index, ByteOrder byteOrder) {
        return Float.intBitsToFloat(getInt(index, byteOrder));
    }

    @Override
    public float getFloat(int index) {
        return Float.intBitsToFloat(getInt(index));
    }

    @Override
    public void putFloat(int index, float value, ByteOrder byteOrder) {
        putInt(index, Float.floatToRawIntBits(value), byteOrder);
    }

    @Override
    public void putFloat(int index, float value) {
        putInt(index, Float.floatToRawIntBits(value));
    }

    @Override
    public byte getByte(int index) {
        return bytes[index];
    }

    @Override
    public void putByte(int index, byte value) {
        room(index, Byte.BYTES)[index] = value;
    }

    @Override
    public void setMemory(int index, int length, byte value) {
        Arrays.fill(room(index, length), index, index + length, value);
    }

    @Override
    public void getBytes(int index, byte[] dst) {
        getBytes(index, dst, 0, dst.length);
    }

    @Override
    public void getBytes(int index, byte[] dst, int offset, int length) {
        boundsCheck(index, length);
        System.arraycopy(bytes, index, dst, offset, length);
    }

    @Override
    public void getBytes(int index, MutableDirectBuffer dstBuffer, int dstIndex, int length) {
        boundsCheck(index, length);
        dstBuffer.putBytes(dstIndex, bytes, index, length);
    }

    @Override
    public void getBytes(int index, ByteBuffer dstBuffer, int length) {
        boundsCheck(index, length);
        dstBuffer.put(bytes, index, length);
    }

    @Override
    public void getBytes(int index, ByteBuffer dstBuffer, int dstOffset, int length) {
        boundsCheck(index, length);
        dstBuffer.put(dstOffset, bytes, index, length);
    }

    @Override
    public void putBytes(int index, byte[] src) {
        putBytes(index, src, 0, src.length);
    }

    @Override
    public void putBytes(int index, byte[] src, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, src.length);
        System.arraycopy(src, offset, room(index, length), index, length);
    }

    @Override
    public void putBytes(int index, ByteBuffer srcBuffer, int length) {
        Objects.checkFromIndexSize(srcBuffer.position(), length, srcBuffer.limit());
        srcBuffer.get(room(index, length), index, length);
    }

    @Override
    public void putBytes(int index, ByteBuffer srcBuffer, int srcIndex, int length) {
        Objects.checkFromIndexSize(srcIndex, length, srcBuffer.limit());
        srcBuffer.get(srcIndex, room(index, length), index, length);
    }

    @Override
    public void putBytes(int index, DirectBuffer srcBuffer, int srcIndex, int length) {
        srcBuffer.boundsCheck(srcIndex, length);
        srcBuffer.getBytes(srcIndex, room(index, length), index, length);
    }

    @Override
    public int parseNaturalIntAscii(int index, int length) {
        int value = parseIntAscii(index, length);
        if (value < 0 || bytes[index] == AsciiEncoding.MINUS_SIGN) {
            throw new AsciiNumberFormatException("a natural number has no sign: value=" + value);
        }
        return value;
    }

    @Override
    public long parseNaturalLongAscii(int index, int length) {
        long value = parseLongAscii(index, length);
        if (value < 0 || bytes[index] == AsciiEncoding.MINUS_SIGN) {
            throw new AsciiNumberFormatException("a natural number has no sign: value=" + value);
        }
        return value;
    }

    @Override
    public int parseIntAscii(int index, int length) {
        return AsciiEncoding.parseIntAscii(ascii(index, length), 0, length);
    }

    @Override
    public long parseLongAscii(int index, int length) {
        return AsciiEncoding.parseLongAscii(ascii(index, length), 0, length);
    }

    @Override
    public int putIntAscii(int index, int value) {
        return putStringWithoutLengthAscii(index, Integer.toString(value));
    }

    @Override
    public int putLongAscii(int index, long value) {
        return putStringWithoutLengthAscii(index, Long.toString(value));
    }

    @Override
    public int putNaturalIntAscii(int index, int value) {
        return putIntAscii(index, natural(value));
    }

    @Override
    public int putNaturalLongAscii(int index, long value) {
        natural(value);
        return putLongAscii(index, value);
    }

    @Override
    public void putNaturalPaddedIntAscii(int index, int length, int value) {
        String digits = natural(value) == 0 ? "" : Integer.toString(value);
        room(index, length);
        if (digits.length() > length) {
            throw new NumberFormatException("more digits than bytes: value=" + value + " length=" + length);
        }
        int zeros = length - digits.length();
        setMemory(index, zeros, (byte) '0');
        putStringWithoutLengthAscii(index + zeros, digits);
    }

    @Override
    public int putNaturalIntAsciiFromEnd(int value, int endExclusive) {
        String digits = Integer.toString(natural(value));
        putStringWithoutLengthAscii(endExclusive - digits.length(), digits);
        return endExclusive - digits.length();
    }

    @Override
    public String getStringAscii(int index) {
        return ascii(index + STR_HEADER_LEN, getInt(index));
    }

    @Override
    public String getStringAscii(int index, ByteOrder byteOrder) {
        return ascii(index + STR_HEADER_LEN, getInt(index, byteOrder));
    }

    @Override
    public String getStringAscii(int index, int length) {
        boundsCheck(index, STR_HEADER_LEN);
        return ascii(index + STR_HEADER_LEN, length);
    }

    @Override
    public String getStringWithoutLengthAscii(int index, int length) {
        return ascii(index, length);
    }

    @Override
    public int getStringAscii(int index, Appendable appendable) {
        return append(getStringAscii(index), appendable);
    }

    @Override
    public int getStringAscii(int index, Appendable appendable, ByteOrder byteOrder) {
        return append(getStringAscii(index, byteOrder), appendable);
    }

    @Override
    public int getStringAscii(int index, int length, Appendable appendable) {
        return append(getStringAscii(index, length), appendable);
    }

    @Override
    public int getStringWithoutLengthAscii(int index, int length, Appendable appendable) {
        return append(ascii(index, length), appendable);
    }

    @Override
    public int putStringAscii(int index, @Nullable String value) {
        return putStringAscii(index, value, NATIVE_ORDER);
    }

    @Override
    public int putStringAscii(int index, @Nullable String value, ByteOrder byteOrder) {
        int length = putStringWithoutLengthAscii(index + STR_HEADER_LEN, value);
        putInt(index, length, byteOrder);
        return STR_HEADER_LEN + length;
    }

    @Override
    public int putStringWithoutLengthAscii(int index, @Nullable String value) {
        return value == null ? 0 : putStringWithoutLengthAscii(index, value, 0, value.length());
    }

    @Override
    public int putStringAscii(int index, @Nullable CharSequence value) {
        return putStringAscii(index, value, NATIVE_ORDER);
    }

    @Override
    public int putStringAscii(int index, @Nullable CharSequence value, ByteOrder byteOrder) {
        int length = putStringWithoutLengthAscii(index + STR_HEADER_LEN, value);
        putInt(index, length, byteOrder);
        return STR_HEADER_LEN + length;
    }

    @Override
    public int putStringWithoutLengthAscii(int index, @Nullable CharSequence value) {
        return value == null ? 0 : putStringWithoutLengthAscii(index, value, 0, value.length());
    }

    @Override
    public int putStringWithoutLengthAscii(int index, @Nullable String value, int valueOffset, int length) {
        return putStringWithoutLengthAscii(index, (CharSequence) value, valueOffset, length);
    }

    @Override
    public int putStringWithoutLengthAscii(int index, @Nullable CharSequence value, int valueOffset, int length) {
        if (value == null) {
            return 0;
        }
        int count = Math.min(value.length() - valueOffset, length);
        byte[] array = room(index, count);
        for (int i = 0; i < count; i++) {
            char c = value.charAt(valueOffset + i);
            array[index + i] = (byte) (c > 127 ? '?' : c);
        }
        return count;
    }

    @Override
    public String getStringUtf8(int index) {
        return getStringWithoutLengthUtf8(index + STR_HEADER_LEN, getInt(index));
    }

    @Override
    public String getStringUtf8(int index, ByteOrder byteOrder) {
        return getStringWithoutLengthUtf8(index + STR_HEADER_LEN, getInt(index, byteOrder));
    }

    @Override
    public String getStringUtf8(int index, int length) {
        boundsCheck(index, STR_HEADER_LEN);
        return getStringWithoutLengthUtf8(index + STR_HEADER_LEN, length);
    }

    @Override
    public String getStringWithoutLengthUtf8(int index, int length) {
        boundsCheck(index, length);
        return new String(bytes, index, length, UTF_8);
    }

    @Override
    public int putStringUtf8(int index, @Nullable String value) {
        return putStringUtf8(index, value, NATIVE_ORDER, Integer.MAX_VALUE);
    }

    @Override
    public int putStringUtf8(int index, @Nullable String value, ByteOrder byteOrder) {
        return putStringUtf8(index, value, byteOrder, Integer.MAX_VALUE);
    }

    @Override
    public int putStringUtf8(int index, @Nullable String value, int maxEncodedLength) {
        return putStringUtf8(index, value, NATIVE_ORDER, maxEncodedLength);
    }

    @Override
    public int putStringUtf8(int index, @Nullable String value, ByteOrder byteOrder, int maxEncodedLength) {
        byte[] encoded = String.valueOf(value).getBytes(UTF_8);
        if (encoded.length > maxEncodedLength) {
            throw new IllegalArgumentException("encoded string is too long: encodedLength=" + encoded.length
                    + " maxEncodedLength=" + maxEncodedLength);
        }
        putBytes(index + STR_HEADER_LEN, encoded);
        putInt(index, encoded.length, byteOrder);
        return STR_HEADER_LEN + encoded.length;
    }

    @Override
    public int putStringWithoutLengthUtf8(int index, @Nullable String value) {
        byte[] encoded = String.valueOf(value).getBytes(UTF_8);
        putBytes(index, encoded);
        return encoded.length;
    }

    @Override
    public int compareTo(DirectBuffer that) {
        int common = Math.min(capacity(), that.capacity());
        for (int i = 0; i < common; i++) {
            int order = Byte.compare(bytes[i], that.getByte(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(capacity(), that.capacity());
    }

    @Override
    public String toString() {
        return "ExpandableBuffer[capacity=" + bytes.length + "]";
    }
}
