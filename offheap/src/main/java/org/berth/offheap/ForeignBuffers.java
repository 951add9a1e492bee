package org.berth.offheap;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Objects;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Copies between native memory and buffers of other kinds. A raw address has no lifetime that could be checked, so this
 * class never reads or writes through one: it copies through the other buffer's array, its {@link ByteBuffer} or its
 * accessors.
 *
 * <p>The callers have checked the range of the native memory; each method checks the range of the other buffer before
 * it copies.
 */
final class ForeignBuffers {
    private ForeignBuffers() {}

    static void copyFrom(ByteBuffer src, int srcIndex, MemorySegment memory, int index, int length) {
        Objects.checkFromIndexSize(srcIndex, length, src.capacity());
        if (src.hasArray()) {
            MemorySegment.copy(src.array(), src.arrayOffset() + srcIndex, memory, JAVA_BYTE, index, length);
        } else {
            MemorySegment.copy(whole(src), srcIndex, memory, index, length);
        }
    }

    static void copyTo(MemorySegment memory, int index, ByteBuffer dst, int dstIndex, int length) {
        Objects.checkFromIndexSize(dstIndex, length, dst.capacity());
        if (dst.hasArray()) {
            MemorySegment.copy(memory, JAVA_BYTE, index, dst.array(), dst.arrayOffset() + dstIndex, length);
        } else if (dst.isReadOnly()) {
            throw new ReadOnlyBufferException();
        } else {
            MemorySegment.copy(memory, index, whole(dst), dstIndex, length);
        }
    }

    static void copyFrom(
            DirectBuffer src, int srcIndex, OffHeapBuffer dst, MemorySegment memory, int index, int length) {
        src.boundsCheck(srcIndex, length);

        byte[] array = src.byteArray();
        if (array != null) {
            MemorySegment.copy(array, src.wrapAdjustment() + srcIndex, memory, JAVA_BYTE, index, length);
            return;
        }
        ByteBuffer buffer = src.byteBuffer();
        if (buffer != null) {
            copyFrom(buffer, src.wrapAdjustment() + srcIndex, memory, index, length);
            return;
        }
        copyByElement(src, srcIndex, dst, index, length);
    }

    static void copyTo(
            OffHeapBuffer src, MemorySegment memory, int index, MutableDirectBuffer dst, int dstIndex, int length) {
        if (dst.isExpandable()) {
            // Checked without a capacity, because an expandable buffer grows to the limit that it is given.
            Objects.checkFromIndexSize(dstIndex, length, Integer.MAX_VALUE);
            dst.checkLimit(dstIndex + length);
        }
        dst.boundsCheck(dstIndex, length);

        byte[] array = dst.byteArray();
        if (array != null) {
            MemorySegment.copy(memory, JAVA_BYTE, index, array, dst.wrapAdjustment() + dstIndex, length);
            return;
        }
        ByteBuffer buffer = dst.byteBuffer();
        if (buffer != null) {
            copyTo(memory, index, buffer, dst.wrapAdjustment() + dstIndex, length);
            return;
        }
        copyByElement(src, index, dst, dstIndex, length);
    }

    /** The whole buffer from index 0 to its capacity, whatever its position and limit are. */
    private static MemorySegment whole(ByteBuffer buffer) {
        return MemorySegment.ofBuffer(buffer.duplicate().clear());
    }

    /**
     * Copies element by element. A buffer of another kind can be a view of the same memory, so the copy runs downwards
     * if the source begins below the destination, lest it overwrite bytes that it has yet to read. Addresses are only
     * compared; a buffer without an address cannot overlap, and either direction is correct.
     */
    private static void copyByElement(
            DirectBuffer src, int srcIndex, MutableDirectBuffer dst, int dstIndex, int length) {
        long srcAddress = src.addressOffset() + srcIndex;
        long dstAddress = dst.addressOffset() + dstIndex;
        if (Long.compareUnsigned(srcAddress, dstAddress) < 0) {
            copyDown(src, srcIndex, dst, dstIndex, length);
        } else {
            copyUp(src, srcIndex, dst, dstIndex, length);
        }
    }

    private static void copyUp(DirectBuffer src, int srcIndex, MutableDirectBuffer dst, int dstIndex, int length) {
        int i = 0;
        for (int end = length & -Long.BYTES; i < end; i += Long.BYTES) {
            dst.putLong(dstIndex + i, src.getLong(srcIndex + i));
        }
        for (; i < length; i++) {
            dst.putByte(dstIndex + i, src.getByte(srcIndex + i));
        }
    }

    private static void copyDown(DirectBuffer src, int srcIndex, MutableDirectBuffer dst, int dstIndex, int length) {
        int i = length;
        while (i >= Long.BYTES) {
            i -= Long.BYTES;
            dst.putLong(dstIndex + i, src.getLong(srcIndex + i));
        }
        while (i > 0) {
            i--;
            dst.putByte(dstIndex + i, src.getByte(srcIndex + i));
        }
    }
}
