/** Keeps the threads of a benchmark on CPUs of their own, for {@code --pin}. */
@NullMarked
package org.berth.bench.pinning;

import org.jspecify.annotations.NullMarked;
