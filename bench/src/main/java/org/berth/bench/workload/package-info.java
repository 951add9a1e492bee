/**
 * The workloads: each class is one, each method one way to do it. Berth's way is named {@code berth…}.
 *
 * <p>Conventions of this room:
 *
 * <ul>
 *   <li>Cost is the time of one operation on one thread, so a thread that waits for another one shows up as cost.
 *   <li>Peers get their best setting: presized, filled before, keys boxed before, each thread's entry far from the
 *       others'.
 *   <li>The first {@code SlotTable} of a process is the only one that the JIT compiler knows as a constant. So a state
 *       opens only the tables that its benchmarks use, and a benchmark asks for the states that it needs and no others.
 *   <li>Each state checks at the end that something was counted: a benchmark that measures nothing fails.
 *   <li>Which of them run at how many threads, and what is compared with what, is in {@code compare.Catalogue}.
 * </ul>
 */
@NullMarked
package org.berth.bench.workload;

import org.jspecify.annotations.NullMarked;
