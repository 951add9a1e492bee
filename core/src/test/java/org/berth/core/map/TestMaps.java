package org.berth.core.map;

import java.util.SplittableRandom;
import org.berth.offheap.Words;

/** Maps that grow all the time. */
final class TestMaps {

    private TestMaps() {}

    /** A map of one line at least, whose hashes are the same for the same seed. */
    static LongLongMap small(long lines, long seed) {
        return new LongLongMap(
                Words::ofAuto, new SplittableRandom(seed)::nextLong, new Transfer(), lines, 1, Long.MAX_VALUE);
    }
}
