package org.berth.offheap.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.berth.offheap.TestDepth;

/**
 * The litmus test "store buffering", with a {@link ProcessBarrier} in one of the two threads. The announcing thread
 * writes its number {@code i} and then reads the other word, and logs what it has read. The scanning thread writes its
 * number {@code j}, runs the barrier, and then reads {@code s}, the last number of the announcing thread that it sees.
 * An announcement is <em>missed</em> if it came after {@code s}, so that the scan has not seen it, and yet read a
 * number below {@code j}, so that it has not seen the scanning thread's write either.
 */
@SuppressWarnings("ThreadPriorityCheck") // yields to unmount a virtual thread, and to be fast on a busy machine
final class StoreBuffering {

    /** What the announcing thread is, and does between its announcement and its check. */
    enum Announcer {
        /** Nothing: most announcements and checks are in flight together. */
        RUNNING,
        /** Blocks, now and then. */
        PARKING,
        /** A virtual thread that unmounts. */
        VIRTUAL
    }

    private static final int ROUNDS = TestDepth.of(50_000, 500_000);
    private static final long LONGEST = TimeUnit.SECONDS.toNanos(TestDepth.of(2, 30));
    private static final long LONGEST_WITHOUT_A_BARRIER = TimeUnit.SECONDS.toNanos(30);

    private static final int LOGGED = 1 << 20;
    private static final int ANNOUNCED = 32;
    private static final int WRITTEN = 96;
    private static final VarHandle WORD =
            MethodHandles.arrayElementVarHandle(long[].class).withInvokeExactBehavior();

    private final long[] words = new long[128];
    private final long[] log = new long[LOGGED];
    private final ProcessBarrier barrier;
    private final Announcer announcer;
    private volatile boolean stopped;

    /** The number at which the announcing thread waits, so that it overwrites no entry of the log that is needed. */
    private volatile long allowed = LOGGED / 2;

    private int missed;
    private int rounds;

    StoreBuffering(ProcessBarrier barrier, Announcer announcer) {
        this.barrier = barrier;
        this.announcer = announcer;
    }

    void assertNoneIsMissed() throws InterruptedException {
        run(LONGEST, Integer.MAX_VALUE);
        assertThat(missed).as("%s, %s, rounds=%d", barrier, announcer, rounds).isZero();
        assertThat(rounds).isGreaterThan(10);
    }

    void assertOneIsMissed() throws InterruptedException {
        run(LONGEST_WITHOUT_A_BARRIER, 1);
        assertThat(missed).as("rounds=%d", rounds).isPositive();
    }

    private void run(long nanos, int enough) throws InterruptedException {
        Thread thread = announcer == Announcer.VIRTUAL
                ? Thread.ofVirtual().start(this::announce)
                : Thread.ofPlatform().start(this::announce);
        try {
            await(100);
            long end = System.nanoTime() + nanos;
            int most = enough == 1 ? Integer.MAX_VALUE : ROUNDS;
            for (long j = 1; rounds < most && missed < enough && System.nanoTime() < end; j++) {
                round(j);
            }
        } finally {
            stopped = true;
            thread.join();
        }
    }

    private void round(long j) {
        allowed = (long) WORD.getOpaque(words, ANNOUNCED) + LOGGED / 2;
        WORD.setOpaque(words, WRITTEN, j);
        barrier.run();
        long s = (long) WORD.getOpaque(words, ANNOUNCED);
        allowed = s + LOGGED / 2;
        await(s + 2);
        long read = (long) WORD.getOpaque(log, index(s + 1));
        rounds++;
        missed += read < j ? 1 : 0;
    }

    private void await(long number) {
        for (int spins = 0; (long) WORD.getAcquire(words, ANNOUNCED) < number; spins++) {
            if (spins < 1_000) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
    }

    private void announce() {
        long i = 0;
        while (!stopped) {
            if (i > allowed) { // rarely, and where the other thread does not get to run
                Thread.yield();
                continue;
            }
            i = announcer == Announcer.RUNNING ? announceMany(i) : announceSlowly(i);
        }
    }

    /** A method of its own, so that C2 compiles it without the loop around it. */
    private long announceMany(long before) {
        long[] shared = words;
        boolean fence = barrier.isFence();
        long i = before;
        for (int count = 0; count < 1_000; count++) {
            i++;
            // Release, so that who sees the number sees the log before it; it is as weak towards the check as opaque.
            WORD.setRelease(shared, ANNOUNCED, i);
            if (fence) {
                VarHandle.fullFence();
            }
            long read = (long) WORD.getOpaque(shared, WRITTEN);
            WORD.setOpaque(log, index(i), read);
        }
        return i;
    }

    private long announceSlowly(long before) {
        long i = before + 1;
        WORD.setRelease(words, ANNOUNCED, i);
        if (announcer == Announcer.VIRTUAL) {
            Thread.yield();
        } else if ((i & 15) == 0) {
            LockSupport.parkNanos(1);
        }
        long read = (long) WORD.getOpaque(words, WRITTEN);
        WORD.setOpaque(log, index(i), read);
        return i;
    }

    private static int index(long number) {
        return (int) (number & (LOGGED - 1));
    }
}
