package org.berth.bench.latency;

import java.util.function.LongSupplier;

/** What the threads of a measurement do. */
interface Operations extends AutoCloseable {

    /** Returns the operation of a thread, whose results the JIT compiler cannot eliminate. */
    LongSupplier forThread(int thread);

    /** Does what another thread does beside those that are measured, up to a thousand times a second. */
    long background();

    @Override
    default void close() {
        // Most is left to the garbage collector.
    }
}
