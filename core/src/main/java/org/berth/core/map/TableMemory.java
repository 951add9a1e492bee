package org.berth.core.map;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.berth.core.reclaim.Reclaimable;
import org.berth.offheap.Words;
import org.jspecify.annotations.Nullable;

/**
 * The memory of one table: a chunk, or several of the same size. Any number of threads may allocate the chunks, one
 * each at a time; a thread that is suspended meanwhile delays no other. Knows nothing of the map, so that the map's
 * memory can be freed when the map itself was collected.
 */
final class TableMemory extends Reclaimable {

    /** In place of a chunk that was released, or never allocated before the release. */
    private static final Chunk RELEASED = new Chunk(null, () -> {});

    private final MapMemory owner;
    private final long bytes;
    private final AtomicReferenceArray<@Nullable Chunk> chunks;

    /** The next chunk that nobody is allocating. */
    private final AtomicInteger next = new AtomicInteger();

    private final AtomicInteger allocated = new AtomicInteger();

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
                // Another thread was faster, or the memory is released.
                owner.freeUncounted(chunk);
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
        return chunk == null ? null : chunk.words;
    }

    /**
     * Releases the memory of a table that was never published, or that no thread accesses any more. Again if need be.
     */
    @Override
    protected void reclaim() {
        owner.release(this);
    }

    /** Whether a chunk is not released yet. */
    boolean isUnreleased(int index) {
        return chunks.get(index) != RELEASED;
    }

    /** Takes a chunk out for good, once; null if it was not allocated. */
    @Nullable
    Chunk takeChunk(int index) {
        return chunks.getAndSet(index, RELEASED);
    }

    int chunkCount() {
        return chunks.length();
    }

    /** Reclaims what was pinned and is retired. */
    void reclaimRetired() {
        owner.reclaim();
    }
}
