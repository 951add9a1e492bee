package org.berth.stress;

import static org.berth.stress.WideRecord.FIRST;
import static org.berth.stress.WideRecord.LAST;
import static org.berth.stress.WideRecord.SECOND;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.berth.core.slots.Snapshot;
import org.berth.offheap.SequenceWords;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * A thread that reads a record sees all or nothing of what the owner writes in one {@code SlotWrite}: the owner writes
 * three fields, two in one cache line and one in another. Results: the three.
 *
 * <p>Each step of the commit, and of the reading, is weakened on its own. On x86 no test, off the heap or over an
 * array, would fail if the shipped code left out both fences; {@code SequenceWords} says why, and simulates what other
 * processors do without them.
 */
@Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "Nothing is seen.")
@Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "All is seen.")
public final class WriteRead {

    private WriteRead() {}

    @JCStressTest
    @JCStressMeta(WriteRead.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "Half of the write is seen.")
    @State
    public static class Hazard {

        private long first;
        private long second;
        private long last;

        @Actor
        public void owner() {
            first = 1;
            second = 1;
            last = 1;
        }

        @Actor
        public void reader(III_Result r) {
            long f = first;
            long s = second;
            long l = last;
            r.r1 = (int) f;
            r.r2 = (int) s;
            r.r3 = (int) l;
        }
    }

    @JCStressTest
    @JCStressMeta(WriteRead.class)
    @Outcome(expect = FORBIDDEN, desc = "Half of the write is seen.")
    @State
    public static class Shipped extends Body {

        private static final Pool<WideRecord> POOL = WideRecord.shipped();

        public Shipped() {
            super(POOL);
        }

        @Actor
        public void owner() {
            write();
        }

        @Actor
        public void reader(III_Result r) {
            read(r);
        }

        @Arbiter
        public void end() {
            release();
        }
    }

    /** The reader does not validate the sequence. */
    @JCStressTest
    @JCStressMeta(WriteRead.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "Half of the write is seen.")
    @State
    public static class Weakened extends Body {

        private static final Pool<WideRecord> POOL = WideRecord.weakened(SequenceWords::oneLook);

        public Weakened() {
            super(POOL);
        }

        @Actor
        public void owner() {
            write();
        }

        @Actor
        public void reader(III_Result r) {
            read(r);
        }

        @Arbiter
        public void end() {
            release();
        }
    }

    /** The reader lacks the fence before its second read of the sequence: it may read a word after that. */
    @JCStressTest
    @JCStressMeta(WriteRead.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "Half of the write is seen.")
    @State
    public static class WeakenedLoads extends Body {

        private static final Pool<WideRecord> POOL = WideRecord.weakened(SequenceWords::lateLoad);

        public WeakenedLoads() {
            super(POOL);
        }

        @Actor
        public void owner() {
            write();
        }

        @Actor
        public void reader(III_Result r) {
            read(r);
        }

        @Arbiter
        public void end() {
            release();
        }
    }

    /** The writer lacks the fence before its words: they may change before the sequence is odd. */
    @JCStressTest
    @JCStressMeta(WriteRead.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "Half of the write is seen.")
    @State
    public static class WeakenedStores extends Body {

        private static final Pool<WideRecord> POOL = WideRecord.weakened(SequenceWords::lateOdd);

        public WeakenedStores() {
            super(POOL);
        }

        @Actor
        public void owner() {
            write();
        }

        @Actor
        public void reader(III_Result r) {
            read(r);
        }

        @Arbiter
        public void end() {
            release();
        }
    }

    /** The writer lacks its release: the sequence may be even before the words change. */
    @JCStressTest
    @JCStressMeta(WriteRead.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "Half of the write is seen.")
    @State
    public static class WeakenedRelease extends Body {

        private static final Pool<WideRecord> POOL = WideRecord.weakened(SequenceWords::earlyEven);

        public WeakenedRelease() {
            super(POOL);
        }

        @Actor
        public void owner() {
            write();
        }

        @Actor
        public void reader(III_Result r) {
            read(r);
        }

        @Arbiter
        public void end() {
            release();
        }
    }

    abstract static class Body {

        private final Pool<WideRecord> pool;
        private final WideRecord wide;
        private final SpinBarrier barrier = new SpinBarrier();

        Body(Pool<WideRecord> pool) {
            this.pool = pool;
            this.wide = WideRecord.borrow(pool);
        }

        final void write() {
            barrier.await();
            wide.write();
        }

        final void read(III_Result r) {
            barrier.await();
            Snapshot snapshot = wide.snapshot();
            wide.view().read(snapshot);
            r.r1 = (int) snapshot.get(FIRST);
            r.r2 = (int) snapshot.get(SECOND);
            r.r3 = (int) snapshot.get(LAST);
        }

        final void release() {
            pool.release(wide);
        }
    }
}
