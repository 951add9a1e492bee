package org.berth.core.map;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.berth.core.reclaim.Reclaimable;
import org.berth.offheap.Words;
import org.jspecify.annotations.Nullable;

/**
 * The memory of one table: a chunk, or several of the same size. Any number of threads may allocate the chunks, one each
 * at a time; a thread that is suspended meanwhile delays no other. Knows nothing of the map, so that the map's memory
 * can be freed when the map itself was collected.
 */
final class TableMemory extends Reclaimable {

    private final MapMemory owner;
    private final long bytes;
    private final AtomicReferenceArray<@Nullable Chunk> chunks;

    /** The next chunk that nobody is allocating. */
    private final AtomicInteger next = new AtomicInteger();

    private final AtomicInteger allocated = new AtomicInteger();

    /** Set when the memory is released: a chunk that comes later is freed by the thread that brings it. */
    private volatile boolean released;

    TableMemory(MapMemory owner, long bytes) {
        this.owner = owner;
        this.bytes = bytes;
        chunks = new AtomicReferenceArray<>((int) Math.max(1, bytes / owner.chunkBytes()));
    }

    @Override
    public long bytes() {
        return bytes;
    }

    long chunkBytes() {
        return bytes / chunks.length();
    }

    /**
     * Allocates a chunk, if one is missing.
     *
     * @param again whether to allocate also what other threads are allocating
     * @return whether no chunk is missing any more
     * @throws OutOfMemoryError              as {@link ChunkSource#allocate}
     * @throws UnsupportedOperationException likewise
     */
    boolean allocateNext(boolean again) {
        int index = next.get() < chunks.length() ? next.getAndIncrement() : chunks.length();
        if (index >= chunks.length() && again) {
            index = firstMissing();
        }
        if (index < chunks.length()) {
            Chunk chunk = owner.allocateChunk(chunkBytes());
            if (chunks.compareAndSet(index, null, chunk)) {
                allocated.getAndIncrement();
            } else {
                owner.freeUncounted(chunk);
            }
            if (released) {
                freeChunk(index);
            }
        }
        return isAllocated();
    }

    private int firstMissing() {
        int index = 0;
        while (index < chunks.length() && chunks.get(index) != null) {
            index++;
        }
        return index;
    }

    boolean isAllocated() {
        return allocated.get() == chunks.length();
    }

    /** Returns the words of a chunk; null if this memory was released meanwhile. */
    @Nullable
    Words words(int index) {
        Chunk chunk = chunks.get(index);
        return chunk == null ? null : chunk.words();
    }

    /** Releases the memory of a table that was never published, or that no thread accesses any more. */
    @Override
    protected void reclaim() {
        released = true;
        owner.release(this);
    }

    /** Takes a chunk out, once; null if it is missing. */
    @Nullable
    Chunk takeChunk(int index) {
        return chunks.getAndSet(index, null);
    }

    int chunkCount() {
        return chunks.length();
    }

    /** Reclaims what was pinned and is retired. */
    void reclaimRetired() {
        owner.reclaim();
    }

    private void freeChunk(int index) {
        Chunk chunk = takeChunk(index);
        if (chunk != null) {
            owner.freeUncounted(chunk);
        }
    }
}
