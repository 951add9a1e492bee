/**
 * The report: reads the folders that the other commands write, and makes one page of them that needs nothing else.
 *
 * <p>Everything is read and checked before anything is written. Java decides what the figures say (won, lost, within
 * noise); the page's script only draws.
 */
@NullMarked
package org.berth.bench.report;

import org.jspecify.annotations.NullMarked;
