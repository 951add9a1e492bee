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
 * Two threads in the section of a key are there one after the other, and the second sees what the first wrote. One enters that key
 * alone, the other two keys at once; each adds 1 to two plain fields. Results: both fields.
 *
 * <p>Weakened by {@code KeylessWords}: the second finds the first in the chain, but not yet its key.
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
            enterOne();
        }

        @Actor
        public void two() {
            enterTwo();
        }

        @Arbiter
        public void end(II_Result r) {
            look(r);
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
            enterOne();
        }

        @Actor
        public void two() {
            enterTwo();
        }

        @Arbiter
        public void end(II_Result r) {
            look(r);
        }
    }

    abstract static class Body {

        private final Pool<StressKeyLocks> pool;
        private final StressKeyLocks borrowed;
        private int first;
        private int second;

        Body(Pool<StressKeyLocks> pool) {
            this.pool = pool;
            this.borrowed = pool.take();
            borrowed.clear();
        }

        final void enterOne() {
            try (KeyLock _ = borrowed.sections().lock(7)) {
                addToBoth();
            }
        }

        final void enterTwo() {
            try (KeyLock _ = borrowed.sections().lockAll(8, 7)) {
                addToBoth();
            }
        }

        /** Slowly: on their way in, the two meet at the chain's head, and few would meet again inside. */
        private void addToBoth() {
            int seen = first;
            for (int i = 0; i < 20; i++) {
                Thread.onSpinWait();
            }
            first = seen + 1;
            second++;
        }

        final void look(II_Result r) {
            r.r1 = first;
            r.r2 = second;
            pool.giveBack(borrowed);
        }
    }
}
