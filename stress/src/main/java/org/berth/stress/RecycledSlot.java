package org.berth.stress;

import static org.berth.stress.ClaimedRecord.SHARED_LONG;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.NoSuchElementException;
import org.berth.core.slots.Slot;
import org.berth.core.slots.SlotTable;
import org.berth.core.slots.StressTables;
import org.berth.offheap.RetainWords;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * In a recycling table, an update by key never reaches the record of another key: one thread adds to a shared field by
 * key, while another removes that key and claims another one, in a table that has a single slot. Results: whether the
 * first thread found its key, whether the second got a slot for the other key, and the field of the other key's record,
 * which is claimed in the end at the latest.
 *
 * <p>The weakened part is that the first thread retains the slot between the search of the index and the addition. The
 * thread must be suspended there to show the effect, which is rare enough to be simulated; {@code Unweakened} does so
 * while retains count.
 */
@Outcome(id = "(0|1), 1, 0", expect = ACCEPTABLE, desc = "The other key has the slot at once.")
@Outcome(id = "(0|1), 0, 0", expect = ACCEPTABLE, desc = "The slot is retained, and free in the end.")
public final class RecycledSlot {

    private RecycledSlot() {}

    @JCStressTest
    @JCStressMeta(RecycledSlot.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "An update for one key is in the record of another.")
    @State
    public static class Hazard {

        private long key = 1;
        private long value;

        @Actor
        public void update(III_Result r) {
            if (key == 1) {
                value++;
                r.r1 = 1;
            }
        }

        @Actor
        public void replace(III_Result r) {
            key = 2;
            value = 0;
            r.r2 = 1;
        }

        @Arbiter
        public void end(III_Result r) {
            r.r3 = (int) value;
        }
    }

    @JCStressTest
    @JCStressMeta(RecycledSlot.class)
    @Outcome(expect = FORBIDDEN, desc = "An update for one key is in the record of another, or the slot is lost.")
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
        public void update(III_Result r) {
            addByKey(r);
        }

        @Actor
        public void replace(III_Result r) {
            removeAndClaim(r);
        }

        @Arbiter
        public void end(III_Result r) {
            look(r);
        }
    }

    @JCStressTest
    @JCStressMeta(RecycledSlot.class)
    @Outcome(
            expect = ACCEPTABLE_INTERESTING,
            desc = "An update for one key is in the record of another, or the slot is lost.")
    @State
    public static class Weakened extends Body {

        private static final Pool<SlotTable> POOL =
                new Pool<>(() -> StressTables.retained(ClaimedRecord.LAYOUT, 1, Body.PADDING, RetainWords::uncounted));

        public Weakened() {
            super(POOL);
        }

        @Actor
        public void update(III_Result r) {
            addByKey(r);
        }

        @Actor
        public void replace(III_Result r) {
            removeAndClaim(r);
        }

        @Arbiter
        public void end(III_Result r) {
            look(r);
        }
    }

    /** A thread is as slow as in {@link Weakened}, and retains count. */
    @JCStressTest
    @JCStressMeta(RecycledSlot.class)
    @Outcome(expect = FORBIDDEN, desc = "An update for one key is in the record of another, or the slot is lost.")
    @State
    public static class Unweakened extends Body {

        private static final Pool<SlotTable> POOL =
                new Pool<>(() -> StressTables.retained(ClaimedRecord.LAYOUT, 1, Body.PADDING, RetainWords::counted));

        public Unweakened() {
            super(POOL);
        }

        @Actor
        public void update(III_Result r) {
            addByKey(r);
        }

        @Actor
        public void replace(III_Result r) {
            removeAndClaim(r);
        }

        @Arbiter
        public void end(III_Result r) {
            look(r);
        }
    }

    abstract static class Body {

        static final int PADDING = 8;
        private static final long KEY = 7;
        private static final long OTHER = 8;
        private static final int ADDITIONS = 8;

        private final Pool<SlotTable> pool;
        private final SlotTable table;
        private final SpinBarrier barrier = new SpinBarrier();

        Body(Pool<SlotTable> pool) {
            this.pool = pool;
            this.table = SmallTable.borrow(pool);
            table.claim(KEY).close();
        }

        final void addByKey(III_Result r) {
            int found = 0;
            barrier.await();
            try {
                // Several times: an addition alone is over long before the key is removed.
                for (int i = 0; i < ADDITIONS; i++) {
                    table.at(KEY).getAndAdd(SHARED_LONG, 1);
                    found = 1;
                }
            } catch (NoSuchElementException removed) {
                // The key is removed.
            }
            r.r1 = found;
        }

        final void removeAndClaim(III_Result r) {
            barrier.await();
            table.remove(KEY);
            r.r2 = claim();
        }

        final void look(III_Result r) {
            boolean claimed = r.r2 == 1 || claim() == 1;
            r.r3 = claimed ? (int) table.at(OTHER).get(SHARED_LONG) : -1;
            pool.release(table);
        }

        /** Claims, and closes no handle, as nothing follows. */
        private int claim() {
            try {
                Slot other = table.claim(OTHER);
                return other.isOwned() ? 1 : 0;
            } catch (IllegalStateException full) {
                return 0;
            }
        }
    }
}
