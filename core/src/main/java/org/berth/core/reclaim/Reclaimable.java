package org.berth.core.reclaim;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Memory that threads may still access when its owner has no more use for it. Use it with {@link Announcements} for
 * updates, {@link #isRetired} for reads, {@link #pin} for what lasts longer, and {@link Reclaimer} to free it.
 */
public abstract class Reclaimable {

    private static final AtomicLong IDS = new AtomicLong(Announcements.NOTHING);

    private final long id = IDS.incrementAndGet();

    private final AtomicInteger pins = new AtomicInteger();

    /** Volatile: a thread that announces this memory, and then finds it retired, leaves it alone. */
    private volatile boolean retired;

    /** When it was retired, on the clock of the {@link Reclaimer}. Guarded by the list that this memory is in. */
    long retiredAt;

    /** The next in a list of retired memory. Guarded by the list: memory is in one at most. */
    @Nullable
    Reclaimable nextRetired;

    /** For subclasses. */
    protected Reclaimable() {}

    /** {@return a number that no other memory of the process has or gets} */
    public final long id() {
        return id;
    }

    /**
     * {@return whether this memory may be freed or reused by now} A reader asks after its reads, with an acquire fence
     * between: if the answer is false, what it has read is this memory's.
     */
    public final boolean isRetired() {
        return retired;
    }

    /** Says that no thread comes to this memory any more but those that know it already. */
    public final void setRetired() {
        retired = true;
    }

    /**
     * Keeps this memory from being reclaimed until {@link #unpin}. Volatile; the caller looks afterwards whether the
     * memory is retired, and unpins it at once if it is.
     */
    public final void pin() {
        pins.getAndIncrement();
    }

    /** {@return true if that was the last pin of retired memory, which is worth another try to reclaim it} */
    public final boolean unpin() {
        return pins.decrementAndGet() == 0 && retired;
    }

    /** {@return the number of pins} */
    public final int pins() {
        return pins.get();
    }

    /** {@return its size} */
    public abstract long bytes();

    /** Whether a thread may still access this memory, by what was announced after a barrier. */
    boolean isHeld(long[] announced, int count) {
        return pins.get() != 0 || contains(announced, count, id);
    }

    static boolean contains(long[] announced, int count, long id) {
        for (int i = 0; i < count; i++) {
            if (announced[i] == id) {
                return true;
            }
        }
        return false;
    }

    /** Frees or reuses this memory: no thread accesses it any more. Called once. */
    protected abstract void reclaim();
}
