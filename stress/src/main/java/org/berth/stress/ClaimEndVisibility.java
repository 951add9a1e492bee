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
 * Who sees that the owner has left sees what it wrote. Results: the value, whether the owner has left, the value again.
 *
 * <p>Weakened by {@code PlainWords}, over an array: C2 merges the two reads of the value, as in
 * {@link OwnedWriteOrder}.
 */
@Outcome(id = "0, 0, .", expect = ACCEPTABLE, desc = "The owner is still there.")
@Outcome(id = "1, ., 1", expect = ACCEPTABLE, desc = "The value is there already.")
@Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "The owner has left, and the value is there.")
public final class ClaimEndVisibility {

    private ClaimEndVisibility() {}

    @JCStressTest
    @JCStressMeta(ClaimEndVisibility.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "The owner has left, and its value is not there.")
    @State
    public static class Hazard {

        private long value;
        private boolean left;

        @Actor
        public void leave() {
            value = 1;
            left = true;
        }

        @Actor
        public void look(III_Result r) {
            long early = value;
            boolean gone = left;
            long late = value;
            r.r1 = (int) early;
            r.r2 = gone ? 1 : 0;
            r.r3 = (int) late;
        }
    }

    @JCStressTest
    @JCStressMeta(ClaimEndVisibility.class)
    @Outcome(expect = FORBIDDEN, desc = "The owner has left, and its value is not there.")
    @State
    public static class Shipped extends Body {

        private static final Pool<SlotTable> POOL = SmallTable.shipped();

        public Shipped() {
            super(POOL);
        }

        @Actor
        public void leave() {
            writeAndClose();
        }

        @Actor
        public void look(III_Result r) {
            read(r);
        }

        @Arbiter
        public void end() {
            giveBack();
        }
    }

    @JCStressTest
    @JCStressMeta(ClaimEndVisibility.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "The owner has left, and its value is not there.")
    @State
    public static class Weakened extends Body {

        private static final Pool<SlotTable> POOL = SmallTable.inArray(PlainWords::new);

        public Weakened() {
            super(POOL);
        }

        @Actor
        public void leave() {
            writeAndClose();
        }

        @Actor
        public void look(III_Result r) {
            read(r);
        }

        @Arbiter
        public void end() {
            giveBack();
        }
    }

    /** Fails where the shipped code itself asks for a plain read, which off-heap memory hides: see above. */
    @JCStressTest
    @JCStressMeta(ClaimEndVisibility.class)
    @Outcome(expect = FORBIDDEN, desc = "The owner has left, and its value is not there.")
    @State
    public static class Unweakened extends Body {

        private static final Pool<SlotTable> POOL = SmallTable.inArray(words -> words);

        public Unweakened() {
            super(POOL);
        }

        @Actor
        public void leave() {
            writeAndClose();
        }

        @Actor
        public void look(III_Result r) {
            read(r);
        }

        @Arbiter
        public void end() {
            giveBack();
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
            boolean gone = !view.isOwned();
            long late = view.get(OWNED_LONG);
            r.r1 = (int) early;
            r.r2 = gone ? 1 : 0;
            r.r3 = (int) late;
        }

        final void giveBack() {
            pool.giveBack(table);
        }
    }
}
