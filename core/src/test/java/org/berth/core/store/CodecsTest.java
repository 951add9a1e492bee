package org.berth.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.invoke.MethodHandles;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.berth.offheap.OffHeapBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is read equals what was written, equal objects have the same bytes, and other bytes are refused. */
@Timeout(60)
class CodecsTest {

    /** Not at the beginning, as in the middle of a record. */
    private static final int OFFSET = 5;

    enum Status {
        NEW,
        ACTIVE {
            @Override
            public String toString() {
                return "one with a class of its own";
            }
        }
    }

    record Primitives(boolean z, byte b, short s, char c, int i, long j, float f, double d) {}

    record Inner(String text, int number) {}

    record Everything(
            String name, Primitives primitives, Inner inner, UUID id, Status status, long last, String note) {}

    record Empty() {}

    private record Hidden(int number) {}

    record Checked(int number) {
        Checked {
            if (number < 0) {
                throw new IllegalArgumentException("number=" + number);
            }
        }
    }

    record WithList(int number, List<String> names) {}

    record Node(int number, Node next) {}

    private static <T> byte[] written(Codec<T> codec, T value) {
        ExpandableBuffer buffer = new ExpandableBuffer();
        buffer.checkLimit(OFFSET);
        int length = codec.write(value, buffer, OFFSET);
        byte[] bytes = new byte[length];
        buffer.getBytes(OFFSET, bytes, 0, length);
        return bytes;
    }

    /** Reads from an array and off the heap, with other bytes around. */
    private static <T> T read(Codec<T> codec, byte[] bytes) {
        byte[] around = new byte[bytes.length + 2 * OFFSET];
        Arrays.fill(around, (byte) -1);
        System.arraycopy(bytes, 0, around, OFFSET, bytes.length);
        ExpandableBuffer array = new ExpandableBuffer();
        array.putBytes(0, around);
        OffHeapBuffer offHeap = OffHeapBuffer.ofAuto(around.length);
        offHeap.putBytes(0, around);
        T value = codec.read(array, OFFSET, bytes.length);
        assertThat(codec.read(offHeap, OFFSET, bytes.length)).isEqualTo(value);
        return value;
    }

    private static <T> void assertRoundTrip(Codec<T> codec, T value) {
        byte[] bytes = written(codec, value);
        assertThat(read(codec, bytes)).isEqualTo(value);
        assertThat(written(codec, value)).isEqualTo(bytes);
    }

