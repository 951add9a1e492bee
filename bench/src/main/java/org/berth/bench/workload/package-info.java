/**
 * The workloads: each class is a workload, each method an implementation. Berth's are named {@code berth…}.
 *
 * <p>Conventions of this package:
 *
 * <ul>
 *   <li>The cost is the time of one operation on one thread, so waiting for another thread counts.
 *   <li>Peers get their best setting: presized, filled and with boxed keys before the measurement, each thread's entry
 *       padded from the others'.
 *   <li>The first {@code SlotTable} of a process is the only one that the JIT compiler knows as a constant. So a state
 *       opens only the tables that its benchmarks use, and a benchmark asks for the states that it needs and no others.
 *   <li>Each state verifies at the end that something was counted: a benchmark that measures nothing fails.
 *   <li>Thread counts and baselines are in {@code compare.Catalogue}.
 * </ul>
 */
@NullMarked
package org.berth.bench.workload;

import org.jspecify.annotations.NullMarked;
