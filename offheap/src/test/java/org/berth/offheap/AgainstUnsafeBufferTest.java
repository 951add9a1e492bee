package org.berth.offheap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.berth.offheap.RandomCalls.Call;
import org.berth.offheap.RandomCalls.Outcome;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@link OffHeapBuffer} does what Agrona's {@link UnsafeBuffer} does, method by method, on random calls; where it does
 * not, it does what its documentation says instead. The seed of a failure is in its message;
 * {@code -Dorg.berth.test.seed} sets it.
 */
@Tag("agrona-flag")
class AgainstUnsafeBufferTest {

    private static final long SEED = Long.getLong("org.berth.test.seed", System.nanoTime());
    private static final int ROUNDS = 1_000;

    /** Those that a property below is about. A method that a new Agrona brings is not among them. */
    private static final String METHODS = """
            addIntOpaque(int,int) addIntOrdered(int,int) addIntRelease(int,int) addLongOpaque(int,long)
            addLongOrdered(int,long) addLongRelease(int,long) addressOffset() boundsCheck(int,int) byteArray()
            byteBuffer() capacity() checkLimit(int) compareAndExchangeInt(int,int,int)
            compareAndExchangeLong(int,long,long) compareAndSetInt(int,int,int) compareAndSetLong(int,long,long)
            compareTo(Object) getAndAddInt(int,int) getAndAddLong(int,long) getAndSetInt(int,int)
            getAndSetLong(int,long) getByte(int) getByteVolatile(int) getBytes(int,ByteBuffer,int)
            getBytes(int,ByteBuffer,int,int) getBytes(int,MutableDirectBuffer,int,int) getBytes(int,byte[])
            getBytes(int,byte[],int,int) getChar(int) getChar(int,ByteOrder) getCharVolatile(int) getDouble(int)
            getDouble(int,ByteOrder) getFloat(int) getFloat(int,ByteOrder) getInt(int) getInt(int,ByteOrder)
            getIntAcquire(int) getIntOpaque(int) getIntVolatile(int) getLong(int) getLong(int,ByteOrder)
            getLongAcquire(int) getLongOpaque(int) getLongVolatile(int) getShort(int) getShort(int,ByteOrder)
            getShortVolatile(int) getStringAscii(int) getStringAscii(int,Appendable)
            getStringAscii(int,Appendable,ByteOrder) getStringAscii(int,ByteOrder) getStringAscii(int,int)
            getStringAscii(int,int,Appendable) getStringUtf8(int) getStringUtf8(int,ByteOrder)
            getStringUtf8(int,int) getStringWithoutLengthAscii(int,int)
            getStringWithoutLengthAscii(int,int,Appendable) getStringWithoutLengthUtf8(int,int) isExpandable()
            parseIntAscii(int,int) parseLongAscii(int,int) parseNaturalIntAscii(int,int)
            parseNaturalLongAscii(int,int) putByte(int,byte) putByteVolatile(int,byte)
            putBytes(int,ByteBuffer,int) putBytes(int,ByteBuffer,int,int) putBytes(int,DirectBuffer,int,int)
            putBytes(int,byte[]) putBytes(int,byte[],int,int) putChar(int,char) putChar(int,char,ByteOrder)
            putCharVolatile(int,char) putDouble(int,double) putDouble(int,double,ByteOrder) putFloat(int,float)
            putFloat(int,float,ByteOrder) putInt(int,int) putInt(int,int,ByteOrder) putIntAscii(int,int)
            putIntOpaque(int,int) putIntOrdered(int,int) putIntRelease(int,int) putIntVolatile(int,int)
            putLong(int,long) putLong(int,long,ByteOrder) putLongAscii(int,long) putLongOpaque(int,long)
            putLongOrdered(int,long) putLongRelease(int,long) putLongVolatile(int,long)
            putNaturalIntAscii(int,int) putNaturalIntAsciiFromEnd(int,int) putNaturalLongAscii(int,long)
            putNaturalPaddedIntAscii(int,int,int)
            putShort(int,short) putShort(int,short,ByteOrder) putShortVolatile(int,short)
            putStringAscii(int,CharSequence) putStringAscii(int,CharSequence,ByteOrder)
            putStringAscii(int,String) putStringAscii(int,String,ByteOrder) putStringUtf8(int,String)
            putStringUtf8(int,String,ByteOrder) putStringUtf8(int,String,ByteOrder,int)
            putStringUtf8(int,String,int) putStringWithoutLengthAscii(int,CharSequence)
            putStringWithoutLengthAscii(int,CharSequence,int,int) putStringWithoutLengthAscii(int,String)
            putStringWithoutLengthAscii(int,String,int,int) putStringWithoutLengthUtf8(int,String)
            setMemory(int,int,byte) verifyAlignment() wrap(ByteBuffer) wrap(ByteBuffer,int,int)
            wrap(DirectBuffer) wrap(DirectBuffer,int,int) wrap(byte[]) wrap(byte[],int,int) wrap(long,int)
            wrapAdjustment()
            """;

