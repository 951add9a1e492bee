package org.berth.core.map;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Chunks of reclaimed tables, for the next tables of that size. Zeroing memory that was in use is much cheaper than
 * touching new pages, and freeing it waits for all threads of the process.
 *
 * <p>Lock-free. Keeping a chunk allocates nothing: the lists are linked through the chunks.
 */
final class SpareChunks {

    /** For the small tables of all maps. */
    static final SpareChunks PROCESS = new SpareChunks(1 << 20);

    private final long maximumBytes;
    private final AtomicLong bytes = new AtomicLong();

    /** Lists, by the logarithm of the size. */
    private final AtomicReferenceArray<@Nullable Chunk> chunks = new AtomicReferenceArray<>(Long.SIZE);

    SpareChunks(long maximumBytes) {
        this.maximumBytes = maximumBytes;
    }

    /** Keeps a chunk, not zeroed yet; false if there are enough. */
    boolean offer(Chunk chunk) {
        long size = chunk.bytes();
        if (bytes.addAndGet(size) > maximumBytes) {
            bytes.addAndGet(-size);
            return false;
        }
        push(index(size), chunk, chunk);
        return true;
    }

    /** Returns a chunk that has to be cleared, or null. */
    @Nullable
    Chunk poll(long size) {
        // The whole list: to take its first one by a CAS, another thread must not have put that back meanwhile (ABA).
        Chunk first = chunks.getAndSet(index(size), null);
        if (first == null) {
            return null;
        }
        Chunk rest = first.nextSpare;
        if (rest != null) {
            putBack(index(size), rest);
        }
        bytes.addAndGet(-size);
        return first;
    }

    private void putBack(int index, Chunk rest) {
        if (!chunks.compareAndSet(index, null, rest)) {
            Chunk last = rest;
            for (Chunk next = last.nextSpare; next != null; next = last.nextSpare) {
                last = next;
            }
            push(index, rest, last);
        }
    }

    @SuppressWarnings("ReferenceEquality") // a CAS compares references
    private void push(int index, Chunk first, Chunk last) {
        Chunk head = chunks.get(index);
        while (true) {
            last.nextSpare = head;
            Chunk witness = chunks.compareAndExchange(index, head, first);
            if (witness == head) {
                return;
            }
            head = witness;
        }
    }

    /** Frees all. */
    void clear() {
        for (int i = 0; i < chunks.length(); i++) {
            for (Chunk chunk = poll(1L << i); chunk != null; chunk = poll(1L << i)) {
                chunk.free();
            }
        }
    }

    long bytes() {
        return bytes.get();
    }

    private static int index(long size) {
        return Long.numberOfTrailingZeros(size);
    }
}
