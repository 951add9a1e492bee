package org.berth.bench.workload;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;

/**
 * Places objects on the heap so far from other threads' objects that they share no cache lines.
 *
 * <p>An object is taken from the middle of a row of its like. The row stays reachable, as the garbage collector would
 * close the gap otherwise.
 */
final class Apart {

    /** Objects on each side; at 16 bytes or more each, that is at least four pairs of cache lines. */
    private static final int NEIGHBOURS = 64;

    private static final List<Object> ROWS = Collections.synchronizedList(new ArrayList<>());

    private Apart() {}

    static <T> T make(Supplier<T> maker) {
        List<T> row = new ArrayList<>(2 * NEIGHBOURS + 1);
        for (int i = 0; i <= 2 * NEIGHBOURS; i++) {
            row.add(maker.get());
        }
        ROWS.add(row);
        return row.get(NEIGHBOURS);
    }
}
