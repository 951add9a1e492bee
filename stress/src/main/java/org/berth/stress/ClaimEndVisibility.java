package org.berth.stress;

import static org.berth.stress.ClaimedRecord.OWNED_LONG;
import static org.berth.stress.SmallTable.KEY;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.berth.core.slots.Slot;
import org.berth.core.slots.SlotTable;
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
 * A thread that sees that a claim has ended sees what its owner wrote. Results: the value, whether the claim has ended,
 * the value again.
 *
 * <p>Weakened by {@code PlainWords}, over an array: C2 merges the two reads of the value, as in
 * {@link OwnedWriteOrder}.
 */
@Outcome(id = "0, 0, .", expect = ACCEPTABLE, desc = "The claim has not ended.")
@Outcome(id = "1, ., 1", expect = ACCEPTABLE, desc = "The value is visible already.")
@Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "The claim has ended, and the value is visible.")
public final class ClaimEndVisibility {

    private ClaimEndVisibility() {}

    @JCStressTest
    @JCStressMeta(ClaimEndVisibility.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "The claim has ended, and the value is not visible.")
    @State
    public static class Hazard {

        private long value;
        private boolean ended;

        @Actor
        public void endClaim() {
            value = 1;
            ended = true;
        }

        @Actor
        public void look(III_Result r) {
            long early = value;
            boolean over = ended;
            long late = value;
            r.r1 = (int) early;
            r.r2 = over ? 1 : 0;
            r.r3 = (int) late;
        }
    }

    @JCStressTest
    @JCStressMeta(ClaimEndVisibility.class)
    @Outcome(expect = FORBIDDEN, desc = "The claim has ended, and the value is not visible.")
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
        public void look(III_Result r) {
            read(r);
        }

        @Arbiter
        public void end() {
            release();
        }
    }

    @JCStressTest
    @JCStressMeta(ClaimEndVisibility.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "The claim has ended, and the value is not visible.")
    @State
    public static class Weakened extends Body {

        private static final Pool<SlotTable> POOL = SmallTable.inArray(PlainWords::new);

        public Weakened() {
            super(POOL);
        }

        @Actor
        public void endClaim() {
            writeAndClose();
        }

        @Actor
        public void look(III_Result r) {
            read(r);
        }

        @Arbiter
        public void end() {
            release();
        }
    }

    /** Fails where the shipped code itself asks for a plain read, which off-heap memory hides: see above. */
    @JCStressTest
    @JCStressMeta(ClaimEndVisibility.class)
    @Outcome(expect = FORBIDDEN, desc = "The claim has ended, and the value is not visible.")
    @State
    public static class Unweakened extends Body {

        private static final Pool<SlotTable> POOL = SmallTable.inArray(words -> words);

        public Unweakened() {
            super(POOL);
        }

        @Actor
        public void endClaim() {
            writeAndClose();
        }

        @Actor
        public void look(III_Result r) {
            read(r);
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
        private final SlotView view;

        Body(Pool<SlotTable> pool) {
            this.pool = pool;
            this.table = SmallTable.borrow(pool);
            this.owner = table.claim(KEY);
            this.view = table.view(KEY);
        }

        final void writeAndClose() {
            owner.set(OWNED_LONG, 1);
            owner.close();
        }

        final void read(III_Result r) {
            long early = view.get(OWNED_LONG);
            boolean over = !view.isOwned();
            long late = view.get(OWNED_LONG);
            r.r1 = (int) early;
            r.r2 = over ? 1 : 0;
            r.r3 = (int) late;
        }

        final void release() {
            pool.release(table);
        }
    }
}
