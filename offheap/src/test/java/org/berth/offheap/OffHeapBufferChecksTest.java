package org.berth.offheap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.AtomicBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The checks of {@link OffHeapBuffer}, for every method of Agrona's interfaces that touches memory. The methods are
 * found by reflection, so a method that a later Agrona adds is checked too, or fails for want of a sample argument.
 */
class OffHeapBufferChecksTest {

    private static final int CAPACITY = 64;
    private static final int LENGTH = 4;
    private static final int FOUR_DIGITS = 1234;
    private static final byte CANARY = '1'; // a digit, so that the parsing methods succeed inside the bounds

    private static final Set<String> NO_MEMORY = Set.of(
            "wrap",
            "addressOffset",
            "byteArray",
            "byteBuffer",
            "capacity",
            "checkLimit",
            "boundsCheck",
            "wrapAdjustment",
            "isExpandable",
            "verifyAlignment");

    private final Arena arena = Arena.ofShared();
    private final Arena closedArena = Arena.ofShared();
    private final MemorySegment memory = arena.allocate(CAPACITY, 128).fill(CANARY);
    private final OffHeapBuffer buffer = new OffHeapBuffer(memory);

    // What the methods copy to; all zero until one does.
    private final byte[] array = new byte[16];
    private final ByteBuffer byteBuffer = ByteBuffer.allocate(16);
    private final OffHeapBuffer other = new OffHeapBuffer(arena.allocate(16, 128));
    private final StringBuilder text = new StringBuilder();

    @AfterEach
    void closeArenas() {
        arena.close();
        if (closedArena.scope().isAlive()) {
            closedArena.close();
        }
    }

    static List<Method> memoryMethods() {
        return Stream.of(DirectBuffer.class, MutableDirectBuffer.class, AtomicBuffer.class)
                .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
                .filter(method -> !Modifier.isStatic(method.getModifiers()) && !method.isSynthetic())
                .filter(method -> !NO_MEMORY.contains(method.getName()))
                .sorted(Comparator.comparing(Method::toString))
                .toList();
    }

    static List<Method> updates() {
        return memoryMethods().stream()
                .filter(method -> method.getName().matches("(put|set|add|compareAnd|getAnd).*"))
                .toList();
    }

    static List<Method> atomics() {
        return memoryMethods().stream()
                .filter(method -> method.getDeclaringClass() == AtomicBuffer.class)
                .filter(method -> !method.getName().contains("Byte"))
                .toList();
    }

    static List<Method> longerThanOneByte() {
        return memoryMethods().stream()
                .filter(method -> !method.getName().matches("(get|put)Byte(Volatile)?"))
                .toList();
    }

