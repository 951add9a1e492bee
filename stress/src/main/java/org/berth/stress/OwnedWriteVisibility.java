package org.berth.stress;

import static org.berth.stress.ClaimedRecord.OWNED_LONG;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.berth.offheap.PlainWords;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Mode;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.Signal;
import org.openjdk.jcstress.annotations.State;

/**
 * A thread that waits for an owner's write sees it in the end.
 *
 * <p>Weakened by {@code PlainWords}, over an array: C2 moves a plain read out of the loop and the reader waits for
 * ever, on any processor. Over off-heap memory C2 happens not to do so, apparently as it ties such a read to the checks
 * before it; that is luck, not a promise. The loops have no body on purpose: a hint to the processor would keep C2 from
 * it, in the weakened test too. There is one state at a time, so all of them use one claimed.
 */
@Outcome(id = "TERMINATED", expect = ACCEPTABLE, desc = "The write is seen.")
public final class OwnedWriteVisibility {

    private OwnedWriteVisibility() {}

    @JCStressTest(Mode.Termination)
    @JCStressMeta(OwnedWriteVisibility.class)
    @Outcome(id = "STALE", expect = ACCEPTABLE_INTERESTING, desc = "The write is never seen.")
    @State
    public static class Hazard {

        private long value;

        @Actor
        public void reader() {
            while (value == 0) {}
        }

        @Signal
        public void owner() {
            value = 1;
        }
    }

    @JCStressTest(Mode.Termination)
    @JCStressMeta(OwnedWriteVisibility.class)
    @Outcome(id = "STALE", expect = FORBIDDEN, desc = "The write is never seen.")
    @State
    public static class Shipped extends Body {

        private static final Pool<ClaimedRecord> POOL = ClaimedRecord.shipped();

        public Shipped() {
            super(POOL);
        }

        @Actor
        public void reader() {
            await();
        }

        @Signal
        public void owner() {
            write();
        }
    }

    @JCStressTest(Mode.Termination)
    @JCStressMeta(OwnedWriteVisibility.class)
    @Outcome(id = "STALE", expect = ACCEPTABLE_INTERESTING, desc = "The write is never seen.")
    @State
    public static class Weakened extends Body {

        private static final Pool<ClaimedRecord> POOL = ClaimedRecord.inArray(PlainWords::new);

        public Weakened() {
            super(POOL);
        }

        @Actor
        public void reader() {
            await();
        }

        @Signal
        public void owner() {
            write();
        }
    }

    /** Fails where the shipped code itself asks for a plain read, which off-heap memory hides: see above. */
    @JCStressTest(Mode.Termination)
    @JCStressMeta(OwnedWriteVisibility.class)
    @Outcome(id = "STALE", expect = FORBIDDEN, desc = "The write is never seen.")
    @State
    public static class Unweakened extends Body {

        private static final Pool<ClaimedRecord> POOL = ClaimedRecord.inArray(words -> words);

        public Unweakened() {
            super(POOL);
        }

        @Actor
        public void reader() {
            await();
        }

        @Signal
        public void owner() {
            write();
        }
    }

    abstract static class Body {

        private final ClaimedRecord claimed;

        Body(Pool<ClaimedRecord> pool) {
            claimed = ClaimedRecord.borrow(pool);
            pool.release(claimed);
        }

        final void await() {
            while (claimed.view().get(OWNED_LONG) == 0) {}
        }

        final void write() {
            claimed.owner().set(OWNED_LONG, 1);
        }
    }
}
