package org.berth.stress;

import static org.berth.stress.ClaimedRecord.OTHER_DOUBLE;
import static org.berth.stress.ClaimedRecord.OTHER_INT;
import static org.berth.stress.ClaimedRecord.OTHER_LONG;
import static org.berth.stress.ClaimedRecord.OWNED_DOUBLE;
import static org.berth.stress.ClaimedRecord.OWNED_INT;
import static org.berth.stress.ClaimedRecord.OWNED_LONG;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.berth.core.slots.Slot;
import org.berth.core.slots.SlotView;
import org.berth.offheap.PlainWords;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * A thread that sees a later write of the owner sees the earlier ones: the owner writes two longs, two ints and two
 * doubles, another thread reads them in reverse. Results for the doubles, the ints, the longs: the first of the two,
 * the second, and the first again, as decimal digits.
 *
 * <p>Weakened by {@code PlainWords}, over an array. On x86 loads stay in order and so do stores, so the disorder must
 * come from the compiler. C2 merges two plain reads of one field: the reader gets the value of the first read for
 * both, although it saw a later write in between. An acquire read of any of the two forbids that; hence two
 * fields of each type, so that a missing acquire of one type is not hidden by the others. Over off-heap memory C2 does
 * so in some runs only, apparently as it ties plain reads to the checks before them; so {@code Shipped} might pass
 * without any acquire, and {@code Unweakened} watches over that.
 */
@Outcome(id = "0, 0, (0|1|11|101|111)", expect = ACCEPTABLE, desc = "Longs are seen, or nothing.")
@Outcome(id = "0, (1|11|101|111), 111", expect = ACCEPTABLE, desc = "Ints are seen, and all before them.")
@Outcome(id = "(1|11|101|111), 111, 111", expect = ACCEPTABLE, desc = "Doubles are seen, and all before them.")
public final class OwnedWriteOrder {

    private OwnedWriteOrder() {}

    private static int digits(int first, int later, int again) {
        return 100 * first + 10 * later + again;
    }

    @JCStressTest
    @JCStressMeta(OwnedWriteOrder.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "A later write is seen without an earlier one.")
    @State
    public static class Hazard {

        private long l1;
        private long l2;
        private int i1;
        private int i2;
        private double d1;
        private double d2;

        @Actor
        public void owner() {
            l1 = 1;
            l2 = 1;
            i1 = 1;
            i2 = 1;
            d1 = 1;
            d2 = 1;
        }

        @Actor
        public void reader(III_Result r) {
            double d = d1;
            double laterD = d2;
            double againD = d1;
            int i = i1;
            int laterI = i2;
            int againI = i1;
            long l = l1;
            long laterL = l2;
            long againL = l1;
            r.r1 = digits((int) d, (int) laterD, (int) againD);
            r.r2 = digits(i, laterI, againI);
            r.r3 = digits((int) l, (int) laterL, (int) againL);
        }
    }

    @JCStressTest
    @JCStressMeta(OwnedWriteOrder.class)
    @Outcome(expect = FORBIDDEN, desc = "A later write is seen without an earlier one.")
    @State
    public static class Shipped extends Body {

        private static final Pool<ClaimedRecord> POOL = ClaimedRecord.shipped();

        public Shipped() {
            super(POOL);
        }

        @Actor
        public void owner() {
            write();
        }

        @Actor
        public void reader(III_Result r) {
            read(r);
        }

        @Arbiter
        public void end() {
            release();
        }
    }

    @JCStressTest
    @JCStressMeta(OwnedWriteOrder.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "A later write is seen without an earlier one.")
    @State
    public static class Weakened extends Body {

        private static final Pool<ClaimedRecord> POOL = ClaimedRecord.inArray(PlainWords::new);

        public Weakened() {
            super(POOL);
        }

        @Actor
        public void owner() {
            write();
        }

        @Actor
        public void reader(III_Result r) {
            read(r);
        }

        @Arbiter
        public void end() {
            release();
        }
    }

    /** Fails where the shipped code itself asks for a plain read, which off-heap memory hides: see above. */
    @JCStressTest
    @JCStressMeta(OwnedWriteOrder.class)
    @Outcome(expect = FORBIDDEN, desc = "A later write is seen without an earlier one.")
    @State
    public static class Unweakened extends Body {

        private static final Pool<ClaimedRecord> POOL = ClaimedRecord.inArray(words -> words);

        public Unweakened() {
            super(POOL);
        }

        @Actor
        public void owner() {
            write();
        }

        @Actor
        public void reader(III_Result r) {
            read(r);
        }

        @Arbiter
        public void end() {
            release();
        }
    }

    abstract static class Body {

        private final Pool<ClaimedRecord> pool;
        private final ClaimedRecord claimed;

        Body(Pool<ClaimedRecord> pool) {
            this.pool = pool;
            this.claimed = ClaimedRecord.borrow(pool);
        }

        final void write() {
            Slot owner = claimed.owner();
            owner.set(OWNED_LONG, 1);
            owner.add(OTHER_LONG, 1);
            owner.set(OWNED_INT, 1);
            owner.add(OTHER_INT, 1);
            owner.set(OWNED_DOUBLE, 1);
            owner.add(OTHER_DOUBLE, 1);
        }

        final void read(III_Result r) {
            SlotView view = claimed.view();
            double d = view.get(OWNED_DOUBLE);
            double laterD = view.get(OTHER_DOUBLE);
            double againD = view.get(OWNED_DOUBLE);
            int i = view.get(OWNED_INT);
            int laterI = view.get(OTHER_INT);
            int againI = view.get(OWNED_INT);
            long l = view.get(OWNED_LONG);
            long laterL = view.get(OTHER_LONG);
            long againL = view.get(OWNED_LONG);
            r.r1 = digits((int) d, (int) laterD, (int) againD);
            r.r2 = digits(i, laterI, againI);
            r.r3 = digits((int) l, (int) laterL, (int) againL);
        }

        final void release() {
            pool.release(claimed);
        }
    }
}
