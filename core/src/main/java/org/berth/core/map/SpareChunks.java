package org.berth.core.map;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Chunks of reclaimed tables, for the next tables of that size. Zeroing memory that was in use is much cheaper than
 * touching new pages, and freeing it waits for all threads of the process.
 */
final class SpareChunks {

    /** For the small tables of all maps. */
    static final SpareChunks PROCESS = new SpareChunks(1 << 20);

    private final long maximumBytes;
    private final AtomicLong bytes = new AtomicLong();

    /** By the logarithm of the size. */
    private final Queue<Chunk>[] chunks;

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of queues
    SpareChunks(long maximumBytes) {
        this.maximumBytes = maximumBytes;
        chunks = new Queue[Long.SIZE];
        for (int i = 0; i < chunks.length; i++) {
            chunks[i] = new ConcurrentLinkedQueue<>();
        }
    }

    /** Keeps a chunk, not zeroed yet; false if there are enough. */
    boolean offer(Chunk chunk) {
        if (bytes.addAndGet(chunk.bytes()) > maximumBytes) {
            bytes.addAndGet(-chunk.bytes());
            return false;
        }
        of(chunk.bytes()).add(chunk);
        return true;
    }

    /** Returns a chunk that has to be cleared, or null. */
    @Nullable
    Chunk poll(long size) {
        Chunk chunk = of(size).poll();
        if (chunk != null) {
            bytes.addAndGet(-size);
        }
        return chunk;
    }

    /** Frees all. */
    void clear() {
        for (Queue<Chunk> ofOneSize : chunks) {
            for (Chunk chunk = ofOneSize.poll(); chunk != null; chunk = ofOneSize.poll()) {
                bytes.addAndGet(-chunk.bytes());
                chunk.free();
            }
        }
    }

    long bytes() {
        return bytes.get();
    }

    private Queue<Chunk> of(long size) {
        return chunks[Long.numberOfTrailingZeros(size)];
    }
}
