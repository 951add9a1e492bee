/** Charts as pictures in SVG. */
@NullMarked
package org.berth.bench.chart;

import org.jspecify.annotations.NullMarked;
