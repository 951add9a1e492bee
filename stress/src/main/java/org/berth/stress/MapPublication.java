package org.berth.stress;

import static org.berth.stress.SmallMap.KEY;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * A thread that reads a value from a map sees what its writer did before it put the value, and never finds a key with
 * another value than was put. One thread writes a plain field and a word off the heap, and then puts a new key.
 * Results: the value that another thread finds, 0 for none, and then the field and the word.
 *
 * <p>In every other map the key is the one that begins a resize; in the others the resize is under way, and the key
 * goes to the next table.
 *
 * <p>Weakened by {@code Message}, which says why the missing order must be acted out.
 */
@Outcome(id = "0, ., .", expect = ACCEPTABLE, desc = "There is no value yet.")
@Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "The reader finds the value, and what was written before it.")
public final class MapPublication {

    private MapPublication() {}

    @JCStressTest
    @JCStressMeta(MapPublication.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "The value is wrong, or an earlier write is not visible.")
    @State
    public static class Hazard {

        /** What the reader found before it knew whether the value is set; kept, so that the compiler must read it. */
        long early;

        private int field;
        private long word;
        private int value;

        @Actor
        public void write() {
            field = 1;
            word = 1;
            value = 1;
        }

        /** C2 merges the two reads of the word, as in {@link ClaimEndVisibility}. */
        @Actor
        public void read(III_Result r) {
            early = word;
            if (value != 0) {
                r.r1 = value;
                r.r2 = field;
                r.r3 = (int) word;
            }
        }
    }

    @JCStressTest
    @JCStressMeta(MapPublication.class)
    @Outcome(expect = FORBIDDEN, desc = "The value is wrong, or an earlier write is not visible.")
    @State
    public static class Shipped extends Body {

        private static final Pool<SmallMap> POOL = SmallMap.shipped();

        public Shipped() {
            super(POOL);
        }

        @Actor
        public void write() {
            put();
        }

        @Actor
        public void read(III_Result r) {
            get(r);
        }

        @Arbiter
        public void end() {
            release();
        }
    }

    /** The put releases nothing. */
    @JCStressTest
    @JCStressMeta(MapPublication.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "The value is wrong, or an earlier write is not visible.")
    @State
    public static class Weakened extends Body {

        private static final Pool<SmallMap> POOL = SmallMap.late();

        public Weakened() {
            super(POOL);
        }

        @Actor
        public void write() {
            put();
        }

        @Actor
        public void read(III_Result r) {
            get(r);
        }

        @Arbiter
        public void end() {
            release();
        }
    }

    /** The reader acquires nothing. */
    @JCStressTest
    @JCStressMeta(MapPublication.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "The value is wrong, or an earlier write is not visible.")
    @State
    public static class WeakenedRead extends Body {

        private static final Pool<SmallMap> POOL = SmallMap.early();

        public WeakenedRead() {
            super(POOL);
        }

        @Actor
        public void write() {
            put();
        }

        @Actor
        public void read(III_Result r) {
            get(r);
        }

        @Arbiter
        public void end() {
            release();
        }
    }

    abstract static class Body {

        private final Pool<SmallMap> pool;
        private final SmallMap map;
        private final SpinBarrier barrier = new SpinBarrier();
        private int field;

        Body(Pool<SmallMap> pool) {
            this.pool = pool;
            this.map = SmallMap.borrowEitherWay(pool);
        }

        final void put() {
            barrier.await();
            field = 1;
            map.message().write(1);
            map.map().put(KEY, 1);
        }

        final void get(III_Result r) {
            barrier.await();
            int value = map.value(KEY);
            int plain = field;
            long word = map.message().read();
            r.r1 = value;
            r.r2 = plain;
            r.r3 = (int) word;
        }

        final void release() {
            pool.release(map);
        }
    }
}
