package org.berth.core.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLongArray;
import org.berth.offheap.OffHeapBuffer;
import org.berth.offheap.Words;
import org.jspecify.annotations.Nullable;

/**
 * A piece of the log: memory to which records are appended, and the words that say what has become of them. Segments of
 * one size are used again and again, each time as the next generation. Tests extend this class to break a step on
 * purpose.
 */
class Segment {

    /** In words: each counter has a cache line of its own, and none is fetched in a pair with another. */
    private static final int SPACING = 16;

    private static final int APPENDED = SPACING;
    private static final int SETTLED = 2 * SPACING;
    private static final int DEAD = 3 * SPACING;

    /** In the line of the dead bytes: who walks looks at both. */
    private static final int CURSOR = DEAD + 1;

    /** In a line of their own: appending reads them. */
    private static final int FIRST_DEADLINE = 4 * SPACING;

    private static final int LAST_DEADLINE = FIRST_DEADLINE + 1;
    private static final int AGE = FIRST_DEADLINE + 2;

    private static final int COUNTERS = 6 * SPACING;

    /** The lower bits of the words {@link #APPENDED} and {@link #CURSOR} are an offset, the upper ones a generation. */
    private static final int GENERATION_SHIFT = 40;

    private static final long OFFSET_MASK = (1L << GENERATION_SHIFT) - 1;

    /** Offsets from here on say that nothing can be appended yet. */
    private static final long INACTIVE = 1L << (GENERATION_SHIFT - 1);

    /** Added to the dead bytes when the segment is an append point no more: it may be recycled from then on. */
    private static final long RETIRED = 1L << GENERATION_SHIFT;

    /** Added to the dead bytes while a thread reads a record where it is: the segment is not recycled until then. */
    private static final long PIN = RETIRED << 1;

    /** Of the dead bytes: these themselves, and whether the segment is retired. */
    private static final long PIN_MASK = PIN - 1;

    /** The latest deadline is rounded up to a multiple of so many nanoseconds, so that it seldom changes. */
    private static final long DEADLINE_STEP = 1L << 26;

    private static final VarHandle NEXT;

