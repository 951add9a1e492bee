/** Latency of single calls while a map grows and resizes, which an average hides. */
@NullMarked
package org.berth.bench.growth;

import org.jspecify.annotations.NullMarked;
