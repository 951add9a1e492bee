package org.berth.offheap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.agrona.MutableDirectBuffer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Copies between {@link OffHeapBuffer} and arrays, {@link ByteBuffer}s and Agrona buffers of any implementation. */
class ForeignBuffersTest {

    private static final int CAPACITY = 96;
    private static final int OTHER = 64;
    private static final int ADJUSTMENT = 7;
    private static final byte CANARY = (byte) 0xA5;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory = arena.allocate(CAPACITY, 128);
    private final OffHeapBuffer buffer = new OffHeapBuffer(memory);

    @AfterEach
    void closeArena() {
        arena.close();
    }

    private interface Copy {
        void copy(int index, int otherIndex, int length);
    }

    /** Memory of another kind: its bytes, and the copies between index and otherIndex. */
    private record Other(ByteBuffer bytes, Copy toBuffer, Copy fromBuffer) {}

    enum Kind {
        ARRAY,
        HEAP,
        HEAP_SLICE,
        DIRECT,
        NARROW_LIMIT,
        HEAP_AT_POSITION,
        DIRECT_AT_POSITION,
        OFF_HEAP_BUFFER,
        FOREIGN_OVER_ARRAY,
        FOREIGN_OVER_HEAP,
        FOREIGN_OVER_DIRECT,
        FOREIGN_OVER_NEITHER
    }

    private Other other(Kind kind) {
        return switch (kind) {
            case ARRAY -> {
                byte[] array = new byte[OTHER];
                yield new Other(
                        ByteBuffer.wrap(array),
                        (i, o, length) -> buffer.putBytes(i, array, o, length),
                        (i, o, length) -> buffer.getBytes(i, array, o, length));
            }
            case HEAP -> absolute(ByteBuffer.allocate(OTHER));
            case HEAP_SLICE -> absolute(ByteBuffer.allocate(OTHER + 9).slice(5, OTHER));
            case DIRECT -> absolute(ByteBuffer.allocateDirect(OTHER));
            case NARROW_LIMIT ->
                absolute(ByteBuffer.allocateDirect(OTHER).limit(4).position(3));
            case HEAP_AT_POSITION -> relative(ByteBuffer.allocate(OTHER));
            case DIRECT_AT_POSITION -> relative(ByteBuffer.allocateDirect(OTHER));
            case OFF_HEAP_BUFFER -> {
                MemorySegment segment = arena.allocate(OTHER);
                yield direct(new OffHeapBuffer(segment), segment.asByteBuffer());
            }
            case FOREIGN_OVER_ARRAY -> {
                byte[] array = new byte[OTHER + 9];
                yield direct(
                        foreign(sized(), array, null, ADJUSTMENT),
                        ByteBuffer.wrap(array).slice(ADJUSTMENT, OTHER));
            }
            case FOREIGN_OVER_HEAP -> overByteBuffer(ByteBuffer.allocate(OTHER + 9));
            case FOREIGN_OVER_DIRECT ->
                overByteBuffer(ByteBuffer.allocateDirect(OTHER + 9).limit(4).position(3));
            case FOREIGN_OVER_NEITHER -> {
                MemorySegment segment = arena.allocate(OTHER);
                yield direct(foreign(new OffHeapBuffer(segment), null, null, 0), segment.asByteBuffer());
            }
        };
    }

    private Other absolute(ByteBuffer bytes) {
        return new Other(
                bytes.duplicate().clear(),
                (i, o, length) -> buffer.putBytes(i, bytes, o, length),
                (i, o, length) -> buffer.getBytes(i, bytes, o, length));
    }

    private Other relative(ByteBuffer bytes) {
        return new Other(
                bytes.duplicate(),
                (i, o, length) -> {
                    buffer.putBytes(i, bytes.position(Objects.checkIndex(o, OTHER + 1)), length);
                    assertThat(bytes.position()).isEqualTo(o + length);
                },
                (i, o, length) -> {
                    buffer.getBytes(i, bytes.position(Objects.checkIndex(o, OTHER + 1)), length);
                    assertThat(bytes.position()).isEqualTo(o + length);
                });
    }

    private Other direct(MutableDirectBuffer other, ByteBuffer bytes) {
        return new Other(
                bytes,
                (i, o, length) -> buffer.putBytes(i, other, o, length),
                (i, o, length) -> buffer.getBytes(i, other, o, length));
    }

    private Other overByteBuffer(ByteBuffer bytes) {
        return direct(
                foreign(sized(), null, bytes, ADJUSTMENT),
                bytes.duplicate().clear().slice(ADJUSTMENT, OTHER));
    }