    static {
        try {
            NEXT = MethodHandles.lookup().findVarHandle(Segment.class, "next", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final int id;
    final long capacity;
    final Words words;

    /** The same memory, to copy many bytes at once; null if it is on the heap, in tests. */
    final @Nullable OffHeapBuffer buffer;

    /** The same, for others to look at. */
    final @Nullable OffHeapBuffer readOnly;

    private final Runnable freeing;

    /** Volatile: it changes before the memory is used again, and readers look at it after their last read. */
    private volatile long generation;

    private final AtomicLongArray counters = new AtomicLongArray(COUNTERS);

    /** The link of a stack that this segment is in. Opaque, see {@link SegmentStack}. */
    @SuppressWarnings("unused") // by the handle
    private int next;

    Segment(int id, long generation, Memory memory) {
        this.id = id;
        this.generation = generation;
        words = memory.words();
        buffer = memory.buffer();
        readOnly = buffer == null ? null : buffer.asReadOnly();
        freeing = memory.freeing();
        capacity = words.size();
        // As after its last use: full, settled, dead.
        counters.setPlain(APPENDED, appended(generation, capacity));
        counters.setPlain(SETTLED, capacity);
        counters.setPlain(DEAD, RETIRED + capacity);
    }

    /**
     * What a segment is made of.
     *
     * @param words   the memory
     * @param buffer  the same memory, or null
     * @param freeing frees it; has no effect again
     */
    record Memory(Words words, @Nullable OffHeapBuffer buffer, Runnable freeing) {}

    private static long appended(long generation, long offset) {
        return generation << GENERATION_SHIFT | offset;
    }

    long generation() {
        return generation;
    }

    /** Whether what was read before was of a record of this generation. */
    boolean isCurrent(long ofReference) {
        // The reads of the record come before the look.
        VarHandle.acquireFence();
        return generation == ofReference;
    }

    /** Begins the next generation: late readers find that what they have read does not count. */
    long advanceGeneration() {
        // One thread only, the one that has completed the dead bytes.
        long next = generation + 1;
        generation = next;
        return next;
    }

    void free() {
        freeing.run();
    }

    // The use of the segment: taken out of the pool, installed as an append point, opened, filled, retired.

    /** Makes the segment ready to be installed. In this order: at no time does it look like one that can be walked. */
    void activate() {
        clearHints();
        counters.set(SETTLED, 0);
        counters.set(DEAD, 0);
        counters.set(CURSOR, appended(generation, 0));
        counters.set(APPENDED, appended(generation, INACTIVE));
    }

    private void clearHints() {
        counters.setOpaque(FIRST_DEADLINE, Long.MAX_VALUE);
        counters.setOpaque(LAST_DEADLINE, 0);
        counters.setOpaque(AGE, 0);
    }

    /** Says that all of it is dead, which nobody appends to, as another segment was installed; see {@link #addDead}. */
    Dying giveUp() {
        settle(capacity);
        // By an addition: a reader that is late may have pinned it.
        return addDead(RETIRED + capacity);
    }

    /** Makes the segment one of a single record, which no thread appends to. */
    void activateForOne() {
        clearHints();
        counters.set(SETTLED, 0);
        counters.set(CURSOR, appended(generation, 0));
        counters.set(DEAD, RETIRED);
        counters.set(APPENDED, appended(generation, capacity));
    }

    /**
     * Reserves memory.
     *
     * @return the generation and the offset, see {@link #offset}: there is memory only if the bytes from there fit
     */
    long reserve(long bytes) {
        // A look first: threads that try again and again while memory is short must not add up to INACTIVE.
        long word = counters.getAcquire(APPENDED);
        long offset = offset(word);
        return offset >= capacity ? word : counters.getAndAdd(APPENDED, bytes);
    }

    static long offset(long word) {
        return word & OFFSET_MASK;
    }

    static long generation(long word) {
        return word >>> GENERATION_SHIFT;
    }

    static boolean isInactive(long word) {
        return offset(word) >= INACTIVE;
    }

    /** Opens a segment that was installed as this generation. Late additions have done no harm until then. */
    void open(long installed) {
        long word = counters.get(APPENDED);
        while (isInactive(word) && generation(word) == installed) {
            long witness = counters.compareAndExchange(APPENDED, word, appended(installed, 0));
            if (witness == word) {
                return;
            }
            word = witness;
        }
    }

    /** Says that memory that was reserved is written. Releases what was written. */
    void settle(long bytes) {
        counters.getAndAdd(SETTLED, bytes);
    }

    /** What an addition of dead bytes has brought about. */
    enum Dying {
        LIVE,
        /** Half of the segment is dead: it may be worth an evacuation. */
        HALF_DEAD,
        /** Those were the last, and the segment is retired: the caller recycles it. */
        ALL_DEAD
    }

    /** Says that bytes are dead. One addition crosses the half, and one is the last. */
    Dying addDead(long bytes) {
        long dead = counters.addAndGet(DEAD, bytes);
        if (dead == RETIRED + capacity) {
            return Dying.ALL_DEAD;
        }
        // A pinned segment counts as any other: who unpins it does not look at the half.
        long half = capacity / 2;
        return offset(dead) >= half && offset(dead - bytes) < half ? Dying.HALF_DEAD : Dying.LIVE;
    }

    /** Says that nobody appends any more; the same as {@link #addDead}. */
    Dying retire() {
        return addDead(RETIRED);
    }

    /**
     * Keeps the segment from being recycled until {@link #unpin}.
     *
     * @return false if it is recycled already
     */
    boolean pin() {
        long dead = counters.getAcquire(DEAD);
        while (dead != RETIRED + capacity) {
            long witness = counters.compareAndExchange(DEAD, dead, dead + PIN);
            if (witness == dead) {
                return true;
            }
            dead = witness;
        }
        return false;
    }

    /** Undoes {@link #pin}. */
    Dying unpin() {
        return counters.addAndGet(DEAD, -PIN) == RETIRED + capacity ? Dying.ALL_DEAD : Dying.LIVE;
    }

    // Hints: when the records expire, and how old they are. What is done about a record depends on the record alone.

    /** Says that a record with a deadline is appended. Before it is settled. */
    void noteDeadline(long deadline) {
        noteFirstDeadline(deadline);
        if (deadline > counters.getOpaque(LAST_DEADLINE)) {
            long rounded = deadline > Long.MAX_VALUE - DEADLINE_STEP ? Long.MAX_VALUE : deadline + DEADLINE_STEP;
            counters.getAndAccumulate(LAST_DEADLINE, rounded, Math::max);
        }
    }

    void noteFirstDeadline(long deadline) {
        if (deadline < counters.getOpaque(FIRST_DEADLINE)) {
            counters.getAndAccumulate(FIRST_DEADLINE, deadline, Math::min);
        }
    }

    /** Whether some records have expired, dead or not. */
    boolean hasExpired(long now) {
        return counters.getOpaque(FIRST_DEADLINE) <= now;
    }

    /** Whether all have. */
    boolean isExpired(long now) {
        return counters.getOpaque(LAST_DEADLINE) <= now && hasExpired(now);
    }

    /** Forgets the earliest deadline, and returns it: a walk notes those that are left. */
    long clearFirstDeadline() {
        return counters.getAndSet(FIRST_DEADLINE, Long.MAX_VALUE);
    }

    /** Returns how old the records are: the smaller the older, 0 if there are none. */
    long age() {
        return counters.getOpaque(AGE);
    }

    void setAge(long age) {
        counters.setOpaque(AGE, age);
    }

    /** Says that a record of a segment of another age is appended at an offset. The age becomes the mean. */
    void inheritAge(long other, long offset, long bytes) {
        long age = age();
        setAge(age == 0 ? other : age + (other - age) * bytes / (offset + bytes));
    }

    // What an evacuation looks at.

    /** Whether all that was reserved is written, and the segment is retired and not recycled. */
    boolean canBeWalked() {
        long appended = offset(counters.getAcquire(APPENDED));
        long dead = counters.getAcquire(DEAD) & PIN_MASK;
        return appended >= capacity
                && appended < INACTIVE
                && isSettled()
                && dead >= RETIRED
                && dead < RETIRED + capacity;
    }

    /** Whether nothing lies in this segment, and nothing can be appended to it. */
    boolean isRecycled() {
        return counters.getAcquire(DEAD) == RETIRED + capacity;
    }

    /** Whether all that was reserved is written, once all is reserved. */
    boolean isSettled() {
        return counters.getAcquire(SETTLED) == capacity;
    }

    /** Returns the dead bytes; all of them if nothing lies in this segment. */
    long deadBytes() {
        return counters.getAcquire(DEAD) & OFFSET_MASK;
    }

    /** Returns the bytes that were appended and are not dead; exact while no thread uses the segment. */
    long liveBytes() {
        long appended = offset(counters.getAcquire(APPENDED));
        return appended >= INACTIVE ? 0 : Math.min(appended, capacity) - deadBytes();
    }

    /** Returns the generation and the offset up to which the segment is walked. */
    long cursor() {
        return counters.getAcquire(CURSOR);
    }

    /** Whether a walk has come to the end. */
    boolean isWalked() {
        return offset(cursor()) >= capacity;
    }

    boolean advanceCursor(long from, long bytes) {
        return counters.compareAndSet(CURSOR, from, from + bytes);
    }

    /** Walks the segment again from its beginning: some records were perhaps not in the index yet. */
    void rewindCursor() {
        long word = cursor();
        counters.compareAndSet(CURSOR, word, appended(generation(word), 0));
    }

    int next() {
        return (int) NEXT.getOpaque(this);
    }

    void setNext(int id) {
        NEXT.setOpaque(this, id);
    }
}
