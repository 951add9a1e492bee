/**
 * The report: reads the folders that the other commands write, and renders them as one self-contained page.
 *
 * <p>Everything is read and validated before anything is written. Java computes the verdicts (won, lost, within noise);
 * the page's script only draws.
 */
@NullMarked
package org.berth.bench.report;

import org.jspecify.annotations.NullMarked;