    /** Answers for capacity and bounds; its bytes must not be used. */
    private OffHeapBuffer sized() {
        return new OffHeapBuffer(arena.allocate(OTHER).asReadOnly());
    }

    /**
     * A buffer of another implementation, over an array, a {@link ByteBuffer} or neither, that allows what a copy needs
     * and nothing else; no address where there is an array or a {@code ByteBuffer}.
     */
    static MutableDirectBuffer foreign(
            OffHeapBuffer content, byte @Nullable [] array, @Nullable ByteBuffer bytes, int wrapAdjustment) {
        Set<String> allowed = array == null && bytes == null
                ? Set.of("capacity", "boundsCheck", "addressOffset", "getByte", "getLong", "putByte", "putLong")
                : Set.of("capacity", "boundsCheck");
        return proxy((proxy, method, arguments) -> switch (method.getName()) {
            case "byteArray" -> array;
            case "byteBuffer" -> bytes;
            case "wrapAdjustment" -> wrapAdjustment;
            case "isExpandable" -> false;
            default -> {
                if (!allowed.contains(method.getName())) {
                    throw new AssertionError("not needed for a copy: method=" + method);
                }
                try {
                    yield method.invoke(content, arguments);
                } catch (InvocationTargetException e) {
                    throw e.getCause();
                }
            }
        });
    }

    private static MutableDirectBuffer proxy(InvocationHandler handler) {
        return (MutableDirectBuffer) Proxy.newProxyInstance(
                MutableDirectBuffer.class.getClassLoader(), new Class<?>[] {MutableDirectBuffer.class}, handler);
    }

