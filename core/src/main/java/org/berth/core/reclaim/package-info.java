/**
 * Memory off the heap that many threads access without locks, freed by hand.
 *
 * <p>Not exported. See the reading order: {@code Announcements}, {@code Reclaimable}, {@code Reclaimer}; {@code
 * ReclaimableGroup} is what a closed structure leaves.
 */
@NullMarked
package org.berth.core.reclaim;

import org.jspecify.annotations.NullMarked;
