package org.berth.offheap;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.StringWriter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.ExpandableDirectByteBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Makes the same calls, with random arguments, on an {@link OffHeapBuffer} and on an {@link UnsafeBuffer} with the same
 * random content and the same alignment. Most calls are inside the bounds, some at the bounds, some far outside.
 */
final class RandomCalls implements AutoCloseable {

    private static final int SPACE = 320;
    private static final int MAX_CAPACITY = 200;
    private static final HexFormat HEX = HexFormat.of();

    private static final List<String> NUMBERS = List.of(
            "2147483647",
            "2147483648",
            "-2147483648",
            "-2147483649",
            "9223372036854775807",
            "9223372036854775808",
            "-9223372036854775808",
            "-9223372036854775809",
            "99999999999999999999",
            "0000000042",
            "-",
            "--1",
            "+1");

    /** What a call did: its result or its exception, and the state after it of all that it could have changed. */
    record Outcome(@Nullable Object result, @Nullable Throwable failure, List<String> after) {}

    /**
     * A call that is yet to be made on both sides.
     *
     * @param alignment of the index in memory: its address modulo 8
     */
    record Call(Method method, int alignment, Side ours, Side theirs) {

        List<@Nullable Object> arguments() {
            return ours.arguments;
        }

        /** The state of all that the call can change. */
        List<String> before() {
            return state(ours);
        }

        Outcome onOurs() throws IllegalAccessException {
            return invoke(method, ours);
        }

        Outcome onTheirs() throws IllegalAccessException {
            return invoke(method, theirs);
        }
    }

    /** What belongs to one of the buffers: its memory with guards around it, and memory for other buffers. */
    static final class Side {
        final MemorySegment memory;
        final MemorySegment otherMemory;
        final ByteBuffer direct = ByteBuffer.allocateDirect(SPACE);
        final List<@Nullable Object> arguments = new ArrayList<>();
        AtomicBuffer buffer;

        Side(Arena arena) {
            memory = arena.allocate(SPACE, 128);
            otherMemory = arena.allocate(SPACE, 128);
            buffer = new OffHeapBuffer(memory);
        }
    }

    private final Arena arena = Arena.ofShared();
    private final Side ours = new Side(arena);
    private final Side theirs = new Side(arena);
    private final Random random;

    private int start;
    private int capacity;
    private int index;
    private int room;

    RandomCalls(long seed) {
        random = new Random(seed);
    }

    @Override
    public void close() {
        arena.close();
    }

    Call next(Method method) {
        startOver();
        prepareArguments(method);
        return new Call(method, start + index & 7, ours, theirs);
    }

    private void startOver() {
        byte[] content = bytes(SPACE);
        start = random.nextBoolean() ? 64 : 64 + random.nextInt(16);
        capacity = random.nextInt(8) == 0 ? random.nextInt(8) : random.nextInt(MAX_CAPACITY);
        index = 0;
        room = capacity;
        for (Side side : List.of(ours, theirs)) {
            MemorySegment.copy(content, 0, side.memory, ValueLayout.JAVA_BYTE, 0, SPACE);
            side.arguments.clear();
        }
        ours.buffer = new OffHeapBuffer(ours.memory.asSlice(start, capacity));
        theirs.buffer = new UnsafeBuffer(theirs.memory.address() + start, capacity);
    }

