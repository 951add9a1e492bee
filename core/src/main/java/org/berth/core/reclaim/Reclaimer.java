package org.berth.core.reclaim;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.berth.core.internal.StackSpace;
import org.berth.offheap.internal.ProcessBarrier;
import org.jspecify.annotations.Nullable;

/**
 * Frees retired memory once no thread accesses it any more: makes a process-wide barrier, and then looks which memory
 * is {@linkplain Announcements announced} or {@linkplain Reclaimable#pin pinned}. The rest is reclaimed.
 *
 * <p>As a barrier costs some ten microseconds, and more where many threads run, retired memory is first collected:
 * {@value #BATCH_BYTES} bytes in the whole process. What a thread holds is tried again by a thread of this class, which
 * exists only while there is such memory. It also frees what is large, so that no other thread has to.
 *
 * <p>Safe for use by any number of threads. None waits for another: each makes a barrier of its own before it takes any
 * memory, so that one which is suspended in it holds none. To retire memory allocates nothing.
 */
public final class Reclaimer {

    /** The reclaimer of all structures of the process. */
    public static final Reclaimer PROCESS = new Reclaimer(ProcessBarrier.PROCESS::run, Reclaimer.BATCH_BYTES, true);

    static final long BATCH_BYTES = 1 << 20;

    /** Freeing more takes a call too long: some tenth of a millisecond per megabyte. */
    private static final long DEFERRED_BYTES = 4 << 20;

    private static final long FIRST_PAUSE_NANOS = 100_000;
    private static final long LONGEST_PAUSE_NANOS = 50_000_000;

    static {
        // Links what is called where there may be little stack.
        AtomicReference<@Nullable Reclaimable> stack = new AtomicReference<>();
        Reclaimable linked = new ReclaimableGroup(List.of());
        push(stack, linked, linked);
        putBack(stack, stack.getAndSet(null));
    }

    private final Runnable barrier;
    private final long batchBytes;
    private final boolean background;

    /** Retired memory, as a stack: linked through the memory itself, so that nothing can fail. */
    private final AtomicReference<@Nullable Reclaimable> retired = new AtomicReference<>();

    /** For the ids that a thread collects; null while it is in use. */
    private final AtomicReference<long @Nullable []> spareIds = new AtomicReference<>();

    /** What no thread accesses any more, and is left to the thread of this class. */
    private final AtomicReference<@Nullable Reclaimable> deferred = new AtomicReference<>();

    private final AtomicLong retiredBytes = new AtomicLong();

    /** What was held when it was last tried, and need not be tried again just because more memory is retired. */
    private final AtomicLong heldBytes = new AtomicLong();

    /** What is deferred, and need not be tried again either. */
    private final AtomicLong deferredBytes = new AtomicLong();

    /** Counts barriers: memory that was retired before a barrier began can be reclaimed after it. */
    private final AtomicLong clock = new AtomicLong();

    /** Whether a thread is making a barrier, so that others need not make one each for the same batch. */
    private final AtomicBoolean underWay = new AtomicBoolean();

    private final AtomicBoolean working = new AtomicBoolean();

    /**
     * Makes a reclaimer.
     *
     * @param barrier    process-wide
     * @param batchBytes how much retired memory to collect before a barrier; 0 to reclaim at once
     * @param background whether a thread of its own tries again what was held
     */
    public Reclaimer(Runnable barrier, long batchBytes, boolean background) {
        this.barrier = barrier;
        this.batchBytes = batchBytes;
        this.background = background;
    }

    /**
     * Takes memory that no thread comes to any more, but those that know it already. Reclaims if enough has come
     * together.
     *
     * @param memory that {@linkplain Reclaimable#setRetired() says so}
     */
    public void retire(Reclaimable memory) {
        add(memory);
        if (isFull(batchBytes)) {
            // If another thread is at it, then only once that one takes too long.
            reclaim(background, isFull(2 * batchBytes));
        }
    }

    /**
     * Takes all memory of a structure that is closed: it is reclaimed once no thread accesses any of it, before this
     * returns if there is much of it. Memory that was given to {@link #retire}, too, may be among it.
     *
     * @param memory each of which says that it is retired
     */
    public void retireTogether(List<? extends Reclaimable> memory) {
        add(new ReclaimableGroup(memory));
        if (isFull(batchBytes)) {
            reclaim();
        }
    }

    private void add(Reclaimable memory) {
        // After it says that it is retired: a thread that begins a barrier at a later time sees that.
        memory.retiredAt = clock.get();
        retiredBytes.addAndGet(memory.bytes());
        push(retired, memory, memory);
    }

    private boolean isFull(long bytes) {
        return retiredBytes.get() - heldBytes.get() >= bytes;
    }

    @SuppressWarnings("ReferenceEquality") // a CAS compares references
    private static void push(AtomicReference<@Nullable Reclaimable> stack, Reclaimable first, Reclaimable last) {
        Reclaimable head = stack.get();
        while (true) {
            last.nextRetired = head;
            Reclaimable witness = stack.compareAndExchange(head, first);
            if (witness == head) {
                return;
            }
            head = witness;
        }
    }

