package org.berth.stress;

import static org.berth.stress.SmallMap.KEY;
import static org.berth.stress.SmallMap.OTHER;
import static org.berth.stress.SmallMap.orZero;
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
 * A removal that meets the transfer of its key is not undone, and finds the value. One thread transfers what a resize
 * has left to transfer, and then reads; another removes two mappings, 1 and 3, the second one only if it is 3. Results:
 * what the transferring thread reads, 0 for none, as decimal digits; what the first removal finds; whether the second
 * one was done; and the values in the end.
 *
 * <p>Two steps of the transfer matter: its last one notices the removal, and it then removes the mapping from the copy.
 */
@Outcome(id = "13, 1, 1, 0", expect = ACCEPTABLE, desc = "The thread reads first.")
@Outcome(id = "3, 1, 1, 0", expect = ACCEPTABLE, desc = "The thread reads in between.")
@Outcome(id = "0, 1, 1, 0", expect = ACCEPTABLE, desc = "The thread reads last.")
@Outcome(id = "10, 1, 1, 0", expect = ACCEPTABLE, desc = "The thread reads in between, the first value before.")
public final class MapTransferOrRemove {

    private MapTransferOrRemove() {}

    @JCStressTest
    @JCStressMeta(MapTransferOrRemove.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "A mapping comes back, or a removal finds what never was.")
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
            r.r1 = 10 * copy + otherCopy;
        }

        @Actor
        public void remove(IIII_Result r) {
            if (moved) {
                r.r2 = copy;
                copy = 0;
                r.r3 = otherCopy == 3 ? 1 : 0;
                otherCopy = 0;
            } else {
                r.r2 = value;
                value = 0;
                r.r3 = other == 3 ? 1 : 0;
                other = 0;
            }
        }

        @Arbiter
        public void end(IIII_Result r) {
            r.r4 = 10 * copy + otherCopy;
        }
    }

    @JCStressTest
    @JCStressMeta(MapTransferOrRemove.class)
    @Outcome(expect = FORBIDDEN, desc = "A mapping comes back, or a removal finds what never was.")
    @State
    public static class Shipped extends Body {

        private static final Pool<SmallMap> POOL = SmallMap.shipped();

        public Shipped() {
            super(POOL);
        }

        @Actor
        public void transfer(IIII_Result r) {
            transferAndRead(r);
        }

        @Actor
        public void remove(IIII_Result r) {
            removeBoth(r);
        }

        @Arbiter
        public void end(IIII_Result r) {
            look(r);
        }
    }

    /** The transfer marks a slot as moved by a store, even if an update came between. */
    @JCStressTest
    @JCStressMeta(MapTransferOrRemove.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "A mapping comes back, or a removal finds what never was.")
    @State
    public static class Weakened extends Body {

        private static final Pool<SmallMap> POOL =
                SmallMap.weakened(words -> StepWords.stored(words, StressMaps::isMarkMoved));

        public Weakened() {
            super(POOL);
        }

        @Actor
        public void transfer(IIII_Result r) {
            transferAndRead(r);
        }

        @Actor
        public void remove(IIII_Result r) {
            removeBoth(r);
        }

        @Arbiter
        public void end(IIII_Result r) {
            look(r);
        }
    }

    /** The transfer notices that a mapping is removed, and leaves the copy as it is. */
    @JCStressTest
    @JCStressMeta(MapTransferOrRemove.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "A mapping comes back, or a removal finds what never was.")
    @State
    public static class WeakenedCopy extends Body {

        private static final Pool<SmallMap> POOL = SmallMap.withoutCopyRemoval();

        public WeakenedCopy() {
            super(POOL);
        }

        @Actor
        public void transfer(IIII_Result r) {
            transferAndRead(r);
        }

        @Actor
        public void remove(IIII_Result r) {
            removeBoth(r);
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

        final void transferAndRead(IIII_Result r) {
            barrier.await();
            map.transfer();
            int value = map.value(KEY);
            r.r1 = 10 * value + map.value(OTHER);
        }

        final void removeBoth(IIII_Result r) {
            barrier.await();
            int removed = orZero(map.map().remove(KEY));
            boolean done = map.map().remove(OTHER, 3);
            r.r2 = removed;
            r.r3 = done ? 1 : 0;
        }

        final void look(IIII_Result r) {
            map.transfer();
            r.r4 = 10 * map.value(KEY) + map.value(OTHER);
            pool.release(map);
        }
    }
}
