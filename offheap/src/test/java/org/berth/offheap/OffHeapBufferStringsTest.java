package org.berth.offheap;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.berth.offheap.CanaryMemory.CAPACITY;

import java.io.IOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.util.List;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** ASCII and UTF-8 strings in {@link OffHeapBuffer}. */
class OffHeapBufferStringsTest {

    private static final ByteOrder NATIVE = ByteOrder.nativeOrder();

    private final CanaryMemory memory = new CanaryMemory();
    private final OffHeapBuffer buffer = memory.buffer;

    @AfterEach
    void closeMemory() {
        memory.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "abcdefg", "the quick brown fox"})
    void asciiStrings(String text) {
        int length = text.length();
        byte[] encoded = text.getBytes(US_ASCII);
        CharSequence sequence = CharBuffer.wrap(text);
        for (int index : new int[] {0, 3, CAPACITY - 4 - length}) {
            assertThatPrefixed(index, NATIVE, encoded, () -> buffer.putStringAscii(index, text));
            assertThat(buffer.getStringAscii(index)).isEqualTo(text);
            assertThat(buffer.getStringAscii(index, length)).isEqualTo(text);
            assertThat(buffer.getStringWithoutLengthAscii(index + 4, length)).isEqualTo(text);
            assertThatAppended(text, out -> buffer.getStringAscii(index, out));
            assertThatAppended(text, out -> buffer.getStringAscii(index, length, out));
            assertThatAppended(text, out -> buffer.getStringWithoutLengthAscii(index + 4, length, out));
            assertThatPrefixed(index, NATIVE, encoded, () -> buffer.putStringAscii(index, sequence));

            for (ByteOrder order : List.of(LITTLE_ENDIAN, BIG_ENDIAN)) {
                assertThatPrefixed(index, order, encoded, () -> buffer.putStringAscii(index, text, order));
                assertThat(buffer.getStringAscii(index, order)).isEqualTo(text);
                assertThatAppended(text, out -> buffer.getStringAscii(index, out, order));
                assertThatPrefixed(index, order, encoded, () -> buffer.putStringAscii(index, sequence, order));
            }

            memory.refill();
            assertThat(buffer.putStringWithoutLengthAscii(index + 4, text)).isEqualTo(length);
            memory.assertOnlyWritten(index + 4, encoded);
            memory.refill();
            assertThat(buffer.putStringWithoutLengthAscii(index + 4, sequence)).isEqualTo(length);
            memory.assertOnlyWritten(index + 4, encoded);
        }
    }

    @Test
    void asciiOfARangeIsCutAtTheEndOfTheValue() {
        for (CharSequence value : List.of("0123456789", CharBuffer.wrap("0123456789"))) {
            memory.refill();
            assertThat(putAsciiRange(value, 6, 3)).isEqualTo(3);
            memory.assertOnlyWritten(1, "678".getBytes(US_ASCII));
            memory.refill();
            assertThat(putAsciiRange(value, 6, 100)).isEqualTo(4);
            memory.assertOnlyWritten(1, "6789".getBytes(US_ASCII));
            memory.refill();
            assertThat(putAsciiRange(value, 10, 5)).isZero();
            assertThatThrownBy(() -> putAsciiRange(value, 11, 1)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> putAsciiRange(value, -1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> putAsciiRange(value, Integer.MIN_VALUE, 1))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            memory.assertUntouched();
        }
    }

    private int putAsciiRange(CharSequence value, int offset, int length) {
        return value instanceof String string
                ? buffer.putStringWithoutLengthAscii(1, string, offset, length)
                : buffer.putStringWithoutLengthAscii(1, value, offset, length);
    }

    @Test
    void charactersOutsideAsciiBecomeQuestionMarks() {
        String text = "a\u0080\u00e9\u20ac\ud83d\ude00z";
        for (int length : new int[] {
            buffer.putStringWithoutLengthAscii(0, text),
            buffer.putStringWithoutLengthAscii(0, CharBuffer.wrap(text)),
            buffer.putStringAscii(0, text) - 4,
            buffer.putStringAscii(0, CharBuffer.wrap(text)) - 4
        }) {
            assertThat(length).isEqualTo(text.length());
        }
        assertThat(buffer.getStringAscii(0)).isEqualTo("a?????z");

        buffer.putByte(5, (byte) 0x80);
        assertThat(buffer.getStringAscii(0)).isEqualTo("a\ufffd????z");
        assertThatAppended("a?????z", out -> buffer.getStringAscii(0, out));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "\u00e9t\u00e9", "\u20ac", "\ud83d\ude00", "the quick brown fox"})
    void utf8Strings(String text) {
        byte[] encoded = text.getBytes(UTF_8);
        int length = encoded.length;
        for (int index : new int[] {0, 3, CAPACITY - 4 - length}) {
            assertThatPrefixed(index, NATIVE, encoded, () -> buffer.putStringUtf8(index, text));
            assertThat(buffer.getStringUtf8(index)).isEqualTo(text);
            assertThat(buffer.getStringUtf8(index, length)).isEqualTo(text);
            assertThat(buffer.getStringWithoutLengthUtf8(index + 4, length)).isEqualTo(text);
            assertThatPrefixed(index, NATIVE, encoded, () -> buffer.putStringUtf8(index, text, length));

            for (ByteOrder order : List.of(LITTLE_ENDIAN, BIG_ENDIAN)) {
                assertThatPrefixed(index, order, encoded, () -> buffer.putStringUtf8(index, text, order));
                assertThat(buffer.getStringUtf8(index, order)).isEqualTo(text);
                assertThatPrefixed(index, order, encoded, () -> buffer.putStringUtf8(index, text, order, length));
            }

            memory.refill();
            assertThat(buffer.putStringWithoutLengthUtf8(index + 4, text)).isEqualTo(length);
            memory.assertOnlyWritten(index + 4, encoded);
        }
    }

    @Test
    void utf8StringsHaveAMaximumOfEncodedBytes() {
        assertThatThrownBy(() -> buffer.putStringUtf8(0, "\u20ac", 2))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("encodedLength=3", "maxEncodedLength=2");
        assertThatThrownBy(() -> buffer.putStringUtf8(0, "\u20ac", BIG_ENDIAN, 2))
                .isExactlyInstanceOf(IllegalArgumentException.class);
        memory.assertUntouched();
    }

    @Test
    void nullStrings() {
        byte[] none = {};
        assertThatPrefixed(3, NATIVE, none, () -> buffer.putStringAscii(3, (String) null));
        assertThatPrefixed(3, NATIVE, none, () -> buffer.putStringAscii(3, (CharSequence) null));
        assertThatPrefixed(3, BIG_ENDIAN, none, () -> buffer.putStringAscii(3, (String) null, BIG_ENDIAN));
        assertThatPrefixed(3, BIG_ENDIAN, none, () -> buffer.putStringAscii(3, (CharSequence) null, BIG_ENDIAN));
        memory.refill();
        assertThat(buffer.putStringWithoutLengthAscii(3, (String) null)).isZero();
        assertThat(buffer.putStringWithoutLengthAscii(3, (CharSequence) null)).isZero();
        assertThat(buffer.putStringWithoutLengthAscii(3, (String) null, 1, 2)).isZero();
        assertThat(buffer.putStringWithoutLengthAscii(3, (CharSequence) null, 1, 2))
                .isZero();
        memory.assertUntouched();

        byte[] text = "null".getBytes(UTF_8);
        assertThatPrefixed(3, NATIVE, text, () -> buffer.putStringUtf8(3, null));
        assertThatPrefixed(3, BIG_ENDIAN, text, () -> buffer.putStringUtf8(3, null, BIG_ENDIAN));
        memory.refill();
        assertThat(buffer.putStringWithoutLengthUtf8(3, null)).isEqualTo(4);
        memory.assertOnlyWritten(3, text);
    }

    @Test
    void stringsThatDoNotFitLeaveMemoryUntouched() {
        String text = "12345678";
        List<Runnable> calls = List.of(
                () -> buffer.putStringAscii(CAPACITY - 11, text),
                () -> buffer.putStringAscii(CAPACITY - 11, CharBuffer.wrap(text)),
                () -> buffer.putStringUtf8(CAPACITY - 11, text),
                () -> buffer.putStringWithoutLengthAscii(CAPACITY - 7, text),
                () -> buffer.putStringWithoutLengthAscii(CAPACITY - 7, CharBuffer.wrap(text)),
                () -> buffer.putStringWithoutLengthUtf8(CAPACITY - 7, text),
                () -> buffer.putLongAscii(CAPACITY - 8, -12345678),
                () -> buffer.putLongAscii(CAPACITY - 19, Long.MIN_VALUE),
                () -> buffer.putIntAscii(CAPACITY - 10, Integer.MIN_VALUE));
        for (Runnable call : calls) {
            assertThatThrownBy(call::run)
                    .isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessageContainingAll("index=", "length=", "capacity=" + CAPACITY);
        }
        memory.assertUntouched();
    }

    @Test
    void lengthPrefixesThatLeadOutsideAreOutOfBounds() {
        for (int prefix : new int[] {-1, Integer.MIN_VALUE, CAPACITY, Integer.MAX_VALUE}) {
            buffer.putInt(8, prefix);
            StringBuilder out = new StringBuilder();

            assertThatThrownBy(() -> buffer.getStringAscii(8)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> buffer.getStringUtf8(8)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> buffer.getStringAscii(8, out)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThat(out).isEmpty();
        }
    }

    @Test
    void exceptionOfTheAppendableComesThrough() {
        buffer.putStringAscii(0, "text");
        IOException failure = new IOException("full");
        Writer full = new Writer() {
            @Override
            public void write(char[] chars, int offset, int length) throws IOException {
                throw failure;
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };

        assertThatThrownBy(() -> buffer.getStringAscii(0, full)).isSameAs(failure);
    }

    /** Puts into untouched memory; checks the number of bytes, prefix and content, and that nothing else changed. */
    private void assertThatPrefixed(int index, ByteOrder order, byte[] content, IntSupplier put) {
        memory.refill();
        byte[] expected = ByteBuffer.allocate(4 + content.length)
                .order(order)
                .putInt(content.length)
                .put(content)
                .array();
        assertThat(put.getAsInt()).isEqualTo(expected.length);
        memory.assertOnlyWritten(index, expected);
    }

    private interface Appending {
        int appendTo(StringBuilder out);
    }

    private static void assertThatAppended(String expected, Appending appending) {
        StringBuilder out = new StringBuilder();
        assertThat(appending.appendTo(out)).isEqualTo(expected.length());
        assertThat(out).hasToString(expected);
    }
}
