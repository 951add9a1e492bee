/**
 * The benchmarks' command line, {@link org.berth.bench.Main}, and a workload to run without JMH,
 * {@link org.berth.bench.PlainWorkload}. Benchmarks use Berth as any user does: its public API only.
 */
@NullMarked
package org.berth.bench;

import org.jspecify.annotations.NullMarked;
