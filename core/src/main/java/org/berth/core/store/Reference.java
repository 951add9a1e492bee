package org.berth.core.store;

/**
 * Where a record is, in one word that is never negative: the segment, its generation, and the offset in it. No two
 * records ever have the same reference, as an id is given up when its generations have run out.
 */
final class Reference {

    private static final int OFFSET_BITS = 17;
    private static final int GENERATION_BITS = 22;
    static final int ID_BITS = 24;

    private static final long OFFSET_MASK = (1L << OFFSET_BITS) - 1;

    /** Records begin at multiples of it. */
    private static final int ALIGNMENT_SHIFT = 3;

    /** The largest generation of a segment. */
    static final long LAST_GENERATION = (1L << GENERATION_BITS) - 1;

    /** The largest size of a segment of several records, in bytes. */
    static final int MAX_SEGMENT = 1 << (OFFSET_BITS + ALIGNMENT_SHIFT);

    /** How many segments there can be at a time. */
    static final int MAX_SEGMENTS = 1 << ID_BITS;

    private Reference() {}

    static long of(int id, long generation, long offset) {
        return (((long) id << GENERATION_BITS) | generation) << OFFSET_BITS | offset >>> ALIGNMENT_SHIFT;
    }

    static int id(long reference) {
        return (int) (reference >>> (GENERATION_BITS + OFFSET_BITS));
    }

    static long generation(long reference) {
        return reference >>> OFFSET_BITS & LAST_GENERATION;
    }

    /** Returns the offset of the record's header in the segment, in bytes. */
    static long offset(long reference) {
        return (reference & OFFSET_MASK) << ALIGNMENT_SHIFT;
    }
}
