package org.berth.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.berth.core.slots.Owner;
import org.berth.core.slots.SlotTable;
import org.berth.core.slots.SlotView;
import org.berth.core.slots.StressTables;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * A thread that reads who owns a record sees the whole description of one owner, or none: one thread claims a key, while
 * another asks for its owner. Results: the thread of that owner, 1 for the one that claims it, 0 for no description.
 *
 * <p>Weakened by {@code HeldWords} and {@code EarlyWords}, which say why the missing order must be acted out.
 */
@Outcome(id = "0", expect = ACCEPTABLE, desc = "No owner is described.")
@Outcome(id = "1", expect = ACCEPTABLE, desc = "The owner is described.")
public final class OwnerDescription {

    private OwnerDescription() {}

    @JCStressTest
    @JCStressMeta(OwnerDescription.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "The description of the owner is half that of another.")
    @State
    public static class Hazard {

        /** The thread that was read before the owner; a field, so that the compiler must read it. */
        long early;

        private long thread = -1;
        private boolean described;

        @Actor
        public void claim() {
            thread = 1;
            described = true;
        }

        /** C2 merges the two reads of the thread, as in {@link ClaimEndVisibility}. */
        @Actor
        public void look(I_Result r) {
            early = thread;
            if (described) {
                r.r1 = (int) thread;
            }
        }
    }

    @JCStressTest
    @JCStressMeta(OwnerDescription.class)
    @Outcome(expect = FORBIDDEN, desc = "The description of the owner is half that of another.")
    @State
    public static class Shipped extends Body {

        private static final Pool<SlotTable> POOL = SmallTable.shipped();

        public Shipped() {
            super(POOL);
        }

        @Actor
        public void claim() {
            claimKey();
        }

        @Actor
        public void look(I_Result r) {
            owner(r);
        }

        @Arbiter
        public void end() {
            release();
        }
    }

    /** The write that completes the description releases nothing. */
    @JCStressTest
    @JCStressMeta(OwnerDescription.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "The description of the owner is half that of another.")
    @State
    public static class Weakened extends Body {

        private static final Pool<SlotTable> POOL =
                new Pool<>(() -> StressTables.lateOwners(ClaimedRecord.LAYOUT, 1, Body.PADDING));

        public Weakened() {
            super(POOL);
        }

        @Actor
        public void claim() {
            claimKey();
        }

        @Actor
        public void look(I_Result r) {
            owner(r);
        }

        @Arbiter
        public void end() {
            release();
        }
    }

    /** The reader acquires nothing from that write. */
    @JCStressTest
    @JCStressMeta(OwnerDescription.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "The description of the owner is half that of another.")
    @State
    public static class WeakenedRead extends Body {

        private static final Pool<SlotTable> POOL =
                new Pool<>(() -> StressTables.earlyOwners(ClaimedRecord.LAYOUT, 1, Body.PADDING));

        public WeakenedRead() {
            super(POOL);
        }

        @Actor
        public void claim() {
            claimKey();
        }

        @Actor
        public void look(I_Result r) {
            owner(r);
        }

        @Arbiter
        public void end() {
            release();
        }
    }

    abstract static class Body {

        static final int PADDING = 8;

        private final SlotView view;
        private volatile long claiming;

        private final Pool<SlotTable> pool;
        private final SlotTable table;
        private final SpinBarrier barrier = new SpinBarrier();

        Body(Pool<SlotTable> pool) {
            this.pool = pool;
            this.table = SmallTable.borrow(pool);
            table.claim(SmallTable.KEY).close();
            this.view = table.view(SmallTable.KEY);
            // It may have been the very thread that claims the key next.
            StressTables.forgetOwner(table);
        }

        final void claimKey() {
            claiming = Thread.currentThread().threadId();
            barrier.await();
            table.claim(SmallTable.KEY);
        }

        final void owner(I_Result r) {
            barrier.await();
            Owner owner = view.owner();
            r.r1 = owner == null ? 0 : owner.thread() == claiming ? 1 : -1;
        }

        final void release() {
            pool.release(table);
        }
    }
}