    static List<Method> methods() {
        return Stream.of(AtomicBuffer.class.getMethods())
                .filter(method -> !Modifier.isStatic(method.getModifiers()))
                .sorted(Comparator.comparing(AgainstUnsafeBufferTest::signature))
                .toList();
    }

    static List<Method> calledAtRandom() {
        return methods().stream()
                .filter(method -> !method.getName().matches("wrap|addressOffset"))
                .toList();
    }

    private static String signature(Method method) {
        return Stream.of(method.getParameterTypes())
                .map(Class::getSimpleName)
                .collect(Collectors.joining(",", method.getName() + "(", ")"));
    }

    @Test
    void everyMethodHasAProperty() {
        assertThat(methods())
                .extracting(AgainstUnsafeBufferTest::signature)
                .containsExactlyInAnyOrder(METHODS.strip().split("\\s+"));
    }

    @ParameterizedTest
    @MethodSource("calledAtRandom")
    void doesWhatUnsafeBufferDoes(Method method) throws IllegalAccessException {
        int succeeded = 0;
        try (RandomCalls calls = new RandomCalls(SEED + signature(method).hashCode())) {
            for (int round = 0; round < ROUNDS; round++) {
                Call call = calls.next(method);
                List<String> before = call.before();
                Class<?> refusal = refusal(call);
                Outcome ours = call.onOurs();
                Outcome theirs = call.onTheirs();
                assertThat(isAllowed(before, refusal, ours, theirs))
                        .as(
                                "%s: seed=%s, round=%s, arguments=%s, refusal=%s%nbefore=%s%nours=%s%ntheirs=%s",
                                signature(method), SEED, round, call.arguments(), refusal, before, ours, theirs)
                        .isTrue();
                succeeded += ours.failure() == null ? 1 : 0;
            }
        }
        boolean canFail = method.getParameterCount() > 0 && !method.getName().equals("compareTo");
        assertThat(succeeded)
                .as("%s: seed=%s", signature(method), SEED)
                .isBetween(ROUNDS / 10, canFail ? ROUNDS - 1 : ROUNDS);
    }

