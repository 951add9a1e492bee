/**
 * The comparison: the benchmarks ({@link org.berth.bench.compare.Catalogue}), how long each runs
 * ({@link org.berth.bench.compare.RunMode}), the run ({@link org.berth.bench.compare.Comparison}), and its report
 * ({@link org.berth.bench.compare.Report}, {@link org.berth.bench.compare.Targets}).
 *
 * <p>Conventions of this package:
 *
 * <ul>
 *   <li>The cost is JMH's score in average-time mode: nanoseconds per operation on one thread. A ratio is a peer's cost
 *       divided by that of its baseline, a row of Berth, from the same run: above 1 Berth wins, below 1 it loses.
 *   <li>Errors are half-widths of 99.9 % confidence intervals, as JMH computes them, and are propagated through every
 *       division.
 *   <li>What was not measured is listed, never left out.
 * </ul>
 */
@NullMarked
package org.berth.bench.compare;

import org.jspecify.annotations.NullMarked;