    /** Reclaims the retired memory that no thread accesses. */
    public void reclaim() {
        freeDeferred();
        reclaim(false, true);
    }

    /**
     * Reclaims.
     *
     * @param mayDefer whether to leave large memory to the thread of this class
     * @param always   whether to make a barrier though another thread is in the middle of one
     */
    private void reclaim(boolean mayDefer, boolean always) {
        // Before anything is taken: an error in between would lose it.
        StackSpace.ensure();
        boolean alone = underWay.compareAndSet(false, true);
        if (alone || always) {
            try {
                if (retired.get() != null) {
                    reclaimAfterBarrier(mayDefer);
                }
            } finally {
                if (alone) {
                    underWay.set(false);
                }
            }
        }
        if (background && (heldBytes.get() != 0 || deferred.get() != null)) {
            startWorking();
        }
    }

    private void reclaimAfterBarrier(boolean mayDefer) {
        long @Nullable [] spare = spareIds.getAndSet(null);
        long[] announced = spare == null ? new long[Announcements.MAXIMUM] : spare;
        long now = clock.incrementAndGet();
        barrier.run();
        // Only now: what a thread has announced before the barrier is seen, and what it announces after it, it leaves
        // alone, as it sees that the memory is retired.
        int count = Announcements.collect(announced);
        // Not before the barrier, in which a thread may be suspended for long: it would hold what it has taken.
        @Nullable Reclaimable untried = retired.getAndSet(null);
        @Nullable Reclaimable kept = null;
        long bytesHeld = 0;
        try {
            while (untried != null) {
                Reclaimable memory = untried;
                Reclaimable next = memory.nextRetired;
                boolean isLater = memory.retiredAt >= now;
                if (isLater || memory.isHeld(announced, count)) {
                    memory.nextRetired = kept;
                    kept = memory;
                    bytesHeld += isLater ? 0 : memory.bytes();
                } else if (mayDefer && memory.bytes() > DEFERRED_BYTES) {
                    retiredBytes.addAndGet(-memory.bytes());
                    deferredBytes.addAndGet(memory.bytes());
                    push(deferred, memory, memory);
                } else {
                    // If that throws, then the memory is still the first of those that are put back.
                    memory.reclaim();
                    retiredBytes.addAndGet(-memory.bytes());
                }
                untried = next;
            }
        } finally {
            heldBytes.set(bytesHeld);
            putBack(retired, untried);
            putBack(retired, kept);
            spareIds.set(announced);
        }
    }

    private static void putBack(AtomicReference<@Nullable Reclaimable> stack, @Nullable Reclaimable first) {
        if (first != null) {
            Reclaimable last = first;
            for (Reclaimable next = last.nextRetired; next != null; next = last.nextRetired) {
                last = next;
            }
            push(stack, first, last);
        }
    }

    private void freeDeferred() {
        StackSpace.ensure();
        @Nullable Reclaimable untried = deferred.getAndSet(null);
        try {
            while (untried != null) {
                Reclaimable next = untried.nextRetired;
                untried.reclaim();
                deferredBytes.addAndGet(-untried.bytes());
                untried = next;
            }
        } finally {
            putBack(deferred, untried);
        }
    }

    private void startWorking() {
        if (working.compareAndSet(false, true)) {
            try {
                Thread worker = Thread.ofPlatform()
                        .daemon()
                        .name("berth-reclaimer")
                        .inheritInheritableThreadLocals(false)
                        .unstarted(this::work);
                worker.setContextClassLoader(null);
                worker.start();
            } catch (RuntimeException | Error e) {
                // No thread is to be had. The next call that reclaims tries again; this one has done its own work.
                working.set(false);
            }
        }
    }

    /** Frees what is deferred, and tries again what is held: the holders' own calls stay free of this. */
    private void work() {
        long pause = FIRST_PAUSE_NANOS;
        while (true) {
            long before = heldBytes.get();
            try {
                freeDeferred();
                if (heldBytes.get() != 0) {
                    reclaim(true, false);
                }
            } catch (RuntimeException | Error e) {
                // What could not be freed was put back, and is tried again.
            }
            if (isIdle()) {
                working.set(false);
                // What came just before that line has found this thread still working.
                if (isIdle() || !working.compareAndSet(false, true)) {
                    return;
                }
            }
            // Held for long, as by an iterator: less often.
            pause = heldBytes.get() < before ? FIRST_PAUSE_NANOS : Math.min(2 * pause, LONGEST_PAUSE_NANOS);
            LockSupport.parkNanos(pause);
        }
    }

    private boolean isIdle() {
        return heldBytes.get() == 0 && deferred.get() == null;
    }

    /** {@return the memory that is retired and not reclaimed yet, in bytes} */
    public long retiredBytes() {
        return retiredBytes.get() + deferredBytes.get();
    }
}