    @Test
    void allFamiliesAreFound() {
        assertThat(memoryMethods()).hasSizeGreaterThanOrEqualTo(106);
        assertThat(updates()).hasSizeGreaterThanOrEqualTo(63);
        assertThat(atomics()).hasSizeGreaterThanOrEqualTo(32);
        assertThat(Stream.of(OffHeapBuffer.class.getMethods()).filter(Method::isDefault))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("memoryMethods")
    void succeedsInsideTheBounds(Method method) throws Throwable {
        if (method.getName().matches("getString(Ascii|Utf8)")) {
            buffer.putInt(8, LENGTH);
        }

        invoke(method, buffer, 8);
    }

    @ParameterizedTest
    @MethodSource("memoryMethods")
    void throwsAfterClose(Method method) {
        OffHeapBuffer closed = new OffHeapBuffer(closedArena.allocate(CAPACITY, 128));
        closedArena.close();

        assertThat(catchThrowable(() -> invoke(method, closed, 8))).isExactlyInstanceOf(IllegalStateException.class);
        assertThatNothingWasCopied();
    }

    @ParameterizedTest
    @MethodSource("memoryMethods")
    void throwsOutsideTheBoundsAndTouchesNothing(Method method) {
        for (int index : new int[] {-8, Integer.MIN_VALUE, CAPACITY, CAPACITY + 8, Integer.MAX_VALUE - 7}) {
            assertThat(catchThrowable(() -> invoke(method, buffer, index)))
                    .as("index=%s", index)
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatNothingWasWritten();
            assertThatNothingWasCopied();
        }
    }

    @ParameterizedTest
    @MethodSource("longerThanOneByte")
    void throwsAcrossTheEndsAndTouchesNothing(Method method) {
        for (int index : new int[] {-1, CAPACITY - 1}) {
            assertThat(catchThrowable(() -> invoke(method, buffer, index)))
                    .as("index=%s", index)
                    .isInstanceOfAny(IndexOutOfBoundsException.class, IllegalArgumentException.class)
                    .satisfies(e -> assertThat(e instanceof IndexOutOfBoundsException || isAtomic(method))
                            .as("only a misaligned atomic may throw %s", e)
                            .isTrue());
            assertThatNothingWasWritten();
            assertThatNothingWasCopied();
        }
    }

    @ParameterizedTest
    @MethodSource("atomics")
    void atomicsThrowWhenMisalignedAndTouchNothing(Method method) {
        int size = method.getName().matches(".*(Short|Char).*")
                ? 2
                : method.getName().contains("Int") ? 4 : 8;
        for (int index = 8 + 1; index < 8 + size; index++) {
            int misaligned = index;
            assertThat(catchThrowable(() -> invoke(method, buffer, misaligned)))
                    .as("index=%s", index)
                    .isExactlyInstanceOf(IllegalArgumentException.class);
            assertThatNothingWasWritten();
        }
    }

    @ParameterizedTest
    @MethodSource("updates")
    void updatesOfReadOnlyMemoryThrowAndTouchNothing(Method method) {
        OffHeapBuffer wrapped = new OffHeapBuffer(arena.allocate(8, 128));
        wrapped.wrap(buffer.asReadOnly(), 0, CAPACITY);

        for (OffHeapBuffer readOnly :
                List.of(buffer.asReadOnly(), buffer.asReadOnly().asReadOnly(), wrapped)) {
            assertThat(catchThrowable(() -> invoke(method, readOnly, 8)))
                    .isExactlyInstanceOf(IllegalArgumentException.class);
            assertThatNothingWasWritten();
        }
    }

    /** The writes that the methods of another buffer make. */
    @Test
    void copiesIntoReadOnlyMemoryThrowAndTouchNothing() {
        OffHeapBuffer readOnly = buffer.asReadOnly();

        assertThat(catchThrowable(() -> other.getBytes(0, readOnly, 8, 8)))
                .isExactlyInstanceOf(IllegalArgumentException.class);
        assertThat(catchThrowable(() -> buffer.getBytes(0, readOnly, 8, 8)))
                .isExactlyInstanceOf(IllegalArgumentException.class);
        assertThatNothingWasWritten();
    }

    @ParameterizedTest
    @MethodSource("memoryMethods")
    void readsOfReadOnlyMemorySucceed(Method method) throws Throwable {
        assumeFalse(updates().contains(method));
        if (method.getName().matches("getString(Ascii|Utf8)")) {
            buffer.putInt(8, LENGTH);
        }

        invoke(method, buffer.asReadOnly(), 8);
    }

    @Test
    void readOnlyBuffersShowTheWritesOfOthers() {
        OffHeapBuffer slice = new OffHeapBuffer(memory.asSlice(8, 16));
        OffHeapBuffer readOnly = slice.asReadOnly();
        assertThat(readOnly.capacity()).isEqualTo(16);
        assertThat(readOnly.addressOffset()).isEqualTo(buffer.addressOffset() + 8);
        assertThat(readOnly).isEqualTo(slice).hasSameHashCodeAs(slice).isEqualByComparingTo(slice);

        buffer.putLong(16, 42);
        assertThat(readOnly.getLong(8)).isEqualTo(42);
        readOnly.wrap(buffer);
        readOnly.putLong(16, 43);
        assertThat(slice.getLong(8)).isEqualTo(43);
    }

    @Test
    void readOnlyBuffersAreClosedWithTheMemory() {
        OffHeapBuffer writable = new OffHeapBuffer(closedArena.allocate(CAPACITY, 128));
        OffHeapBuffer readOnly = writable.asReadOnly();
        closedArena.close();

        assertThat(catchThrowable(() -> readOnly.getLong(0))).isExactlyInstanceOf(IllegalStateException.class);
        assertThat(catchThrowable(readOnly::addressOffset)).isExactlyInstanceOf(IllegalStateException.class);
        assertThat(catchThrowable(() -> writable.asReadOnly().getLong(0)))
                .isExactlyInstanceOf(IllegalStateException.class);
    }

    @Test
    void objectMethodsAfterClose() {
        OffHeapBuffer closed = new OffHeapBuffer(closedArena.allocate(CAPACITY, 128));
        OffHeapBuffer slice = new OffHeapBuffer(closedArena.allocate(CAPACITY, 128));
        closedArena.close();

        assertThat(catchThrowable(() -> closed.compareTo(buffer))).isExactlyInstanceOf(IllegalStateException.class);
        assertThat(catchThrowable(() -> buffer.compareTo(closed))).isExactlyInstanceOf(IllegalStateException.class);
        assertThat(catchThrowable(() -> closed.equals(buffer))).isExactlyInstanceOf(IllegalStateException.class);
        assertThat(catchThrowable(() -> buffer.equals(closed))).isExactlyInstanceOf(IllegalStateException.class);
        assertThat(catchThrowable(() -> closed.equals(slice))).isExactlyInstanceOf(IllegalStateException.class);
        assertThat(catchThrowable(closed::hashCode)).isExactlyInstanceOf(IllegalStateException.class);
        assertThat(catchThrowable(closed::addressOffset)).isExactlyInstanceOf(IllegalStateException.class);
        assertThat(closed).hasToString(closed.toString()).asString().contains("closed");
        assertThat(closed.capacity()).isEqualTo(CAPACITY);
    }

    /**
     * A length read while the memory was being closed may be anything; the message must name the close, not the length.
     */
    @Test
    void saysClosedRatherThanOutOfBounds() {
        OffHeapBuffer closed = new OffHeapBuffer(closedArena.allocate(CAPACITY, 128));
        closedArena.close();

        assertThat(catchThrowable(() -> closed.getStringWithoutLengthAscii(0, -6_944_503)))
                .isExactlyInstanceOf(IllegalStateException.class);
        assertThat(catchThrowable(() -> closed.getStringWithoutLengthUtf8(0, CAPACITY + 1)))
                .isExactlyInstanceOf(IllegalStateException.class);
        assertThat(catchThrowable(() -> closed.boundsCheck(0, CAPACITY + 1)))
                .isExactlyInstanceOf(IllegalStateException.class);
        assertThat(catchThrowable(() -> closed.putStringAscii(CAPACITY, "text")))
                .isExactlyInstanceOf(IllegalStateException.class);
    }

    @Test
    void copiesBetweenBuffersCheckTheOtherSide() {
        OffHeapBuffer closed = new OffHeapBuffer(closedArena.allocate(CAPACITY, 128));
        closedArena.close();

        assertThat(catchThrowable(() -> buffer.putBytes(0, closed, 0, 8)))
                .isExactlyInstanceOf(IllegalStateException.class);
        assertThat(catchThrowable(() -> buffer.getBytes(0, closed, 0, 8)))
                .isExactlyInstanceOf(IllegalStateException.class);
        for (int index : new int[] {-1, 9, 16, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            assertThat(catchThrowable(() -> buffer.putBytes(0, other, index, 8)))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThat(catchThrowable(() -> buffer.getBytes(0, other, index, 8)))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThat(catchThrowable(() -> buffer.putBytes(0, array, index, 8)))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThat(catchThrowable(() -> buffer.getBytes(0, array, index, 8)))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThat(catchThrowable(() -> buffer.putBytes(0, byteBuffer, index, 8)))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThat(catchThrowable(() -> buffer.getBytes(0, byteBuffer, index, 8)))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
        assertThatNothingWasWritten();
        assertThatNothingWasCopied();
    }

    @Test
    void negativeLengthsAreOutOfBounds() {
        for (int length : new int[] {-1, -LENGTH, Integer.MIN_VALUE}) {
            List<Runnable> calls = List.of(
                    () -> buffer.boundsCheck(8, length),
                    () -> buffer.setMemory(8, length, (byte) 0),
                    () -> buffer.getBytes(8, array, 0, length),
                    () -> buffer.putBytes(8, array, 0, length),
                    () -> buffer.getBytes(8, byteBuffer, length),
                    () -> buffer.putBytes(8, byteBuffer, length),
                    () -> buffer.getBytes(8, byteBuffer, 0, length),
                    () -> buffer.putBytes(8, byteBuffer, 0, length),
                    () -> buffer.getBytes(8, other, 0, length),
                    () -> buffer.putBytes(8, other, 0, length),
                    () -> buffer.getStringAscii(8, length),
                    () -> buffer.getStringAscii(8, length, text),
                    () -> buffer.getStringWithoutLengthAscii(8, length),
                    () -> buffer.getStringWithoutLengthAscii(8, length, text),
                    () -> buffer.getStringUtf8(8, length),
                    () -> buffer.getStringWithoutLengthUtf8(8, length),
                    () -> buffer.putStringWithoutLengthAscii(8, "text", 0, length),
                    () -> buffer.putStringWithoutLengthAscii(8, (CharSequence) "text", 0, length),
                    () -> buffer.parseNaturalIntAscii(8, length),
                    () -> buffer.parseNaturalLongAscii(8, length),
                    () -> buffer.parseIntAscii(8, length),
                    () -> buffer.parseLongAscii(8, length),
                    () -> buffer.putNaturalPaddedIntAscii(8, length, 1));
            for (Runnable call : calls) {
                assertThat(catchThrowable(call::run)).isInstanceOf(IndexOutOfBoundsException.class);
            }
        }
        assertThatNothingWasWritten();
        assertThatNothingWasCopied();
    }

    private void assertThatNothingWasWritten() {
        assertThat(memory.toArray(ValueLayout.JAVA_BYTE)).containsOnly(CANARY);
    }

    private void assertThatNothingWasCopied() {
        assertThat(array).containsOnly(0);
        assertThat(byteBuffer.array()).containsOnly(0);
        assertThat(byteBuffer.position()).isZero();
        assertThat(text).isEmpty();
        for (int i = 0; i < other.capacity(); i++) {
            assertThat(other.getByte(i)).isZero();
        }
    }

    private static boolean isAtomic(Method method) {
        return method.getDeclaringClass() == AtomicBuffer.class;
    }

    /** Calls the method on at least one byte at the index; on {@link #LENGTH} bytes where the length can be chosen. */
    private void invoke(Method method, OffHeapBuffer target, int index) throws Throwable {
        Object[] arguments = new Object[method.getParameterCount()];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = sample(method, i, index);
        }
        try {
            method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private Object sample(Method method, int position, int index) {
        Class<?> type = method.getParameterTypes()[position];
        boolean last = position == method.getParameterCount() - 1;
        if (method.getName().equals("putNaturalIntAsciiFromEnd")) {
            return last ? index + LENGTH : FOUR_DIGITS;
        } else if (position == 0) {
            return index;
        } else if (method.getName().matches("put.*(Int|Long)Ascii") && last) {
            return type == long.class ? (Object) (long) FOUR_DIGITS : (Object) FOUR_DIGITS;
        } else if (method.getName().equals("putStringUtf8") && type == int.class) {
            return CAPACITY;
        } else if (type == int.class) {
            return LENGTH;
        } else if (type == long.class) {
            return 5L;
        } else if (type == short.class) {
            return (short) 5;
        } else if (type == char.class) {
            return 'c';
        } else if (type == byte.class) {
            return (byte) 5;
        } else if (type == float.class) {
            return 5f;
        } else if (type == double.class) {
            return 5d;
        } else if (type == ByteOrder.class) {
            return ByteOrder.nativeOrder();
        } else if (type == byte[].class) {
            return array;
        } else if (type == ByteBuffer.class) {
            return byteBuffer;
        } else if (type == DirectBuffer.class || type == MutableDirectBuffer.class) {
            return other;
        } else if (type == Appendable.class) {
            return text;
        } else if (type == String.class) {
            return "12345678";
        } else if (type == CharSequence.class) {
            return CharBuffer.wrap("12345678");
        }
        throw new AssertionError("no sample argument: method=" + method + ", type=" + type + "; add one here");
    }
}
