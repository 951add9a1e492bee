/**
 * How long operations take at a given rate, from the moment at which each should have begun: open-loop, so that what one operation
 * holds up behind it counts. Each measurement has a JVM of its own, and one implementation in it.
 */
@NullMarked
package org.berth.bench.latency;

import org.jspecify.annotations.NullMarked;
