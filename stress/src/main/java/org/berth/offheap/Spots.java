package org.berth.offheap;

/**
 * Where the words of one kind are: one in each slot of a table.
 *
 * @param first  offset, in bytes
 * @param stride from one to the next, in bytes
 * @param count  of them
 */
public record Spots(long first, long stride, int count) {

    boolean contains(long offset) {
        long distance = offset - first;
        return distance >= 0 && distance % stride == 0 && distance / stride < count;
    }

    boolean endBefore(long offset) {
        return offset > first + stride * (count - 1);
    }
}
