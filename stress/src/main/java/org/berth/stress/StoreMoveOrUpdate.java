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
 * An update that meets the evacuation of its record is not undone, and no record is lost. One thread evacuates the
 * segment of a record, and then reads its key; another replaces the value 1 by 2. Results: what the evacuating thread
 * reads; whether the other has found the expected value; the value in the end; and whether the segments then count as
 * live what the index leads to.
 *
 * <p>The evacuating thread must be slow between its copy and the index to show the effect often; {@code Unweakened} is
 * as slow.
 */
@Outcome(id = "(1|2), 1, 2, 1", expect = ACCEPTABLE, desc = "The value is replaced.")
public final class StoreMoveOrUpdate {

    private StoreMoveOrUpdate() {}

    @JCStressTest
    @JCStressMeta(StoreMoveOrUpdate.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "The update is undone, or a record is lost or counted twice.")
    @State
    public static class Hazard {

        private final int[] records = {1, 0, 2};
        private int index;

        @Actor
        public void evacuate(IIII_Result r) {
            int found = index;
            records[1] = records[found];
            index = 1;
            r.r1 = records[index];
        }

        @Actor
        public void update(IIII_Result r) {
            r.r2 = records[index] == 1 ? 1 : 0;
            index = 2;
        }

        @Arbiter
        public void end(IIII_Result r) {
            r.r3 = records[index];
            r.r4 = 1;
        }
    }

    @JCStressTest
    @JCStressMeta(StoreMoveOrUpdate.class)
    @Outcome(expect = FORBIDDEN, desc = "The update is undone, or a record is lost or counted twice.")
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
        public void update(IIII_Result r) {
            replace(r);
        }

        @Arbiter
        public void end(IIII_Result r) {
            look(r);
        }
    }

    /** The evacuation sets the index by a store, even if an update came between. */
    @JCStressTest
    @JCStressMeta(StoreMoveOrUpdate.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "The update is undone, or a record is lost or counted twice.")
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
        public void update(IIII_Result r) {
            replace(r);
        }

        @Arbiter
        public void end(IIII_Result r) {
            look(r);
        }
    }

    /** The evacuation takes its copy for the record though an update came between. */
    @JCStressTest
    @JCStressMeta(StoreMoveOrUpdate.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "The update is undone, or a record is lost or counted twice.")
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
        public void update(IIII_Result r) {
            replace(r);
        }

        @Arbiter
        public void end(IIII_Result r) {
            look(r);
        }
    }

    /** The evacuation is as slow as in {@link Weakened}, and sets the index by a CAS. */
    @JCStressTest
    @JCStressMeta(StoreMoveOrUpdate.class)
    @Outcome(expect = FORBIDDEN, desc = "The update is undone, or a record is lost or counted twice.")
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
        public void update(IIII_Result r) {
            replace(r);
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

        final void replace(IIII_Result r) {
            barrier.await();
            r.r2 = store.compareAndSet(store.second(), KEY, 1, 2) ? 1 : 0;
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
