/** Thread affinity of benchmarks: the option {@code --pin} pins each thread to a CPU, as {@code taskset} does. */
@NullMarked
package org.berth.bench.affinity;

import org.jspecify.annotations.NullMarked;
