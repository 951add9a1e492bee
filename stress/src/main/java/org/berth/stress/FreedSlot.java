package org.berth.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.berth.core.slots.Slot;
import org.berth.core.slots.SlotTable;
import org.berth.core.slots.StressTables;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A slot that is on the list of free slots is free: the thread that takes it from there sees the last write to its state.
 * One thread removes a key, while another claims a key, in a table that has a single slot. Results: whether that key was
 * claimed, and whether it is owned in the end.
 *
 * <p>Weakened by {@code HeldWords}, which says why the missing order must be acted out.
 */
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "The slot is not free yet.")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The other key has the slot.")
public final class FreedSlot {

    private FreedSlot() {}

    @JCStressTest
    @JCStressMeta(FreedSlot.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "The claim of the next key is overwritten.")
    @State
    public static class Hazard {

        private boolean listed;
        private boolean owned;

        @Actor
        public void remove() {
            listed = true;
            owned = false;
        }

        @Actor
        public void claim(II_Result r) {
            if (listed) {
                owned = true;
                r.r1 = 1;
            }
        }

        @Arbiter
        public void end(II_Result r) {
            r.r2 = owned ? 1 : 0;
        }
    }

    @JCStressTest
    @JCStressMeta(FreedSlot.class)
    @Outcome(expect = FORBIDDEN, desc = "The claim of the next key is overwritten.")
    @State
    public static class Shipped extends Body {

        private static final Pool<SlotTable> POOL = new Pool<>(() -> SlotTable.builder(ClaimedRecord.LAYOUT, 1)
                .padding(Body.PADDING)
                .recycling()
                .build());

        public Shipped() {
            super(POOL);
        }

        @Actor
        public void remove() {
            removeKey();
        }

        @Actor
        public void claim(II_Result r) {
            claimOther(r);
        }

        @Arbiter
        public void end(II_Result r) {
            look(r);
        }
    }

    /** The CAS that pushes the slot releases nothing. */
    @JCStressTest
    @JCStressMeta(FreedSlot.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "The claim of the next key is overwritten.")
    @State
    public static class Weakened extends Body {

        private static final Pool<SlotTable> POOL =
                new Pool<>(() -> StressTables.lateFree(ClaimedRecord.LAYOUT, 1, Body.PADDING));

        public Weakened() {
            super(POOL);
        }

        @Actor
        public void remove() {
            removeKey();
        }

        @Actor
        public void claim(II_Result r) {
            claimOther(r);
        }

        @Arbiter
        public void end(II_Result r) {
            look(r);
        }
    }

    abstract static class Body {

        static final int PADDING = 8;
        private static final long OTHER = 8;

        private final Pool<SlotTable> pool;
        private final SlotTable table;
        private final SpinBarrier barrier = new SpinBarrier();

        private @Nullable Slot other;

        Body(Pool<SlotTable> pool) {
            this.pool = pool;
            this.table = SmallTable.borrow(pool);
            table.claim(SmallTable.KEY).close();
        }

        final void removeKey() {
            barrier.await();
            table.remove(SmallTable.KEY);
        }

        /** Claims, and closes no handle: the key has an owner from then on. */
        final void claimOther(II_Result r) {
            barrier.await();
            try {
                other = table.claim(OTHER);
                r.r1 = 1;
            } catch (IllegalStateException full) {
                r.r1 = 0;
            }
        }

        /** Asks the handle: a lookup of a key whose slot is free would not end. */
        final void look(II_Result r) {
            r.r2 = other != null && other.isOwned() ? 1 : 0;
            pool.release(table);
        }
    }
}
