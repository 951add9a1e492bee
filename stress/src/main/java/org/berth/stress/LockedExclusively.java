package org.berth.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.berth.core.lock.KeyLock;
import org.berth.core.lock.StressKeyLocks;
import org.berth.offheap.BlindWords;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * The owner of the exclusive lock is the only owner, and sees what earlier owners of any lock wrote. One thread locks
 * exclusively, the other locks a key; each adds 1 to two plain fields. Results: both fields.
 *
 * <p>Weakened by {@code BlindWords}: the thread that locks exclusively looks for owners before it keeps others from
 * locking.
 */
@Outcome(id = "2, 2", expect = ACCEPTABLE, desc = "One after the other.")
public final class LockedExclusively {

    private LockedExclusively() {}

    @JCStressTest
    @JCStressMeta(LockedExclusively.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "Both at once.")
    @State
    public static class Hazard {

        private int first;
        private int second;

        @Actor
        public void key() {
            first++;
            second++;
        }

        @Actor
        public void exclusively() {
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
    @JCStressMeta(LockedExclusively.class)
    @Outcome(expect = FORBIDDEN, desc = "Both at once, or the second does not see what the first wrote.")
    @State
    public static class Shipped extends Body {

        private static final Pool<StressKeyLocks> POOL = new Pool<>(() -> StressKeyLocks.create(1, words -> words));

        public Shipped() {
            super(POOL);
        }

        @Actor
        public void key() {
            lockKey();
        }

        @Actor
        public void exclusively() {
            lockExclusively();
        }

        @Arbiter
        public void end(II_Result r) {
            report(r);
        }
    }

    @JCStressTest
    @JCStressMeta(LockedExclusively.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "Both at once.")
    @State
    public static class Weakened extends Body {

        private static final Pool<StressKeyLocks> POOL = new Pool<>(() -> StressKeyLocks.create(1, BlindWords::new));

        public Weakened() {
            super(POOL);
        }

        @Actor
        public void key() {
            lockKey();
        }

        @Actor
        public void exclusively() {
            lockExclusively();
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

        final void lockKey() {
            try (KeyLock _ = borrowed.locks().lock(7)) {
                first++;
                second++;
            }
        }

        final void lockExclusively() {
            try (KeyLock _ = borrowed.locks().lockExclusively()) {
                first++;
                second++;
            }
        }

        final void report(II_Result r) {
            r.r1 = first;
            r.r2 = second;
            pool.release(borrowed);
        }
    }
}
