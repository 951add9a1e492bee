package org.berth.stress;

import static org.berth.stress.ClaimedRecord.SHARED_DOUBLE;
import static org.berth.stress.ClaimedRecord.SHARED_INT;
import static org.berth.stress.ClaimedRecord.SHARED_LONG;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.berth.core.slots.SlotTable;
import org.berth.core.slots.SlotView;
import org.berth.offheap.SplitWords;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * Two threads, one through a view and one by key, set a long, an int and a double if each is what it was: of each, one
 * succeeds, and its value stays. Results, one bit per field: what the first set, what the second set, what holds the
 * second's value.
 *
 * <p>The int goes from its smallest value, which has all of its bits in the upper half of its word. Weakened by
 * {@code SplitWords}: both find the old value before either writes.
 */
@Outcome(id = "7, 0, 0", expect = ACCEPTABLE, desc = "The first sets all.")
@Outcome(
        id = {"6, 1, 1", "5, 2, 2", "3, 4, 4"},
        expect = ACCEPTABLE,
        desc = "The second sets one.")
@Outcome(
        id = {"4, 3, 3", "2, 5, 5", "1, 6, 6"},
        expect = ACCEPTABLE,
        desc = "The second sets two.")
@Outcome(id = "0, 7, 7", expect = ACCEPTABLE, desc = "The second sets all.")
public final class SharedCas {

    private static final int LONG = 1;
    private static final int INT = 2;
    private static final int DOUBLE = 4;

    private static final int FIRST = 1;
    private static final int SECOND = 2;

    private SharedCas() {}

    @JCStressTest
    @JCStressMeta(SharedCas.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "Both set a field, or it has the loser's value.")
    @State
    public static class Hazard {

        private long l;
        private int i = Integer.MIN_VALUE;
        private double d;

        @Actor
        public void first(III_Result r) {
            r.r1 = set(FIRST);
        }

        @Actor
        public void second(III_Result r) {
            r.r2 = set(SECOND);
        }

        @Arbiter
        public void look(III_Result r) {
            r.r3 = (l == SECOND ? LONG : 0) | (i == SECOND ? INT : 0) | (d == SECOND ? DOUBLE : 0);
        }

        private int set(int me) {
            int done = 0;
            if (l == 0) {
                l = me;
                done |= LONG;
            }
            if (i == Integer.MIN_VALUE) {
                i = me;
                done |= INT;
            }
            if (d == 0) {
                d = me;
                done |= DOUBLE;
            }
            return done;
        }
    }

    @JCStressTest
    @JCStressMeta(SharedCas.class)
    @Outcome(expect = FORBIDDEN, desc = "Both set a field, or neither, or it has the loser's value.")
    @State
    public static class Shipped extends Body {

        private static final Pool<ClaimedRecord> POOL = ClaimedRecord.shipped();

        public Shipped() {
            super(POOL);
        }

        @Actor
        public void first(III_Result r) {
            setThroughView(r);
        }

        @Actor
        public void second(III_Result r) {
            setByKey(r);
        }

        @Arbiter
        public void end(III_Result r) {
            look(r);
        }
    }

    @JCStressTest
    @JCStressMeta(SharedCas.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "Both set a field, or neither, or it has the loser's value.")
    @State
    public static class Weakened extends Body {

        private static final Pool<ClaimedRecord> POOL = ClaimedRecord.weakened(SplitWords::new);

        public Weakened() {
            super(POOL);
        }

        @Actor
        public void first(III_Result r) {
            setThroughView(r);
        }

        @Actor
        public void second(III_Result r) {
            setByKey(r);
        }

        @Arbiter
        public void end(III_Result r) {
            look(r);
        }
    }

    abstract static class Body {

        private final Pool<ClaimedRecord> pool;
        private final ClaimedRecord claimed;

        Body(Pool<ClaimedRecord> pool) {
            this.pool = pool;
            this.claimed = ClaimedRecord.borrow(pool);
            claimed.view().set(SHARED_INT, Integer.MIN_VALUE);
        }

        final void setThroughView(III_Result r) {
            SlotView view = claimed.view();
            r.r1 = (view.compareAndSet(SHARED_LONG, 0, FIRST) ? LONG : 0)
                    | (view.compareAndSet(SHARED_INT, Integer.MIN_VALUE, FIRST) ? INT : 0)
                    | (view.compareAndSet(SHARED_DOUBLE, 0, FIRST) ? DOUBLE : 0);
        }

        final void setByKey(III_Result r) {
            SlotTable table = claimed.table();
            long key = claimed.key();
            r.r2 = (table.at(key).compareAndSet(SHARED_LONG, 0, SECOND) ? LONG : 0)
                    | (table.at(key).compareAndSet(SHARED_INT, Integer.MIN_VALUE, SECOND) ? INT : 0)
                    | (table.at(key).compareAndSet(SHARED_DOUBLE, 0, SECOND) ? DOUBLE : 0);
        }

        final void look(III_Result r) {
            SlotView view = claimed.view();
            r.r3 = (view.get(SHARED_LONG) == SECOND ? LONG : 0)
                    | (view.get(SHARED_INT) == SECOND ? INT : 0)
                    | (view.get(SHARED_DOUBLE) == SECOND ? DOUBLE : 0);
            pool.release(claimed);
        }
    }
}
