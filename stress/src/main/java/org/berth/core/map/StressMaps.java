package org.berth.core.map;

import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongFunction;
import org.berth.core.reclaim.Reclaimer;
import org.berth.offheap.Words;

/** Gives the stress tests access to {@link LongLongMap} beyond its API. */
public final class StressMaps {

    private StressMaps() {}

    /** Returns the memory of a table of so many buckets, in bytes. */
    public static long bytes(long buckets) {
        return Table.bytes(buckets);
    }

    /** Makes an empty map of one bucket: the third key begins a resize. */
    public static LongLongMap small(LongFunction<Words> memory) {
        return create(memory, new Transfer());
    }

    /** Weakened: a transfer does not freeze empty slots. */
    public static LongLongMap withoutFreeze(LongFunction<Words> memory) {
        return create(memory, new Transfer() {
            @Override
            long freeze(Table from, long keyAt) {
                return from.wordAtOpaque(keyAt);
            }
        });
    }

    /** With hashes that differ, so that a key comes into each slot of a bucket in turn. */
    private static LongLongMap create(LongFunction<Words> memory, Transfer transfer) {
        MapOptions options = new MapOptions(
                () -> ThreadLocalRandom.current().nextLong(),
                1,
                1,
                // A key comes into each slot of a bucket in turn only where the table is not ordered.
                ThreadLocalRandom.current().nextBoolean() ? MapOptions.ORDERED_BYTES : 0,
                new ValueCodec(LongLongMap.MISSING));
        // Nothing is reclaimed: each run is short, and the collector frees its memory.
        Reclaimer reclaimer = new Reclaimer(() -> {}, Long.MAX_VALUE, false);
        MapMemory chunks = new MapMemory(
                bytes -> Chunk.of(memory.apply(bytes)),
                ChunkSource.EAGER_CHUNK,
                Long.MAX_VALUE,
                reclaimer,
                new SpareChunks(0));
        return new LongLongMap(chunks, transfer, options);
    }

    /** Whether a word of a table's buckets is a value word; otherwise it is a key word. */
    public static boolean isValue(long offset) {
        return (offset & Table.VALUE) != 0;
    }

    /** Whether a CAS claims a slot. */
    public static boolean isClaim(long offset, long expected, long value) {
        return !isValue(offset) && expected == Table.EMPTY && value != Table.FROZEN;
    }

    /** Whether a CAS freezes a slot. */
    public static boolean isFreeze(long offset, long expected, long value) {
        return !isValue(offset) && expected == Table.EMPTY && value == Table.FROZEN;
    }

    /** Whether a CAS marks a slot as moved. */
    public static boolean isMarkMoved(long offset, long expected, long value) {
        return isValue(offset) && value == ValueCodec.MOVED;
    }

    /** Whether a CAS removes a mapping. */
    public static boolean isRemoval(long offset, long expected, long value) {
        return isValue(offset) && value == ValueCodec.ABSENT;
    }
}
