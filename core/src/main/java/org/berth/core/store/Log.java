package org.berth.core.store;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The records' memory: segments to which records are appended, each at one of several points so that threads do not
 * meet, and which are recycled once everything in them is dead.
 *
 * <p>A record has one owner at any time: the thread that writes it, then the index, then the thread that took it out of
 * the index. The last one declares it dead, once.
 */
final class Log implements AutoCloseable {

    /** What {@link #append} returns where there is no memory. */
    static final long NONE = -1;

    /**
     * Segments that only evacuations take, so that a full log can still be made smaller: within the limit of this log,
     * and of what the process may have.
     */
    static final int RESERVE = 3;

    /** Besides the reserve, so many segments are kept for the next use, and a part of those in use. */
    private static final int POOLED = 2;

    private static final int POOLED_SHIFT = 4;

    /** Even the smallest log has ids for some dozen terabytes, as an id is given up after so many generations. */
    private static final long MIN_IDS = 1 << 12;

    /** In words: no append point shares a cache line with another, nor is fetched in a pair with one. */
    private static final int SPACING = 16;

    private static final int GENERATION_SHIFT = Integer.SIZE;

    /** Makes a segment. */
    @FunctionalInterface
    interface SegmentMaker {
        Segment make(int id, long generation, Segment.Memory memory);
    }

    private final LongFunction<Segment.Memory> memory;
    private final SegmentMaker maker;
    private final int segmentBytes;
    private final long maximumBytes;
    private final long lastGeneration;
    private final int points;

    private final AtomicReferenceArray<@Nullable Segment> segments;
    private final AtomicInteger created = new AtomicInteger();

    /** Segments with memory that are not in use. */
    private final SegmentStack pool;

    /** Segments whose memory is freed, and whose ids are used again. */
    private final SegmentStack freed;

    private final AtomicInteger pooled = new AtomicInteger();

    /** The bytes of segments in use. */
    private final AtomicLong usedBytes = new AtomicLong();

    private final AtomicLong allocatedBytes = new AtomicLong();
    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong halfDead = new AtomicLong();
    private final AtomicLong recycled = new AtomicLong();

    /**
     * For each append point the segment's generation and its id + 1, or 0. With the generation, a segment that comes
     * back is not taken for the one that was there. The last point is the evacuations'.
     */
    private final AtomicLongArray installed;

    private volatile boolean closed;

    /**
     * Makes an empty log.
     *
     * @param memory       allocates memory of a size
     * @param segmentBytes of a segment, a multiple of 8
     * @param maximumBytes of the segments in use
     * @param points       where threads append, a power of two
     * @param lastGeneration of a segment
     */
    Log(LongFunction<Segment.Memory> memory, int segmentBytes, long maximumBytes, int points, long lastGeneration) {
        this(memory, Segment::new, segmentBytes, maximumBytes, points, lastGeneration);
    }

    Log(
            LongFunction<Segment.Memory> memory,
            SegmentMaker maker,
            int segmentBytes,
            long maximumBytes,
            int points,
            long lastGeneration) {
        this.memory = memory;
        this.maker = maker;
        this.segmentBytes = segmentBytes;
        this.maximumBytes = maximumBytes;
        this.lastGeneration = lastGeneration;
        this.points = points;
        long ids = Math.max(MIN_IDS, 2 * (maximumBytes / segmentBytes));
        segments = new AtomicReferenceArray<>((int) Math.min(Reference.MAX_SEGMENTS, ids));
        pool = new SegmentStack(segments);
        freed = new SegmentStack(segments);
        installed = new AtomicLongArray((points + 2) * SPACING);
    }

    /** Returns the segment of a reference that was read in the index. */
    Segment segment(long reference) {
        return segment(Reference.id(reference));
    }

    @SuppressWarnings("NullAway") // an id that somebody has is that of a segment
    private Segment segment(int id) {
        return segments.get(id);
    }

    int segmentBytes() {
        return segmentBytes;
    }

    int points() {
        return points;
    }

    long maximumBytes() {
        return maximumBytes;
    }

    long usedBytes() {
        return usedBytes.get();
    }

    long allocatedBytes() {
        return allocatedBytes.get();
    }

    /** Returns the most that records of writers may take. */
    long writableBytes() {
        return maximumBytes - (long) RESERVE * segmentBytes;
    }

    /** Whether so little memory is left that old records should go, if they may, before it is all in use. */
    boolean isNearlyFull() {
        long writable = writableBytes();
        return usedBytes.get() > Math.max(writable / 2, writable - (points + 2L) * segmentBytes);
    }

    /** Returns the bytes of segments that are kept for the next use. */
    long pooledBytes() {
        return (long) pooled.get() * segmentBytes;
    }