    @ParameterizedTest
    @EnumSource
    void copiesExactlyTheRange(Kind kind) {
        Other other = other(kind);
        for (int length : new int[] {0, 1, 7, 8, 9, 31, OTHER - 5}) {
            for (int index : new int[] {0, 3, CAPACITY - length}) {
                for (int otherIndex : new int[] {0, 5, OTHER - length}) {
                    memory.fill(CANARY);
                    fillWithPattern(other.bytes());
                    other.toBuffer().copy(index, otherIndex, length);
                    byte[] expected = canaries(CAPACITY);
                    other.bytes().get(otherIndex, expected, index, length);
                    assertThat(bytes()).isEqualTo(expected);

                    fillWithPattern(memory.asByteBuffer());
                    other.bytes().put(0, canaries(OTHER));
                    other.fromBuffer().copy(index, otherIndex, length);
                    expected = canaries(OTHER);
                    memory.asByteBuffer().get(index, expected, otherIndex, length);
                    assertThat(bytesOf(other)).isEqualTo(expected);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void touchesNothingIfEitherRangeIsOutOfBounds(Kind kind) {
        Other other = other(kind);
        memory.fill(CANARY);
        other.bytes().put(0, new byte[OTHER]);
        int[][] ranges = {
            {-1, 0, 4},
            {CAPACITY - 3, 0, 4},
            {Integer.MAX_VALUE, 0, 4},
            {Integer.MIN_VALUE, 0, 4},
            {0, -1, 4},
            {0, OTHER - 3, 4},
            {0, Integer.MAX_VALUE, 4},
            {0, Integer.MIN_VALUE, 4},
            {0, 0, -1},
            {8, 8, Integer.MIN_VALUE},
            {8, 8, Integer.MAX_VALUE}
        };
        for (int[] range : ranges) {
            for (Copy copy : new Copy[] {other.toBuffer(), other.fromBuffer()}) {
                assertThatThrownBy(() -> copy.copy(range[0], range[1], range[2]))
                        .as("%s", Arrays.toString(range))
                        .isInstanceOf(IndexOutOfBoundsException.class);
                assertThat(bytes()).containsOnly(CANARY);
                assertThat(bytesOf(other)).containsOnly(0);
            }
        }
    }

    @Test
    void overlappingRangesAreCopiedAsIfThroughATemporary() {
        MutableDirectBuffer alias = foreign(buffer, null, null, 0);
        ByteBuffer view = memory.asByteBuffer();
        MutableDirectBuffer aliasOfView = foreign(buffer, null, view, 0);
        for (int length : new int[] {5, 8, 20, 40}) {
            for (int distance = -17; distance <= 17; distance++) {
                int from = 30;
                int to = from + distance;
                for (Copy copy : new Copy[] {
                    (i, o, n) -> buffer.putBytes(i, buffer, o, n),
                    (i, o, n) -> buffer.getBytes(o, buffer, i, n),
                    (i, o, n) -> buffer.putBytes(i, alias, o, n),
                    (i, o, n) -> buffer.getBytes(o, alias, i, n),
                    (i, o, n) -> buffer.putBytes(i, view, o, n),
                    (i, o, n) -> buffer.getBytes(o, view, i, n),
                    (i, o, n) -> buffer.putBytes(i, aliasOfView, o, n),
                    (i, o, n) -> buffer.getBytes(o, aliasOfView, i, n)
                }) {
                    fillWithPattern(view);
                    byte[] expected = bytes();
                    System.arraycopy(expected, from, expected, to, length);

                    copy.copy(to, from, length);

                    assertThat(bytes()).as("distance=%s", distance).isEqualTo(expected);
                }
            }
        }
    }

    @Test
    void readOnlyByteBuffersCanBeReadOnly() {
        for (ByteBuffer bytes : new ByteBuffer[] {ByteBuffer.allocate(16), ByteBuffer.allocateDirect(16)}) {
            memory.fill(CANARY);
            ByteBuffer readOnly = bytes.putLong(0, 42).asReadOnlyBuffer();

            assertThatThrownBy(() -> buffer.getBytes(0, readOnly, 16)).isInstanceOf(ReadOnlyBufferException.class);
            assertThatThrownBy(() -> buffer.getBytes(0, readOnly, 0, 16)).isInstanceOf(ReadOnlyBufferException.class);
            assertThat(readOnly.position()).isZero();
            assertThat(bytes.getLong(0)).isEqualTo(42);

            buffer.putBytes(0, readOnly, 8);
            assertThat(memory.asByteBuffer().getLong(0)).isEqualTo(42);
            assertThat(readOnly.position()).isEqualTo(8);
        }
    }

    @Test
    void relativeFormsStopAtTheLimitBeforeTheyCopy() {
        memory.fill(CANARY);
        for (ByteBuffer bytes : new ByteBuffer[] {ByteBuffer.allocate(16), ByteBuffer.allocateDirect(16)}) {
            bytes.limit(12).position(8);

            assertThatThrownBy(() -> buffer.getBytes(0, bytes, 5)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> buffer.putBytes(0, bytes, 5)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThat(bytes.position()).isEqualTo(8);
            assertThat(bytes.getInt(8)).isZero();
            assertThat(bytes()).containsOnly(CANARY);
        }
    }

    @Test
    void expandableBuffersGrowToTheLimit() {
        AtomicReference<byte[]> array = new AtomicReference<>(new byte[4]);
        MutableDirectBuffer expandable = proxy((proxy, method, arguments) -> {
            switch (method.getName()) {
                case "isExpandable" -> {
                    return true;
                }
                case "checkLimit" ->
                    array.set(Arrays.copyOf(array.get(), Math.max(array.get().length, (int) arguments[0])));
                case "boundsCheck" ->
                    Objects.checkFromIndexSize((int) arguments[0], (int) arguments[1], array.get().length);
                case "byteArray" -> {
                    return array.get();
                }
                case "wrapAdjustment" -> {
                    return 0;
                }
                default -> throw new AssertionError(method);
            }
            return null;
        });
        buffer.putLong(8, 42);

        assertThatThrownBy(() -> buffer.getBytes(CAPACITY - 7, expandable, 10, 8))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> buffer.getBytes(8, expandable, -1, 8)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> buffer.getBytes(8, expandable, Integer.MAX_VALUE, 8))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(array.get()).hasSize(4);

        buffer.getBytes(8, expandable, 10, 8);
        assertThat(ByteBuffer.wrap(array.get()).order(ByteOrder.nativeOrder()).getLong(10))
                .isEqualTo(42);
        assertThat(array.get()).hasSize(18);
    }

    @Test
    void byteBufferOverClosedMemoryIsRefused() {
        ByteBuffer dead;
        try (Arena closed = Arena.ofShared()) {
            dead = closed.allocate(16).asByteBuffer();
        }
        memory.fill(CANARY);

        assertThatThrownBy(() -> buffer.putBytes(0, dead, 0, 16)).isExactlyInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> buffer.getBytes(0, dead, 0, 16)).isExactlyInstanceOf(IllegalStateException.class);
        assertThat(bytes()).containsOnly(CANARY);
    }

    private byte[] bytes() {
        return memory.toArray(ValueLayout.JAVA_BYTE);
    }

    private static byte[] bytesOf(Other other) {
        byte[] bytes = new byte[OTHER];
        other.bytes().get(0, bytes);
        return bytes;
    }

    private static byte[] canaries(int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, CANARY);
        return bytes;
    }

    private static void fillWithPattern(ByteBuffer bytes) {
        for (int i = 0; i < bytes.capacity(); i++) {
            bytes.put(i, (byte) (i * 37 + 11));
        }
    }
}
