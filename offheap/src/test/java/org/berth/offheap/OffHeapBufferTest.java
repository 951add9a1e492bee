package org.berth.offheap;

import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.SPARSE;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.berth.offheap.CanaryMemory.CANARY;
import static org.berth.offheap.CanaryMemory.CAPACITY;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.agrona.concurrent.AtomicBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@link OffHeapBuffer} reads and writes; {@link ByteBuffer} and the JDK's number formats are the reference. */
class OffHeapBufferTest {

    private static final ByteOrder NATIVE = ByteOrder.nativeOrder();

    private final CanaryMemory memory = new CanaryMemory();
    private final OffHeapBuffer buffer = memory.buffer;

    @AfterEach
    void closeMemory() {
        memory.close();
    }

    // Single values: the bits go in as the low bytes of a long and come out so, whatever the type.

    interface Put {
        void put(OffHeapBuffer buffer, int index, long bits);
    }

    interface Get {
        long get(OffHeapBuffer buffer, int index);
    }

    record Access(String name, int size, boolean atomic, ByteOrder order, Put put, Get get) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Access plain(String name, int size, ByteOrder order, Put put, Get get) {
        return new Access(name + " " + order, size, false, order, put, get);
    }

    private static Access atomic(String name, int size, Put put, Get get) {
        return new Access(name, size, true, NATIVE, put, get);
    }

    static Stream<Access> accesses() {
        Stream<Access> ordered = Stream.of(LITTLE_ENDIAN, BIG_ENDIAN)
                .flatMap(o -> Stream.of(
                        plain("long", 8, o, (b, i, v) -> b.putLong(i, v, o), (b, i) -> b.getLong(i, o)),
                        plain("int", 4, o, (b, i, v) -> b.putInt(i, (int) v, o), (b, i) -> b.getInt(i, o)),
                        plain("short", 2, o, (b, i, v) -> b.putShort(i, (short) v, o), (b, i) -> b.getShort(i, o)),
                        plain("char", 2, o, (b, i, v) -> b.putChar(i, (char) v, o), (b, i) -> b.getChar(i, o)),
                        plain(
                                "double",
                                8,
                                o,
                                (b, i, v) -> b.putDouble(i, Double.longBitsToDouble(v), o),
                                (b, i) -> Double.doubleToRawLongBits(b.getDouble(i, o))),
                        plain(
                                "float",
                                4,
                                o,
                                (b, i, v) -> b.putFloat(i, Float.intBitsToFloat((int) v), o),
                                (b, i) -> Float.floatToRawIntBits(b.getFloat(i, o)))));
        Stream<Access> unordered = Stream.of(
                plain("long", 8, NATIVE, OffHeapBuffer::putLong, OffHeapBuffer::getLong),
                plain("int", 4, NATIVE, (b, i, v) -> b.putInt(i, (int) v), OffHeapBuffer::getInt),
                plain("short", 2, NATIVE, (b, i, v) -> b.putShort(i, (short) v), OffHeapBuffer::getShort),
                plain("char", 2, NATIVE, (b, i, v) -> b.putChar(i, (char) v), OffHeapBuffer::getChar),
                plain("byte", 1, NATIVE, (b, i, v) -> b.putByte(i, (byte) v), OffHeapBuffer::getByte),
                plain(
                        "double",
                        8,
                        NATIVE,
                        (b, i, v) -> b.putDouble(i, Double.longBitsToDouble(v)),
                        (b, i) -> Double.doubleToRawLongBits(b.getDouble(i))),
                plain(
                        "float",
                        4,
                        NATIVE,
                        (b, i, v) -> b.putFloat(i, Float.intBitsToFloat((int) v)),
                        (b, i) -> Float.floatToRawIntBits(b.getFloat(i))));
        Stream<Access> atomics = Stream.of(
                atomic("long volatile", 8, OffHeapBuffer::putLongVolatile, OffHeapBuffer::getLongVolatile),
                atomic("long release", 8, OffHeapBuffer::putLongRelease, OffHeapBuffer::getLongAcquire),
                atomic("long ordered", 8, OffHeapBuffer::putLongOrdered, OffHeapBuffer::getLongAcquire),
                atomic("long opaque", 8, OffHeapBuffer::putLongOpaque, OffHeapBuffer::getLongOpaque),
                atomic("int volatile", 4, (b, i, v) -> b.putIntVolatile(i, (int) v), OffHeapBuffer::getIntVolatile),
                atomic("int release", 4, (b, i, v) -> b.putIntRelease(i, (int) v), OffHeapBuffer::getIntAcquire),
                atomic("int ordered", 4, (b, i, v) -> b.putIntOrdered(i, (int) v), OffHeapBuffer::getIntAcquire),
                atomic("int opaque", 4, (b, i, v) -> b.putIntOpaque(i, (int) v), OffHeapBuffer::getIntOpaque),
                atomic(
                        "short volatile",
                        2,
                        (b, i, v) -> b.putShortVolatile(i, (short) v),
                        (b, i) -> b.getShortVolatile(i)),
                atomic("char volatile", 2, (b, i, v) -> b.putCharVolatile(i, (char) v), (b, i) -> b.getCharVolatile(i)),
                atomic(
                        "byte volatile",
                        1,
                        (b, i, v) -> b.putByteVolatile(i, (byte) v),
                        (b, i) -> b.getByteVolatile(i)));
        return Stream.of(ordered, unordered, atomics).flatMap(s -> s);
    }

