package org.berth.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.berth.core.slots.Field.OwnedLong;
import org.berth.core.slots.Field.SharedLong;
import org.berth.core.slots.Merge;
import org.berth.core.slots.OnRelease;
import org.berth.core.slots.RecordLayout;
import org.berth.core.slots.Slot;
import org.berth.core.slots.SlotTable;
import org.berth.core.slots.StressTables;
import org.berth.offheap.SequenceWords;
import org.berth.offheap.SplitWords;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * A total counts each value once, also while the end of a claim merges the values. An owned and a shared field hold 1;
 * the claim ends while another thread sums up the owned field, adds 1 to the shared one, and sums up that. Results: the
 * two sums of that thread, and both sums in the end, as decimal digits.
 *
 * <p>A reader that does not validate the sequence is wrong only if the whole merge takes place between its reads of two
 * neighbouring words. So it is slow there in {@code Weakened}; and in {@code Unweakened}, which fails if the shipped
 * code itself does not validate.
 */
@Outcome(id = "1, 2, 12", expect = ACCEPTABLE, desc = "Each value is counted once.")
public final class MergeTotal {

    private MergeTotal() {}

    @JCStressTest
    @JCStressMeta(MergeTotal.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "A value is missing or counted twice.")
    @State
    public static class Hazard {

        private long owned = 1;
        private long retainedOwned;
        private long shared = 1;
        private long retainedShared;

        @Actor
        public void endClaim() {
            retainedOwned += owned;
            owned = 0;
            retainedShared += shared;
            shared = 0;
        }

        @Actor
        public void total(III_Result r) {
            r.r1 = (int) (owned + retainedOwned);
            shared++;
            r.r2 = (int) (shared + retainedShared);
        }

        @Arbiter
        public void end(III_Result r) {
            r.r3 = (int) (10 * (owned + retainedOwned) + shared + retainedShared);
        }
    }

    @JCStressTest
    @JCStressMeta(MergeTotal.class)
    @Outcome(expect = FORBIDDEN, desc = "A value is missing or counted twice.")
    @State
    public static class Shipped extends Body {

        private static final Pool<SlotTable> POOL = new Pool<>(() -> SlotTable.builder(Body.LAYOUT, 1)
                .padding(Body.PADDING)
                .onRelease(OnRelease.MERGE)
                .build());

        public Shipped() {
            super(POOL);
        }

        @Actor
        public void endClaim() {
            close();
        }

        @Actor
        public void total(III_Result r) {
            read(r);
        }

        @Arbiter
        public void end(III_Result r) {
            check(r);
        }
    }

    /** The reader ignores the sequence between a value and its retained total. */
    @JCStressTest
    @JCStressMeta(MergeTotal.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "A value is missing or counted twice.")
    @State
    public static class Weakened extends Body {

        private static final Pool<SlotTable> POOL = new Pool<>(
                () -> StressTables.sequenced(Body.LAYOUT, 1, Body.PADDING, OnRelease.MERGE, SequenceWords::blind));

        public Weakened() {
            super(POOL);
        }

        @Actor
        public void endClaim() {
            close();
        }

        @Actor
        public void total(III_Result r) {
            read(r);
        }

        @Arbiter
        public void end(III_Result r) {
            check(r);
        }
    }

    /** An addition to a shared field between the read and the write of its draining is lost. */
    @JCStressTest
    @JCStressMeta(MergeTotal.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "A value is missing or counted twice.")
    @State
    public static class WeakenedDrain extends Body {

        private static final Pool<SlotTable> POOL = new Pool<>(() -> StressTables.sequenced(
                Body.LAYOUT, 1, Body.PADDING, OnRelease.MERGE, (words, sequences) -> new SplitWords(words)));

        public WeakenedDrain() {
            super(POOL);
        }

        @Actor
        public void endClaim() {
            close();
        }

        @Actor
        public void total(III_Result r) {
            read(r);
        }

        @Arbiter
        public void end(III_Result r) {
            check(r);
        }
    }

    /** The reader is as slow as in {@link Weakened}, and validates the sequence. */
    @JCStressTest
    @JCStressMeta(MergeTotal.class)
    @Outcome(expect = FORBIDDEN, desc = "A value is missing or counted twice.")
    @State
    public static class Unweakened extends Body {

        private static final Pool<SlotTable> POOL = new Pool<>(
                () -> StressTables.sequenced(Body.LAYOUT, 1, Body.PADDING, OnRelease.MERGE, SequenceWords::slow));

        public Unweakened() {
            super(POOL);
        }

        @Actor
        public void endClaim() {
            close();
        }

        @Actor
        public void total(III_Result r) {
            read(r);
        }

        @Arbiter
        public void end(III_Result r) {
            check(r);
        }
    }

    abstract static class Body {

        private static final RecordLayout.Builder RECORD = RecordLayout.builder();
        private static final OwnedLong OWNED = RECORD.ownedLong("owned", Merge.SUM);
        private static final SharedLong SHARED = RECORD.sharedLong("shared", Merge.SUM);
        static final RecordLayout LAYOUT = RECORD.build();

        static final int PADDING = 8;
        private static final long KEY = 7;

        private final Pool<SlotTable> pool;
        private final SlotTable table;
        private final Slot owner;
        private final SpinBarrier barrier = new SpinBarrier();

        Body(Pool<SlotTable> pool) {
            this.pool = pool;
            this.table = SmallTable.borrow(pool);
            this.owner = table.claim(KEY);
            owner.set(OWNED, 1);
            owner.set(SHARED, 1);
        }

        final void close() {
            barrier.await();
            owner.close();
        }

        final void read(III_Result r) {
            barrier.await();
            long owned = table.sum(OWNED);
            table.at(KEY).getAndAdd(SHARED, 1);
            long shared = table.sum(SHARED);
            r.r1 = (int) owned;
            r.r2 = (int) shared;
        }

        final void check(III_Result r) {
            r.r3 = (int) (10 * table.sum(OWNED) + table.sum(SHARED));
            pool.release(table);
        }
    }
}
