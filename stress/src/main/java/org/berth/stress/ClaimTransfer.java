package org.berth.stress;

import static org.berth.stress.ClaimedRecord.OWNED_INT;
import static org.berth.stress.ClaimedRecord.OWNED_LONG;
import static org.berth.stress.SmallTable.KEY;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.berth.core.slots.Slot;
import org.berth.core.slots.SlotTable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * The next owner continues from the values that the previous owner wrote: its plain reads, inside {@code add}, see all
 * of them. Results: whether the key could be claimed, and two fields of its record.
 *
 * <p>Weakened by {@code LateWords} and {@code EarlyWords}, which say why: between the claim and the reads there is work that neither the
 * compiler nor an x86 processor reorders, so the missing order must be acted out.
 */
@Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "The claim has not ended.")
@Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "The next owner sees what was written.")
public final class ClaimTransfer {

    private ClaimTransfer() {}

    @JCStressTest
    @JCStressMeta(ClaimTransfer.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "The next owner does not see what was written.")
    @State
    public static class Hazard {

        /** The value that the next owner read before its claim; a field, so that the compiler must read it. */
        long early;

        private long value;
        private int other;
        private boolean free;

        @Actor
        public void endClaim() {
            value = 1;
            other = 1;
            free = true;
        }

        /** C2 merges the two reads of the value, as in {@link ClaimEndVisibility}. */
        @Actor
        public void next(III_Result r) {
            early = value;
            if (free) {
                r.r1 = 1;
                r.r2 = (int) value;
                r.r3 = other;
            }
        }
    }

    @JCStressTest
    @JCStressMeta(ClaimTransfer.class)
    @Outcome(expect = FORBIDDEN, desc = "The next owner does not see what was written.")
    @State
    public static class Shipped extends Body {

        private static final Pool<SlotTable> POOL = SmallTable.shipped();

        public Shipped() {
            super(POOL);
        }

        @Actor
        public void endClaim() {
            writeAndClose();
        }

        @Actor
        public void next(III_Result r) {
            claimAndRead(r);
        }

        @Arbiter
        public void end() {
            release();
        }
    }

    @JCStressTest
    @JCStressMeta(ClaimTransfer.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "The next owner does not see what was written.")
    @State
    public static class Weakened extends Body {

        private static final Pool<SlotTable> POOL = SmallTable.late();

        public Weakened() {
            super(POOL);
        }

        @Actor
        public void endClaim() {
            writeAndClose();
        }

        @Actor
        public void next(III_Result r) {
            claimAndRead(r);
        }

        @Arbiter
        public void end() {
            release();
        }
    }

    /** The claim acquires nothing. */
    @JCStressTest
    @JCStressMeta(ClaimTransfer.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "The next owner does not see what was written.")
    @State
    public static class WeakenedRead extends Body {

        private static final Pool<SlotTable> POOL = SmallTable.early();

        public WeakenedRead() {
            super(POOL);
        }

        @Actor
        public void endClaim() {
            writeAndClose();
        }

        @Actor
        public void next(III_Result r) {
            claimAndRead(r);
        }

        @Arbiter
        public void end() {
            release();
        }
    }

    abstract static class Body {

        private final Pool<SlotTable> pool;
        private final SlotTable table;
        private final Slot owner;

        Body(Pool<SlotTable> pool) {
            this.pool = pool;
            this.table = SmallTable.borrow(pool);
            this.owner = table.claim(KEY);
        }

        final void writeAndClose() {
            owner.set(OWNED_LONG, 1);
            owner.add(OWNED_INT, 1);
            owner.close();
        }

        final void claimAndRead(III_Result r) {
            try (Slot next = table.tryClaim(KEY)) {
                if (next != null) {
                    r.r1 = 1;
                    r.r2 = (int) next.add(OWNED_LONG, 0);
                    r.r3 = next.add(OWNED_INT, 0);
                }
            }
        }

        final void release() {
            pool.release(table);
        }
    }
}
