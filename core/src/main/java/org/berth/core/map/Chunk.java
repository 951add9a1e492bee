package org.berth.core.map;

import org.berth.offheap.Words;
import org.jspecify.annotations.Nullable;

/** A piece of memory that tables are made of, and what frees it. Links itself in a list of spare chunks. */
final class Chunk {

    /** Null in the place of a chunk that there is not. */
    final @Nullable Words words;

    private final Runnable freeing;

    /** The next in a list. Guarded by the list. */
    @Nullable
    Chunk nextSpare;

    /**
     * Makes a chunk.
     *
     * @param words   the memory
     * @param freeing frees it; the memory throws on each access afterwards
     */
    Chunk(@Nullable Words words, Runnable freeing) {
        this.words = words;
        this.freeing = freeing;
    }

    /** Makes a chunk of memory that the garbage collector frees. */
    static Chunk of(Words words) {
        return new Chunk(words, () -> {});
    }

    long bytes() {
        return words == null ? 0 : words.size();
    }

    void clear() {
        if (words != null) {
            words.setMemory(0, words.size(), (byte) 0);
        }
    }

    void free() {
        freeing.run();
    }
}
