/**
 * Latency of operations at a given rate, from their intended start to their end: an open loop, so that the delay that
 * one operation causes for those behind it counts (no coordinated omission). Each measurement has a JVM of its own,
 * with one implementation.
 */
@NullMarked
package org.berth.bench.latency;

import org.jspecify.annotations.NullMarked;
