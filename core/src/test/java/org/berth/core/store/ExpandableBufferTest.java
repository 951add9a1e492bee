package org.berth.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.berth.offheap.OffHeapBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The buffer of codecs does what one off the heap does, which has a test against Agrona's; and it grows. */
@Timeout(60)
class ExpandableBufferTest {

    private static final int SIZE = 256;

    /** Of the buffer itself: these differ on purpose, or have a test of their own. */
    private static final Set<String> OTHERS =
            Set.of("wrap", "byteArray", "addressOffset", "isExpandable", "checkLimit", "compareTo", "equals");

    private static final List<String> TEXTS = List.of("", "a", "12", "-7", "Zürich", "€ 3", "\ud83d\ude00", "0012345");

    private final Random random = new Random(7);

    private static ExpandableBuffer filled(byte[] bytes) {
        ExpandableBuffer buffer = new ExpandableBuffer();
        buffer.putBytes(0, bytes);
        return buffer;
    }

    @Test
    void everyMethodDoesWhatThatOfOtherBuffersDoes() throws IllegalAccessException {
        List<Method> methods = Stream.of(MutableDirectBuffer.class.getMethods())
                .filter(method -> !Modifier.isStatic(method.getModifiers()) && !OTHERS.contains(method.getName()))
                .toList();
        assertThat(methods).hasSizeGreaterThan(70);
        for (Method method : methods) {
            int returned = 0;
            for (int i = 0; i < 400; i++) {
                byte[] content = new byte[SIZE];
                random.nextBytes(content);
                if (method.getName().startsWith("parse")) {
                    for (int at = 0; at < SIZE; at++) {
                        content[at] = (byte) (at % 16 == 3 ? '-' : '0' + random.nextInt(10));
                    }
                } else if (method.getName().startsWith("getString")) {
                    // Lengths that fit, in both orders.
                    for (int at = 0; at < SIZE; at++) {
                        content[at] = at % 8 == 0 ? content[at] : 0;
                    }
                }
                ExpandableBuffer ours = filled(content);
                OffHeapBuffer theirs = OffHeapBuffer.ofAuto(SIZE);
                theirs.putBytes(0, content);
                long seed = random.nextLong();
                Outcome ourOutcome = call(method, ours, seed);
                Outcome theirOutcome = call(method, theirs, seed);
                assertThat(ourOutcome.toString()).as("%s with %s", method, seed).isEqualTo(theirOutcome.toString());
                if (ourOutcome.failure == null) {
                    // What a failure leaves behind is not the same: nobody sees it.
                    assertThat(bytes(ours)).as(method.toString()).isEqualTo(bytes(theirs));
                    returned++;
                }
            }
            assertThat(returned).as(method.toString()).isPositive();
        }
    }

    /** What a call has returned or thrown, and what is in its arguments. */
    private record Outcome(Object result, Class<?> failure, List<Object> arguments) {}

    private static Outcome call(Method method, MutableDirectBuffer buffer, long seed) throws IllegalAccessException {
        Random arguments = new Random(seed);
        Object[] of = Stream.of(method.getParameterTypes())
                .map(type -> argument(type, arguments))
                .toArray();
        if (method.getName().equals("putNaturalIntAsciiFromEnd")) {
            of[1] = 100;
        }
        try {
            Object result = method.invoke(buffer, of);
            return new Outcome(result, null, shown(of));
        } catch (InvocationTargetException e) {
            Class<?> failure = e.getCause() instanceof IndexOutOfBoundsException
                    ? IndexOutOfBoundsException.class
                    : e.getCause().getClass();
            return new Outcome(null, failure, List.of());
        }
    }

