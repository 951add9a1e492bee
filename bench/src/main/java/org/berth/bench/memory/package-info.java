/** The memory that a process with a map keeps, over time. */
@NullMarked
package org.berth.bench.memory;

import org.jspecify.annotations.NullMarked;
