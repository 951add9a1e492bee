package org.berth.core.map;

/**
 * How the operations on arrays look at keys: so many at a time, first where the search for each begins, and then each for itself. No
 * read of the first pass waits for another, so that the cache misses overlap: what a prefetch would do, which Java does not have.
 */
final class Batch {

    /** So many lines are, when the last was touched, still all in the first-level cache. */
    private static final int KEYS = 32;

    /** A smaller table is in the cache anyhow. */
    private static final long TOUCHED_BYTES = 1 << 19;

    /** What the words of a batch hardly ever come to. */
    private long unlikely = 0x5bd1e995_7f4a7c15L;

    /**
     * The first pass.
     *
     * @return the end of the batch
     */
    int prefetch(Table table, long[] keys, int from) {
        int to = from + Math.min(KEYS, keys.length - from);
        if (table.end < TOUCHED_BYTES) {
            return to;
        }
        long all = 0;
        for (int i = from; i < to; i++) {
            all ^= table.prefetch(keys[i]);
        }
        if (all == unlikely) {
            // Hardly ever; but a use, without which the JIT compiler would drop the reads.
            unlikely++;
        }
        return to;
    }

    static void requireSameLength(long[] keys, long[] others) {
        if (keys.length != others.length) {
            throw new IllegalArgumentException("arrays must be of one length, an element for each key: keys="
                    + keys.length + " others=" + others.length);
        }
    }
}
