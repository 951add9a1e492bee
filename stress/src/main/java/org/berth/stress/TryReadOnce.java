package org.berth.stress;

import static org.berth.stress.WideRecord.FIRST;
import static org.berth.stress.WideRecord.LAST;
import static org.berth.stress.WideRecord.SECOND;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.TimeUnit;
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
 * A thread that reads a record with a time-out of 0 either gets false, or sees all or nothing of what the owner writes
 * in one {@code SlotWrite}. Results: the three fields written, or -1 for each.
 *
 * <p>Weakened by {@code SequenceWords.heedless}: the reader ignores a commit that is under way. That needs no
 * reordering: both of its reads of the sequence may find the same odd number.
 */
@Outcome(id = "-1, -1, -1", expect = ACCEPTABLE, desc = "A commit is under way.")
@Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "Nothing is seen.")
@Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "All is seen.")
public final class TryReadOnce {

    private TryReadOnce() {}

    @JCStressTest
    @JCStressMeta(TryReadOnce.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "Half of the write is seen.")
    @State
    public static class Hazard {

        private long sequence;
        private long first;
        private long second;
        private long last;

        @Actor
        public void owner() {
            sequence = 1;
            first = 1;
            second = 1;
            last = 1;
            sequence = 2;
        }

        /** C2 merges the two reads of the sequence, and keeps only the last of its writes. */
        @Actor
        public void reader(III_Result r) {
            long seen = sequence;
            long f = first;
            long s = second;
            long l = last;
            boolean whole = (seen & 1) == 0 && sequence == seen;
            r.r1 = whole ? (int) f : -1;
            r.r2 = whole ? (int) s : -1;
            r.r3 = whole ? (int) l : -1;
        }
    }

    @JCStressTest
    @JCStressMeta(TryReadOnce.class)
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

    @JCStressTest
    @JCStressMeta(TryReadOnce.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "Half of the write is seen.")
    @State
    public static class Weakened extends Body {

        private static final Pool<WideRecord> POOL = WideRecord.weakened(SequenceWords::heedless);

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
            boolean whole = wide.view().tryRead(snapshot, 0, TimeUnit.NANOSECONDS);
            r.r1 = whole ? (int) snapshot.get(FIRST) : -1;
            r.r2 = whole ? (int) snapshot.get(SECOND) : -1;
            r.r3 = whole ? (int) snapshot.get(LAST) : -1;
        }

        final void release() {
            pool.release(wide);
        }
    }
}
