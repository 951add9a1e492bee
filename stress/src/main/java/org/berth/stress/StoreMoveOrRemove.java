package org.berth.stress;

import static org.berth.stress.SmallStore.KEY;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.berth.core.store.StressStores;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/**
 * A removal that meets the evacuation of its record is not undone, and no record is lost. One thread evacuates the
 * segment of a record, and then reads its key; another removes it. Results: what the evacuating thread reads, 0 for no
 * value; whether the other has found a mapping; the value in the end; and whether the segments then count as live what
 * the index leads to.
 *
 * <p>The evacuating thread must be slow between its copy and the index to show the effect often; {@code Unweakened} is
 * as slow.
 */
@Outcome(id = "(0|1), 1, 0, 1", expect = ACCEPTABLE, desc = "The mapping is removed.")
public final class StoreMoveOrRemove {

    private StoreMoveOrRemove() {}

    @JCStressTest
    @JCStressMeta(StoreMoveOrRemove.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "The mapping comes back, or a record is lost or counted twice.")
    @State
    public static class Hazard {

        private final int[] records = {0, 1, 0};
        private int index = 1;

        @Actor
        public void evacuate(IIII_Result r) {
            int found = index;
            records[2] = records[found];
            if (found != 0) {
                index = 2;
            }
            r.r1 = records[index];
        }

        @Actor
        public void remove(IIII_Result r) {
            r.r2 = index != 0 ? 1 : 0;
            index = 0;
        }

        @Arbiter
        public void end(IIII_Result r) {
            r.r3 = records[index];
            r.r4 = 1;
        }
    }

    @JCStressTest
    @JCStressMeta(StoreMoveOrRemove.class)
    @Outcome(expect = FORBIDDEN, desc = "The mapping comes back, or a record is lost or counted twice.")
    @State
    public static class Shipped extends Body {

        private static final Pool<SmallStore> POOL = SmallStore.pool(StressStores::shipped);

        public Shipped() {
            super(POOL);
        }

        @Actor
        public void evacuate(IIII_Result r) {
            evacuateAndRead(r);
        }

        @Actor
        public void remove(IIII_Result r) {
            removeKey(r);
        }

        @Arbiter
        public void end(IIII_Result r) {
            look(r);
        }
    }

    /** The evacuation sets the index by a store, even if an update came between. */
    @JCStressTest
    @JCStressMeta(StoreMoveOrRemove.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "The mapping comes back, or a record is lost or counted twice.")
    @State
    public static class Weakened extends Body {

        private static final Pool<SmallStore> POOL = SmallStore.pool(StressStores::movedByStore);

        public Weakened() {
            super(POOL);
        }

        @Actor
        public void evacuate(IIII_Result r) {
            evacuateAndRead(r);
        }

        @Actor
        public void remove(IIII_Result r) {
            removeKey(r);
        }

        @Arbiter
        public void end(IIII_Result r) {
            look(r);
        }
    }

    /** The evacuation takes its copy for the record though an update came between. */
    @JCStressTest
    @JCStressMeta(StoreMoveOrRemove.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "The mapping comes back, or a record is lost or counted twice.")
    @State
    public static class WeakenedLoser extends Body {

        private static final Pool<SmallStore> POOL = SmallStore.pool(StressStores::movedWithoutSuccess);

        public WeakenedLoser() {
            super(POOL);
        }

        @Actor
        public void evacuate(IIII_Result r) {
            evacuateAndRead(r);
        }

        @Actor
        public void remove(IIII_Result r) {
            removeKey(r);
        }

        @Arbiter
        public void end(IIII_Result r) {
            look(r);
        }
    }

    /** The evacuation is as slow as in {@link Weakened}, and sets the index by a CAS. */
    @JCStressTest
    @JCStressMeta(StoreMoveOrRemove.class)
    @Outcome(expect = FORBIDDEN, desc = "The mapping comes back, or a record is lost or counted twice.")
    @State
    public static class Unweakened extends Body {

        private static final Pool<SmallStore> POOL = SmallStore.pool(StressStores::movedSlowly);

        public Unweakened() {
            super(POOL);
        }

        @Actor
        public void evacuate(IIII_Result r) {
            evacuateAndRead(r);
        }

        @Actor
        public void remove(IIII_Result r) {
            removeKey(r);
        }

        @Arbiter
        public void end(IIII_Result r) {
            look(r);
        }
    }

    abstract static class Body {

        private final Pool<SmallStore> pool;
        private final SmallStore store;
        private final SpinBarrier barrier = new SpinBarrier();

        Body(Pool<SmallStore> pool) {
            this.pool = pool;
            this.store = SmallStore.borrowSparse(pool);
        }

        final void evacuateAndRead(IIII_Result r) {
            barrier.await();
            store.evacuate();
            r.r1 = store.get(store.first(), KEY);
        }

        final void removeKey(IIII_Result r) {
            barrier.await();
            r.r2 = store.remove(store.second(), KEY) ? 1 : 0;
        }

        final void look(IIII_Result r) {
            r.r3 = store.get(store.first(), KEY);
            r.r4 = store.isBalanced() ? 1 : 0;
            if (r.r4 == 1) {
                pool.release(store);
            }
        }
    }
}