    @ParameterizedTest
    @MethodSource("accesses")
    void valuesAreWhereTheyWerePut(Access access) {
        int size = access.size();
        long mask = -1L >>> (64 - 8 * size);
        for (int index : new int[] {0, 1, 3, 8, 13, 24, CAPACITY - size - 1, CAPACITY - size}) {
            if (access.atomic() && index % size != 0) {
                continue;
            }
            for (long bits : new long[] {0, 1, -1, Long.MIN_VALUE, 0x0102030405060708L, 0x8090A0B0C0D0E0F0L}) {
                memory.refill();

                access.put().put(buffer, index, bits);

                assertThat(access.get().get(buffer, index) & mask)
                        .as("index=%s", index)
                        .isEqualTo(bits & mask);
                byte[] expected = new byte[size];
                for (int i = 0; i < size; i++) {
                    int shift = 8 * (access.order() == LITTLE_ENDIAN ? i : size - 1 - i);
                    expected[i] = (byte) (bits >>> shift);
                }
                memory.assertOnlyWritten(index, expected);
            }
        }
    }

    @Test
    void valuesKeepTheirSign() {
        buffer.putShort(0, (short) -2);
        buffer.putChar(2, '\uFFFE');
        buffer.putByte(4, (byte) -2);

        assertThat(buffer.getShort(0)).isEqualTo((short) -2);
        assertThat(buffer.getShortVolatile(0)).isEqualTo((short) -2);
        assertThat(buffer.getChar(2)).isEqualTo('\uFFFE');
        assertThat(buffer.getCharVolatile(2)).isEqualTo('\uFFFE');
        assertThat(buffer.getByte(4)).isEqualTo((byte) -2);
        assertThat(buffer.getByteVolatile(4)).isEqualTo((byte) -2);
    }

    // Read-modify-write

