package org.berth.core.map;

import java.util.Arrays;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.berth.core.reclaim.Reclaimer;
import org.berth.offheap.Words;
import org.berth.offheap.internal.ProcessBarrier;

/**
 * Memory of maps that counts what is allocated and not freed. Freed chunks hold what no map ever stores until they are
 * allocated again, so that a thread that comes too late does damage that a test sees.
 */
final class CountedMemory implements ChunkSource {

    private static final byte POISON = (byte) 0xa5;

    /** As in the map itself, but small, so that the tables of the tests fill it. */
    private static final long BATCH_BYTES = 1 << 13;

    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong peak = new AtomicLong();
    private final AtomicLong allocations = new AtomicLong();
    private final Map<Long, Queue<Words>> freed = new ConcurrentHashMap<>();

    final Reclaimer reclaimer;

    /** Is called before each allocation, with its size. */
    volatile LongConsumer beforeAllocation = size -> {};

    CountedMemory() {
        this(false);
    }

    /** Makes one whose reclaimer has a thread of its own, or not. */
    CountedMemory(boolean background) {
        reclaimer = new Reclaimer(ProcessBarrier.PROCESS::run, BATCH_BYTES, background);
    }

    @Override
    public Chunk allocate(long size) {
        beforeAllocation.accept(size);
        long now = bytes.addAndGet(size);
        boolean made = false;
        try {
            peak.accumulateAndGet(now, Math::max);
            allocations.getAndIncrement();
            Words reused = of(size).poll();
            Words words = reused == null ? Words.ofAuto(size) : reused;
            words.setMemory(0, size, (byte) 0);
            Chunk chunk = new Chunk(words, () -> free(words));
            made = true;
            return chunk;
        } finally {
            // An allocation may need more stack than there is: it looks at the limits of the process.
            if (!made) {
                bytes.addAndGet(-size);
            }
        }
    }

    private void free(Words words) {
        words.setMemory(0, words.size(), POISON);
        bytes.addAndGet(-words.size());
        of(words.size()).add(words);
    }

    private Queue<Words> of(long size) {
        return freed.computeIfAbsent(size, key -> new ConcurrentLinkedQueue<>());
    }

    /** Makes a map of this memory. */
    LongLongMap map(Transfer transfer, long buckets, long minimumBuckets, long chunkBytes, long maximumBytes) {
        return map(transfer, buckets, minimumBuckets, chunkBytes, maximumBytes, MapOptions.ORDERED_BYTES);
    }

    LongLongMap map(
            Transfer transfer,
            long buckets,
            long minimumBuckets,
            long chunkBytes,
            long maximumBytes,
            long orderedBytes) {
        MapOptions options = new MapOptions(
                new SplittableRandom(buckets)::nextLong,
                buckets,
                minimumBuckets,
                orderedBytes,
                new ValueCodec(LongLongMap.MISSING));
        return new LongLongMap(
                new MapMemory(this, chunkBytes, maximumBytes, reclaimer, new SpareChunks(0)), transfer, options);
    }

    /** Makes a map of 64 buckets or more, in chunks as large as those of the map itself. */
    LongLongMap map() {
        return map(new Transfer(), 64, 64, ChunkSource.EAGER_CHUNK, Long.MAX_VALUE);
    }

    /** Returns what is allocated and not freed. */
    long bytes() {
        return bytes.get();
    }

    /** Returns the most that was allocated at a time. */
    long peak() {
        return peak.get();
    }

    long allocations() {
        return allocations.get();
    }

    /** Runs one task in as many threads, and throws what one of them throws. */
    static void inParallel(int threads, Work work) throws InterruptedException {
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        Thread[] running = new Thread[threads];
        Arrays.setAll(
                running,
                thread -> Thread.ofPlatform().daemon().start(() -> {
                    try {
                        work.run(thread);
                    } catch (Throwable failure) {
                        failures.add(failure);
                    }
                }));
        for (Thread thread : running) {
            thread.join();
        }
        if (!failures.isEmpty()) {
            AssertionError error = new AssertionError(failures.size() + " threads failed", failures.peek());
            throw error;
        }
    }

    /** The work of one thread. */
    interface Work {
        void run(int thread) throws Exception;
    }
}
