package org.berth.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.berth.core.slots.SlotTable;
import org.berth.offheap.SplitWords;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/**
 * Two threads claim a key that is in the table and has no owner: one of them becomes its owner.
 *
 * <p>Weakened by {@code SplitWords}: both read the state word as vacant before either writes.
 */
public final class ClaimOfKnownKey {

    private ClaimOfKnownKey() {}

    @JCStressTest
    @JCStressMeta(ClaimRace.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "Both are owners.")
    @State
    public static class Hazard {

        private boolean owned;
        private int value;

        @Actor
        public void first(IIII_Result r) {
            r.r1 = claim();
        }

        @Actor
        public void second(IIII_Result r) {
            r.r2 = claim();
        }

        @Arbiter
        public void count(IIII_Result r) {
            r.r3 = 1;
            r.r4 = value;
        }

        private int claim() {
            if (owned) {
                return 0;
            }
            owned = true;
            value += 1;
            return 1;
        }
    }

    @JCStressTest
    @JCStressMeta(ClaimRace.class)
    @Outcome(expect = FORBIDDEN, desc = "Both are owners, or neither, or the key is in the table twice.")
    @State
    public static class Shipped extends ClaimRace {

        private static final Pool<SlotTable> POOL = SmallTable.shipped();

        public Shipped() {
            super(POOL, SmallTable.borrowWithKey(POOL));
        }

        @Actor
        public void first(IIII_Result r) {
            r.r1 = claim();
        }

        @Actor
        public void second(IIII_Result r) {
            r.r2 = claim();
        }

        @Arbiter
        public void end(IIII_Result r) {
            count(r);
        }
    }

    @JCStressTest
    @JCStressMeta(ClaimRace.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "Both are owners, or neither, or the key is in the table twice.")
    @State
    public static class Weakened extends ClaimRace {

        private static final Pool<SlotTable> POOL = SmallTable.weakened(SplitWords::new);

        public Weakened() {
            super(POOL, SmallTable.borrowWithKey(POOL));
        }

        @Actor
        public void first(IIII_Result r) {
            r.r1 = claim();
        }

        @Actor
        public void second(IIII_Result r) {
            r.r2 = claim();
        }

        @Arbiter
        public void end(IIII_Result r) {
            count(r);
        }
    }
}