    private void prepareArguments(Method method) {
        String name = method.getName();
        Class<?>[] types = method.getParameterTypes();
        if (name.equals("putNaturalIntAsciiFromEnd")) {
            add((int) natural(Integer.SIZE) | 1); // not zero: there the two differ
            add(size(capacity));
            return;
        }
        for (int i = 0; i < types.length; i++) {
            Class<?> type = types[i];
            boolean lastInt = !Arrays.asList(types).subList(i + 1, types.length).contains(int.class);
            if (i == 0 && type == int.class) {
                add(chooseIndex(width(name)));
                plant(name);
            } else if (type == int.class && name.equals("putNaturalPaddedIntAscii")) {
                add(i == 1 ? Math.min(size(room), 12) : (int) natural(Integer.SIZE));
            } else if (type == int.class && isValue(name)) {
                add(
                        i == 1 && name.startsWith("compare")
                                ? expected(Integer.SIZE).intValue()
                                : (int) value(name, Integer.SIZE));
            } else if (type == int.class) {
                // A length, or before it the place in the other buffer or text.
                int chosen = size(room);
                room = lastInt ? room : Math.max(0, room - chosen);
                add(chosen);
            } else if (type == long.class) {
                add(i == 1 && name.startsWith("compare") ? expected(Long.SIZE) : (Object) value(name, Long.SIZE));
            } else if (type == short.class) {
                add((short) random.nextInt());
            } else if (type == char.class) {
                add((char) random.nextInt());
            } else if (type == byte.class) {
                add((byte) random.nextInt());
            } else if (type == float.class) {
                add(Float.intBitsToFloat(random.nextInt()));
            } else if (type == double.class) {
                add(Double.longBitsToDouble(random.nextLong()));
            } else if (type == ByteOrder.class) {
                add(random.nextBoolean() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
            } else if (type == String.class) {
                add(text());
            } else if (type == CharSequence.class) {
                String text = text();
                add(text == null || random.nextBoolean() ? text : CharBuffer.wrap(text));
            } else if (type == Appendable.class) {
                add(new StringWriter(), new StringWriter());
            } else if (type == byte[].class) {
                byte[] array = bytes(Math.clamp(size(room), 0, SPACE));
                room = types.length == 2 ? room : Math.min(room, array.length);
                add(array, array.clone());
            } else if (type == ByteBuffer.class) {
                addByteBuffer(types.length == 3);
            } else if (DirectBuffer.class.isAssignableFrom(type)) {
                addBuffer(name.equals("compareTo") || name.equals("wrap") ? room : size(room));
            } else if (type == Object.class && name.equals("compareTo")) {
                addBuffer(room);
            } else {
                throw new AssertionError("no random argument: method=" + method + ", type=" + type + "; add one here");
            }
        }
    }

    private static boolean isValue(String name) {
        return name.matches("(put(Int|Long)|add|compareAnd|getAnd|putNatural).*");
    }

    private static int width(String name) {
        return name.matches(".*(Long|Double).*")
                ? 8
                : name.matches(".*(Int|Float|String).*") ? 4 : name.matches(".*(Short|Char).*") ? 2 : 1;
    }

    private int chooseIndex(int width) {
        int chosen = size(Math.max(0, capacity - width));
        // Atomic access wants it aligned; half of the time it is.
        int aligned = chosen - (start + chosen & 7);
        index = aligned >= 0 && aligned < capacity && random.nextBoolean() ? aligned : chosen;
        room = Math.clamp((long) capacity - index, 0, capacity);
        return index;
    }

    /** Mostly from 0 to {@code max}, both often; else a little or far out. */
    private int size(int max) {
        return switch (random.nextInt(24)) {
            case 0 -> max;
            case 1 -> 0;
            case 2 -> max + 1 + random.nextInt(9);
            case 3 -> -1 - random.nextInt(9);
            case 4 -> pick(List.of(Integer.MIN_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE - 3, Integer.MAX_VALUE - 7));
            default -> random.nextInt(max + 1);
        };
    }

    private long value(String name, int bits) {
        return name.contains("Natural") ? natural(bits) : number(bits);
    }

    /** Of any length in digits, and the ends of the range. */
    private long number(int bits) {
        long ends = pick(List.of(0L, -1L, -1L << (bits - 1), ~(-1L << (bits - 1))));
        return random.nextInt(8) == 0 ? ends : random.nextLong() >> (64 - bits + random.nextInt(bits));
    }

    /** Seldom negative. */
    private long natural(int bits) {
        long number = number(bits);
        return number < 0 && random.nextInt(4) > 0 ? ~number : number;
    }

    /** For a compare: the current value, or another one. */
    private Number expected(int bits) {
        boolean inside = index >= 0 && index <= capacity - bits / 8;
        if (!inside || random.nextBoolean()) {
            return number(bits);
        }
        return bits == Long.SIZE ? (Number) theirs.buffer.getLong(index) : (Number) theirs.buffer.getInt(index);
    }

    private @Nullable String text() {
        StringBuilder text = new StringBuilder();
        int kind = random.nextInt(6);
        for (int length = random.nextInt(14); length > 0; length--) {
            text.append(
                    switch (kind) {
                        case 0, 1 -> (char) random.nextInt(128);
                        case 2 -> (char) random.nextInt(0x800);
                        case 3 ->
                            (char) (0xd7f0 + random.nextInt(0x820)); // mostly surrogates, mostly without a partner
                        case 4 -> Character.toString(0x10000 + random.nextInt(0x100000));
                        default -> "";
                    });
        }
        return random.nextInt(16) == 0 ? null : text.toString();
    }

    /** Writes what the method reads: a number, or a text and its length. */
    private void plant(String name) {
        if (name.startsWith("parse") && random.nextInt(8) > 0) {
            String number =
                    random.nextInt(4) == 0 ? pick(NUMBERS) : Long.toString(number(name.contains("Int") ? 32 : 64));
            byte[] digits = number.getBytes(US_ASCII);
            if (random.nextInt(8) == 0) {
                digits[random.nextInt(digits.length)] = (byte) random.nextInt();
            }
            if (plant(digits)) {
                room = digits.length;
            }
        } else if (name.startsWith("getString") && random.nextInt(8) > 0) {
            byte[] encoded = String.valueOf(text()).getBytes(name.contains("Utf8") ? UTF_8 : ISO_8859_1);
            boolean header = !name.contains("WithoutLength");
            ByteBuffer bytes = ByteBuffer.allocate(4 + encoded.length)
                    .order(random.nextInt(4) > 0 ? ByteOrder.nativeOrder() : ByteOrder.BIG_ENDIAN);
            int length = random.nextInt(16) == 0 ? size(room) : encoded.length;
            if (plant(header ? bytes.putInt(length).put(encoded).array() : encoded)) {
                room = encoded.length;
            }
        }
    }

    private boolean plant(byte[] content) {
        if (index < 0 || index > capacity - content.length) {
            return false;
        }
        for (Side side : List.of(ours, theirs)) {
            MemorySegment.copy(content, 0, side.memory, ValueLayout.JAVA_BYTE, start + index, content.length);
        }
        return true;
    }

    private void addByteBuffer(boolean relative) {
        byte[] content = bytes(Math.clamp(size(room) + 8L, 0, SPACE));
        int limit = content.length - Math.min(content.length, random.nextInt(4));
        int position = random.nextInt(Math.min(8, limit + 1));
        int kind = random.nextInt(3);
        boolean readOnly = random.nextInt(6) == 0;
        room = Math.min(room, relative ? limit - position : content.length);
        for (Side side : List.of(ours, theirs)) {
            ByteBuffer bytes = switch (kind) {
                case 0 -> ByteBuffer.allocate(content.length);
                case 1 -> ByteBuffer.allocate(SPACE + 8).slice(5, content.length);
                default -> side.direct.slice(0, content.length);
            };
            bytes.put(content).limit(limit).position(position);
            side.arguments.add(readOnly ? bytes.asReadOnlyBuffer() : bytes);
        }
    }

    private void addBuffer(int wanted) {
        byte[] content = bytes(Math.clamp(wanted, 0, SPACE));
        if (random.nextInt(3) > 0) {
            // So that comparisons find the same content, or the same beginning.
            MemorySegment.copy(
                    ours.memory, ValueLayout.JAVA_BYTE, start, content, 0, Math.min(content.length, capacity));
        }
        int kind = random.nextInt(8);
        for (Side side : List.of(ours, theirs)) {
            side.arguments.add(
                    switch (kind) {
                        case 0 -> side.buffer;
                        case 1 -> new UnsafeBuffer(side.buffer);
                        case 2 -> filled(sameKind(side, content.length), content);
                        case 3 -> filled(new UnsafeBuffer(side.otherMemory.address(), content.length), content);
                        case 4 -> new UnsafeBuffer(content.clone());
                        case 5 -> filled(new UnsafeBuffer(ByteBuffer.allocate(SPACE + 8), 5, content.length), content);
                        case 6 -> filled(new ExpandableArrayBuffer(content.length), content);
                        default -> filled(new ExpandableDirectByteBuffer(content.length), content);
                    });
        }
        room = Math.min(room, kind <= 1 ? capacity : content.length);
    }

    private MutableDirectBuffer sameKind(Side side, int length) {
        return side == ours
                ? new OffHeapBuffer(side.otherMemory.asSlice(0, length))
                : new UnsafeBuffer(side.otherMemory.address(), length);
    }

    private static MutableDirectBuffer filled(MutableDirectBuffer buffer, byte[] content) {
        for (int i = 0; i < content.length; i++) {
            buffer.putByte(i, content[i]);
        }
        return buffer;
    }

    private void add(@Nullable Object argument) {
        add(argument, argument);
    }

    private void add(@Nullable Object forUs, @Nullable Object forThem) {
        ours.arguments.add(forUs);
        theirs.arguments.add(forThem);
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    private static Outcome invoke(Method method, Side side) throws IllegalAccessException {
        try {
            Object result = method.invoke(side.buffer, side.arguments.toArray());
            return new Outcome(exact(result), null, state(side));
        } catch (InvocationTargetException e) {
            return new Outcome(null, e.getCause(), state(side));
        }
    }

    /** Bits for a floating point number: all NaNs are equal. */
    private static @Nullable Object exact(@Nullable Object result) {
        return switch (result) {
            case Float number -> Float.floatToRawIntBits(number);
            case Double number -> Double.doubleToRawLongBits(number);
            case null, default -> result;
        };
    }

    private static List<String> state(Side side) {
        List<String> state = new ArrayList<>();
        state.add(HEX.formatHex(side.memory.toArray(ValueLayout.JAVA_BYTE)));
        for (Object argument : side.arguments) {
            state.add(
                    switch (argument) {
                        case byte[] array -> HEX.formatHex(array);
                        case ByteBuffer bytes -> bytes.position() + " of " + bytes.limit() + ": " + hex(bytes);
                        case DirectBuffer buffer -> hex(buffer);
                        case null, default -> String.valueOf(argument);
                    });
        }
        return state;
    }

    private static String hex(ByteBuffer bytes) {
        byte[] content = new byte[bytes.capacity()];
        bytes.duplicate().clear().get(content);
        return HEX.formatHex(content);
    }

    private static String hex(DirectBuffer buffer) {
        byte[] content = new byte[buffer.capacity()];
        for (int i = 0; i < content.length; i++) {
            content[i] = buffer.getByte(i);
        }
        return HEX.formatHex(content);
    }
}
