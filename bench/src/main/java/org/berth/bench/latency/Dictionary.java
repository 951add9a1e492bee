package org.berth.bench.latency;

/**
 * The operations of the workloads, for one thread. They return results, so that the JIT compiler cannot eliminate them.
 *
 * <p>It has {@link #RECORDS} records under the keys from 0: one that all threads contend for, one for each thread, and
 * others that are only read; and mappings under other keys.
 */
interface Dictionary {

    int RECORDS = 1_000;

    /** The key of the contended record. */
    long WANTED = 0;

    /** The key of the first thread's own record; the next threads' keys follow. */
    long OWN = 1;

    /** Returned for an absent key. */
    long NOTHING = Long.MIN_VALUE;

    /** Returns a view of the same dictionary for another thread. */
    Dictionary forThread(int thread);

    /** Adds 1 to this thread's own record, which no other thread writes. */
    long addToOwn();

    /** Returns the sum of all records. */
    long sum();

    /** Reads the contended record, and tries once to set its successor by compare-and-set. */
    long testAndSet();

    /** Returns the value of a mapping. */
    long get(long key);

    /** Sets the value of a mapping, and returns the previous one. */
    long put(long key, long value);

    /** Removes a mapping, and returns its value. */
    long remove(long key);
}