    private static Object argument(Class<?> type, Random random) {
        return switch (type.getSimpleName()) {
            case "int" -> random.nextInt(20) == 0 ? -1 : random.nextInt(40);
            case "long" -> random.nextInt(4) == 0 ? random.nextLong() : Long.valueOf(random.nextInt(1_000));
            case "short" -> (short) random.nextInt();
            case "char" -> (char) random.nextInt();
            case "byte" -> (byte) random.nextInt();
            case "double" -> random.nextGaussian();
            case "float" -> random.nextFloat();
            case "ByteOrder" -> random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
            case "String", "CharSequence" -> TEXTS.get(random.nextInt(TEXTS.size()));
            case "Appendable" -> new StringWriter();
            case "byte[]" -> random(random, new byte[random.nextInt(60)]);
            case "ByteBuffer" ->
                random.nextBoolean()
                        ? ByteBuffer.wrap(random(random, new byte[50])).position(3)
                        : ByteBuffer.allocateDirect(50)
                                .put(random(random, new byte[50]))
                                .position(2);
            case "DirectBuffer", "MutableDirectBuffer" -> {
                OffHeapBuffer other = OffHeapBuffer.ofAuto(64);
                other.putBytes(0, random(random, new byte[64]));
                yield other;
            }
            default -> throw new IllegalArgumentException("type=" + type);
        };
    }

    private static byte[] random(Random random, byte[] bytes) {
        random.nextBytes(bytes);
        return bytes;
    }

    private static List<Object> shown(Object[] arguments) {
        List<Object> shown = new ArrayList<>();
        for (Object argument : arguments) {
            shown.add(
                    switch (argument) {
                        case byte[] bytes -> ByteBuffer.wrap(bytes).toString() + java.util.Arrays.toString(bytes);
                        case ByteBuffer buffer ->
                            buffer.position() + ":" + buffer.duplicate().clear().hashCode();
                        case DirectBuffer buffer -> java.util.Arrays.toString(bytes(buffer));
                        default -> argument;
                    });
        }
        return shown;
    }

    private static byte[] bytes(DirectBuffer buffer) {
        byte[] bytes = new byte[Math.min(SIZE, buffer.capacity())];
        buffer.getBytes(0, bytes);
        return bytes;
    }

    @Test
    void growsWhereItIsWrittenTo() {
        ExpandableBuffer buffer = new ExpandableBuffer();
        assertThat(buffer.capacity()).isZero();
        buffer.putLong(1_000, -1);
        assertThat(buffer.capacity()).isGreaterThanOrEqualTo(1_008);
        assertThat(buffer.getLong(992)).isZero();
        buffer.putByte(5_000, (byte) 1);
        buffer.putBytes(9_000, new byte[3]);
        buffer.setMemory(10_000, 7, (byte) 2);
        buffer.checkLimit(20_000);
        assertThat(buffer.capacity()).isGreaterThanOrEqualTo(20_000);
        assertThat(buffer.getLong(1_000)).isEqualTo(-1);
        assertThat(buffer.isExpandable()).isTrue();
    }

    @Test
    void refusesWhatItCannotDo() {
        ExpandableBuffer buffer = new ExpandableBuffer();
        assertThatThrownBy(() -> buffer.putLong(-1, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> buffer.putLong(Integer.MAX_VALUE - 7, 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> buffer.putByte(Integer.MIN_VALUE, (byte) 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> buffer.checkLimit(-1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> buffer.getLong(0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(buffer::addressOffset).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> buffer.wrap(new byte[8])).isInstanceOf(UnsupportedOperationException.class);
        assertThat(buffer.capacity()).isZero();
    }

    @Test
    void orderIsThatOfTheBytes() {
        ExpandableBuffer one = filled(new byte[] {1, 2});
        ExpandableBuffer other = filled(new byte[] {1, 3});
        assertThat(one).isLessThan(other);
        assertThat(one).isEqualByComparingTo(filled(new byte[] {1, 2}));
    }

    @Test
    void shrinksToNothing() {
        ExpandableBuffer buffer = filled(new byte[1_000]);
        buffer.shrink(2_000);
        assertThat(buffer.capacity()).isGreaterThanOrEqualTo(1_000);
        buffer.shrink(100);
        assertThat(buffer.capacity()).isZero();
    }
}
