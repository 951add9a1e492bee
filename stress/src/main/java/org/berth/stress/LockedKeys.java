package org.berth.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.berth.core.lock.KeyLock;
import org.berth.core.lock.KeylessWords;
import org.berth.core.lock.StressKeyLocks;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Two threads hold the lock of a key one after the other, and the second sees what the first wrote. One locks that key
 * alone, the other locks two keys at once; each adds 1 to two plain fields. Results: both fields.
 *
 * <p>Weakened by {@code KeylessWords}: the second finds the node of the first in the bucket, but not yet its key.
 */
@Outcome(id = "2, 2", expect = ACCEPTABLE, desc = "One after the other.")
public final class LockedKeys {

    private LockedKeys() {}

    @JCStressTest
    @JCStressMeta(LockedKeys.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "Both at once.")
    @State
    public static class Hazard {

        private int first;
        private int second;

        @Actor
        public void one() {
            first++;
            second++;
        }

        @Actor
        public void two() {
            first++;
            second++;
        }

        @Arbiter
        public void end(II_Result r) {
            r.r1 = first;
            r.r2 = second;
        }
    }

    @JCStressTest
    @JCStressMeta(LockedKeys.class)
    @Outcome(expect = FORBIDDEN, desc = "Both at once, or the second does not see what the first wrote.")
    @State
    public static class Shipped extends Body {

        private static final Pool<StressKeyLocks> POOL = new Pool<>(() -> StressKeyLocks.create(1, words -> words));

        public Shipped() {
            super(POOL);
        }

        @Actor
        public void one() {
            lockOne();
        }

        @Actor
        public void two() {
            lockTwo();
        }

        @Arbiter
        public void end(II_Result r) {
            report(r);
        }
    }

    @JCStressTest
    @JCStressMeta(LockedKeys.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "Both at once.")
    @State
    public static class Weakened extends Body {

        private static final Pool<StressKeyLocks> POOL = new Pool<>(() -> StressKeyLocks.create(1, KeylessWords::new));

        public Weakened() {
            super(POOL);
        }

        @Actor
        public void one() {
            lockOne();
        }

        @Actor
        public void two() {
            lockTwo();
        }

        @Arbiter
        public void end(II_Result r) {
            report(r);
        }
    }

    abstract static class Body {

        private final Pool<StressKeyLocks> pool;
        private final StressKeyLocks borrowed;
        private int first;
        private int second;

        Body(Pool<StressKeyLocks> pool) {
            this.pool = pool;
            this.borrowed = pool.borrow();
            borrowed.clear();
        }

        final void lockOne() {
            try (KeyLock _ = borrowed.locks().lock(7)) {
                addToBoth();
            }
        }

        final void lockTwo() {
            try (KeyLock _ = borrowed.locks().lockAll(8, 7)) {
                addToBoth();
            }
        }

        /** Slowly: the two meet at the head of the bucket when they lock, and would rarely meet again at the fields. */
        private void addToBoth() {
            int seen = first;
            for (int i = 0; i < 20; i++) {
                Thread.onSpinWait();
            }
            first = seen + 1;
            second++;
        }

        final void report(II_Result r) {
            r.r1 = first;
            r.r2 = second;
            pool.release(borrowed);
        }
    }
}
