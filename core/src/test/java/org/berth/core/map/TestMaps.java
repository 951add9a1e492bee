package org.berth.core.map;

import java.util.SplittableRandom;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import org.berth.core.reclaim.Reclaimer;
import org.berth.offheap.Words;
import org.berth.offheap.internal.ProcessBarrier;

/** Maps with memory of the tests' own. Tables are reclaimed soon, and freed memory holds what no map ever stores. */
final class TestMaps {

    /** Some tables at a time: a barrier for each would take most of the time of the tests. */
    private static final long BATCH_BYTES = 1 << 13;

    private static final long SPARE_BYTES = 1 << 16;

    private static final byte POISON = (byte) 0xa5;

    private TestMaps() {}

    /** Makes a map of one bucket or more, which is resized all the time. The same seed gives the same hashes. */
    static LongLongMap small(long buckets, long seed) {
        return create(Words::ofAuto, new SplittableRandom(seed)::nextLong, new Transfer(), buckets, 1, Long.MAX_VALUE);
    }

    static LongLongMap create(
            LongFunction<Words> memory,
            LongSupplier seeds,
            Transfer transfer,
            long buckets,
            long minimumBuckets,
            long maximumBytes) {
        MapOptions options = new MapOptions(
                seeds, buckets, minimumBuckets, MapOptions.ORDERED_BYTES, new ValueCodec(LongLongMap.MISSING));
        return create(memory, transfer, options, ChunkSource.EAGER_CHUNK, maximumBytes);
    }

    static LongLongMap create(
            LongFunction<Words> memory, Transfer transfer, MapOptions options, long chunkBytes, long maximumBytes) {
        Reclaimer reclaimer = new Reclaimer(ProcessBarrier.PROCESS::run, BATCH_BYTES, false);
        return new LongLongMap(
                new MapMemory(poisoned(memory), chunkBytes, maximumBytes, reclaimer, new SpareChunks(SPARE_BYTES)),
                transfer,
                options);
    }

    /**
     * Makes a map that reclaims each retired table at once, so that the next table is made of it.
     *
     * @param barrier of the reclaimer
     * @param reuse   whether the next table is made of it; otherwise it is freed
     */
    static LongLongMap reclaimingAtOnce(
            LongFunction<Words> memory,
            Transfer transfer,
            MapOptions options,
            long chunkBytes,
            Runnable barrier,
            boolean reuse) {
        return new LongLongMap(
                new MapMemory(
                        poisoned(memory),
                        chunkBytes,
                        Long.MAX_VALUE,
                        new Reclaimer(barrier, 0, false),
                        new SpareChunks(reuse ? SPARE_BYTES : 0)),
                transfer,
                options);
    }

    /** Returns options for a map of so many buckets or more. */
    static MapOptions options(LongSupplier seeds, long buckets, long orderedBytes) {
        return new MapOptions(seeds, buckets, 1, orderedBytes, new ValueCodec(LongLongMap.MISSING));
    }

    static ChunkSource poisoned(LongFunction<Words> memory) {
        return bytes -> {
            Words words = memory.apply(bytes);
            return new Chunk(words, () -> words.setMemory(0, bytes, POISON));
        };
    }
}
