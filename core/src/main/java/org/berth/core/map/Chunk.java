package org.berth.core.map;

import org.berth.offheap.Words;

/**
 * A piece of memory that tables are made of.
 *
 * @param words   the memory
 * @param freeing frees it; the memory throws on each access afterwards
 */
record Chunk(Words words, Runnable freeing) {

    /** Makes a chunk of memory that the garbage collector frees. */
    static Chunk of(Words words) {
        return new Chunk(words, () -> {});
    }

    long bytes() {
        return words.size();
    }

    void clear() {
        words.setMemory(0, words.size(), (byte) 0);
    }

    void free() {
        freeing.run();
    }
}
