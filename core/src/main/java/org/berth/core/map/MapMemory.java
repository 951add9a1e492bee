package org.berth.core.map;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.berth.core.reclaim.Reclaimer;
import org.jspecify.annotations.Nullable;

/**
 * All memory of one map, within the map's limit: of its tables, retired ones included, and what is spare for the next.
 * Refers to no table, so that it can free the memory of a map that was collected without being closed.
 *
 * <p>Small tables get the spare memory of the whole process. A large one is kept spare by its own map, and only while
 * the map is rehashed again and again to the same size.
 */
final class MapMemory {

    private final ChunkSource source;
    private final long chunkBytes;
    private final long maximumBytes;
    private final Reclaimer reclaimer;
    private final SpareChunks spareSmall;

    /** Every table's memory that is not released. */
    private final Set<TableMemory> tables = ConcurrentHashMap.newKeySet();

    /** Whole chunks for the next large table. */
    private final Queue<Chunk> spare = new ConcurrentLinkedQueue<>();

    private final AtomicLong spareBytes = new AtomicLong();

    /** What counts against the limit: the tables, allocated in full or not, and the spare chunks. */
    private final AtomicLong bytes = new AtomicLong();

    /** How much of reclaimed large tables to keep. */
    private volatile long keptBytes;

    private volatile boolean closed;

    MapMemory(ChunkSource source, long chunkBytes, long maximumBytes, Reclaimer reclaimer, SpareChunks spareSmall) {
        this.source = source;
        this.chunkBytes = chunkBytes;
        this.maximumBytes = maximumBytes;
        this.reclaimer = reclaimer;
        this.spareSmall = spareSmall;
    }

    long chunkBytes() {
        return chunkBytes;
    }

    long maximumBytes() {
        return maximumBytes;
    }

    /**
     * Reserves memory for a table, within the limit of the map. Its chunks are still to be allocated.
     *
     * @return null if the limit is reached
     */
    @Nullable
    TableMemory reserve(long size) {
        if (!tryReserve(size)) {
            // What is retired counts: at the limit it is not left to come together.
            freeSpare();
            reclaimer.reclaim();
            if (!tryReserve(size)) {
                return null;
            }
        }
        TableMemory table = new TableMemory(this, size);
        tables.add(table);
        if (closed) {
            // Either this thread sees that the map was closed, or the one that closes it sees the table.
            table.reclaim();
            throw TableList.closed();
        }
        return table;
    }

    private boolean tryReserve(long size) {
        long before = bytes.get();
        while (true) {
            // Spare chunks count already, and a large table is made of them.
            long reused = size > chunkBytes ? Math.min(spareBytes.get(), size) : 0;
            if (before + size - reused > maximumBytes) {
                return false;
            }
            long witness = bytes.compareAndExchange(before, before + size);
            if (witness == before) {
                return true;
            }
            before = witness;
        }
    }

    /** Allocates a zeroed chunk for a table that was reserved. */
    Chunk allocateChunk(long size) {
        Chunk chunk = size == chunkBytes ? pollSpare() : null;
        if (chunk == null && size < chunkBytes) {
            chunk = spareSmall.poll(size);
        }
        if (chunk != null) {
            chunk.clear();
            return chunk;
        }
        try {
            return source.allocate(size);
        } catch (OutOfMemoryError e) {
            // The process has reached its limit: what nobody uses comes first, also that of other maps.
            freeSpare();
            spareSmall.clear();
            reclaimer.reclaim();
            return source.allocate(size);
        }
    }

    private @Nullable Chunk pollSpare() {
        Chunk chunk = spare.poll();
        if (chunk != null) {
            spareBytes.addAndGet(-chunk.bytes());
            // The table for which it is counts it.
            bytes.addAndGet(-chunk.bytes());
        }
        return chunk;
    }

    /** Retires a table's memory. The table is not reachable from the map any more. */
    void retire(TableMemory table, boolean sameSize) {
        keptBytes = sameSize ? table.bytes() : 0;
        if (!sameSize) {
            freeSpare();
        }
        // From here on it may be reused: what was read of it must be looked at again.
        table.setRetired();
        reclaimer.retire(table);
    }

    /** Frees or keeps the memory of a table that no thread accesses any more. */
    void release(TableMemory table) {
        if (!tables.remove(table)) {
            return;
        }
        long freed = table.bytes();
        for (int i = 0; i < table.chunkCount(); i++) {
            Chunk chunk = table.takeChunk(i);
            if (chunk != null && keep(chunk)) {
                freed -= chunk.bytes();
            }
        }
        bytes.addAndGet(-freed);
        if (closed) {
            freeSpare();
        }
    }

    /** Keeps a chunk as a spare one that counts, or gives it away; false if it does not count any more. */
    private boolean keep(Chunk chunk) {
        if (chunk.bytes() == chunkBytes && !closed && spareBytes.get() + chunk.bytes() <= keptBytes) {
            spareBytes.addAndGet(chunk.bytes());
            spare.add(chunk);
            return true;
        }
        freeUncounted(chunk);
        return false;
    }

    /** Frees a chunk that no table has, or keeps it for any map. */
    void freeUncounted(Chunk chunk) {
        if (chunk.bytes() >= chunkBytes || !spareSmall.offer(chunk)) {
            chunk.free();
        }
    }

    /** Frees the spare memory of this map. */
    void freeSpare() {
        for (Chunk chunk = pollSpare(); chunk != null; chunk = pollSpare()) {
            chunk.free();
        }
    }

    /** Reclaims what no thread accesses, now. */
    void reclaim() {
        reclaimer.reclaim();
    }

    /**
     * Closes the map: all of its memory is released before this returns or, if a thread is inside, when that thread has
     * left.
     */
    void close() {
        if (closed) {
            return;
        }
        closed = true;
        // Also those that are with the reclaimer already: who comes second finds them released.
        List<TableMemory> all = new ArrayList<>(tables);
        all.forEach(TableMemory::setRetired);
        freeSpare();
        reclaimer.retireTogether(all);
    }

    long bytes() {
        return bytes.get();
    }

    long spareBytes() {
        return spareBytes.get();
    }

    long retiredBytes() {
        long sum = 0;
        for (TableMemory table : tables) {
            sum += table.isRetired() ? table.bytes() : 0;
        }
        return sum;
    }

    /** Returns the memory that open traversals keep from being reclaimed. */
    long pinnedBytes() {
        long sum = 0;
        for (TableMemory table : tables) {
            sum += table.isRetired() && table.pins() > 0 ? table.bytes() : 0;
        }
        return sum;
    }
}
