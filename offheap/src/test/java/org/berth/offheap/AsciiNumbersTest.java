package org.berth.offheap;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.berth.offheap.CanaryMemory.CAPACITY;

import java.util.List;
import java.util.stream.LongStream;
import org.agrona.AsciiNumberFormatException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers as ASCII text in {@link OffHeapBuffer}; the JDK's formats are the reference. */
class AsciiNumbersTest {

    private final CanaryMemory memory = new CanaryMemory();
    private final OffHeapBuffer buffer = memory.buffer;

    @AfterEach
    void closeMemory() {
        memory.close();
    }

    static LongStream numbers() {
        LongStream aroundPowersOfTen = LongStream.iterate(1, power -> power * 10)
                .limit(19)
                .flatMap(power -> LongStream.of(power - 1, power, power + 1, power * 9 - 1));
        LongStream extremes = LongStream.of(
                Long.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE + 1L, Integer.MIN_VALUE, Integer.MIN_VALUE - 1L);
        return LongStream.concat(aroundPowersOfTen, extremes)
                .flatMap(value -> LongStream.of(value, -value))
                .filter(value -> value != Long.MIN_VALUE);
    }

    @ParameterizedTest
    @MethodSource("numbers")
    @ValueSource(longs = {Long.MIN_VALUE, 0})
    void numbersAreFormattedAndParsed(long value) {
        byte[] text = Long.toString(value).getBytes(US_ASCII);
        for (int index : new int[] {0, 5, CAPACITY - text.length}) {
            memory.refill();

            assertThat(buffer.putLongAscii(index, value)).isEqualTo(text.length);

            memory.assertOnlyWritten(index, text);
            assertThat(buffer.parseLongAscii(index, text.length)).isEqualTo(value);
            if (value >= 0) {
                assertThat(buffer.parseNaturalLongAscii(index, text.length)).isEqualTo(value);
                memory.refill();
                assertThat(buffer.putNaturalLongAscii(index, value)).isEqualTo(text.length);
                memory.assertOnlyWritten(index, text);
            }
            if ((int) value == value) {
                assertThat(buffer.parseIntAscii(index, text.length)).isEqualTo((int) value);
                memory.refill();
                assertThat(buffer.putIntAscii(index, (int) value)).isEqualTo(text.length);
                memory.assertOnlyWritten(index, text);
            }
            if ((int) value == value && value >= 0) {
                assertThat(buffer.parseNaturalIntAscii(index, text.length)).isEqualTo((int) value);
                memory.refill();
                assertThat(buffer.putNaturalIntAscii(index, (int) value)).isEqualTo(text.length);
                memory.assertOnlyWritten(index, text);
                memory.refill();
                assertThat(buffer.putNaturalIntAsciiFromEnd((int) value, index + text.length))
                        .isEqualTo(index);
                memory.assertOnlyWritten(index, text);
            }
        }
    }

