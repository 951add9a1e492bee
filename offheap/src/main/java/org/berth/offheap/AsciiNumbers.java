package org.berth.offheap;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.agrona.AsciiEncoding.ASCII_DIGITS;
import static org.agrona.AsciiEncoding.INT_MAX_DIGITS;
import static org.agrona.AsciiEncoding.LONG_MAX_DIGITS;
import static org.agrona.AsciiEncoding.MINUS_SIGN;
import static org.agrona.AsciiEncoding.ZERO;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.agrona.AsciiEncoding;
import org.agrona.AsciiNumberFormatException;

/**
 * Parses and formats decimal numbers as ASCII in native memory. The callers have checked the range {@code [index, index
 * + length)}; Agrona's {@link AsciiEncoding} does the arithmetic on whole words.
 */
final class AsciiNumbers {
    private static final int MAX_QUOTED = 32;

    // Little-endian, because the word-wise parsing takes the first character as the lowest byte.
    private static final ValueLayout.OfInt FOUR_DIGITS =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong EIGHT_DIGITS =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private AsciiNumbers() {}

    static int parseNaturalInt(MemorySegment memory, int index, int length) {
        long value = parseDigits(memory, index, length, 0, INT_MAX_DIGITS);
        if (value > Integer.MAX_VALUE) {
            throw overflow(memory, index, length);
        }
        return (int) value;
    }

    static int parseInt(MemorySegment memory, int index, int length) {
        int sign = signLength(memory, index, length);
        long magnitude = parseDigits(memory, index, length, sign, INT_MAX_DIGITS);
        long value = sign == 0 ? magnitude : -magnitude;
        if ((int) value != value) {
            throw overflow(memory, index, length);
        }
        return (int) value;
    }

    static long parseNaturalLong(MemorySegment memory, int index, int length) {
        long value = parseDigits(memory, index, length, 0, LONG_MAX_DIGITS);
        if (value < 0) {
            throw overflow(memory, index, length);
        }
        return value;
    }

    static long parseLong(MemorySegment memory, int index, int length) {
        int sign = signLength(memory, index, length);
        long magnitude = parseDigits(memory, index, length, sign, LONG_MAX_DIGITS);
        // Only -2^63 may look negative here: it is its own magnitude and its own negation.
        if (magnitude < 0 && !(sign == 1 && magnitude == Long.MIN_VALUE)) {
            throw overflow(memory, index, length);
        }
        return sign == 0 ? magnitude : -magnitude;
    }

    /** Writes the digits of {@code value >= 0} so that the last one is at {@code endExclusive - 1}. */
    static void putDigits(MemorySegment memory, int endExclusive, long value) {
        int index = endExclusive;
        long rest = value;
        while (rest >= 10) {
            int pair = (int) (rest % 100) << 1;
            rest /= 100;
            memory.set(ValueLayout.JAVA_BYTE, --index, ASCII_DIGITS[pair + 1]);
            memory.set(ValueLayout.JAVA_BYTE, --index, ASCII_DIGITS[pair]);
            if (rest == 0) {
                return;
            }
        }
        memory.set(ValueLayout.JAVA_BYTE, --index, (byte) (ZERO + rest));
    }

    /** Writes {@code value >= 0}, which fits, with leading zeros into the whole of {@code [index, index + length)}. */
    static void putPadded(MemorySegment memory, int index, int length, int value) {
        int rest = value;
        for (int i = index + length - 1; i >= index; i--) {
            memory.set(ValueLayout.JAVA_BYTE, i, (byte) (ZERO + rest % 10));
            rest /= 10;
        }
    }

    private static int signLength(MemorySegment memory, int index, int length) {
        return length > 0 && memory.get(ValueLayout.JAVA_BYTE, index) == MINUS_SIGN ? 1 : 0;
    }

    /** The value of the digits after the sign; unsigned, because 19 digits can exceed {@link Long#MAX_VALUE}. */
    private static long parseDigits(MemorySegment memory, int index, int length, int sign, int maxDigits) {
        int digits = length - sign;
        if (digits <= 0) {
            throw malformed(memory, index, length);
        }
        if (digits > maxDigits) {
            throw overflow(memory, index, length);
        }

        int i = index + sign;
        int end = index + length;
        long value = 0;
        while (end - i >= Long.BYTES) {
            long octet = memory.get(EIGHT_DIGITS, i);
            if (!AsciiEncoding.isEightDigitAsciiEncodedNumber(octet)) {
                throw malformed(memory, index, length);
            }
            value = value * 100_000_000 + AsciiEncoding.parseEightDigitsLittleEndian(octet);
            i += Long.BYTES;
        }
        if (end - i >= Integer.BYTES) {
            int quartet = memory.get(FOUR_DIGITS, i);
            if (!AsciiEncoding.isFourDigitsAsciiEncodedNumber(quartet)) {
                throw malformed(memory, index, length);
            }
            value = value * 10_000 + AsciiEncoding.parseFourDigitsLittleEndian(quartet);
            i += Integer.BYTES;
        }
        for (; i < end; i++) {
            byte digit = memory.get(ValueLayout.JAVA_BYTE, i);
            if (!AsciiEncoding.isDigit(digit)) {
                throw malformed(memory, index, length);
            }
            value = value * 10 + (digit - ZERO);
        }
        return value;
    }

    private static AsciiNumberFormatException malformed(MemorySegment memory, int index, int length) {
        return new AsciiNumberFormatException("not a decimal number: " + describe(memory, index, length));
    }

    private static AsciiNumberFormatException overflow(MemorySegment memory, int index, int length) {
        return new AsciiNumberFormatException("number out of range: " + describe(memory, index, length));
    }

    private static String describe(MemorySegment memory, int index, int length) {
        byte[] text = new byte[Math.min(length, MAX_QUOTED)];
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, index, text, 0, text.length);
        String cut = length > MAX_QUOTED ? "…" : "";
        return "index=" + index + ", length=" + length + ", text=\"" + new String(text, US_ASCII) + cut + '"';
    }
}
