package org.berth.core.map;

import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongFunction;
import org.berth.offheap.Words;

/** What the stress tests need of {@link LongLongMap} beyond its API. */
public final class StressMaps {

    private StressMaps() {}

    /** The bytes of a table of so many lines. */
    public static long bytes(long lines) {
        return Table.bytes(lines);
    }

    /** An empty map of one line: the third key begins a growth. */
    public static LongLongMap small(LongFunction<Words> memory) {
        return create(memory, new Transfer());
    }

    /** Weakened: the mover leaves the key words open that nobody has claimed. */
    public static LongLongMap open(LongFunction<Words> memory) {
        return create(memory, new Transfer() {
            @Override
            long close(Words words, long at) {
                return words.getOpaque(at);
            }
        });
    }

    /** With hashes that differ, so that a key has each place of a line in turn. */
    private static LongLongMap create(LongFunction<Words> memory, Transfer mover) {
        return new LongLongMap(memory, () -> ThreadLocalRandom.current().nextLong(), mover, 1, 1, Long.MAX_VALUE);
    }

    /** Whether a word of a table's lines is a value; otherwise it is a key. */
    public static boolean isValue(long offset) {
        return (offset & Table.VALUE) != 0;
    }

    /** Whether a CAS claims a key word. */
    public static boolean isClaim(long offset, long expected, long value) {
        return !isValue(offset) && expected == Table.EMPTY && value != Table.CLOSED;
    }

    /** Whether a CAS closes a key word. */
    public static boolean isClosing(long offset, long expected, long value) {
        return !isValue(offset) && expected == Table.EMPTY && value == Table.CLOSED;
    }

    /** Whether a CAS hands a mapping over to its copy. */
    public static boolean isSeal(long offset, long expected, long value) {
        return isValue(offset) && value == Table.MOVED;
    }

    /** Whether a CAS takes a mapping away. */
    public static boolean isRemoval(long offset, long expected, long value) {
        return isValue(offset) && value == Table.ABSENT;
    }
}
