package org.berth.offheap;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.util.Objects;
import org.agrona.AsciiEncoding;
import org.agrona.DirectBuffer;
import org.agrona.LangUtil;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.AtomicBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An Agrona {@link AtomicBuffer} over a range of a {@link Region}, or over {@linkplain #ofAuto(int) memory that the
 * garbage collector frees}: off-heap memory by index, with fields of every primitive type, strings and bytes. It needs
 * no command-line flags: all access goes through the JDK's foreign memory API, with every check left on.
 *
 * <p><b>The names are Agrona's: no suffix is a plain access; any other order is in the method's name;
 * {@code compareAndSet}, {@code compareAndExchange}, {@code getAndAdd} and {@code getAndSet} are volatile.</b>
 *
 * <p>Use this when code is written against Agrona's buffers, such as its ring buffers or the codecs that SBE generates,
 * and should run without {@code Unsafe} or flags, or when memory must be safe to close while threads use it. Prefer
 * {@link Words} when a structure uses aligned 8-byte words only, and Agrona's {@code UnsafeBuffer} when a plain access
 * must cost as little as possible and its flags and its unchecked lifetime are acceptable.
 *
 * <p><b>Thread-safety and memory order.</b> Any number of threads may use one buffer, {@code wrap} excepted:
 * {@code wrap} re-points the buffer without any ordering, so other threads may go on with the old memory for any length
 * of time, and a method of several steps may take some steps on each; all of them stay inside the two ranges. The
 * orders are those of {@link VarHandle}:
 *
 * <ul>
 *   <li><em>plain</em> (no suffix; all bytes, strings and numbers in ASCII): no order, any index, aligned or not.
 *       Promises nothing about values that other threads change at the same time.
 *   <li>{@code Opaque}: atomic, coherent per value, no order among values. {@code addLongOpaque} and
 *       {@code addIntOpaque} are two such steps, not one: for a single writer.
 *   <li>{@code Acquire} and {@code Release} ({@code Ordered} is an older name of {@code Release}): a reader that
 *       acquires what a writer released sees everything written before. {@code addLongRelease} and
 *       {@code addIntRelease} are atomic, read plainly and write with release order.
 *   <li>{@code Volatile}, {@code compareAndSet}, {@code compareAndExchange}, {@code getAndAdd}, {@code getAndSet}:
 *       sequentially consistent. {@code compareAndSet} and {@code compareAndExchange} never fail spuriously.
 * </ul>
 *
 * <p><b>Progress:</b> every method on a single value is wait-free, {@code compareAndSet} being one attempt. The time of
 * the others grows with the number of bytes; none of them waits.
 *
 * <p><b>Cost:</b> a single plain or volatile access takes somewhat longer than one of Agrona's buffer, because each
 * access checks that the memory is alive; the package description has the details.
 *
 * <p><b>Errors.</b> A range that is not inside the buffer is an {@link IndexOutOfBoundsException}, and nothing has been
 * written then: the whole range is checked before the first byte. These checks cannot be turned off; Agrona's system
 * property for that has no effect here. An atomic form (all but the plain ones) of a value that is not aligned to its
 * own size in memory is an {@link IllegalArgumentException}; {@link #verifyAlignment()} throws unless the start of the
 * buffer is aligned. An access out of bounds <em>and</em> misaligned may throw either. A write to a {@linkplain
 * #asReadOnly() read-only} buffer is an {@link IllegalArgumentException}. Text that is not a number, or too large a
 * number, is an {@link org.agrona.AsciiNumberFormatException}.
 *
 * <p><b>Lifetime.</b> A buffer lives as long as its region, and one of {@link #ofAuto(int)} is never closed. After
 * {@link Region#close()} every method that touches memory inside the bounds throws {@link IllegalStateException}, in
 * any thread, and never crashes the JVM. An update that <em>races</em> with {@code close()} may have taken effect and
 * still throw: never retry an update after such an exception.
 *
 * <p><b>Differences from Agrona's {@code UnsafeBuffer}:</b>
 *
 * <ul>
 *   <li>{@link #byteArray()} and {@link #byteBuffer()} are {@code null}, {@link #wrapAdjustment()} is 0.
 *   <li>{@link #addressOffset()} is the native address, for other code to copy through; its description says what the
 *       caller must ensure. It throws once the region is closed.
 *   <li>{@code wrap} accepts another {@code OffHeapBuffer} and nothing else.
 *   <li>Copies to and from buffers of other kinds never follow their address: they use their array, their
 *       {@link ByteBuffer} or, if there is neither, their accessors. An expandable destination grows by its
 *       {@link DirectBuffer#checkLimit(int) checkLimit}. A copy to a read-only {@link ByteBuffer} throws
 *       {@link java.nio.ReadOnlyBufferException}, and the forms that advance its position check its limit first.
 *   <li>{@code getStringAscii} and {@code getStringUtf8} with a given length require the header inside the buffer as
 *       well, and a length of at least 0.
 *   <li>The methods for natural numbers reject negative ones ({@link IllegalArgumentException}),
 *       {@link #putNaturalIntAsciiFromEnd} writes a zero as {@code 0} instead of as nothing, and
 *       {@link #putNaturalPaddedIntAscii} writes nothing if the number does not fit.
 * </ul>
 *
 * <p><b>Agrona's own classes over it.</b> Those that use the methods of {@code AtomicBuffer} run without flags, and
 * where {@code Unsafe} is denied: the ring buffers, {@code BroadcastTransmitter} and {@code BroadcastReceiver},
 * {@code CopyBroadcastReceiver} with a scratch buffer of this kind, {@code DistinctErrorLog}, {@code CountersManager}
 * but for the forms that pass a key to a function, {@code AsciiSequenceView}, and the codecs that SBE generates. These
 * use {@code Unsafe} themselves, whatever buffer they get, and need the flag that Agrona asks for:
 * {@code AtomicCounter}, {@code UnsafeBufferStatusIndicator}, {@code ExpandableRingBuffer},
 * {@code CopyBroadcastReceiver} without a scratch buffer, and all of Agrona's own buffers.
 *
 * <p>As with Agrona's buffers, the natural ordering is not consistent with equals: {@link #equals(Object)} holds only
 * between {@code OffHeapBuffer}s, {@link #compareTo(DirectBuffer)} works with any buffer.
 */
public final class OffHeapBuffer implements AtomicBuffer {

    private static final ByteOrder NATIVE_ORDER = ByteOrder.nativeOrder();

    // Coordinates: (MemorySegment, long byte offset). Exact, so that a call that would box or convert throws.
    private static final VarHandle BYTE = exact(ValueLayout.JAVA_BYTE);
    private static final VarHandle SHORT = exact(ValueLayout.JAVA_SHORT_UNALIGNED);
    private static final VarHandle CHAR = exact(ValueLayout.JAVA_CHAR_UNALIGNED);
    private static final VarHandle INT = exact(ValueLayout.JAVA_INT_UNALIGNED);
    private static final VarHandle LONG = exact(ValueLayout.JAVA_LONG_UNALIGNED);

    // Atomic access exists for aligned values only; a misaligned index makes these throw.
    private static final VarHandle ATOMIC_SHORT = exact(ValueLayout.JAVA_SHORT);
    private static final VarHandle ATOMIC_CHAR = exact(ValueLayout.JAVA_CHAR);
    private static final VarHandle ATOMIC_INT = exact(ValueLayout.JAVA_INT);
    private static final VarHandle ATOMIC_LONG = exact(ValueLayout.JAVA_LONG);

    // The capacity is the segment's size: one field, so that a racing wrap cannot pair new memory with an old size.
    private MemorySegment segment;

    /**
     * Creates a buffer over a whole segment.
     *
     * @param segment of native memory, at most {@link Integer#MAX_VALUE} bytes
     */
    OffHeapBuffer(MemorySegment segment) {
        if (!segment.isNative() || segment.byteSize() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a buffer needs native memory of at most 2 GiB - 1: native="
                    + segment.isNative() + ", bytes=" + segment.byteSize());
        }
        this.segment = segment;
    }

    /**
     * Allocates memory that the garbage collector frees some time after every buffer over it has become unreachable,
     * as {@link Arena#ofAuto()} does. It is aligned to {@value Region#ALIGNMENT} bytes, and counts against the JVM's
     * limit of direct memory ({@code -XX:MaxDirectMemorySize}); at the limit the JDK triggers a collection and waits
     * for what that frees. So does this call at the limit of the container.
     *
     * <p>Use this for a buffer without a clear owner. Prefer {@link Region#buffer(long, int)} when the memory must be
     * freed at a known moment, and when buffers are allocated often: memory that waits for a collection is still used.
     *
     * @param length in bytes, at least 1
     * @return a buffer over the whole of it, all zero, and therefore touched and resident
     * @throws IllegalArgumentException if {@code length} is not positive
     * @throws OutOfMemoryError         if the memory is beyond the limit of the JVM ({@code -XX:MaxDirectMemorySize})
     *                                  or of the container, or cannot be allocated
     */
    public static OffHeapBuffer ofAuto(int length) {
        return new OffHeapBuffer(Memory.ofAuto(length).segment());
    }

    /**
     * Returns a buffer over the same bytes that refuses writes: a write of at least one byte throws
     * {@link IllegalArgumentException} and changes nothing, whatever its order, updates such as
     * {@code compareAndSet} that would fail included. It shows what is written through other buffers, with the orders
     * of the class description, and is closed with them. Writes through this buffer go on as before.
     *
     * <p>{@code wrap} re-points the result as any other buffer: at a read-only buffer it refuses writes, at another it
     * does not. A buffer that wraps the result refuses them, too.
     *
     * <p>This guards against mistakes, not against code that writes by address. The result has an
     * {@link #addressOffset()}, since others read through it, and nothing stops them from writing: an
     * {@code UnsafeBuffer} that wraps the result writes to the memory, and
     * {@code UnsafeBuffer.getBytes(index, result, …)} copies into it.
     *
     * @return a new buffer, with this one's range
     */
    public OffHeapBuffer asReadOnly() {
        return new OffHeapBuffer(segment.asReadOnly());
    }

    private static VarHandle exact(ValueLayout layout) {
        return layout.varHandle().withInvokeExactBehavior();
    }

    /**
     * Not supported: this buffer refers to the memory of a {@link Region} only.
     *
     * @throws UnsupportedOperationException always
     */
    @Override
    public void wrap(byte[] buffer) {
        throw cannotWrap("byte[]");
    }

    /**
     * Not supported: this buffer refers to the memory of a {@link Region} only.
     *
     * @throws UnsupportedOperationException always
     */
    @Override
    public void wrap(byte[] buffer, int offset, int length) {
        throw cannotWrap("byte[]");
    }

    /**
     * Not supported: this buffer refers to the memory of a {@link Region} only.
     *
     * @throws UnsupportedOperationException always
     */
    @Override
    public void wrap(ByteBuffer buffer) {
        throw cannotWrap("ByteBuffer");
    }

    /**
     * Not supported: this buffer refers to the memory of a {@link Region} only.
     *
     * @throws UnsupportedOperationException always
     */
    @Override
    public void wrap(ByteBuffer buffer, int offset, int length) {
        throw cannotWrap("ByteBuffer");
    }

    /**
     * Re-points this buffer at the memory of another {@code OffHeapBuffer}; see the class description for what that
     * means to other threads.
     *
     * @throws UnsupportedOperationException if {@code buffer} is of another kind
     */
    @Override
    public void wrap(DirectBuffer buffer) {
        segment = segmentToWrap(buffer);
    }

    /**
     * Re-points this buffer at a range of another {@code OffHeapBuffer}'s memory; see the class description for what
     * that means to other threads.
     *
     * @throws UnsupportedOperationException if {@code buffer} is of another kind
     * @throws IndexOutOfBoundsException     if the range is not inside {@code buffer}
     */
    @Override
    public void wrap(DirectBuffer buffer, int offset, int length) {
        MemorySegment whole = segmentToWrap(buffer);
        checkBounds(whole, offset, length);
        segment = whole.asSlice(offset, length);
    }

    /**
     * Not supported: a bare address has no lifetime that could be checked.
     *
     * @throws UnsupportedOperationException always
     */
    @Override
    public void wrap(long address, int length) {
        throw cannotWrap("address");
    }

    /**
     * Returns the native address of index 0, for code that copies through it, such as Agrona's {@code UnsafeBuffer} and
     * Aeron. The caller must not use it after {@link Region#close()}, or after the last buffer over memory of
     * {@link #ofAuto(int)} has become unreachable: nothing checks such a use, and it can crash the JVM. Nor must it
     * write through the address of a {@linkplain #asReadOnly() read-only} buffer, which nothing checks either.
     *
     * @return the address
     * @throws IllegalStateException if the region is closed
     */
    @Override
    public long addressOffset() {
        MemorySegment memory = segment;
        if (!memory.scope().isAlive()) {
            throw closed();
        }
        return memory.address();
    }

    /** {@return {@code null}, because the memory is not on the heap} */
    @Override
    public byte @Nullable [] byteArray() {
        return null;
    }

    /** {@return {@code null}, because the memory is not that of a {@code ByteBuffer}} */
    @Override
    public @Nullable ByteBuffer byteBuffer() {
        return null;
    }

    @Override
    public int capacity() {
        return (int) segment.byteSize();
    }

    @Override
    public void checkLimit(int limit) {
        if (limit > capacity()) {
            throw limitOutOfBounds(limit);
        }
    }

    @Override
    public void boundsCheck(int index, int length) {
        checkBounds(segment, index, length);
    }

    /** {@return 0, because there is neither an array nor a {@code ByteBuffer} to adjust to} */
    @Override
    public int wrapAdjustment() {
        return 0;
    }

    @Override
    public boolean isExpandable() {
        return false;
    }

    @Override
    public void verifyAlignment() {
        long address = segment.address();
        if ((address & ALIGNMENT - 1) != 0) {
            throw misaligned(address);
        }
    }

    @Override
    public long getLong(int index, ByteOrder byteOrder) {
        long value = getLong(index);
        return byteOrder == NATIVE_ORDER ? value : Long.reverseBytes(value);
    }

    @Override
    public long getLong(int index) {
        return (long) LONG.get(segment, (long) index);
    }

    @Override
    public int getInt(int index, ByteOrder byteOrder) {
        int value = getInt(index);
        return byteOrder == NATIVE_ORDER ? value : Integer.reverseBytes(value);
    }

    @Override
    public int getInt(int index) {
        return (int) INT.get(segment, (long) index);
    }

    @Override
    public int parseNaturalIntAscii(int index, int length) {
        MemorySegment memory = checkedSegment(index, length);
        return AsciiNumbers.parseNaturalInt(memory, index, length);
    }

    @Override
    public long parseNaturalLongAscii(int index, int length) {
        MemorySegment memory = checkedSegment(index, length);
        return AsciiNumbers.parseNaturalLong(memory, index, length);
    }

    @Override
    public int parseIntAscii(int index, int length) {
        MemorySegment memory = checkedSegment(index, length);
        return AsciiNumbers.parseInt(memory, index, length);
    }

    @Override
    public long parseLongAscii(int index, int length) {
        MemorySegment memory = checkedSegment(index, length);
        return AsciiNumbers.parseLong(memory, index, length);
    }

    @Override
    public double getDouble(int index, ByteOrder byteOrder) {
        return Double.longBitsToDouble(getLong(index, byteOrder));
    }

    @Override
    public double getDouble(int index) {
        return Double.longBitsToDouble(getLong(index));
    }

    @Override
    public float getFloat(int index, ByteOrder byteOrder) {
        return Float.intBitsToFloat(getInt(index, byteOrder));
    }

    @Override
    public float getFloat(int index) {
        return Float.intBitsToFloat(getInt(index));
    }

    @Override
    public short getShort(int index, ByteOrder byteOrder) {
        short value = getShort(index);
        return byteOrder == NATIVE_ORDER ? value : Short.reverseBytes(value);
    }

    @Override
    public short getShort(int index) {
        return (short) SHORT.get(segment, (long) index);
    }

    @Override
    public char getChar(int index, ByteOrder byteOrder) {
        char value = getChar(index);
        return byteOrder == NATIVE_ORDER ? value : Character.reverseBytes(value);
    }

    @Override
    public char getChar(int index) {
        return (char) CHAR.get(segment, (long) index);
    }

    @Override
    public byte getByte(int index) {
        return (byte) BYTE.get(segment, (long) index);
    }

    @Override
    public void getBytes(int index, byte[] dst) {
        getBytes(index, dst, 0, dst.length);
    }

    @Override
    public void getBytes(int index, byte[] dst, int offset, int length) {
        MemorySegment memory = checkedSegment(index, length);
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, index, dst, offset, length);
    }

    @Override
    public void getBytes(int index, MutableDirectBuffer dstBuffer, int dstIndex, int length) {
        MemorySegment memory = checkedSegment(index, length);
        if (dstBuffer instanceof OffHeapBuffer that) {
            MemorySegment.copy(memory, index, that.checkedSegment(dstIndex, length), dstIndex, length);
        } else {
            ForeignBuffers.copyTo(this, memory, index, dstBuffer, dstIndex, length);
        }
    }

    @Override
    public void getBytes(int index, ByteBuffer dstBuffer, int length) {
        int dstOffset = dstBuffer.position();
        Objects.checkFromIndexSize(dstOffset, length, dstBuffer.limit());
        getBytes(index, dstBuffer, dstOffset, length);
        dstBuffer.position(dstOffset + length);
    }

    @Override
    public void getBytes(int index, ByteBuffer dstBuffer, int dstOffset, int length) {
        ForeignBuffers.copyTo(checkedSegment(index, length), index, dstBuffer, dstOffset, length);
    }

    @Override
    public String getStringAscii(int index) {
        return getStringWithoutLengthAscii(index + STR_HEADER_LEN, getInt(index));
    }

    @Override
    public int getStringAscii(int index, Appendable appendable) {
        return getStringWithoutLengthAscii(index + STR_HEADER_LEN, getInt(index), appendable);
    }

    @Override
    public String getStringAscii(int index, ByteOrder byteOrder) {
        return getStringWithoutLengthAscii(index + STR_HEADER_LEN, getInt(index, byteOrder));
    }

    @Override
    public int getStringAscii(int index, Appendable appendable, ByteOrder byteOrder) {
        return getStringWithoutLengthAscii(index + STR_HEADER_LEN, getInt(index, byteOrder), appendable);
    }

    @Override
    public String getStringAscii(int index, int length) {
        checkBounds(segment, index, STR_HEADER_LEN);
        return getStringWithoutLengthAscii(index + STR_HEADER_LEN, length);
    }

    @Override
    public int getStringAscii(int index, int length, Appendable appendable) {
        checkBounds(segment, index, STR_HEADER_LEN);
        return getStringWithoutLengthAscii(index + STR_HEADER_LEN, length, appendable);
    }

    @Override
    public String getStringWithoutLengthAscii(int index, int length) {
        return decode(index, length, US_ASCII);
    }

    @Override
    public int getStringWithoutLengthAscii(int index, int length, Appendable appendable) {
        MemorySegment memory = checkedSegment(index, length);
        try {
            for (int i = index, end = index + length; i < end; i++) {
                byte b = (byte) BYTE.get(memory, (long) i);
                appendable.append(b < 0 ? '?' : (char) b);
            }
        } catch (IOException e) {
            LangUtil.rethrowUnchecked(e);
        }
        return length;
    }

    @Override
    public String getStringUtf8(int index) {
        return getStringWithoutLengthUtf8(index + STR_HEADER_LEN, getInt(index));
    }

    @Override
    public String getStringUtf8(int index, ByteOrder byteOrder) {
        return getStringWithoutLengthUtf8(index + STR_HEADER_LEN, getInt(index, byteOrder));
    }

    @Override
    public String getStringUtf8(int index, int length) {
        checkBounds(segment, index, STR_HEADER_LEN);
        return getStringWithoutLengthUtf8(index + STR_HEADER_LEN, length);
    }

    @Override
    public String getStringWithoutLengthUtf8(int index, int length) {
        return decode(index, length, UTF_8);
    }

    @Override
    public void setMemory(int index, int length, byte value) {
        MemorySegment memory = checkedSegment(index, length);
        memory.asSlice(index, length).fill(value);
    }

    @Override
    public void putLong(int index, long value, ByteOrder byteOrder) {
        putLong(index, byteOrder == NATIVE_ORDER ? value : Long.reverseBytes(value));
    }

    @Override
    public void putLong(int index, long value) {
        LONG.set(segment, (long) index, value);
    }

    @Override
    public void putInt(int index, int value, ByteOrder byteOrder) {
        putInt(index, byteOrder == NATIVE_ORDER ? value : Integer.reverseBytes(value));
    }

    @Override
    public void putInt(int index, int value) {
        INT.set(segment, (long) index, value);
    }

    @Override
    public int putIntAscii(int index, int value) {
        return putLongAscii(index, value);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if {@code value} is negative
     */
    @Override
    public int putNaturalIntAscii(int index, int value) {
        return putNaturalLongAscii(index, value);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if {@code value} is negative
     */
    @Override
    public void putNaturalPaddedIntAscii(int index, int length, int value) {
        checkNatural(value);
        MemorySegment memory = checkedSegment(index, length);
        if (value != 0 && AsciiEncoding.digitCount(value) > length) {
            throw doesNotFit(value, length);
        }
        AsciiNumbers.putPadded(memory, index, length, value);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if {@code value} is negative
     */
    @Override
    public int putNaturalIntAsciiFromEnd(int value, int endExclusive) {
        checkNatural(value);
        int length = AsciiEncoding.digitCount(value);
        int index = endExclusive - length;
        AsciiNumbers.putDigits(checkedSegment(index, length), endExclusive, value);
        return index;
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalArgumentException if {@code value} is negative
     */
    @Override
    public int putNaturalLongAscii(int index, long value) {
        checkNatural(value);
        int length = AsciiEncoding.digitCount(value);
        AsciiNumbers.putDigits(checkedSegment(index, length), index + length, value);
        return length;
    }

    @Override
    public int putLongAscii(int index, long value) {
        if (value >= 0) {
            return putNaturalLongAscii(index, value);
        }
        if (value == Long.MIN_VALUE) {
            putBytes(index, AsciiEncoding.MIN_LONG_VALUE);
            return AsciiEncoding.MIN_LONG_VALUE.length;
        }
        int length = 1 + AsciiEncoding.digitCount(-value);
        MemorySegment memory = checkedSegment(index, length);
        BYTE.set(memory, (long) index, AsciiEncoding.MINUS_SIGN);
        AsciiNumbers.putDigits(memory, index + length, -value);
        return length;
    }

    @Override
    public void putDouble(int index, double value, ByteOrder byteOrder) {
        putLong(index, Double.doubleToRawLongBits(value), byteOrder);
    }

    @Override
    public void putDouble(int index, double value) {
        putLong(index, Double.doubleToRawLongBits(value));
    }

    @Override
    public void putFloat(int index, float value, ByteOrder byteOrder) {
        putInt(index, Float.floatToRawIntBits(value), byteOrder);
    }

    @Override
    public void putFloat(int index, float value) {
        putInt(index, Float.floatToRawIntBits(value));
    }

    @Override
    public void putShort(int index, short value, ByteOrder byteOrder) {
        putShort(index, byteOrder == NATIVE_ORDER ? value : Short.reverseBytes(value));
    }

    @Override
    public void putShort(int index, short value) {
        SHORT.set(segment, (long) index, value);
    }

    @Override
    public void putChar(int index, char value, ByteOrder byteOrder) {
        putChar(index, byteOrder == NATIVE_ORDER ? value : Character.reverseBytes(value));
    }

    @Override
    public void putChar(int index, char value) {
        CHAR.set(segment, (long) index, value);
    }

    @Override
    public void putByte(int index, byte value) {
        BYTE.set(segment, (long) index, value);
    }

    @Override
    public void putBytes(int index, byte[] src) {
        putBytes(index, src, 0, src.length);
    }

    @Override
    public void putBytes(int index, byte[] src, int offset, int length) {
        MemorySegment memory = checkedSegment(index, length);
        MemorySegment.copy(src, offset, memory, ValueLayout.JAVA_BYTE, index, length);
    }

    @Override
    public void putBytes(int index, ByteBuffer srcBuffer, int length) {
        int srcIndex = srcBuffer.position();
        Objects.checkFromIndexSize(srcIndex, length, srcBuffer.limit());
        putBytes(index, srcBuffer, srcIndex, length);
        srcBuffer.position(srcIndex + length);
    }

    @Override
    public void putBytes(int index, ByteBuffer srcBuffer, int srcIndex, int length) {
        ForeignBuffers.copyFrom(srcBuffer, srcIndex, checkedSegment(index, length), index, length);
    }

    @Override
    public void putBytes(int index, DirectBuffer srcBuffer, int srcIndex, int length) {
        MemorySegment memory = checkedSegment(index, length);
        if (srcBuffer instanceof OffHeapBuffer that) {
            MemorySegment.copy(that.checkedSegment(srcIndex, length), srcIndex, memory, index, length);
        } else {
            ForeignBuffers.copyFrom(srcBuffer, srcIndex, this, memory, index, length);
        }
    }

    @Override
    public int putStringAscii(int index, @Nullable String value) {
        return putStringAscii(index, value, NATIVE_ORDER);
    }

    @Override
    public int putStringAscii(int index, @Nullable CharSequence value) {
        return putStringAscii(index, value, NATIVE_ORDER);
    }

    @Override
    public int putStringAscii(int index, @Nullable String value, ByteOrder byteOrder) {
        int length = value == null ? 0 : value.length();
        checkPrefixedBounds(index, length);
        putInt(index, length, byteOrder);
        return STR_HEADER_LEN + putStringWithoutLengthAscii(index + STR_HEADER_LEN, value, 0, length);
    }

    @Override
    public int putStringAscii(int index, @Nullable CharSequence value, ByteOrder byteOrder) {
        int length = value == null ? 0 : value.length();
        checkPrefixedBounds(index, length);
        putInt(index, length, byteOrder);
        return STR_HEADER_LEN + putStringWithoutLengthAscii(index + STR_HEADER_LEN, value, 0, length);
    }

    @Override
    public int putStringWithoutLengthAscii(int index, @Nullable String value) {
        return value == null ? 0 : putStringWithoutLengthAscii(index, value, 0, value.length());
    }

    @Override
    public int putStringWithoutLengthAscii(int index, @Nullable CharSequence value) {
        return value == null ? 0 : putStringWithoutLengthAscii(index, value, 0, value.length());
    }

    // The same loop twice, for String and for CharSequence: with one loop, a program that also encodes other sequences
    // would pay an interface call per character of every String.

    @Override
    public int putStringWithoutLengthAscii(int index, @Nullable String value, int valueOffset, int length) {
        if (value == null) {
            return 0;
        }
        int count = Math.min(value.length() - valueOffset, length);
        MemorySegment memory = checkedSegment(index, count);
        for (int i = 0; i < count; i++) {
            BYTE.set(memory, (long) index + i, ascii(value.charAt(valueOffset + i)));
        }
        return count;
    }

    @Override
    public int putStringWithoutLengthAscii(int index, @Nullable CharSequence value, int valueOffset, int length) {
        if (value == null) {
            return 0;
        }
        int count = Math.min(value.length() - valueOffset, length);
        MemorySegment memory = checkedSegment(index, count);
        for (int i = 0; i < count; i++) {
            BYTE.set(memory, (long) index + i, ascii(value.charAt(valueOffset + i)));
        }
        return count;
    }

    @Override
    public int putStringUtf8(int index, @Nullable String value) {
        return putStringUtf8(index, value, NATIVE_ORDER, Integer.MAX_VALUE);
    }

    @Override
    public int putStringUtf8(int index, @Nullable String value, ByteOrder byteOrder) {
        return putStringUtf8(index, value, byteOrder, Integer.MAX_VALUE);
    }

    @Override
    public int putStringUtf8(int index, @Nullable String value, int maxEncodedLength) {
        return putStringUtf8(index, value, NATIVE_ORDER, maxEncodedLength);
    }

    @Override
    public int putStringUtf8(int index, @Nullable String value, ByteOrder byteOrder, int maxEncodedLength) {
        byte[] bytes = utf8(value);
        if (bytes.length > maxEncodedLength) {
            throw tooLong(bytes.length, maxEncodedLength);
        }
        checkPrefixedBounds(index, bytes.length);
        putInt(index, bytes.length, byteOrder);
        putBytes(index + STR_HEADER_LEN, bytes);
        return STR_HEADER_LEN + bytes.length;
    }

    @Override
    public int putStringWithoutLengthUtf8(int index, @Nullable String value) {
        byte[] bytes = utf8(value);
        putBytes(index, bytes);
        return bytes.length;
    }

    @Override
    public long getLongVolatile(int index) {
        return (long) ATOMIC_LONG.getVolatile(segment, (long) index);
    }

    @Override
    public void putLongVolatile(int index, long value) {
        ATOMIC_LONG.setVolatile(segment, (long) index, value);
    }

    @Override
    public long getLongAcquire(int index) {
        return (long) ATOMIC_LONG.getAcquire(segment, (long) index);
    }

    @Override
    public void putLongOrdered(int index, long value) {
        putLongRelease(index, value);
    }

    @Override
    public void putLongRelease(int index, long value) {
        ATOMIC_LONG.setRelease(segment, (long) index, value);
    }

    @Override
    public long addLongOrdered(int index, long increment) {
        return addLongRelease(index, increment);
    }

    @Override
    public long addLongRelease(int index, long increment) {
        return (long) ATOMIC_LONG.getAndAddRelease(segment, (long) index, increment);
    }

    @Override
    public long getLongOpaque(int index) {
        return (long) ATOMIC_LONG.getOpaque(segment, (long) index);
    }

    @Override
    public void putLongOpaque(int index, long value) {
        ATOMIC_LONG.setOpaque(segment, (long) index, value);
    }

    @Override
    public long addLongOpaque(int index, long increment) {
        long previous = getLongOpaque(index);
        putLongOpaque(index, previous + increment);
        return previous;
    }

    @Override
    public boolean compareAndSetLong(int index, long expectedValue, long updateValue) {
        return ATOMIC_LONG.compareAndSet(segment, (long) index, expectedValue, updateValue);
    }

    @Override
    public long compareAndExchangeLong(int index, long expectedValue, long updateValue) {
        return (long) ATOMIC_LONG.compareAndExchange(segment, (long) index, expectedValue, updateValue);
    }

    @Override
    public long getAndSetLong(int index, long value) {
        return (long) ATOMIC_LONG.getAndSet(segment, (long) index, value);
    }

    @Override
    public long getAndAddLong(int index, long delta) {
        return (long) ATOMIC_LONG.getAndAdd(segment, (long) index, delta);
    }

    @Override
    public int getIntVolatile(int index) {
        return (int) ATOMIC_INT.getVolatile(segment, (long) index);
    }

    @Override
    public void putIntVolatile(int index, int value) {
        ATOMIC_INT.setVolatile(segment, (long) index, value);
    }

    @Override
    public int getIntAcquire(int index) {
        return (int) ATOMIC_INT.getAcquire(segment, (long) index);
    }

    @Override
    public void putIntOrdered(int index, int value) {
        putIntRelease(index, value);
    }

    @Override
    public void putIntRelease(int index, int value) {
        ATOMIC_INT.setRelease(segment, (long) index, value);
    }

    @Override
    public int addIntOrdered(int index, int increment) {
        return addIntRelease(index, increment);
    }

    @Override
    public int addIntRelease(int index, int increment) {
        return (int) ATOMIC_INT.getAndAddRelease(segment, (long) index, increment);
    }

    @Override
    public int getIntOpaque(int index) {
        return (int) ATOMIC_INT.getOpaque(segment, (long) index);
    }

    @Override
    public void putIntOpaque(int index, int value) {
        ATOMIC_INT.setOpaque(segment, (long) index, value);
    }

    @Override
    public int addIntOpaque(int index, int increment) {
        int previous = getIntOpaque(index);
        putIntOpaque(index, previous + increment);
        return previous;
    }

    @Override
    public boolean compareAndSetInt(int index, int expectedValue, int updateValue) {
        return ATOMIC_INT.compareAndSet(segment, (long) index, expectedValue, updateValue);
    }

    @Override
    public int compareAndExchangeInt(int index, int expectedValue, int updateValue) {
        return (int) ATOMIC_INT.compareAndExchange(segment, (long) index, expectedValue, updateValue);
    }

    @Override
    public int getAndSetInt(int index, int value) {
        return (int) ATOMIC_INT.getAndSet(segment, (long) index, value);
    }

    @Override
    public int getAndAddInt(int index, int delta) {
        return (int) ATOMIC_INT.getAndAdd(segment, (long) index, delta);
    }

    @Override
    public short getShortVolatile(int index) {
        return (short) ATOMIC_SHORT.getVolatile(segment, (long) index);
    }

    @Override
    public void putShortVolatile(int index, short value) {
        ATOMIC_SHORT.setVolatile(segment, (long) index, value);
    }

    @Override
    public char getCharVolatile(int index) {
        return (char) ATOMIC_CHAR.getVolatile(segment, (long) index);
    }

    @Override
    public void putCharVolatile(int index, char value) {
        ATOMIC_CHAR.setVolatile(segment, (long) index, value);
    }

    @Override
    public byte getByteVolatile(int index) {
        return (byte) BYTE.getVolatile(segment, (long) index);
    }

    @Override
    public void putByteVolatile(int index, byte value) {
        BYTE.setVolatile(segment, (long) index, value);
    }

    /**
     * Compares the common prefix, first as signed 8-byte values in native byte order and then the rest as signed bytes;
     * if it is equal, the shorter buffer is the smaller. This is the order of Agrona's own buffers.
     */
    @Override
    public int compareTo(DirectBuffer that) {
        if (this == that) {
            return 0;
        }
        int capacity = capacity();
        int thatCapacity = that.capacity();
        int length = Math.min(capacity, thatCapacity);
        int i = 0;
        for (int end = length & -Long.BYTES; i < end; i += Long.BYTES) {
            int order = Long.compare(getLong(i), that.getLong(i));
            if (order != 0) {
                return order;
            }
        }
        for (; i < length; i++) {
            int order = Byte.compare(getByte(i), that.getByte(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(capacity, thatCapacity);
    }

    /**
     * Returns whether the other object is an {@code OffHeapBuffer} with the same content.
     *
     * @param obj to compare with
     * @return {@code true} if it has the same capacity and the same bytes
     */
    @Override
    public boolean equals(@Nullable Object obj) {
        return this == obj || (obj instanceof OffHeapBuffer that && segment.mismatch(that.segment) == -1);
    }

    /**
     * Returns a hash of the content, which changes with the content.
     *
     * @return the hash, equal to that of Agrona's buffers for the same bytes
     */
    @Override
    public int hashCode() {
        MemorySegment memory = segment;
        int length = (int) memory.byteSize();
        int hash = 19;
        int i = 0;
        for (int end = length & -Long.BYTES; i < end; i += Long.BYTES) {
            hash = 31 * hash + Long.hashCode((long) LONG.get(memory, (long) i));
        }
        for (; i < length; i++) {
            hash = 31 * hash + (byte) BYTE.get(memory, (long) i);
        }
        return hash;
    }

    /**
     * Returns a description of the range, not of the content. Works after close, too.
     *
     * @return the description
     */
    @Override
    public String toString() {
        MemorySegment memory = segment;
        return "OffHeapBuffer[address=0x" + Long.toHexString(memory.address()) + ", capacity=" + memory.byteSize()
                + (memory.scope().isAlive() ? "]" : ", closed]");
    }

    /** Returns this buffer's memory after a check that it contains the range. */
    private MemorySegment checkedSegment(int index, int length) {
        MemorySegment memory = segment;
        checkBounds(memory, index, length);
        return memory;
    }

    private static void checkBounds(MemorySegment memory, int index, int length) {
        if ((index | length) < 0 || (long) index + length > memory.byteSize()) {
            throw outOfBounds(memory, index, length);
        }
    }

    private void checkPrefixedBounds(int index, int length) {
        MemorySegment memory = segment;
        if (index < 0 || (long) index + STR_HEADER_LEN + length > memory.byteSize()) {
            throw outOfBounds(memory, index, (long) STR_HEADER_LEN + length);
        }
    }

    private static void checkNatural(long value) {
        if (value < 0) {
            throw notNatural(value);
        }
    }

    private String decode(int index, int length, Charset charset) {
        MemorySegment memory = checkedSegment(index, length);
        byte[] bytes = new byte[length];
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, index, bytes, 0, length);
        return new String(bytes, charset);
    }

    private static byte ascii(char c) {
        return (byte) (c > 127 ? '?' : c);
    }

    /** The bytes of a string; those of "null" for null, as Agrona's UTF-8 methods write it. */
    private static byte[] utf8(@Nullable String value) {
        return String.valueOf(value).getBytes(UTF_8);
    }

    private static MemorySegment segmentToWrap(DirectBuffer buffer) {
        if (buffer instanceof OffHeapBuffer that) {
            return that.segment;
        }
        throw cannotWrap(buffer.getClass().getName());
    }

    private static UnsupportedOperationException cannotWrap(String what) {
        return new UnsupportedOperationException("an OffHeapBuffer refers to the memory of a Region only: wrapped="
                + what + "; ask Region.buffer(offset, length) for a buffer, or copy with putBytes");
    }

    /**
     * Closed memory comes first: a length that was read while another thread closed the memory may be anything, because
     * the JVM lets such a read finish and throws at the next check.
     */
    private static RuntimeException outOfBounds(MemorySegment memory, int index, long length) {
        return memory.scope().isAlive()
                ? new IndexOutOfBoundsException(
                        "index=" + index + ", length=" + length + ", capacity=" + memory.byteSize())
                : closed();
    }

    private IndexOutOfBoundsException limitOutOfBounds(int limit) {
        return new IndexOutOfBoundsException("limit=" + limit + ", capacity=" + capacity());
    }

    private static IllegalStateException misaligned(long address) {
        return new IllegalStateException("atomic access needs an aligned start: address=0x" + Long.toHexString(address)
                + ", alignment=" + ALIGNMENT + "; take a buffer at an offset that is a multiple of it");
    }

    private static IllegalStateException closed() {
        return new IllegalStateException("the region of this buffer is closed");
    }

    private static IllegalArgumentException notNatural(long value) {
        return new IllegalArgumentException(
                "a natural number cannot be negative: value=" + value + "; use putIntAscii or putLongAscii");
    }

    private static NumberFormatException doesNotFit(int value, int length) {
        return new NumberFormatException("more digits than bytes: value=" + value + ", length=" + length);
    }

    private static IllegalArgumentException tooLong(int encodedLength, int maxEncodedLength) {
        return new IllegalArgumentException("encoded string is too long: encodedLength=" + encodedLength
                + ", maxEncodedLength=" + maxEncodedLength);
    }
}
