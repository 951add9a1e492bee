package org.berth.stress;

import static org.berth.stress.ClaimedRecord.OWNED_LONG;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;

import org.berth.core.slots.Slot;
import org.berth.core.slots.SlotTable;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.infra.results.IIII_Result;

/**
 * Two threads claim one key, and the owner adds 1 to its record. Results: whether each thread is the owner, the number
 * of keys, the sum over all records.
 */
@Outcome(id = "1, 0, 1, 1", expect = ACCEPTABLE, desc = "The first is the owner.")
@Outcome(id = "0, 1, 1, 1", expect = ACCEPTABLE, desc = "The second is the owner.")
abstract class ClaimRace {

    private final Pool<SlotTable> pool;
    private final SlotTable table;

    ClaimRace(Pool<SlotTable> pool, SlotTable table) {
        this.pool = pool;
        this.table = table;
    }

    /** Claims, and closes no handle: a second owner would be a legal successor otherwise. */
    final int claim() {
        Slot mine = table.tryClaim(SmallTable.KEY);
        if (mine == null) {
            return 0;
        }
        mine.add(OWNED_LONG, 1);
        return 1;
    }

    final void count(IIII_Result r) {
        r.r3 = table.size();
        r.r4 = (int) table.sum(OWNED_LONG);
        pool.release(table);
    }
}
