package org.berth.stress;

import static org.berth.stress.SmallMap.KEY;
import static org.berth.stress.SmallMap.OTHER;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.berth.core.map.StressMaps;
import org.berth.offheap.StepWords;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIII_Result;

/**
 * An update that meets the transfer of its key is neither lost nor doubled. One thread transfers what a resize has left
 * to transfer, and then adds 1 to a value that was 1; another adds 1 to it, and puts 5 where 3 was. Which of the two
 * transfers the only range is up to chance, as a writer transfers a range first; the other then meets the transfer.
 * Results: what the two additions and the put found, and both values in the end, as decimal digits.
 */
@Outcome(id = "1, 2, 3, 35", expect = ACCEPTABLE, desc = "The transferring thread is first.")
@Outcome(id = "2, 1, 3, 35", expect = ACCEPTABLE, desc = "The other is first.")
public final class MapTransferOrUpdate {

    private MapTransferOrUpdate() {}

    @JCStressTest
    @JCStressMeta(MapTransferOrUpdate.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "An update is lost or doubled, or finds what never was.")
    @State
    public static class Hazard {

        private int value = 1;
        private int copy;
        private int other = 3;
        private int otherCopy;
        private boolean moved;

        @Actor
        public void transfer(IIII_Result r) {
            copy = value;
            otherCopy = other;
            moved = true;
            r.r1 = copy++;
        }

        @Actor
        public void update(IIII_Result r) {
            if (moved) {
                r.r2 = copy++;
                r.r3 = otherCopy;
                otherCopy = 5;
            } else {
                r.r2 = value++;
                r.r3 = other;
                other = 5;
            }
        }

        @Arbiter
        public void end(IIII_Result r) {
            r.r4 = 10 * copy + otherCopy;
        }
    }

    @JCStressTest
    @JCStressMeta(MapTransferOrUpdate.class)
    @Outcome(expect = FORBIDDEN, desc = "An update is lost or doubled, or finds what never was.")
    @State
    public static class Shipped extends Body {

        private static final Pool<SmallMap> POOL = SmallMap.shipped();

        public Shipped() {
            super(POOL);
        }

        @Actor
        public void transfer(IIII_Result r) {
            transferAndAdd(r);
        }

        @Actor
        public void update(IIII_Result r) {
            addAndPut(r);
        }

        @Arbiter
        public void end(IIII_Result r) {
            look(r);
        }
    }

    /** The transfer marks a slot as moved by a store, even if an update came between. */
    @JCStressTest
    @JCStressMeta(MapTransferOrUpdate.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "An update is lost or doubled, or finds what never was.")
    @State
    public static class Weakened extends Body {

        private static final Pool<SmallMap> POOL =
                SmallMap.weakened(words -> StepWords.stored(words, StressMaps::isMarkMoved));

        public Weakened() {
            super(POOL);
        }

        @Actor
        public void transfer(IIII_Result r) {
            transferAndAdd(r);
        }

        @Actor
        public void update(IIII_Result r) {
            addAndPut(r);
        }

        @Arbiter
        public void end(IIII_Result r) {
            look(r);
        }
    }

    abstract static class Body {

        private final Pool<SmallMap> pool;
        private final SmallMap map;
        private final SpinBarrier barrier = new SpinBarrier();

        Body(Pool<SmallMap> pool) {
            this.pool = pool;
            this.map = SmallMap.borrowResizing(pool);
        }

        final void transferAndAdd(IIII_Result r) {
            barrier.await();
            map.transfer();
            r.r1 = (int) map.map().getAndAdd(KEY, 1);
        }

        final void addAndPut(IIII_Result r) {
            barrier.await();
            int added = (int) map.map().getAndAdd(KEY, 1);
            int put = SmallMap.orZero(map.map().put(OTHER, 5));
            r.r2 = added;
            r.r3 = put;
        }

        final void look(IIII_Result r) {
            map.transfer();
            r.r4 = 10 * map.value(KEY) + map.value(OTHER);
            pool.release(map);
        }
    }
}
