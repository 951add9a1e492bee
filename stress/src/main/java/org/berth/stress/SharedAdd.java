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
 * Two threads, one through a view and one by key, add 1 to a long, an int and a double: both are counted. Results: how
 * much was added to each field.
 *
 * <p>The int goes past its largest value: it must wrap around. Weakened by {@code SplitWords}: both read the old value
 * before either writes.
 */
@Outcome(id = "2, 2, 2", expect = ACCEPTABLE, desc = "Both are counted.")
public final class SharedAdd {

    private SharedAdd() {}

    @JCStressTest
    @JCStressMeta(SharedAdd.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "One is lost.")
    @State
    public static class Hazard {

        private long l;
        private int i = Integer.MAX_VALUE;
        private double d;

        @Actor
        public void first() {
            add();
        }

        @Actor
        public void second() {
            add();
        }

        @Arbiter
        public void count(III_Result r) {
            r.r1 = (int) l;
            r.r2 = i - Integer.MAX_VALUE;
            r.r3 = (int) d;
        }

        private void add() {
            l++;
            i++;
            d++;
        }
    }

    @JCStressTest
    @JCStressMeta(SharedAdd.class)
    @Outcome(expect = FORBIDDEN, desc = "One is lost.")
    @State
    public static class Shipped extends Body {

        private static final Pool<ClaimedRecord> POOL = ClaimedRecord.shipped();

        public Shipped() {
            super(POOL);
        }

        @Actor
        public void first() {
            addThroughView();
        }

        @Actor
        public void second() {
            addByKey();
        }

        @Arbiter
        public void end(III_Result r) {
            count(r);
        }
    }

    @JCStressTest
    @JCStressMeta(SharedAdd.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "One is lost.")
    @State
    public static class Weakened extends Body {

        private static final Pool<ClaimedRecord> POOL = ClaimedRecord.weakened(SplitWords::new);

        public Weakened() {
            super(POOL);
        }

        @Actor
        public void first() {
            addThroughView();
        }

        @Actor
        public void second() {
            addByKey();
        }

        @Arbiter
        public void end(III_Result r) {
            count(r);
        }
    }

    abstract static class Body {

        private final Pool<ClaimedRecord> pool;
        private final ClaimedRecord claimed;

        Body(Pool<ClaimedRecord> pool) {
            this.pool = pool;
            this.claimed = ClaimedRecord.borrow(pool);
            claimed.view().set(SHARED_INT, Integer.MAX_VALUE);
        }

        final void addThroughView() {
            SlotView view = claimed.view();
            view.getAndAdd(SHARED_LONG, 1);
            view.getAndAdd(SHARED_INT, 1);
            view.getAndAdd(SHARED_DOUBLE, 1);
        }

        final void addByKey() {
            SlotTable table = claimed.table();
            long key = claimed.key();
            table.at(key).getAndAdd(SHARED_LONG, 1);
            table.at(key).getAndAdd(SHARED_INT, 1);
            table.at(key).getAndAdd(SHARED_DOUBLE, 1);
        }

        final void count(III_Result r) {
            SlotView view = claimed.view();
            r.r1 = (int) view.get(SHARED_LONG);
            r.r2 = view.get(SHARED_INT) - Integer.MAX_VALUE;
            r.r3 = (int) view.get(SHARED_DOUBLE);
            pool.release(claimed);
        }
    }
}