    private static void assertMalformed(Codec<?> codec, byte[] bytes) {
        assertThatThrownBy(() -> read(codec, bytes))
                .as(Arrays.toString(bytes))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void numbers() {
        for (long number : new long[] {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, 0x0102030405060708L}) {
            assertRoundTrip(Codecs.ofLong(), number);
            assertRoundTrip(Codecs.ofInt(), (int) number);
            assertRoundTrip(Codecs.ofUuid(), new UUID(number, ~number));
        }
        assertThat(written(Codecs.ofLong(), 0x0102030405060708L)).containsExactly(8, 7, 6, 5, 4, 3, 2, 1);
        assertMalformed(Codecs.ofLong(), new byte[7]);
        assertMalformed(Codecs.ofInt(), new byte[8]);
        assertMalformed(Codecs.ofUuid(), new byte[0]);
    }

    @Test
    void bytes() {
        byte[] bytes = {1, 0, -1};
        assertThat(read(Codecs.ofBytes(), written(Codecs.ofBytes(), bytes)))
                .isEqualTo(bytes)
                .isNotSameAs(bytes);
        assertThat(written(Codecs.ofBytes(), new byte[0])).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "12345678",
                "123456789",
                "1234567é",
                "ÿ",
                "Zürich ist schön",
                "€uro",
                "12345678€",
                "日本語",
                "\ud83d\ude00 smile",
                "\u0000",
                "\ufffd"
            })
    void textIsUtf8(String text) {
        assertRoundTrip(Codecs.ofString(), text);
        assertThat(written(Codecs.ofString(), text)).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void unpairedSurrogatesAreKept() {
        List<String> texts = List.of(
                "?",
                "\ud800",
                "\udc00",
                "\udbff",
                "\udc00\ud800",
                "a\ud800",
                "\ud800a",
                "\ud800\ud800\udc00",
                "\ufffd");
        Set<String> bytes = new HashSet<>();
        for (String text : texts) {
            assertRoundTrip(Codecs.ofString(), text);
            assertThat(bytes.add(Arrays.toString(written(Codecs.ofString(), text))))
                    .isTrue();
        }
    }

    @Test
    void anyTextHasBytesOfItsOwn() {
        Random random = new Random(3);
        Map<String, String> texts = new HashMap<>();
        String alphabet = "aZ7\u0000\u007f\u0080\u00ff\u0100\u07ff\u0800\uffff\ufffd\ud800\udbff\udc00\udfff";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(20); length > 0; length--) {
                boolean plain = random.nextInt(4) != 0;
                text.append(plain ? 'x' : alphabet.charAt(random.nextInt(alphabet.length())));
            }
            assertRoundTrip(Codecs.ofString(), text.toString());
            String other = texts.put(Arrays.toString(written(Codecs.ofString(), text.toString())), text.toString());
            assertThat(other == null || other.contentEquals(text)).isTrue();
        }
    }

    @Test
    void whatIsNoTextIsRefused() {
        byte[][] malformed = {
            {(byte) 0x80},
            {(byte) 0xc3},
            {(byte) 0xc3, 'a'},
            {(byte) 0xc0, (byte) 0x80},
            {(byte) 0xe0, (byte) 0x80, (byte) 0x80},
            {'a', (byte) 0xe2, (byte) 0x82},
            {(byte) 0xf0, (byte) 0x80, (byte) 0x80, (byte) 0x80},
            {(byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
            {(byte) 0xff},
            {(byte) 0xf9, (byte) 0x80, (byte) 0x80, (byte) 0x80},
            {(byte) 0x98, (byte) 0xa9},
            // A pair, one by one.
            {(byte) 0xed, (byte) 0xa0, (byte) 0x80, (byte) 0xed, (byte) 0xb0, (byte) 0x80},
        };
        for (byte[] bytes : malformed) {
            assertMalformed(Codecs.ofString(), bytes);
        }
    }

    /** Whatever bytes are taken for a text are those of that text. */
    @Test
    void textHasOneFormOnly() {
        Random random = new Random(5);
        int read = 0;
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = new byte[random.nextInt(7)];
            for (int at = 0; at < bytes.length; at++) {
                int kind = random.nextInt(5);
                bytes[at] = (byte) (kind == 0 ? 0xed : kind == 1 ? 0xa0 + random.nextInt(32) : random.nextInt(256));
            }
            String text;
            try {
                text = read(Codecs.ofString(), bytes);
            } catch (IllegalArgumentException e) {
                continue;
            }
            assertThat(written(Codecs.ofString(), text)).isEqualTo(bytes);
            read++;
        }
        assertThat(read).isGreaterThan(1_000);
    }

    @Test
    void pairs() {
        Codec<Map.Entry<Long, Integer>> codec = Codecs.pair(Codecs.ofLong(), Codecs.ofInt());
        assertRoundTrip(codec, Map.entry(7L, -3));
        Codec<Map.Entry<String, String>> texts = Codecs.pair(Codecs.ofString(), Codecs.ofString());
        assertRoundTrip(texts, Map.entry("a", "bc"));
        assertRoundTrip(Codecs.pair(texts, codec), Map.entry(Map.entry("", "x"), Map.entry(1L, 2)));
        assertThat(written(texts, Map.entry("a", "bc"))).isNotEqualTo(written(texts, Map.entry("ab", "c")));
        assertMalformed(texts, new byte[3]);
        assertMalformed(texts, new byte[] {1, 0, 0, 0});
        assertMalformed(texts, new byte[] {-1, -1, -1, -1});
        assertMalformed(codec, new byte[12]);
    }

    @Test
    void recordsOfPrimitives() {
        Codec<Primitives> codec = Codecs.ofRecord(Primitives.class);
        assertRoundTrip(codec, new Primitives(true, (byte) -2, (short) -3, 'x', -5, Long.MIN_VALUE, 1.5f, -0.0));
        assertRoundTrip(codec, new Primitives(false, (byte) 2, (short) 3, '\uffff', 5, 6, Float.NaN, Double.NaN));
        assertThat(written(codec, new Primitives(false, (byte) 0, (short) 0, 'x', 0, 0, 0, 0)))
                .hasSize(30);
        assertMalformed(codec, new byte[29]);
        assertMalformed(codec, new byte[31]);
    }

    /** As records with components that are equal are. */
    @Test
    void equalRecordsHaveEqualBytes() {
        Codec<Primitives> codec = Codecs.ofRecord(Primitives.class);
        float otherNan = Float.intBitsToFloat(0x7fc0_0001);
        double otherDoubleNan = Double.longBitsToDouble(0x7ff8_0000_0000_0001L);
        Primitives one = new Primitives(true, (byte) 1, (short) 1, 'x', 1, 1, Float.NaN, Double.NaN);
        Primitives other = new Primitives(true, (byte) 1, (short) 1, 'x', 1, 1, otherNan, otherDoubleNan);
        assertThat(one).isEqualTo(other);
        assertThat(written(codec, one)).isEqualTo(written(codec, other));
        Primitives zero = new Primitives(true, (byte) 1, (short) 1, 'x', 1, 1, 0f, 0.0);
        Primitives minusZero = new Primitives(true, (byte) 1, (short) 1, 'x', 1, 1, -0f, -0.0);
        assertThat(zero).isNotEqualTo(minusZero);
        assertThat(written(codec, zero)).isNotEqualTo(written(codec, minusZero));
    }

    @Test
    void recordsOfEverything() {
        Codec<Everything> codec = Codecs.ofRecord(Everything.class);
        Primitives primitives = new Primitives(true, (byte) 1, (short) 2, 'c', 3, 4, 5, 6);
        Everything whole =
                new Everything("Zürich", primitives, new Inner(null, 7), new UUID(8, 9), Status.ACTIVE, 10, "");
        assertRoundTrip(codec, whole);
        assertRoundTrip(codec, new Everything(null, null, null, null, null, 11, null));
        assertRoundTrip(codec, new Everything("", null, new Inner("", 0), null, Status.NEW, 12, "end"));
        assertRoundTrip(Codecs.ofRecord(Empty.class), new Empty());
        assertRoundTrip(Codecs.ofRecord(Hidden.class), new Hidden(3));
        assertRoundTrip(Codecs.ofRecord(MethodHandles.lookup(), Everything.class), whole);
        assertThat(written(codec, new Everything(null, null, null, null, null, 11, null)))
                .isNotEqualTo(written(codec, new Everything("", null, null, null, null, 11, null)));
    }

    @Test
    void whatIsNoRecordIsRefused() {
        Codec<Inner> codec = Codecs.ofRecord(Inner.class);
        byte[] bytes = written(codec, new Inner("text", 5));
        assertMalformed(codec, Arrays.copyOf(bytes, bytes.length - 1));
        assertMalformed(codec, Arrays.copyOf(bytes, bytes.length + 1));
        assertMalformed(codec, new byte[7]);
        assertMalformed(codec, new byte[0]);
        for (int end : new int[] {0, 7, 13, Integer.MAX_VALUE, -1, ~7, ~13, ~12}) {
            byte[] wrong = bytes.clone();
            for (int i = 0; i < Integer.BYTES; i++) {
                wrong[i] = (byte) (end >>> (8 * i));
            }
            assertMalformed(codec, wrong);
        }
        Codec<Checked> checked = Codecs.ofRecord(Checked.class);
        assertMalformed(checked, new byte[] {-1, -1, -1, -1});
        assertThatThrownBy(() -> written(checked, null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    @SuppressWarnings({"unchecked", "rawtypes"}) // what code without type checks may do
    void recordClassesThatHaveNoCodec() {
        assertThatThrownBy(() -> Codecs.ofRecord(WithList.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("component=names", "type=java.util.List");
        assertThatThrownBy(() -> Codecs.ofRecord(Node.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("record=" + Node.class.getName());
        assertThatThrownBy(() -> Codecs.ofRecord(MethodHandles.publicLookup(), Hidden.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("MethodHandles.lookup()");
        assertThatThrownBy(() -> Codecs.ofRecord((Class) Record.class)).isInstanceOf(IllegalArgumentException.class);
        Codec raw = Codecs.ofRecord(Inner.class);
        assertThatThrownBy(() -> raw.write("text", new ExpandableBuffer(), 0)).isInstanceOf(ClassCastException.class);
    }

    /** The widest there can be: a method has at most 255 parameters, and a long takes two. */
    record Wide(
            long a0,
            String a1,
            long a2,
            String a3,
            long a4,
            String a5,
            long a6,
            String a7,
            long a8,
            String a9,
            long b0,
            String b1,
            long b2,
            String b3,
            long b4,
            String b5,
            long b6,
            String b7,
            long b8,
            String b9,
            long c0,
            String c1,
            long c2,
            String c3,
            long c4,
            String c5,
            long c6,
            String c7,
            long c8,
            String c9,
            long d0,
            String d1,
            long d2,
            String d3,
            long d4,
            String d5,
            long d6,
            String d7,
            long d8,
            String d9) {}

    @Test
    void wideRecords() {
        assertRoundTrip(
                Codecs.ofRecord(Wide.class),
                new Wide(
                        1, "a", 2, "b", 3, "c", 4, "d", 5, "e", 6, "f", 7, "g", 8, "h", 9, "i", 10, "j", 11, "k", 12,
                        "l", 13, "m", 14, "n", 15, "o", 16, "p", 17, "q", 18, "r", 19, "s", 20, "t"));
    }

    /** A codec may be given any buffer of Agrona's interface. */
    @Test
    void intoABufferThatDoesNotGrow() {
        MutableDirectBuffer buffer = OffHeapBuffer.ofAuto(16);
        DirectBuffer same = buffer;
        int length = Codecs.ofRecord(Inner.class).write(new Inner("abc", 1), buffer, 3);
        assertThat(Codecs.ofRecord(Inner.class).read(same, 3, length)).isEqualTo(new Inner("abc", 1));
        assertThatThrownBy(() -> Codecs.ofString().write("a text of 20 letters", buffer, 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }
}
