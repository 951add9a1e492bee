package org.berth.core.map;

import java.util.SplittableRandom;
import org.berth.offheap.Words;

/** Maps that are resized all the time. */
final class TestMaps {

    private TestMaps() {}

    /** Makes a map of one bucket or more. The same seed gives the same hashes. */
    static LongLongMap small(long buckets, long seed) {
        return new LongLongMap(
                Words::ofAuto, new SplittableRandom(seed)::nextLong, new Transfer(), buckets, 1, Long.MAX_VALUE);
    }
}
