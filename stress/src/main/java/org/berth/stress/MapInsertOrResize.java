package org.berth.stress;

import static org.berth.stress.SmallMap.KEY;
import static org.berth.stress.SmallMap.THIRD;
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
import org.openjdk.jcstress.infra.results.IIIII_Result;

/**
 * A key lives in one table, also if it is inserted during a resize. Two threads put it if it is absent, and then read
 * it; one of them begins a resize before, by another new key, and transfers all. Results: what each putIfAbsent finds,
 * 0 for none, and what its thread then reads; the number of keys and the value in the end, as decimal digits.
 *
 * <p>A key is inserted into the next table only once the slot at which a search for it ends in the table before is
 * frozen. A thread that claims that slot has looked before whether there is a next table, and may be slow in between:
 * it is in {@code Weakened}, and in {@code Unweakened}, which fails if the shipped transfer does not freeze.
 */
@Outcome(id = "0, 1, 1, 1, 41", expect = ACCEPTABLE, desc = "The first is first.")
@Outcome(id = "2, 2, 0, 2, 42", expect = ACCEPTABLE, desc = "The second is first.")
public final class MapInsertOrResize {

    private MapInsertOrResize() {}

    @JCStressTest
    @JCStressMeta(MapInsertOrResize.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "Both are first, or neither, or the key is not found, or twice.")
    @State
    public static class Hazard {

        private int value;
        private int next;
        private boolean resizing;

        @Actor
        public void first(IIIII_Result r) {
            r.r1 = putIfAbsent(1);
            r.r2 = get();
        }

        @Actor
        public void second(IIIII_Result r) {
            next = value;
            resizing = true;
            r.r3 = putIfAbsent(2);
            r.r4 = get();
        }

        @Arbiter
        public void end(IIIII_Result r) {
            r.r5 = 40 + get();
        }

        private int putIfAbsent(int mine) {
            int found = get();
            if (found == 0) {
                if (resizing) {
                    next = mine;
                } else {
                    value = mine;
                }
            }
            return found;
        }

        private int get() {
            return resizing ? next : value;
        }
    }

    @JCStressTest
    @JCStressMeta(MapInsertOrResize.class)
    @Outcome(expect = FORBIDDEN, desc = "Both are first, or neither, or the key is not found, or twice.")
    @State
    public static class Shipped extends Body {

        private static final Pool<SmallMap> POOL = SmallMap.shipped();

        public Shipped() {
            super(POOL);
        }

        @Actor
        public void first(IIIII_Result r) {
            putAndGet(r);
        }

        @Actor
        public void second(IIIII_Result r) {
            resizePutAndGet(r);
        }

        @Arbiter
        public void end(IIIII_Result r) {
            look(r);
        }
    }

    /** The transfer freezes no slot. */
    @JCStressTest
    @JCStressMeta(MapInsertOrResize.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "Both are first, or neither, or the key is not found, or twice.")
    @State
    public static class Weakened extends Body {

        private static final Pool<SmallMap> POOL =
                SmallMap.withoutFreeze(words -> StepWords.slow(words, StressMaps::isClaim));

        public Weakened() {
            super(POOL);
        }

        @Actor
        public void first(IIIII_Result r) {
            putAndGet(r);
        }

        @Actor
        public void second(IIIII_Result r) {
            resizePutAndGet(r);
        }

        @Arbiter
        public void end(IIIII_Result r) {
            look(r);
        }
    }

    /** Neither the transfer nor an insert freezes a slot. */
    @JCStressTest
    @JCStressMeta(MapInsertOrResize.class)
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "Both are first, or neither, or the key is not found, or twice.")
    @State
    public static class WeakenedInsert extends Body {

        private static final Pool<SmallMap> POOL =
                SmallMap.weakened(words -> StepWords.leftOut(words, StressMaps::isFreeze));

        public WeakenedInsert() {
            super(POOL);
        }

        @Actor
        public void first(IIIII_Result r) {
            putAndGet(r);
        }

        @Actor
        public void second(IIIII_Result r) {
            resizePutAndGet(r);
        }

        @Arbiter
        public void end(IIIII_Result r) {
            look(r);
        }
    }

    /** A thread is as slow as in {@link Weakened}, and the transfer freezes. */
    @JCStressTest
    @JCStressMeta(MapInsertOrResize.class)
    @Outcome(expect = FORBIDDEN, desc = "Both are first, or neither, or the key is not found, or twice.")
    @State
    public static class Unweakened extends Body {

        private static final Pool<SmallMap> POOL =
                SmallMap.weakened(words -> StepWords.slow(words, StressMaps::isClaim));

        public Unweakened() {
            super(POOL);
        }

        @Actor
        public void first(IIIII_Result r) {
            putAndGet(r);
        }

        @Actor
        public void second(IIIII_Result r) {
            resizePutAndGet(r);
        }

        @Arbiter
        public void end(IIIII_Result r) {
            look(r);
        }
    }

    abstract static class Body {

        private final Pool<SmallMap> pool;
        private final SmallMap map;
        private final SpinBarrier barrier = new SpinBarrier();

        Body(Pool<SmallMap> pool) {
            this.pool = pool;
            this.map = SmallMap.borrowBeforeResize(pool);
        }

        final void putAndGet(IIIII_Result r) {
            barrier.await();
            int found = orZero(map.map().putIfAbsent(KEY, 1));
            int value = map.value(KEY);
            r.r1 = found;
            r.r2 = value;
        }

        final void resizePutAndGet(IIIII_Result r) {
            barrier.await();
            map.map().put(THIRD, 5);
            map.transfer();
            int found = orZero(map.map().putIfAbsent(KEY, 2));
            int value = map.value(KEY);
            r.r3 = found;
            r.r4 = value;
        }

        final void look(IIIII_Result r) {
            map.transfer();
            r.r5 = 10 * (int) map.map().size() + map.value(KEY);
            pool.release(map);
        }
    }
}
