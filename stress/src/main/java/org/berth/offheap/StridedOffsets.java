package org.berth.offheap;

/**
 * The offsets of the words of one kind: one in each slot of a table.
 *
 * @param first  the first offset, in bytes
 * @param stride from one offset to the next, in bytes
 * @param count  the number of offsets
 */
public record StridedOffsets(long first, long stride, int count) {

    boolean contains(long offset) {
        return indexOf(offset) >= 0;
    }

    /** Returns which of these an offset is, or -1. */
    int indexOf(long offset) {
        long distance = offset - first;
        return distance >= 0 && distance % stride == 0 && distance / stride < count ? (int) (distance / stride) : -1;
    }

    boolean endBefore(long offset) {
        return offset > first + stride * (count - 1);
    }
}
