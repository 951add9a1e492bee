package org.berth.core.map;

import java.util.function.LongSupplier;

/**
 * What a map is built with, beside its memory.
 *
 * @param seeds          of the tables' hashes
 * @param buckets        of the first table
 * @param minimumBuckets of every table
 * @param orderedBytes   the size up to which a table is {@linkplain Table#isOrdered ordered}
 * @param codec          of the values
 */
record MapOptions(LongSupplier seeds, long buckets, long minimumBuckets, long orderedBytes, ValueCodec codec) {

    /**
     * A table up to this size stays in the cache, where a branch that is mispredicted costs more than reads of a whole
     * bucket do.
     */
    static final long ORDERED_BYTES = 1 << 19;
}
