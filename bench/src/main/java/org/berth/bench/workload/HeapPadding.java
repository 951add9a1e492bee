package org.berth.bench.workload;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;

/**
 * Pads objects on the heap from other threads' objects, so that they share no cache lines.
 *
 * <p>The object is the middle one of a row of equal objects. The row stays reachable, as the garbage collector would
 * compact it otherwise.
 */
final class HeapPadding {

    /** Objects on each side; at 16 bytes or more each, that is at least four pairs of cache lines. */
    private static final int NEIGHBOURS = 64;

    private static final List<Object> ROWS = Collections.synchronizedList(new ArrayList<>());

    private HeapPadding() {}

    static <T> T padded(Supplier<T> maker) {
        List<T> row = new ArrayList<>(2 * NEIGHBOURS + 1);
        for (int i = 0; i <= 2 * NEIGHBOURS; i++) {
            row.add(maker.get());
        }
        ROWS.add(row);
        return row.get(NEIGHBOURS);
    }
}
