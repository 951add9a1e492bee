package org.berth.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

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
 * A search that is led to a slot sees the key that the slot was published with: one thread claims a key, while another
 * looks for the key 0, whose chain is the same. Results: whether that is found.
 *
 * <p>A slot that was never used looks as if its key was 0. Weakened by {@code HeldWords} and {@code EarlyWords}, which
 * say why the missing order must be acted out.
 */
@Outcome(id = "0", expect = ACCEPTABLE, desc = "No such key.")
public final class KeyPublication {

    private KeyPublication() {}

    @JCStressTest
    @JCStressMeta(KeyPublication.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "The slot of another key is taken for that of the key 0.")
    @State
    public static class Hazard {

        /** The key that the search read before the link; a field, so that the compiler must read it. */
        long early;

        private long key;
        private boolean linked;

        @Actor
        public void claim() {
            key = Body.KEY;
            linked = true;
        }

        /** C2 merges the two reads of the key, as in {@link ClaimEndVisibility}. */
        @Actor
        public void search(I_Result r) {
            early = key;
            if (linked) {
                r.r1 = key == 0 ? 1 : 0;
            }
        }
    }

    @JCStressTest
    @JCStressMeta(KeyPublication.class)
    @Outcome(expect = FORBIDDEN, desc = "The slot of another key is taken for that of the key 0.")
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
        public void search(I_Result r) {
            find(r);
        }

        @Arbiter
        public void end() {
            release();
        }
    }

    /** The CAS that publishes the slot releases nothing. */
    @JCStressTest
    @JCStressMeta(KeyPublication.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "The slot of another key is taken for that of the key 0.")
    @State
    public static class Weakened extends Body {

        private static final Pool<SlotTable> POOL =
                new Pool<>(() -> StressTables.lateKeys(ClaimedRecord.LAYOUT, 1, Body.PADDING));

        public Weakened() {
            super(POOL);
        }

        @Actor
        public void claim() {
            claimKey();
        }

        @Actor
        public void search(I_Result r) {
            find(r);
        }

        @Arbiter
        public void end() {
            release();
        }
    }

    /** The search acquires nothing from the link. */
    @JCStressTest
    @JCStressMeta(KeyPublication.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "The slot of another key is taken for that of the key 0.")
    @State
    public static class WeakenedRead extends Body {

        private static final Pool<SlotTable> POOL =
                new Pool<>(() -> StressTables.earlyKeys(ClaimedRecord.LAYOUT, 1, Body.PADDING));

        public WeakenedRead() {
            super(POOL);
        }

        @Actor
        public void claim() {
            claimKey();
        }

        @Actor
        public void search(I_Result r) {
            find(r);
        }

        @Arbiter
        public void end() {
            release();
        }
    }

    abstract static class Body {

        static final int PADDING = 8;

        /** Its chain, and that of 0, are the first in an index of two and in one of four. */
        private static final long KEY = 1;

        private final Pool<SlotTable> pool;
        private final SlotTable table;
        private final SpinBarrier barrier = new SpinBarrier();

        Body(Pool<SlotTable> pool) {
            this.pool = pool;
            this.table = SmallTable.borrow(pool);
        }

        final void claimKey() {
            barrier.await();
            table.claim(KEY);
        }

        final void find(I_Result r) {
            barrier.await();
            r.r1 = table.contains(0) ? 1 : 0;
        }

        final void release() {
            pool.release(table);
        }
    }
}