    /** Returns how many segments were taken into use until now. */
    long taken() {
        return taken.get();
    }

    /** Returns a number that changes when a segment is retired, or half of one is dead. */
    long changes() {
        return taken.get() + halfDead.get();
    }

    long recycled() {
        return recycled.get();
    }

    /** Returns how many ids were used. */
    int created() {
        return Math.min(created.get(), segments.length());
    }

    /** Returns a segment by its number, from 0 to {@link #created}; null if it was never made. */
    @Nullable
    Segment segmentOrNull(int id) {
        return segments.get(id);
    }

    /**
     * Reserves memory for a record. The caller writes it, {@linkplain Segment#settle settles} it in any case, and owns
     * it.
     *
     * @param bytes of the record, a multiple of 8
     * @param point where to append; {@link #points} for an evacuation
     * @return the record's reference, or {@link #NONE}
     */
    long append(long bytes, int point) {
        if (bytes > segmentBytes) {
            return appendAlone(bytes);
        }
        return appendTo(bytes, point, true);
    }

    /**
     * Reserves memory in what is left of the segments that are installed, for an evacuation that finds no segment.
     *
     * @return the record's reference, or {@link #NONE}
     */
    long appendToRest(long bytes) {
        long record = NONE;
        for (int point = 0; point < points && record == NONE; point++) {
            record = appendTo(bytes, point, false);
        }
        return record;
    }

    private long appendTo(long bytes, int point, boolean mayInstall) {
        int index = (point + 1) * SPACING;
        while (true) {
            long seen = installed.get(index);
            if (seen != 0) {
                Segment segment = segment((int) seen - 1);
                long word = segment.reserve(bytes);
                long offset = Segment.offset(word);
                if (offset + bytes <= segment.capacity) {
                    // Of another use of the segment, perhaps, if this thread was suspended: it is as good.
                    return Reference.of(segment.id, Segment.generation(word), offset);
                }
                if (offset < segment.capacity) {
                    fill(segment, offset);
                }
                if (installed.get(index) != seen) {
                    continue;
                }
                if (Segment.isInactive(word)) {
                    // Whoever meets it opens it. Not before it is installed: late threads would fill it in the pool.
                    segment.open(seen >>> GENERATION_SHIFT);
                    continue;
                }
            }
            if (!mayInstall || !install(index, seen, point == points)) {
                return NONE;
            }
        }
    }

    /** Fills the rest of a segment. Only one thread's reservation goes over the end. */
    private void fill(Segment segment, long offset) {
        long rest = segment.capacity - offset;
        segment.words.set(offset, Records.FILLER | (rest - Records.HEADER));
        segment.settle(rest);
        declareDead(segment, rest);
    }

    /** Installs another segment; false if there is none. */
    private boolean install(int index, long seen, boolean evacuating) {
        Segment segment = take(evacuating);
        if (segment == null) {
            return installed.get(index) != seen;
        }
        if (installed.compareAndSet(index, seen, segment.generation() << GENERATION_SHIFT | segment.id + 1)) {
            if (seen != 0) {
                Segment before = segment((int) seen - 1);
                died(before, before.retire());
            }
            long count = taken.incrementAndGet();
            if (!evacuating) {
                segment.setAge(count);
            }
        } else {
            died(segment, segment.giveUp());
        }
        return true;
    }

    /** Takes a segment into use; null if there is no memory for it. */
    private @Nullable Segment take(boolean evacuating) {
        if (!use(segmentBytes, evacuating)) {
            return null;
        }
        Segment segment = null;
        try {
            segment = evacuating ? takePooledOrAllocate(0) : takeForWriter();
        } finally {
            if (segment == null) {
                usedBytes.addAndGet(-segmentBytes);
            }
        }
        if (segment == null) {
            return null;
        }
        segment.activate();
        return segment;
    }

    /** Before a writer gets a segment, the reserve is filled. */
    private @Nullable Segment takeForWriter() {
        while (pooled.get() < RESERVE) {
            Segment reserved = allocate(segmentBytes);
            if (reserved == null) {
                return null;
            }
            pool.push(reserved);
            pooled.incrementAndGet();
        }
        return takePooledOrAllocate(RESERVE);
    }

    private @Nullable Segment takePooledOrAllocate(int left) {
        Segment segment = takePooled(left);
        return segment != null ? segment : allocate(segmentBytes);
    }

    /** Takes a segment out of the pool, if it has more than so many. */
    private @Nullable Segment takePooled(int left) {
        int count = pooled.get();
        while (count > left) {
            int witness = pooled.compareAndExchange(count, count - 1);
            if (witness == count) {
                // It is counted after it was pushed: so there is one.
                return pool.pop();
            }
            count = witness;
        }
        return null;
    }

