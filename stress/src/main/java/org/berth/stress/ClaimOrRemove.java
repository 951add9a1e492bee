package org.berth.stress;

import static org.berth.stress.ClaimedRecord.OWNED_LONG;
import static org.berth.stress.ClaimedRecord.SHARED_LONG;
import static org.berth.stress.SmallTable.KEY;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.berth.core.slots.Slot;
import org.berth.core.slots.SlotTable;
import org.berth.offheap.SplitWords;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * One thread claims a key, another removes it. Either the claim is first: it finds the record with its values, and the
 * removal is refused. Or the removal is first: the claim adds the key anew. Results: the values that the claim finds in
 * an owned and a shared field, as decimal digits; the result of the removal (1: done, 2: refused); the number of keys,
 * and the same two fields in the end, as decimal digits.
 *
 * <p>Weakened by {@code SplitWords}: both read the key as vacant before either writes. In a table that does not
 * recycle, as weakened reference counts could keep a thread waiting for ever; the shipped classes are tried both ways.
 */
@Outcome(id = "11, 2, 111", expect = ACCEPTABLE, desc = "The claim is first.")
@Outcome(id = "0, 1, 100", expect = ACCEPTABLE, desc = "The removal is first.")
public final class ClaimOrRemove {

    private ClaimOrRemove() {}

    @JCStressTest
    @JCStressMeta(ClaimOrRemove.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "Both succeed.")
    @State
    public static class Hazard {

        private boolean owned;
        private boolean removed;
        private int value = 11;

        @Actor
        public void claim(III_Result r) {
            if (removed) {
                value = 0;
            }
            owned = true;
            r.r1 = value;
        }

        @Actor
        public void remove(III_Result r) {
            if (owned) {
                r.r2 = 2;
            } else {
                removed = true;
                r.r2 = 1;
            }
        }

        @Arbiter
        public void end(III_Result r) {
            r.r3 = 100 + value;
        }
    }

    @JCStressTest
    @JCStressMeta(ClaimOrRemove.class)
    @Outcome(expect = FORBIDDEN, desc = "Both succeed, or a record is half old and half new.")
    @State
    public static class Shipped extends Body {

        private static final Pool<SlotTable> POOL = SmallTable.shippedBothWays();

        public Shipped() {
            super(POOL);
        }

        @Actor
        public void claim(III_Result r) {
            claimAndRead(r);
        }

        @Actor
        public void remove(III_Result r) {
            removeKey(r);
        }

        @Arbiter
        public void end(III_Result r) {
            look(r);
        }
    }

    @JCStressTest
    @JCStressMeta(ClaimOrRemove.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "Both succeed, or a record is half old and half new.")
    @State
    public static class Weakened extends Body {

        private static final Pool<SlotTable> POOL = SmallTable.weakened(SplitWords::new);

        public Weakened() {
            super(POOL);
        }

        @Actor
        public void claim(III_Result r) {
            claimAndRead(r);
        }

        @Actor
        public void remove(III_Result r) {
            removeKey(r);
        }

        @Arbiter
        public void end(III_Result r) {
            look(r);
        }
    }

    abstract static class Body {

        private final Pool<SlotTable> pool;
        private final SlotTable table;
        private final SpinBarrier barrier = new SpinBarrier();

        Body(Pool<SlotTable> pool) {
            this.pool = pool;
            this.table = SmallTable.borrow(pool);
            try (Slot former = table.claim(KEY)) {
                former.set(OWNED_LONG, 1);
                former.set(SHARED_LONG, 1);
            }
        }

        /** Claims, and closes no handle: a removal could follow otherwise. */
        final void claimAndRead(III_Result r) {
            barrier.await();
            Slot mine = table.tryClaim(KEY);
            r.r1 = mine == null ? -1 : (int) (10 * mine.get(OWNED_LONG) + mine.get(SHARED_LONG));
        }

        final void removeKey(III_Result r) {
            barrier.await();
            try {
                r.r2 = table.remove(KEY) ? 1 : 0;
            } catch (IllegalStateException owned) {
                r.r2 = 2;
            }
        }

        final void look(III_Result r) {
            r.r3 = 100 * table.size();
            if (table.contains(KEY)) {
                r.r3 += (int)
                        (10 * table.at(KEY).get(OWNED_LONG) + table.at(KEY).get(SHARED_LONG));
            }
            pool.release(table);
        }
    }
}
