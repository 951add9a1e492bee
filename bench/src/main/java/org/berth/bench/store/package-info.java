/**
 * Maps from keys that are strings to values that are bytes: {@link org.berth.bench.store.BerthStore} and its peers,
 * behind one type for all measurements.
 *
 * <p>Each peer gets its best setting: presized, with the key in the form that it takes, and without a previous value
 * that nobody asked for. What a read gives is what its users get: a copy in the thread's own buffer from Berth and
 * Chronicle Map, a new array from Ehcache and OHC, which have values off the heap, and a reference from the others.
 *
 * <p>Peers that are not here: Oak, the off-heap map of Yahoo, whose jar is not on Maven Central.
 */
@NullMarked
package org.berth.bench.store;

import org.jspecify.annotations.NullMarked;
