/** Latency of single calls under churn and when every key is removed, which an average hides. */
@NullMarked
package org.berth.bench.calls;

import org.jspecify.annotations.NullMarked;
