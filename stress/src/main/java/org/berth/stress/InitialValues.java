package org.berth.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Merge;
import org.berth.core.slots.OnRelease;
import org.berth.core.slots.RecordLayout;
import org.berth.core.slots.SlotTable;
import org.berth.core.slots.StressTables;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * A total that counts a record sees the values that the record begins with: one thread claims a new key, while another
 * takes the least value over all records. Results: whether that is the value of no record, the largest number.
 *
 * <p>Weakened by {@code HeldWords} and {@code EarlyWords}, which say why the missing order must be acted out.
 */
@Outcome(id = "1", expect = ACCEPTABLE, desc = "No record has a value that counts.")
public final class InitialValues {

    private InitialValues() {}

    @JCStressTest
    @JCStressMeta(InitialValues.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "A value counts that no record ever had.")
    @State
    public static class Hazard {

        /** The value that the total read before it knew that the record counts; kept, so that it must be read. */
        long early;

        private long value;
        private boolean used;

        @Actor
        public void claim() {
            value = Long.MAX_VALUE;
            used = true;
        }

        /** C2 merges the two reads of the value, as in {@link ClaimEndVisibility}. */
        @Actor
        public void total(I_Result r) {
            early = value;
            r.r1 = !used || value == Long.MAX_VALUE ? 1 : 0;
        }
    }

    @JCStressTest
    @JCStressMeta(InitialValues.class)
    @Outcome(expect = FORBIDDEN, desc = "A value counts that no record ever had.")
    @State
    public static class Shipped extends Body {

        private static final Pool<SlotTable> POOL = new Pool<>(() -> SlotTable.builder(Body.LAYOUT, 1)
                .padding(Body.PADDING)
                .onRelease(OnRelease.MERGE)
                .build());

        public Shipped() {
            super(POOL);
        }

        @Actor
        public void claim() {
            claimKey();
        }

        @Actor
        public void total(I_Result r) {
            least(r);
        }

        @Arbiter
        public void end() {
            release();
        }
    }

    /** The write of the state of the new record releases nothing. */
    @JCStressTest
    @JCStressMeta(InitialValues.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "A value counts that no record ever had.")
    @State
    public static class Weakened extends Body {

        private static final Pool<SlotTable> POOL =
                new Pool<>(() -> StressTables.lateInitialValues(Body.LAYOUT, 1, Body.PADDING));

        public Weakened() {
            super(POOL);
        }

        @Actor
        public void claim() {
            claimKey();
        }

        @Actor
        public void total(I_Result r) {
            least(r);
        }

        @Arbiter
        public void end() {
            release();
        }
    }

    /** The total acquires nothing from the state. */
    @JCStressTest
    @JCStressMeta(InitialValues.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "A value counts that no record ever had.")
    @State
    public static class WeakenedRead extends Body {

        private static final Pool<SlotTable> POOL =
                new Pool<>(() -> StressTables.earlyInitialValues(Body.LAYOUT, Body.PADDING));

        public WeakenedRead() {
            super(POOL);
        }

        @Actor
        public void claim() {
            claimKey();
        }

        @Actor
        public void total(I_Result r) {
            least(r);
        }

        @Arbiter
        public void end() {
            release();
        }
    }

    abstract static class Body {

        private static final RecordLayout.Builder RECORD = RecordLayout.builder();
        private static final OwnedLong LEAST = RECORD.ownedLong("least", Merge.MIN);
        static final RecordLayout LAYOUT = RECORD.build();

        static final int PADDING = 8;

        private final Pool<SlotTable> pool;
        private final SlotTable table;
        private final SpinBarrier barrier = new SpinBarrier();

        Body(Pool<SlotTable> pool) {
            this.pool = pool;
            this.table = SmallTable.borrow(pool);
        }

        final void claimKey() {
            barrier.await();
            table.claim(SmallTable.KEY);
        }

        final void least(I_Result r) {
            barrier.await();
            r.r1 = table.min(LEAST) == Long.MAX_VALUE ? 1 : 0;
        }

        final void release() {
            pool.release(table);
        }
    }
}
