package org.berth.bench.latency;

/**
 * What the workloads do to a dictionary, as one thread does it. Results are returned so that nothing is done for nobody.
 *
 * <p>It has {@link #RECORDS}, under the keys from 0: one that all threads want, one of each thread, and others to be read; and mappings
 * under other keys.
 */
interface Dictionary {

    int RECORDS = 1_000;

    /** The key of the record that all threads want. */
    long WANTED = 0;

    /** The key of the first thread's own record; the next thread's is the next. */
    long OWN = 1;

    /** What {@link #get} and the like return if there is nothing. */
    long NOTHING = Long.MIN_VALUE;

    /** The same dictionary for another thread. */
    Dictionary forThread(int thread);

    /** Adds 1 to the value of this thread's own record, in which no other thread writes. */
    long addToOwn();

    /** Adds up the values of all records. */
    long sum();

    /** Reads the value of the record that all threads want, and tries once to set its successor if it is still the same. */
    long testAndSet();

    /** Reads the value of a mapping. */
    long get(long key);

    /** Sets the value of a mapping, and returns the one before. */
    long put(long key, long value);

    /** Takes a mapping away, and returns its value. */
    long remove(long key);
}