    @ParameterizedTest
    @ValueSource(ints = {0, 8, CAPACITY - 8})
    void longUpdates(int index) {
        buffer.putLong(index, 7);

        assertThat(buffer.compareAndSetLong(index, 8, 9)).isFalse();
        assertThat(buffer.getLong(index)).isEqualTo(7);
        assertThat(buffer.compareAndSetLong(index, 7, Long.MIN_VALUE)).isTrue();
        assertThat(buffer.getLong(index)).isEqualTo(Long.MIN_VALUE);
        assertThat(buffer.compareAndExchangeLong(index, 1, 2)).isEqualTo(Long.MIN_VALUE);
        assertThat(buffer.getLong(index)).isEqualTo(Long.MIN_VALUE);
        assertThat(buffer.compareAndExchangeLong(index, Long.MIN_VALUE, 3)).isEqualTo(Long.MIN_VALUE);
        assertThat(buffer.getAndSetLong(index, Long.MAX_VALUE)).isEqualTo(3);
        assertThat(buffer.getAndAddLong(index, 1)).isEqualTo(Long.MAX_VALUE);
        assertThat(buffer.addLongOrdered(index, -1)).isEqualTo(Long.MIN_VALUE);
        assertThat(buffer.addLongRelease(index, -10)).isEqualTo(Long.MAX_VALUE);
        assertThat(buffer.addLongOpaque(index, 11)).isEqualTo(Long.MAX_VALUE - 10);
        assertThat(buffer.getLong(index)).isEqualTo(Long.MIN_VALUE);
        memory.assertOnlyWritten(index, nativeBytes(8, Long.MIN_VALUE));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 4, CAPACITY - 4})
    void intUpdates(int index) {
        buffer.putInt(index, 7);

        assertThat(buffer.compareAndSetInt(index, 8, 9)).isFalse();
        assertThat(buffer.getInt(index)).isEqualTo(7);
        assertThat(buffer.compareAndSetInt(index, 7, Integer.MIN_VALUE)).isTrue();
        assertThat(buffer.getInt(index)).isEqualTo(Integer.MIN_VALUE);
        assertThat(buffer.compareAndExchangeInt(index, 1, 2)).isEqualTo(Integer.MIN_VALUE);
        assertThat(buffer.getInt(index)).isEqualTo(Integer.MIN_VALUE);
        assertThat(buffer.compareAndExchangeInt(index, Integer.MIN_VALUE, 3)).isEqualTo(Integer.MIN_VALUE);
        assertThat(buffer.getAndSetInt(index, Integer.MAX_VALUE)).isEqualTo(3);
        assertThat(buffer.getAndAddInt(index, 1)).isEqualTo(Integer.MAX_VALUE);
        assertThat(buffer.addIntOrdered(index, -1)).isEqualTo(Integer.MIN_VALUE);
        assertThat(buffer.addIntRelease(index, -10)).isEqualTo(Integer.MAX_VALUE);
        assertThat(buffer.addIntOpaque(index, 11)).isEqualTo(Integer.MAX_VALUE - 10);
        assertThat(buffer.getInt(index)).isEqualTo(Integer.MIN_VALUE);
        memory.assertOnlyWritten(index, nativeBytes(4, Integer.MIN_VALUE));
    }

    @Test
    void updatesByTwoThreadsAreNotLost() throws Exception {
        int rounds = 50_000;
        memory.segment.fill((byte) 0);
        Consumer<OffHeapBuffer> adder = b -> {
            for (int i = 0; i < rounds; i++) {
                b.getAndAddLong(0, 1);
                b.addLongRelease(8, 1);
                b.addLongOrdered(16, 1);
                b.getAndAddInt(24, 1);
                b.addIntRelease(28, 1);
                b.addIntOrdered(32, 1);
                long seen = b.getLongOpaque(40);
                while (!b.compareAndSetLong(40, seen, seen + 1)) {
                    seen = b.getLongOpaque(40);
                }
                int expected = b.getIntOpaque(48);
                int found;
                while ((found = b.compareAndExchangeInt(48, expected, expected + 1)) != expected) {
                    expected = found;
                }
            }
        };
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            Future<?> first = threads.submit(() -> adder.accept(buffer));
            Future<?> second = threads.submit(() -> adder.accept(buffer));
            first.get();
            second.get();
        }

        for (int index : new int[] {0, 8, 16, 40}) {
            assertThat(buffer.getLong(index)).as("index=%s", index).isEqualTo(2L * rounds);
        }
        for (int index : new int[] {24, 28, 32, 48}) {
            assertThat(buffer.getInt(index)).as("index=%s", index).isEqualTo(2 * rounds);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 9, 63, 64, CAPACITY - 3})
    void setMemory(int length) {
        buffer.setMemory(3, length, (byte) -3);

        byte[] expected = new byte[length];
        Arrays.fill(expected, (byte) -3);
        memory.assertOnlyWritten(3, expected);
    }

    @Test
    void emptyRangesAreInBoundsUpToTheEnd() {
        for (int index : new int[] {0, CAPACITY}) {
            buffer.boundsCheck(index, 0);
            buffer.setMemory(index, 0, (byte) 0);
            buffer.putBytes(index, new byte[0]);
            buffer.getBytes(index, new byte[0]);
            buffer.putBytes(index, buffer, CAPACITY, 0);
            assertThat(buffer.putStringWithoutLengthAscii(index, "")).isZero();
            assertThat(buffer.putStringWithoutLengthUtf8(index, "")).isZero();
            assertThat(buffer.getStringWithoutLengthAscii(index, 0)).isEmpty();
            assertThat(buffer.getStringWithoutLengthUtf8(index, 0)).isEmpty();
        }
        memory.assertUntouched();
    }

    @Test
    void limitsAndBounds() {
        buffer.checkLimit(0);
        buffer.checkLimit(CAPACITY);
        assertThatThrownBy(() -> buffer.checkLimit(CAPACITY + 1))
                .isInstanceOf(IndexOutOfBoundsException.class)
                .hasMessageContainingAll("limit=97", "capacity=96");

        buffer.boundsCheck(0, CAPACITY);
        buffer.boundsCheck(CAPACITY - 1, 1);
        for (int[] range :
                new int[][] {{0, CAPACITY + 1}, {1, CAPACITY}, {-1, 1}, {CAPACITY, 1}, {1, Integer.MAX_VALUE}}) {
            assertThatThrownBy(() -> buffer.boundsCheck(range[0], range[1]))
                    .isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessageContainingAll("index=" + range[0], "length=" + range[1], "capacity=96");
        }
    }

    @Test
    void describesItself() {
        assertThat(buffer.capacity()).isEqualTo(CAPACITY);
        assertThat(buffer.addressOffset()).isEqualTo(memory.segment.address());
        assertThat(buffer.byteArray()).isNull();
        assertThat(buffer.byteBuffer()).isNull();
        assertThat(buffer.wrapAdjustment()).isZero();
        assertThat(buffer.isExpandable()).isFalse();
        assertThat(buffer).hasToString("OffHeapBuffer[address=0x%x, capacity=96]".formatted(memory.segment.address()));
        buffer.verifyAlignment();
        for (int offset = 1; offset < AtomicBuffer.ALIGNMENT; offset++) {
            OffHeapBuffer misaligned = new OffHeapBuffer(memory.segment.asSlice(offset));
            assertThatThrownBy(misaligned::verifyAlignment).isExactlyInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void refusesMemoryOnTheHeap() {
        assertThatThrownBy(() -> new OffHeapBuffer(MemorySegment.ofArray(new byte[8])))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("native=false");
    }

    @Test
    void coversTwoGibibytesLessOneByte(@TempDir Path directory) throws IOException {
        long tooLarge = Integer.MAX_VALUE + 1L;
        Path sparse = directory.resolve("sparse");
        try (FileChannel file = FileChannel.open(sparse, CREATE_NEW, READ, WRITE, SPARSE)) {
            MemorySegment segment = file.map(FileChannel.MapMode.READ_WRITE, 0, tooLarge, memory.arena);
            assertThatThrownBy(() -> new OffHeapBuffer(segment))
                    .isExactlyInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("bytes=" + tooLarge);

            int capacity = Integer.MAX_VALUE;
            OffHeapBuffer large = new OffHeapBuffer(segment.asSlice(0, capacity));
            assertThat(large.capacity()).isEqualTo(capacity);
            large.putLong(capacity - 8, 42);
            assertThat(large.getLong(capacity - 8)).isEqualTo(42);
            large.putStringAscii(capacity - 8, "text");
            assertThat(large.getStringAscii(capacity - 8)).isEqualTo("text");
            large.putNaturalPaddedIntAscii(capacity - 8, 8, 1234);
            assertThat(large.parseIntAscii(capacity - 8, 8)).isEqualTo(1234);
            for (int index = capacity - 7; index > 0; index++) {
                int beyond = index;
                assertThatThrownBy(() -> large.putLong(beyond, 0)).isInstanceOf(IndexOutOfBoundsException.class);
                assertThatThrownBy(() -> large.putStringAscii(beyond, "text"))
                        .isInstanceOf(IndexOutOfBoundsException.class);
                assertThatThrownBy(() -> large.getStringAscii(beyond)).isInstanceOf(IndexOutOfBoundsException.class);
                assertThatThrownBy(() -> large.getStringAscii(beyond, 4)).isInstanceOf(IndexOutOfBoundsException.class);
            }
            assertThat(large.parseIntAscii(capacity - 8, 8)).isEqualTo(1234);
        }
    }

    @Test
    void wrapsOtherOffHeapBuffersOnly() {
        OffHeapBuffer view = new OffHeapBuffer(memory.arena.allocate(8));
        view.wrap(buffer);
        assertThat(view.capacity()).isEqualTo(CAPACITY);
        view.putLong(0, 42);
        assertThat(buffer.getLong(0)).isEqualTo(42);

        view.wrap(buffer, 16, 24);
        assertThat(view.capacity()).isEqualTo(24);
        assertThat(view.addressOffset()).isEqualTo(memory.segment.address() + 16);
        view.putLong(16, 43);
        assertThat(buffer.getLong(32)).isEqualTo(43);
        assertThatThrownBy(() -> view.getLong(24)).isInstanceOf(IndexOutOfBoundsException.class);
        view.wrap(view, 8, 16);
        assertThat(view.getLong(8)).isEqualTo(43);

        for (int[] range : new int[][] {{-1, 4}, {0, CAPACITY + 1}, {CAPACITY, 1}, {8, -1}, {1, Integer.MAX_VALUE}}) {
            assertThatThrownBy(() -> view.wrap(buffer, range[0], range[1]))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
        List<Runnable> unsupported = List.of(
                () -> view.wrap(new byte[8]),
                () -> view.wrap(new byte[8], 0, 8),
                () -> view.wrap(ByteBuffer.allocateDirect(8)),
                () -> view.wrap(ByteBuffer.allocateDirect(8), 0, 8),
                () -> view.wrap(memory.segment.address(), 8),
                () -> view.wrap(ForeignBuffersTest.foreign(buffer, null, null, 0)),
                () -> view.wrap(ForeignBuffersTest.foreign(buffer, null, null, 0), 0, 8));
        for (Runnable call : unsupported) {
            assertThatThrownBy(call::run)
                    .isExactlyInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("Region.buffer");
        }
        assertThat(view.capacity()).isEqualTo(16);
    }

    @Test
    void equalityIsOfContent() {
        for (int length : new int[] {0, 1, 7, 8, 9, 40}) {
            OffHeapBuffer one =
                    new OffHeapBuffer(memory.arena.allocate(length, 8).fill(CANARY));
            OffHeapBuffer two =
                    new OffHeapBuffer(memory.arena.allocate(length, 8).fill(CANARY));
            assertThat(one).isEqualTo(two).hasSameHashCodeAs(two).isEqualByComparingTo(two);
            OffHeapBuffer same = one;
            assertThat(one).isEqualTo(same).isEqualByComparingTo(same);
            for (int i = 0; i < length; i++) {
                two.putByte(i, (byte) 1);
                assertThat(one).isNotEqualTo(two);
                assertThat(one.hashCode()).isNotEqualTo(two.hashCode());
                assertThat(one.compareTo(two)).isNotZero();
                two.putByte(i, CANARY);
            }
        }
        OffHeapBuffer prefix = new OffHeapBuffer(memory.segment.asSlice(0, CAPACITY - 8));
        assertThat(prefix).isNotEqualTo(buffer);
        assertThat(buffer).isNotEqualTo(prefix);
        assertThat(buffer.equals(null)).isFalse();
        assertThat(buffer).isNotEqualTo("text");
        assertThat(buffer.equals(ForeignBuffersTest.foreign(buffer, null, null, 0)))
                .isFalse();
    }

    @Test
    void ordersByNativeLongsThenBytesThenLength() {
        OffHeapBuffer one = new OffHeapBuffer(memory.arena.allocate(19, 8));
        OffHeapBuffer two = new OffHeapBuffer(memory.arena.allocate(19, 8));

        one.putLong(8, 1);
        two.putLong(8, 0x0100_0000_0000_0000L);
        assertThatLess(one, two);
        two.putLong(8, -1);
        assertThatLess(two, one);
        one.putLong(8, -1);
        one.putByte(17, (byte) -1);
        assertThatLess(one, two);
        two.putByte(17, (byte) -1);
        assertThatLess(
                new OffHeapBuffer(memory.segment.asSlice(0, 5)), new OffHeapBuffer(memory.segment.asSlice(8, 6)));
        assertThatLess(
                new OffHeapBuffer(memory.segment.asSlice(0, 0)), new OffHeapBuffer(memory.segment.asSlice(8, 1)));
    }

    private static void assertThatLess(OffHeapBuffer small, OffHeapBuffer large) {
        assertThat(small.compareTo(large)).isNegative();
        assertThat(large.compareTo(small)).isPositive();
        assertThat(small.compareTo(ForeignBuffersTest.foreign(large, null, null, 0)))
                .isNegative();
        assertThat(large.compareTo(ForeignBuffersTest.foreign(small, null, null, 0)))
                .isPositive();
    }

    @Test
    void closingUnderLoadGivesIllegalStateExceptionsOnly() throws Exception {
        List<Consumer<OffHeapBuffer>> loads = List.of(
                b -> {
                    b.putLong(1, b.getLong(9));
                    b.putDouble(17, b.getDouble(25));
                },
                b -> {
                    b.putLongRelease(0, b.getLongAcquire(8));
                    b.getAndAddInt(16, 1);
                    b.compareAndSetLong(24, 0, 1);
                },
                b -> b.setMemory(0, 80, (byte) 1),
                b -> b.putBytes(0, b, 40, 40),
                b -> {
                    b.putStringAscii(0, "text");
                    b.getStringAscii(0, new StringBuilder());
                },
                b -> b.putStringUtf8(0, b.getStringWithoutLengthUtf8(40, 20)),
                b -> b.parseLongAscii(0, b.putLongAscii(0, Long.MIN_VALUE)),
                b -> b.getBytes(0, ByteBuffer.allocateDirect(64), 64),
                b -> b.putBytes(0, new byte[64]),
                b -> b.putInt(0, b.hashCode()));
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            for (int round = 0; round < 200; round++) {
                Consumer<OffHeapBuffer> first = loads.get(round % loads.size());
                Consumer<OffHeapBuffer> second = loads.get((round / loads.size() + round) % loads.size());
                List<Future<?>> results;
                try (Arena shortLived = Arena.ofShared()) {
                    // A half for each: one load must not see text of its own overwritten by the other.
                    MemorySegment segment = shortLived.allocate(2 * CAPACITY, 128);
                    OffHeapBuffer lower = new OffHeapBuffer(segment.asSlice(0, CAPACITY));
                    OffHeapBuffer upper = new OffHeapBuffer(segment.asSlice(CAPACITY));
                    CountDownLatch running = new CountDownLatch(2);
                    results = List.of(
                            threads.submit(() -> repeat(first, lower, running)),
                            threads.submit(() -> repeat(second, upper, running)));
                    running.await();
                }
                for (Future<?> result : results) {
                    assertThatThrownBy(result::get)
                            .isInstanceOf(ExecutionException.class)
                            .cause()
                            .isExactlyInstanceOf(IllegalStateException.class);
                }
            }
        }
    }

    /** Repeats until an exception ends it. */
    private static void repeat(Consumer<OffHeapBuffer> load, OffHeapBuffer target, CountDownLatch running) {
        try {
            load.accept(target);
        } finally {
            running.countDown();
        }
        while (true) {
            load.accept(target);
        }
    }

    private static byte[] nativeBytes(int size, long value) {
        ByteBuffer bytes = ByteBuffer.allocate(size).order(NATIVE);
        return (size == 8 ? bytes.putLong(value) : bytes.putInt((int) value)).array();
    }
}
