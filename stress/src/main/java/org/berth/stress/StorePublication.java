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
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A thread that finds a key in a map of bytes finds its value whole, and sees what its writer did before it put it. One
 * thread writes a plain field, and then puts a new key, whose record comes where another record was before. Results:
 * what another thread finds, 0 for nothing, 1 for the value, 2 for something else; and then the field.
 *
 * <p>Weakened by {@code UnpublishedWords}, which says why the missing order must be acted out.
 */
@Outcome(id = "0, .", expect = ACCEPTABLE, desc = "There is no value yet.")
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "The reader finds the value, and what was written before it.")
public final class StorePublication {

    private StorePublication() {}

    @JCStressTest
    @JCStressMeta(StorePublication.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "The value is not whole, or an earlier write is not visible.")
    @State
    public static class Hazard {

        /** What the reader found before it knew whether there is a value; kept, so that the compiler must read it. */
        long early;

        private long record = 5;
        private int index;

        @Actor
        public void write() {
            record = 1;
            index = 1;
        }

        /** C2 merges the two reads of the record, as in {@link ClaimEndVisibility}. */
        @Actor
        public void read(II_Result r) {
            early = record;
            if (index != 0) {
                r.r1 = record == 1 ? 1 : 2;
                r.r2 = 1;
            }
        }
    }

    @JCStressTest
    @JCStressMeta(StorePublication.class)
    @Outcome(expect = FORBIDDEN, desc = "The value is not whole, or an earlier write is not visible.")
    @State
    public static class Shipped extends Body {

        private static final Pool<SmallStore> POOL = SmallStore.pool(StressStores::shipped);

        public Shipped() {
            super(POOL);
        }

        @Actor
        public void write() {
            put();
        }

        @Actor
        public void read(II_Result r) {
            get(r);
        }

        @Arbiter
        public void end() {
            release();
        }
    }

    /** The update of the index releases nothing. */
    @JCStressTest
    @JCStressMeta(StorePublication.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "The value is not whole, or an earlier write is not visible.")
    @State
    public static class Weakened extends Body {

        private static final Pool<SmallStore> POOL = SmallStore.pool(StressStores::unpublished);

        public Weakened() {
            super(POOL);
        }

        @Actor
        public void write() {
            put();
        }

        @Actor
        public void read(II_Result r) {
            get(r);
        }

        @Arbiter
        public void end() {
            release();
        }
    }

    abstract static class Body {

        private final Pool<SmallStore> pool;
        private final SmallStore store;
        private final int number;
        private final SpinBarrier barrier = new SpinBarrier();
        private int field;

        Body(Pool<SmallStore> pool) {
            this.pool = pool;
            this.store = SmallStore.borrowEmpty(pool);
            this.number = store.nextNumber();
        }

        final void put() {
            barrier.await();
            field = 1;
            store.put(store.first(), KEY, number);
        }

        final void get(II_Result r) {
            barrier.await();
            int found = store.get(store.second(), KEY);
            int plain = field;
            r.r1 = found == number ? 1 : found == 0 ? 0 : 2;
            r.r2 = plain;
        }

        final void release() {
            pool.release(store);
        }
    }
}
