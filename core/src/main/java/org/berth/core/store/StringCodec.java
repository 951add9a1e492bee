package org.berth.core.store;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Strings as UTF-8. A surrogate without its pair is three bytes, as in WTF-8: {@code String.getBytes} makes a question
 * mark of each, so that different strings would be one key.
 */
final class StringCodec implements Codec<String> {

    static final StringCodec INSTANCE = new StringCodec();

    private static final int MIN_2_BYTES = 0x80;
    private static final int MIN_3_BYTES = 0x800;
    private static final int MIN_4_BYTES = 0x10000;

    /** What {@code String} makes of bytes that are not UTF-8. */
    private static final char REPLACEMENT = '\uFFFD';

    private StringCodec() {}

    @Override
    public int write(String value, MutableDirectBuffer into, int offset) {
        int length = value.length();
        into.checkLimit(Math.addExact(offset, length));
        int i = 0;
        // Eight characters in one word: half the time of one byte after the other, and no array as of getBytes.
        for (; i <= length - Long.BYTES; i += Long.BYTES) {
            char a = value.charAt(i);
            char b = value.charAt(i + 1);
            char c = value.charAt(i + 2);
            char d = value.charAt(i + 3);
            char e = value.charAt(i + 4);
            char f = value.charAt(i + 5);
            char g = value.charAt(i + 6);
            char h = value.charAt(i + 7);
            if ((a | b | c | d | e | f | g | h) >= MIN_2_BYTES) {
                return writeAll(value, i, into, offset);
            }
            int low = a | b << 8 | c << 16 | d << 24;
            int high = e | f << 8 | g << 16 | h << 24;
            into.putLong(offset + i, ((long) high << Integer.SIZE) | (low & 0xffff_ffffL), ByteOrder.LITTLE_ENDIAN);
        }
        for (; i < length; i++) {
            char c = value.charAt(i);
            if (c >= MIN_2_BYTES) {
                return writeAll(value, i, into, offset);
            }
            into.putByte(offset + i, (byte) c);
        }
        return length;
    }

    /** Writes the characters from an index on; those before are written, a byte each. Returns the length of all. */
    private static int writeAll(String value, int from, MutableDirectBuffer into, int offset) {
        int at = offset + from;
        int i = from;
        while (i < value.length()) {
            // A surrogate without its pair is a code point here.
            int point = value.codePointAt(i);
            i += Character.charCount(point);
            if (point < MIN_2_BYTES) {
                into.putByte(at++, (byte) point);
            } else if (point < MIN_3_BYTES) {
                into.putByte(at++, (byte) (0xc0 | point >> 6));
                into.putByte(at++, continuation(point));
            } else if (point < MIN_4_BYTES) {
                into.putByte(at++, (byte) (0xe0 | point >> 12));
                into.putByte(at++, continuation(point >> 6));
                into.putByte(at++, continuation(point));
            } else {
                into.putByte(at++, (byte) (0xf0 | point >> 18));
                into.putByte(at++, continuation(point >> 12));
                into.putByte(at++, continuation(point >> 6));
                into.putByte(at++, continuation(point));
            }
        }
        return at - offset;
    }

    private static byte continuation(int bits) {
        return (byte) (0x80 | (bits & 0x3f));
    }

    @Override
    public String read(DirectBuffer from, int offset, int length) {
        String text = utf8(from, offset, length);
        // None in a string of Latin-1, which is known without a look at it.
        return text.indexOf(REPLACEMENT) < 0 ? text : readAll(from, offset, length);
    }

    private static String utf8(DirectBuffer from, int offset, int length) {
        byte[] array = from.byteArray();
        if (array == null) {
            return from.getStringWithoutLengthUtf8(offset, length);
        }
        from.boundsCheck(offset, length);
        return new String(array, from.wrapAdjustment() + offset, length, StandardCharsets.UTF_8);
    }

    /** Reads what has an unpaired surrogate, or the replacement character itself, or is no string. */
    private static String readAll(DirectBuffer from, int offset, int length) {
        StringBuilder text = new StringBuilder(length);
        int end = offset + length;
        int at = offset;
        while (at < end) {
            int first = from.getByte(at) & 0xff;
            int size = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
            int point = size == 1 ? first : first & (0x7f >> size);
            boolean isFirst = size != 2 || first >= 0xc0;
            if (!isFirst || first >= 0xf8 || size > end - at) {
                throw malformed(at - offset, length);
            }
            for (int i = 1; i < size; i++) {
                int next = from.getByte(at + i);
                if ((next & 0xc0) != 0x80) {
                    throw malformed(at - offset, length);
                }
                point = point << 6 | (next & 0x3f);
            }
            if (point < minimum(size) || point > Character.MAX_CODE_POINT || isPairOfTwo(text, point)) {
                throw malformed(at - offset, length);
            }
            text.appendCodePoint(point);
            at += size;
        }
        return text.toString();
    }

    private static int minimum(int size) {
        return switch (size) {
            case 1 -> 0;
            case 2 -> MIN_2_BYTES;
            case 3 -> MIN_3_BYTES;
            default -> MIN_4_BYTES;
        };
    }

    /** Whether two surrogates that are a pair were written one by one: the same string would have other bytes, too. */
    private static boolean isPairOfTwo(StringBuilder text, int point) {
        return point < MIN_4_BYTES
                && Character.isLowSurrogate((char) point)
                && !text.isEmpty()
                && Character.isHighSurrogate(text.charAt(text.length() - 1));
    }

    private static IllegalArgumentException malformed(int at, int length) {
        return new IllegalArgumentException(
                "bytes are not those of a string: at=" + at + " length=" + length + "; was another codec used?");
    }
}