    @Test
    void leadingZerosAreParsedAsFarAsTheLargestNumberIsLong() {
        put("0000000000000000007");

        assertThat(buffer.parseIntAscii(9, 10)).isEqualTo(7);
        assertThat(buffer.parseNaturalIntAscii(9, 10)).isEqualTo(7);
        assertThat(buffer.parseLongAscii(0, 19)).isEqualTo(7);
        assertThat(buffer.parseNaturalLongAscii(0, 19)).isEqualTo(7);
        put("-0");
        assertThat(buffer.parseIntAscii(0, 2)).isZero();
        assertThat(buffer.parseLongAscii(0, 2)).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                "+1",
                "a",
                "1a",
                "12:4",
                "123/",
                "1234567x",
                "12345678x",
                "x2345678",
                "--1",
                "1-",
                " 1",
                "\u00ff",
                "123456789012345678x",
                "12345678901\u00002345678",
                "-123456789012345678x",
                "1.5"
            })
    void textThatIsNoNumberIsRefused(String text) {
        int length = put(text);

        assertThatThrownBy(() -> buffer.parseIntAscii(0, length)).isInstanceOf(AsciiNumberFormatException.class);
        assertThatThrownBy(() -> buffer.parseNaturalIntAscii(0, length)).isInstanceOf(AsciiNumberFormatException.class);
        assertThatThrownBy(() -> buffer.parseLongAscii(0, length)).isInstanceOf(AsciiNumberFormatException.class);
        assertThatThrownBy(() -> buffer.parseNaturalLongAscii(0, length))
                .isInstanceOf(AsciiNumberFormatException.class)
                .hasMessageContainingAll("index=0", "length=" + length);
    }

    @Test
    void everyByteThatIsNoDigitIsRefusedAtEveryPlace() {
        for (int length : new int[] {1, 4, 7, 8, 10, 12, 15, 16, 19}) {
            for (int position = 0; position < length; position++) {
                for (int b = Byte.MIN_VALUE; b <= Byte.MAX_VALUE; b++) {
                    if (b >= '0' && b <= '9') {
                        continue;
                    }
                    int size = length;
                    buffer.setMemory(0, length, (byte) '1');
                    buffer.putByte(position, (byte) b);
                    assertThatThrownBy(() -> buffer.parseNaturalLongAscii(0, size))
                            .isInstanceOf(AsciiNumberFormatException.class);
                }
            }
        }
    }

    @Test
    void emptyNumberAtTheEndIsNoNumberRatherThanOutOfBounds() {
        assertThatThrownBy(() -> buffer.parseIntAscii(CAPACITY, 0)).isInstanceOf(AsciiNumberFormatException.class);
        assertThatThrownBy(() -> buffer.parseLongAscii(CAPACITY, 0)).isInstanceOf(AsciiNumberFormatException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2147483648", "9999999999", "-2147483649", "-9999999999", "00000000001"})
    void numbersTooLargeForAnIntAreRefused(String text) {
        int length = put(text);

        assertThatThrownBy(() -> buffer.parseIntAscii(0, length)).isInstanceOf(AsciiNumberFormatException.class);
        assertThatThrownBy(() -> buffer.parseNaturalIntAscii(0, length)).isInstanceOf(AsciiNumberFormatException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "9223372036854775808",
                "9999999999999999999",
                "-9223372036854775809",
                "-9999999999999999999",
                "00000000000000000001",
                "100000000000000000000000000000000000000000"
            })
    void numbersTooLargeForALongAreRefused(String text) {
        int length = put(text);

        assertThatThrownBy(() -> buffer.parseLongAscii(0, length)).isInstanceOf(AsciiNumberFormatException.class);
        assertThatThrownBy(() -> buffer.parseNaturalLongAscii(0, length))
                .isInstanceOf(AsciiNumberFormatException.class);
    }

    @Test
    void paddedNumbers() {
        buffer.putNaturalPaddedIntAscii(3, 5, 42);
        memory.assertOnlyWritten(3, "00042".getBytes(US_ASCII));
        buffer.putNaturalPaddedIntAscii(3, 10, Integer.MAX_VALUE);
        memory.assertOnlyWritten(3, "2147483647".getBytes(US_ASCII));

        memory.refill();
        buffer.putNaturalPaddedIntAscii(3, 0, 0);
        assertThatThrownBy(() -> buffer.putNaturalPaddedIntAscii(3, 2, 100))
                .isInstanceOf(NumberFormatException.class)
                .hasMessageContainingAll("value=100", "length=2");
        assertThatThrownBy(() -> buffer.putNaturalPaddedIntAscii(3, 0, 1)).isInstanceOf(NumberFormatException.class);
        memory.assertUntouched();
    }

    @Test
    void naturalNumbersAreNotNegative() {
        for (int value : new int[] {-1, Integer.MIN_VALUE}) {
            List<Runnable> calls = List.of(
                    () -> buffer.putNaturalIntAscii(0, value),
                    () -> buffer.putNaturalLongAscii(0, value),
                    () -> buffer.putNaturalLongAscii(0, Long.MIN_VALUE),
                    () -> buffer.putNaturalPaddedIntAscii(0, 20, value),
                    () -> buffer.putNaturalIntAsciiFromEnd(value, 20));
            for (Runnable call : calls) {
                assertThatThrownBy(call::run).isExactlyInstanceOf(IllegalArgumentException.class);
            }
        }
        memory.assertUntouched();
    }

    private int put(String text) {
        byte[] encoded = text.getBytes(ISO_8859_1);
        buffer.putBytes(0, encoded);
        return encoded.length;
    }
}
