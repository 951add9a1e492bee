package org.berth.core.map;

import java.util.Objects;

/**
 * The operations on arrays of keys. They first read the home bucket of each key of a batch, so that the cache misses
 * overlap, as none of these reads waits for another: it stands in for a prefetch instruction, which Java does not have.
 */
final class Batch {

    /** The home buckets of so many keys are all still in the first-level cache when the last was read. */
    private static final int KEYS = 32;

    /** A smaller table is in the cache anyhow. */
    private static final long PREFETCHED_BYTES = 1 << 19;

    /** A combination of key words that hardly ever comes up. */
    private long unlikely = 0x5bd1e995_7f4a7c15L;

    void getAll(TableList list, long[] keys, long[] values, int begin, int end) {
        requireRange(keys, values, begin, end);
        list.openRoot();
        for (int from = begin, to; from < end; from = to) {
            to = prefetch(list, keys, from, end);
            for (int i = from; i < to; i++) {
                values[i] = list.codec.decode(list.getWord(keys[i]));
            }
        }
    }

    void putAll(TableList list, long[] keys, long[] values, int begin, int end) {
        requireRange(keys, values, begin, end);
        list.openRoot();
        for (int i = begin; i < end; i++) {
            list.codec.encode(keys[i], values[i]);
        }
        for (int from = begin, to; from < end; from = to) {
            to = prefetch(list, keys, from, end);
            for (int i = from; i < to; i++) {
                // Encoded again, which checks it again: another thread may write to the array.
                list.getAndSetWord(keys[i], list.codec.encode(keys[i], values[i]));
            }
        }
    }

    void addAll(TableList list, long[] keys, long[] deltas, int begin, int end) {
        requireRange(keys, deltas, begin, end);
        list.openRoot();
        for (int from = begin, to; from < end; from = to) {
            to = prefetch(list, keys, from, end);
            for (int i = from; i < to; i++) {
                list.getAndAddWord(keys[i], deltas[i]);
            }
        }
    }

    int removeAll(TableList list, long[] keys, int begin, int end) {
        Objects.checkFromToIndex(begin, end, keys.length);
        list.openRoot();
        int removed = 0;
        for (int from = begin, to; from < end; from = to) {
            to = prefetch(list, keys, from, end);
            for (int i = from; i < to; i++) {
                removed += list.removeWord(keys[i]) == ValueCodec.ABSENT ? 0 : 1;
            }
        }
        return removed;
    }

    /** Prefetches the home buckets of a batch, and returns the index at which the batch ends. */
    private int prefetch(TableList list, long[] keys, int from, int end) {
        int to = from + Math.min(KEYS, end - from);
        Table table = list.openRoot();
        if (table.end < PREFETCHED_BYTES) {
            return to;
        }
        long all = 0;
        try {
            for (int i = from; i < to; i++) {
                all ^= table.prefetch(keys[i]);
            }
        } catch (IllegalStateException e) {
            // The table was retired and freed meanwhile, and nothing was read for good.
            list.openRoot();
        }
        if (all == unlikely) {
            // Hardly ever; but a use, without which the JIT compiler would drop the reads.
            unlikely++;
        }
        return to;
    }

    static int requireSameLength(long[] keys, long[] others) {
        if (keys.length != others.length) {
            throw new IllegalArgumentException("arrays must be of one length, an element for each key: keys="
                    + keys.length + " others=" + others.length);
        }
        return keys.length;
    }

    private static void requireRange(long[] keys, long[] others, int begin, int end) {
        if (begin < 0 || begin > end || end > keys.length || end > others.length) {
            throw new IndexOutOfBoundsException("range is not inside the arrays: from=" + begin + " to=" + end
                    + " keys=" + keys.length + " others=" + others.length);
        }
    }
}
