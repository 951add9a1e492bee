package org.berth.core.map;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.berth.core.internal.StackSpace;
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

    /** From this size on, chunks are kept by their own map. */
    private static final long LARGE = ChunkSource.EAGER_CHUNK;

    /** Beyond this size, zeroing a chunk for reuse takes a call too long. */
    private static final long LARGEST_SPARE = 16 << 20;

    private final ChunkSource source;
    private final long chunkBytes;
    private final long largeBytes;
    private final long maximumBytes;
    private final Reclaimer reclaimer;
    private final SpareChunks spareSmall;

    /** Every table's memory that is not released. */
    private final Set<TableMemory> tables = ConcurrentHashMap.newKeySet();

    /** Large chunks, for the next table. */
    private final SpareChunks spareLarge = new SpareChunks(Long.MAX_VALUE);

    /** What counts against the limit: the tables, allocated in full or not, and the spare chunks. */
    private final AtomicLong bytes = new AtomicLong();

    /** How much of reclaimed large tables to keep. */
    private volatile long keptBytes;

    private volatile boolean closed;

    /** Whether the reclaimer has all of it. */
    private volatile boolean handedOver;

    MapMemory(ChunkSource source, long chunkBytes, long maximumBytes, Reclaimer reclaimer, SpareChunks spareSmall) {
        this.source = source;
        this.chunkBytes = chunkBytes;
        largeBytes = Math.min(chunkBytes, LARGE);
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
        TableMemory table = null;
        boolean added = false;
        try {
            table = new TableMemory(this, size);
            tables.add(table);
            added = true;
        } finally {
            if (table == null) {
                bytes.addAndGet(-size);
            } else if (!added) {
                table.reclaim();
            }
        }
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
            long reused = size >= largeBytes ? Math.min(spareLarge.bytes(), size) : 0;
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
        Chunk spare = size >= largeBytes ? pollLarge(size) : spareSmall.poll(size);
        if (spare != null) {
            return cleared(spare);
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

    private static Chunk cleared(Chunk chunk) {
        boolean cleared = false;
        try {
            chunk.clear();
            cleared = true;
            return chunk;
        } finally {
            if (!cleared) {
                chunk.free();
            }
        }
    }

    private @Nullable Chunk pollLarge(long size) {
        Chunk chunk = spareLarge.poll(size);
        if (chunk != null) {
            // The table for which it is counts it.
            bytes.addAndGet(-size);
        }
        return chunk;
    }

    /** Retires a table's memory. The table is not reachable from the map any more. */
    void retire(TableMemory table, boolean sameSize) {
        keptBytes = sameSize ? table.bytes() : 0;
        // From here on it may be reused: what was read of it must be looked at again.
        table.setRetired();
        reclaimer.retire(table);
        if (!sameSize) {
            freeSpare();
        }
    }

    /**
     * Frees or keeps the memory of a table that no thread accesses any more. What a call that fails leaves, another
     * does.
     */
    void release(TableMemory table) {
        StackSpace.ensure();
        for (int i = 0; i < table.chunkCount(); i++) {
            if (table.isUnreleased(i)) {
                releaseChunk(table, i);
            }
        }
        tables.remove(table);
        if (closed) {
            freeSpare();
        }
    }

    private void releaseChunk(TableMemory table, int index) {
        long size = table.chunkBytes();
        StackSpace.ensure();
        Chunk chunk = table.takeChunk(index);
        if (chunk == null) {
            bytes.addAndGet(-size);
        } else if (chunk.bytes() == size) {
            if (size >= largeBytes
                    && size <= LARGEST_SPARE
                    && !closed
                    && spareLarge.bytes() + size <= keptBytes
                    && spareLarge.offer(chunk)) {
                return;
            }
            bytes.addAndGet(-size);
            freeUncounted(chunk);
        }
    }

    /** Frees a chunk that no table has, or keeps it for any map. */
    void freeUncounted(Chunk chunk) {
        if (chunk.bytes() >= largeBytes || !spareSmall.offer(chunk)) {
            chunk.free();
        }
    }

    /** Frees the spare memory of this map. */
    void freeSpare() {
        for (long size = largeBytes; size <= LARGEST_SPARE; size *= 2) {
            for (Chunk chunk = pollLarge(size); chunk != null; chunk = pollLarge(size)) {
                chunk.free();
            }
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
        closed = true;
        if (!handedOver) {
            // Also those that are with the reclaimer already: to release them again has no effect.
            List<TableMemory> all = new ArrayList<>(tables);
            all.forEach(TableMemory::setRetired);
            reclaimer.retireTogether(all);
            handedOver = true;
            freeSpare();
        }
    }

    long bytes() {
        return bytes.get();
    }

    long spareBytes() {
        return spareLarge.bytes();
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