    @Test
    void wrapsAsUnsafeBufferDoesButOffHeapBuffersOnly() {
        Random random = new Random(SEED);
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(64, 8);
            OffHeapBuffer ours = new OffHeapBuffer(memory);
            UnsafeBuffer theirs = new UnsafeBuffer(memory.address(), 64);
            for (int round = 0; round < ROUNDS; round++) {
                int offset = random.nextInt(80) - 8;
                int length = random.nextInt(80) - 8;
                OffHeapBuffer view = new OffHeapBuffer(arena.allocate(0));
                UnsafeBuffer theirView = new UnsafeBuffer();
                Throwable refused = catchThrowable(() -> theirView.wrap(theirs, offset, length));
                assertThat(kind(catchThrowable(() -> view.wrap(ours, offset, length))))
                        .as("seed=%s, offset=%s, length=%s", SEED, offset, length)
                        .isEqualTo(kind(refused));
                assertThat(view.capacity()).isEqualTo(theirView.capacity());
                if (refused == null) {
                    assertThat(view.addressOffset()).isEqualTo(theirView.addressOffset());
                    view.wrap(ours);
                    assertThat(view.addressOffset()).isEqualTo(theirs.addressOffset());
                    assertThat(view.capacity()).isEqualTo(theirs.capacity());
                }
            }
            List<ThrowingCallable> unsupported = List.of(
                    () -> ours.wrap(theirs),
                    () -> ours.wrap(theirs, 0, 8),
                    () -> ours.wrap(new byte[8]),
                    () -> ours.wrap(new byte[8], 0, 8),
                    () -> ours.wrap(ByteBuffer.allocate(8)),
                    () -> ours.wrap(ByteBuffer.allocate(8), 0, 8),
                    () -> ours.wrap(memory.address(), 8));
            assertThat(unsupported)
                    .allSatisfy(
                            call -> assertThatThrownBy(call).isExactlyInstanceOf(UnsupportedOperationException.class));
            assertThat(ours.addressOffset()).isEqualTo(memory.address());
        }
    }

    @Test
    void hashesAsUnsafeBufferDoesAndEqualsItsOwnKindOnly() {
        Random random = new Random(SEED);
        try (Arena arena = Arena.ofShared()) {
            for (int length = 0; length < 100; length++) {
                byte[] content = new byte[length];
                random.nextBytes(content);
                MemorySegment memory = arena.allocate(length, 8);
                MemorySegment.copy(content, 0, memory, ValueLayout.JAVA_BYTE, 0, length);
                OffHeapBuffer ours = new OffHeapBuffer(memory);
                UnsafeBuffer theirs = new UnsafeBuffer(content);
                assertThat(ours.hashCode())
                        .as("seed=%s, length=%s", SEED, length)
                        .isEqualTo(theirs.hashCode());
                assertThat(ours.compareTo(theirs)).isZero();
                assertThat(ours).isNotEqualTo(theirs);
                assertThat(theirs.compareTo(ours)).isZero();
                assertThat(theirs).isNotEqualTo(ours);
            }
        }
    }

    @Test
    void writesAZeroFromTheEndWhereUnsafeBufferWritesNothing() {
        try (CanaryMemory ours = new CanaryMemory();
                CanaryMemory theirs = new CanaryMemory()) {
            assertThat(ours.buffer.putNaturalIntAsciiFromEnd(0, 8)).isEqualTo(7);
            ours.assertOnlyWritten(7, (byte) '0');

            assertThat(new UnsafeBuffer(theirs.buffer).putNaturalIntAsciiFromEnd(0, 8))
                    .isEqualTo(8);
            theirs.assertUntouched();
        }
    }

    private static boolean isAllowed(List<String> before, @Nullable Class<?> refusal, Outcome ours, Outcome theirs) {
        if (refusal == null && theirs.failure() == null) {
            return ours.equals(theirs);
        }
        // A call that throws changes nothing, which Agrona does not promise.
        Class<?> kind = kind(ours.failure());
        return ours.after().equals(before)
                && (kind == refusal
                        || (theirs.failure() != null
                                && kind == kind(theirs.failure())
                                && (refusal == null || kind == IndexOutOfBoundsException.class)));
    }

    private static @Nullable Class<?> kind(@Nullable Throwable failure) {
        return failure == null
                ? null
                : failure instanceof IndexOutOfBoundsException ? IndexOutOfBoundsException.class : failure.getClass();
    }

    /** What our buffer throws where Agrona's does something else, or null. Out of bounds may come before it. */
    private static @Nullable Class<?> refusal(Call call) {
        Method method = call.method();
        String name = method.getName();
        List<@Nullable Object> arguments = call.arguments();
        if (isAtomic(method) && call.alignment() % size(name) != 0) {
            return IllegalArgumentException.class;
        }
        if (name.startsWith("putNatural") && natural(name, arguments).longValue() < 0) {
            return IllegalArgumentException.class;
        }
        if (name.endsWith("Bytes") && arguments.get(1) instanceof ByteBuffer bytes) {
            if (arguments.size() == 3 && (int) arguments.get(2) > bytes.remaining()) {
                return IndexOutOfBoundsException.class;
            }
            return name.equals("getBytes") && bytes.isReadOnly() ? ReadOnlyBufferException.class : null;
        }
        if (name.matches("getString(Ascii|Utf8)")
                && arguments.size() >= 2
                && arguments.get(1) instanceof Integer length) {
            return (int) arguments.get(0) < 0 || length < 0 ? IndexOutOfBoundsException.class : null;
        }
        return null;
    }

    private static boolean isAtomic(Method method) {
        return method.getDeclaringClass() == AtomicBuffer.class && method.getParameterCount() > 0;
    }

    private static int size(String atomic) {
        return atomic.contains("Long") ? 8 : atomic.contains("Int") ? 4 : atomic.contains("Byte") ? 1 : 2;
    }

    private static Number natural(String name, List<@Nullable Object> arguments) {
        return (Number) (name.endsWith("FromEnd") ? arguments.getFirst() : arguments.getLast());
    }
}
