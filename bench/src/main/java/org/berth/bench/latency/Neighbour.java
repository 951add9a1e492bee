package org.berth.bench.latency;

import java.util.function.LongSupplier;

/**
 * A noisy neighbour: allocates as other code of a service would, and keeps a part reachable, so that the collector has
 * work to do.
 */
final class Neighbour implements LongSupplier {

    /** Up to 256 MB per second, of which 64 MB stay reachable. */
    private static final int ARRAYS_PER_MILLISECOND = 16;

    private static final int BYTES = 16 << 10;
    private static final int KEPT = 4096;

    private final byte[][] kept = new byte[KEPT][];
    private int next;

    @Override
    public long getAsLong() {
        for (int i = 0; i < ARRAYS_PER_MILLISECOND; i++) {
            byte[] bytes = new byte[BYTES];
            bytes[i] = 1;
            kept[next] = bytes;
            next = (next + 1) % KEPT;
        }
        return next;
    }
}
