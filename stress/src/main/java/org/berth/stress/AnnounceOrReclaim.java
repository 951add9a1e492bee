package org.berth.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ThreadLocalRandom;
import org.berth.core.reclaim.Announcements;
import org.berth.core.reclaim.Reclaimable;
import org.berth.core.reclaim.Reclaimer;
import org.berth.offheap.internal.ProcessBarrier;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressMeta;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * Memory is not reclaimed under a thread that has announced it and then found it not retired. One thread announces
 * the memory, looks whether it is retired, and stays inside until the other is done; the other retires the memory and
 * reclaims it if no thread has announced it. Results: whether the first was inside, and whether the memory was
 * reclaimed.
 *
 * <p>The announcement is an ordinary store, which may wait in the store buffer beyond the look. So that it does for
 * long enough to be missed by a scan, stores that miss the cache go before it.
 */
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "It sees that the memory is retired, and the scan sees it.")
@Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "It sees that the memory is retired.")
@Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "It is inside, and the scan sees it.")
public final class AnnounceOrReclaim {

    private AnnounceOrReclaim() {}

    @JCStressTest
    @JCStressMeta(AnnounceOrReclaim.class)
    @Outcome(id = "1, 1", expect = ACCEPTABLE_INTERESTING, desc = "Reclaimed under a thread that is inside.")
    @State
    public static class Hazard {

        private static final VarHandle ANNOUNCED;
        private static final VarHandle RETIRED;

        static {
            try {
                MethodHandles.Lookup lookup = MethodHandles.lookup();
                ANNOUNCED = lookup.findVarHandle(Hazard.class, "announced", int.class);
                RETIRED = lookup.findVarHandle(Hazard.class, "retired", int.class);
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        @SuppressWarnings("unused") // through ANNOUNCED
        private int announced;

        @SuppressWarnings("unused") // through RETIRED
        private int retired;

        private final SpinBarrier barrier = new SpinBarrier();

        @Actor
        public void update(II_Result r) {
            barrier.await();
            ANNOUNCED.setOpaque(this, 1);
            r.r1 = 1 - (int) RETIRED.getOpaque(this);
        }

        @Actor
        public void reclaim(II_Result r) {
            barrier.await();
            RETIRED.setOpaque(this, 1);
            r.r2 = 1 - (int) ANNOUNCED.getOpaque(this);
        }
    }

    /** With the barrier of an ordinary JVM, mostly a handshake with each thread. */
    @JCStressTest
    @JCStressMeta(AnnounceOrReclaim.class)
    @Outcome(id = "1, 1", expect = FORBIDDEN, desc = "Reclaimed under a thread that is inside.")
    @State
    public static class Shipped extends Body {

        @Actor
        public void update(II_Result r) {
            announceThenLook(r);
        }

        @Actor
        public void reclaim(II_Result r) {
            retireAndReclaim(ProcessBarrier.PROCESS::run, r);
        }
    }

    /** The reclaimer makes no barrier. */
    @JCStressTest
    @JCStressMeta(AnnounceOrReclaim.class)
    @Outcome(id = "1, 1", expect = ACCEPTABLE_INTERESTING, desc = "Reclaimed under a thread that is inside.")
    @State
    public static class Weakened extends Body {

        @Actor
        public void update(II_Result r) {
            announceThenLook(r);
        }

        @Actor
        public void reclaim(II_Result r) {
            retireAndReclaim(() -> {}, r);
        }
    }

    /** The thread looks, and then announces the memory. */
    @JCStressTest
    @JCStressMeta(AnnounceOrReclaim.class)
    @Outcome(id = "1, 1", expect = ACCEPTABLE_INTERESTING, desc = "Reclaimed under a thread that is inside.")
    @State
    public static class WeakenedOrder extends Body {

        @Actor
        public void update(II_Result r) {
            lookThenAnnounce(r);
        }

        @Actor
        public void reclaim(II_Result r) {
            retireAndReclaim(ProcessBarrier.PROCESS::run, r);
        }
    }

    abstract static class Body {

        /** Larger than the caches. */
        private static final long[] COLD = new long[1 << 23];

        /** Fewer than the store buffer holds. */
        private static final int COLD_STORES = 16;

        /** Longer than a barrier takes on a quiet machine. */
        private static final int MAX_SPINS = 2_000;

        private final SpinBarrier barrier = new SpinBarrier();
        private final Memory memory = new Memory();
        private volatile boolean done;

        final void announceThenLook(II_Result r) {
            int line = Announcements.enter();
            int from = ThreadLocalRandom.current().nextInt();
            barrier.await();
            delayStores(from);
            Announcements.announce(line, memory.id());
            boolean inside = !memory.isRetired();
            awaitReclaimer();
            Announcements.exit(line);
            r.r1 = inside ? 1 : 0;
        }

        final void lookThenAnnounce(II_Result r) {
            int line = Announcements.enter();
            barrier.await();
            boolean inside = !memory.isRetired();
            for (int i = 0; i < MAX_SPINS && !done; i++) {
                Thread.onSpinWait();
            }
            Announcements.announce(line, memory.id());
            awaitReclaimer();
            Announcements.exit(line);
            r.r1 = inside ? 1 : 0;
        }

        final void retireAndReclaim(Runnable processBarrier, II_Result r) {
            // At once, in this thread, and nothing in the background.
            Reclaimer reclaimer = new Reclaimer(processBarrier, 0, false);
            barrier.await();
            memory.setRetired();
            reclaimer.retire(memory);
            r.r2 = memory.reclaimed ? 1 : 0;
            done = true;
        }

        private static void delayStores(int from) {
            for (int i = 0; i < COLD_STORES; i++) {
                COLD[(from + i * 0x9E3779B1) & (COLD.length - 1)] = i;
            }
        }

        /** Stays inside, so that the memory is not rightly reclaimed after an exit. */
        private void awaitReclaimer() {
            while (!done) {
                Thread.onSpinWait();
            }
        }
    }

    private static final class Memory extends Reclaimable {

        boolean reclaimed;

        @Override
        public long bytes() {
            return Long.BYTES;
        }

        @Override
        protected void reclaim() {
            reclaimed = true;
        }
    }
}