    private boolean use(long bytes, boolean evacuating) {
        long limit = evacuating ? maximumBytes : writableBytes();
        long used = usedBytes.get();
        while (bytes <= limit - used) {
            long witness = usedBytes.compareAndExchange(used, used + bytes);
            if (witness == used) {
                return true;
            }
            used = witness;
        }
        return false;
    }

    /** A record that is larger than a segment has one of its own. */
    private long appendAlone(long bytes) {
        if (!use(bytes, false)) {
            return NONE;
        }
        Segment segment = null;
        try {
            while (freePooled(poolable())) {
                // What is kept for later counts against the limit, too.
            }
            segment = allocate(bytes);
        } finally {
            if (segment == null) {
                usedBytes.addAndGet(-bytes);
            }
        }
        if (segment == null) {
            return NONE;
        }
        segment.activateForOne();
        segment.setAge(taken.incrementAndGet());
        return Reference.of(segment.id, segment.generation(), 0);
    }

    /** Makes a segment; null if memory is refused. */
    private @Nullable Segment allocate(long bytes) {
        Segment.Memory granted;
        try {
            granted = memory.apply(bytes);
        } catch (OutOfMemoryError e) {
            while (freePooled(RESERVE)) {
                // What is kept for later comes first.
            }
            try {
                granted = memory.apply(bytes);
            } catch (OutOfMemoryError again) {
                return null;
            }
        }
        Segment segment = null;
        try {
            segment = segmentOf(granted);
            return segment;
        } finally {
            if (segment == null || closed) {
                granted.freeing().run();
            }
        }
    }

    private @Nullable Segment segmentOf(Segment.Memory granted) {
        Segment before = freed.pop();
        int id = before != null ? before.id : created.getAndIncrement();
        if (id >= segments.length()) {
            created.getAndDecrement();
            return null;
        }
        Segment segment = null;
        try {
            segment = maker.make(id, before == null ? 0 : before.generation(), granted);
        } finally {
            if (segment == null && before != null) {
                freed.push(before);
            }
        }
        segments.set(id, segment);
        allocatedBytes.addAndGet(segment.capacity);
        return segment;
    }

    /** Undoes a {@link Segment#pin}. */
    void unpin(Segment segment) {
        died(segment, segment.unpin());
    }

    /** Declares bytes of a segment dead, for their owner. */
    void declareDead(Segment segment, long bytes) {
        died(segment, segment.addDead(bytes));
    }

    private void died(Segment segment, Segment.Dying dying) {
        if (dying == Segment.Dying.ALL_DEAD) {
            recycle(segment);
        } else if (dying == Segment.Dying.HALF_DEAD) {
            halfDead.incrementAndGet();
        }
    }

    /** Nobody appends to the segment, nobody has a record in it, nothing refers to it: only readers that are late. */
    private void recycle(Segment segment) {
        recycled.incrementAndGet();
        usedBytes.addAndGet(-segment.capacity);
        if (segment.advanceGeneration() <= lastGeneration) {
            keepOrFree(segment);
        } else {
            freeMemory(segment);
        }
    }

    private void keepOrFree(Segment segment) {
        if (segment.capacity == segmentBytes && pooled.get() < poolable()) {
            pool.push(segment);
            pooled.incrementAndGet();
        } else {
            free(segment);
            // One at a time: to free a segment takes some ten microseconds.
            freePooled(poolable());
        }
    }

    /** Returns how many segments the pool may have: fewer when fewer are in use, and where the limit is near. */
    private int poolable() {
        long used = usedBytes.get();
        long wanted = RESERVE + POOLED + ((used / segmentBytes) >> POOLED_SHIFT);
        return (int) Math.max(RESERVE, Math.min(wanted, (maximumBytes - used) / segmentBytes));
    }

    /** Frees a segment of the pool, if it has more than so many; returns whether it had. */
    private boolean freePooled(int left) {
        Segment spare = takePooled(left);
        if (spare == null) {
            return false;
        }
        free(spare);
        return true;
    }

    private void free(Segment segment) {
        freeMemory(segment);
        freed.push(segment);
    }

    private void freeMemory(Segment segment) {
        allocatedBytes.addAndGet(-segment.capacity);
        try {
            segment.free();
        } catch (RuntimeException | Error e) {
            // The call that brought this about has taken effect, so it must not throw.
        }
    }

    boolean isClosed() {
        return closed;
    }

    /** Frees all memory. Threads that are inside get an {@link IllegalStateException}. */
    @Override
    public void close() {
        closed = true;
        for (int id = 0; id < created(); id++) {
            Segment segment = segments.get(id);
            if (segment != null) {
                segment.free();
            }
        }
    }
}
