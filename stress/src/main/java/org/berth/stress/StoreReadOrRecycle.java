package org.berth.stress;

import static org.berth.stress.SmallStore.KEY;
import static org.berth.stress.SmallStore.OTHER;
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
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A read that meets the recycling of its segment finds the value of its key all the same. One thread reads a key that
 * always has a value; another evacuates its record, replaces it and that of another key again and again, so that the
 * segment of the record that was found is recycled and used again. Results: what the reads find, 1 for values of the
 * key, 0 for no value, 2 for anything else; and whether an older value comes after a younger one.
 *
 * <p>The reader must be suspended between the index and the record to show the effect, which is rare enough to be
 * simulated; {@code Unweakened} does so while the generation counts.
 */
@Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "The reader finds values of the key, one after the other.")
public final class StoreReadOrRecycle {

    private StoreReadOrRecycle() {}

    @JCStressTest
    @JCStressMeta(StoreReadOrRecycle.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "The reader finds what is not a value of the key.")
    @State
    public static class Hazard {

        private final long[] segment = {1, 0};
        private int index;

        @Actor
        public void update() {
            segment[1] = 2;
            index = 1;
            // The first record is not used any more.
            segment[0] = 77;
        }

        @Actor
        public void read(II_Result r) {
            long found = segment[index];
            r.r1 = found == 1 || found == 2 ? 1 : 2;
        }
    }

    @JCStressTest
    @JCStressMeta(StoreReadOrRecycle.class)
    @Outcome(expect = FORBIDDEN, desc = "The reader finds what is not a value of the key.")
    @State
    public static class Shipped extends Body {

        private static final Pool<SmallStore> POOL = SmallStore.pool(StressStores::shipped);

        public Shipped() {
            super(POOL);
        }

        @Actor
        public void update() {
            replaceOften();
        }

        @Actor
        public void read(II_Result r) {
            readOften(r);
        }

        @Arbiter
        public void end() {
            release();
        }
    }

    /** A slow reader does not compare the generation. */
    @JCStressTest
    @JCStressMeta(StoreReadOrRecycle.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "The reader finds what is not a value of the key.")
    @State
    public static class Weakened extends Body {

        private static final Pool<SmallStore> POOL = SmallStore.pool(StressStores::withoutGeneration);

        public Weakened() {
            super(POOL);
        }

        @Actor
        public void update() {
            replaceOften();
        }

        @Actor
        public void read(II_Result r) {
            readOften(r);
        }

        @Arbiter
        public void end() {
            release();
        }
    }

    /** A reader is as slow as in {@link Weakened}, and the generation counts. */
    @JCStressTest
    @JCStressMeta(StoreReadOrRecycle.class)
    @Outcome(expect = FORBIDDEN, desc = "The reader finds what is not a value of the key.")
    @State
    public static class Unweakened extends Body {

        private static final Pool<SmallStore> POOL = SmallStore.pool(StressStores::slow);

        public Unweakened() {
            super(POOL);
        }

        @Actor
        public void update() {
            replaceOften();
        }

        @Actor
        public void read(II_Result r) {
            readOften(r);
        }

        @Arbiter
        public void end() {
            release();
        }
    }

    abstract static class Body {

        /** More than a segment has records, and values of a key are smaller than the other's. */
        private static final int UPDATES = 8;

        private static final int OTHERS = 100;

        private final Pool<SmallStore> pool;
        private final SmallStore store;
        private final SpinBarrier barrier = new SpinBarrier();

        Body(Pool<SmallStore> pool) {
            this.pool = pool;
            this.store = SmallStore.borrowSparse(pool);
        }

        final void replaceOften() {
            barrier.await();
            store.evacuate();
            for (int i = 2; i < UPDATES; i++) {
                store.put(store.first(), KEY, i);
                store.put(store.first(), OTHER, OTHERS + i);
            }
        }

        final void readOften(II_Result r) {
            barrier.await();
            int result = 1;
            int older = 0;
            int before = 0;
            for (int i = 0; i < UPDATES; i++) {
                int found = store.get(store.second(), KEY);
                if (found <= 0 || found >= UPDATES) {
                    result = found == 0 ? 0 : 2;
                } else {
                    older |= found < before ? 1 : 0;
                    before = found;
                }
            }
            r.r1 = result;
            r.r2 = older;
        }

        final void release() {
            pool.release(store);
        }
    }
}
