package org.berth.bench.latency;

/**
 * The highest rate at which a tail stays short enough.
 *
 * @param workload       its name
 * @param implementation its label
 * @param boundMicros    that p99.9 must not exceed
 * @param rate           operations per second and thread: the highest that did, 0 if none
 * @param exceeded       the lowest that did not; 0 if all did
 */
record Maximum(String workload, String implementation, long boundMicros, long rate, long exceeded) {}
