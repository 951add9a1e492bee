/**
 * Snapshots of maps in files; not exported. What a map offers is its {@code save} and {@code load}.
 *
 * <p>{@code SnapshotFormat} says where each byte is, {@code SnapshotWriter} writes a file and {@code SnapshotReader}
 * reads it: a first time to check all of it, by {@code BlockReader}, and a second time for its entries.
 *
 * <p>Nothing here is shared between threads. The maps' own traversals see to it that each entry is one that its key
 * had.
 */
@NullMarked
package org.berth.core.snapshot;

import org.jspecify.annotations.NullMarked;
