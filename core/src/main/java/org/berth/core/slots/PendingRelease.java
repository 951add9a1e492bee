package org.berth.core.slots;

import org.jspecify.annotations.Nullable;

/**
 * What the end of a claim needs: allocated before it begins, which must not fail half way.
 *
 * @param merge room for what is merged, in a table that merges
 * @param last  the final record, where such are handed over
 */
record PendingRelease(
        RedoLog.@Nullable Leave merge, @Nullable FinalRecord last) {

    /** Where nothing is merged and nothing handed over, so that such a claim ends without an allocation. */
    static final PendingRelease NOTHING = new PendingRelease(null, null);
}
