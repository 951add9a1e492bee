/**
 * What the modules of Berth share and their users do not see; exported to {@code org.berth.core} alone:
 * {@link org.berth.offheap.internal.ProcessBarrier} and {@link org.berth.offheap.internal.MemoryBudget}, for structures
 * that free memory by themselves, {@link org.berth.offheap.internal.ReplacementFile}, by which a complete file replaces
 * another one, and {@link org.berth.offheap.internal.DeferredInterrupt}.
 */
@NullMarked
package org.berth.offheap.internal;

import org.jspecify.annotations.NullMarked;
