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
 * Two threads claim a new key: it is added once, and one of them becomes its owner.
 *
 * <p>Weakened by {@code SplitWords}: both read the index link and the state word before either writes.
 */
public final class ClaimOfNewKey {

    private ClaimOfNewKey() {}

    @JCStressTest
    @JCStressMeta(ClaimRace.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "Both are owners, or the key is in the table twice.")
    @State
    public static class Hazard {

        private static final int ABSENT = -1;

        private final long[] keys = new long[4];
        private final int[] records = new int[4];
        private int size;

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
            r.r3 = size;
            for (int i = 0; i < size; i++) {
                r.r4 += records[i];
            }
        }

        private int claim() {
            if (find() != ABSENT) {
                return 0;
            }
            int mine = size;
            keys[mine] = SmallTable.KEY;
            records[mine] += 1;
            size = mine + 1;
            return 1;
        }

        private int find() {
            for (int i = 0; i < size; i++) {
                if (keys[i] == SmallTable.KEY) {
                    return i;
                }
            }
            return ABSENT;
        }
    }

    @JCStressTest
    @JCStressMeta(ClaimRace.class)
    @Outcome(expect = FORBIDDEN, desc = "Both are owners, or neither, or the key is in the table twice.")
    @State
    public static class Shipped extends ClaimRace {

        private static final Pool<SlotTable> POOL = SmallTable.shipped();

        public Shipped() {
            super(POOL, SmallTable.borrow(POOL));
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
            super(POOL, SmallTable.borrow(POOL));
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
