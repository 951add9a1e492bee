/**
 * The comparison: what is measured ({@link org.berth.bench.compare.Catalogue}), how long
 * ({@link org.berth.bench.compare.RunMode}), the run ({@link org.berth.bench.compare.Comparison}), and what is made of
 * it ({@link org.berth.bench.compare.Report}, {@link org.berth.bench.compare.Targets}).
 *
 * <p>Conventions of this room:
 *
 * <ul>
 *   <li>A ratio is a peer's cost divided by Berth's, from one run: above 1 Berth wins, below 1 it loses.
 *   <li>Errors are half-widths of 99.9 % confidence intervals, as JMH gives them, and are carried through every
 *       division.
 *   <li>What was not measured is said so, never left out.
 * </ul>
 */
@NullMarked
package org.berth.bench.compare;

import org.jspecify.annotations.NullMarked;
