package org.berth.core.store;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.berth.core.internal.StackSpace;
import org.berth.core.map.LongLongMap;
import org.jspecify.annotations.Nullable;

/**
 * Empties segments, so that they can be recycled: copies what is live out of sparse ones, and removes what has expired
 * and, where memory is short and the map may, what is oldest. Writers do it, a few records each; there is no thread of
 * its own, and no thread waits for another.
 *
 * <p>It only moves records, by a CAS of the index from the old reference to the copy's, or removes them. It never
 * frees, so any number of threads may walk the same segment, and any may be suspended: the thread whose addition
 * completes a segment's dead bytes recycles it. Tests extend this class to break a step on purpose.
 */
class Evacuator {

    private static final int NONE = -1;

    /** No header has all bits set. */
    private static final long STALE = -1;

    /** What is done with the live records of the victim that have not expired. The victim's word is its id and this. */
    private static final int LEAVE = 1 << Reference.ID_BITS;

    private static final int EVICT = 2 << Reference.ID_BITS;

    private static final int ID_MASK = LEAVE - 1;

    /** For each byte that a writer appends it walks so many, and some more. */
    private static final int WALKED_PER_BYTE = 3;

    private static final int WALKED_ALWAYS = 64;

    /** Segments are evacuated while they take more than this multiple of what is live in them ... */
    private static final double BOUND = 1.4;

    /** ... and of so many segments more. */
    static final int SLACK = 2;

    /** At most so many segments are looked at for a victim, in turn. */
    private static final int MOST_LOOKED_AT = 1 << 12;

    /** One time of so many, a segment that was walked is chosen though others are sparse. */
    private static final int WALKED_AGAIN = 8;

    /** A segment of which less than this part is dead is not worth a walk: it gives next to no memory. */
    private static final int WORTH_A_WALK = 8;

    final Removals removals;
    private final Log log;
    private final LongLongMap index;
    private final KeyHash hash;
    private final Expiry expiry;
    private final int slack;
    private final boolean evicting;

    /** The segment that is being emptied. */
    private final AtomicInteger victim = new AtomicInteger(NONE);

    /** The {@linkplain Log#changes() changes} when a victim was looked for last. */
    private final AtomicLong looked = new AtomicLong();

    private final AtomicInteger nextLook = new AtomicInteger();
    private final AtomicInteger looks = new AtomicInteger();
    private final AtomicInteger nextTurn = new AtomicInteger();

    private final AtomicLong evacuated = new AtomicLong();

    /** How many segments had been taken into use when one was last looked through for what has expired. */
    private final AtomicLong lookedThrough = new AtomicLong();

    /**
     * Makes one that evicts nothing.
     *
     * @param slack how many segments may be sparse
     */
    Evacuator(Log log, LongLongMap index, KeyHash hash, int slack) {
        this(log, index, hash, slack, new Removals(log, index, Expiry.NEVER, null), false);
    }

    /**
     * Makes one.
     *
     * @param evicting whether it removes the oldest records where memory is short
     */
    Evacuator(Log log, LongLongMap index, KeyHash hash, int slack, Removals removals, boolean evicting) {
        this.slack = slack;
        this.log = log;
        this.index = index;
        this.hash = hash;
        this.removals = removals;
        expiry = removals.expiry;
        this.evicting = evicting;
    }

    long evacuated() {
        return evacuated.get();
    }

    /** Does a part of the work, for a writer that appends so many bytes. */
    void help(long bytes) {
        if (victim.get() == NONE) {
            long changes = log.changes();
            long before = looked.get();
            if (changes == before || !looked.compareAndSet(before, changes) || !choose(false)) {
                return;
            }
        }
        // Once for all records: with a copy of its own, a thread would lose its memory by an error between two steps.
        StackSpace.ensure();
        long left = WALKED_PER_BYTE * bytes + WALKED_ALWAYS;
        while (left > 0) {
            long walked = step();
            if (walked < 0) {
                return;
            }
            left -= walked;
        }
    }

    /**
     * Evacuates a segment from beginning to end, if one is worth it, for a writer that found no memory and has ensured
     * its stack.
     */
    void makeRoom() {
        if (victim.get() == NONE) {
            choose(true);
        }
        int chosen = victim.get();
        while (chosen != NONE && chosen == victim.get() && step() >= 0) {
            // The next record.
        }
    }

    /** Removes what has expired, in all segments. */
    void removeExpired() {
        StackSpace.ensure();
        for (int id = 0; id < log.created(); id++) {
            Segment segment = log.segmentOrNull(id);
            if (segment != null && segment.hasExpired(expiry.now()) && segment.canBeWalked()) {
                removeExpired(segment);
            }
        }
    }

    private void removeExpired(Segment segment) {
        segment.clearFirstDeadline();
        long generation = segment.generation();
        long at = 0;
        while (at < segment.capacity && segment.isCurrent(generation) && segment.canBeWalked()) {
            long header = headerOf(segment, generation, at);
            if (header == STALE) {
                return;
            }
            if ((header & (Records.FILLER | Records.DEAD)) == 0) {
                empty(segment, generation, at, header, LEAVE);
            }
            at += Records.size(header);
        }
    }

    /**
     * Chooses a segment: one of expired records; else the one with the most dead bytes, of some thousand, that was not
     * walked yet; else the oldest, if it may be evicted; else one with some expired records. One that was walked may
     * still have a record that was not in the index then, or the memory of its copy was refused: it comes again where
     * no other is sparse, and now and then.
     */
    private boolean choose(boolean full) {
        long live = 0;
        long used = 0;
        Segment sparsest = null;
        Segment walked = null;
        Segment oldest = null;
        long now = expiry.isUsed() ? expiry.now() : 0;
        int end = log.created();
        int start = end <= MOST_LOOKED_AT ? 0 : nextLook.getAndAdd(MOST_LOOKED_AT);
        for (int i = 0; i < Math.min(end, MOST_LOOKED_AT); i++) {
            Segment segment = log.segmentOrNull(Math.floorMod(start + i, end));
            if (segment == null) {
                continue;
            }
            long dead = segment.deadBytes();
            if (dead >= segment.capacity) {
                continue;
            }
            boolean walkable = segment.canBeWalked();
            if (walkable && expiry.isUsed() && segment.isExpired(now)) {
                return beginToLookThrough(segment);
            }
            if (walkable && evicting && segment.age() != 0 && (oldest == null || segment.age() < oldest.age())) {
                oldest = segment;
            }
            // A larger one has a single record, which is live.
            if (segment.capacity != log.segmentBytes()) {
                continue;
            }
            used += segment.capacity;
            live += segment.capacity - dead;
            if (dead > 0 && walkable) {
                if (!segment.isWalked()) {
                    sparsest = sparser(segment, sparsest);
                } else {
                    walked = sparser(segment, walked);
                }
            }
        }
        if (walked != null && (sparsest == null || isWalkedPreferred(walked, sparsest, full))) {
            sparsest = walked;
        }
        boolean sparse = (full && !evicting) || used > BOUND * live + (double) slack * log.segmentBytes();
        if (sparse && sparsest != null && sparsest.deadBytes() >= sparsest.capacity / WORTH_A_WALK) {
            return begin(sparsest, 0) || victim.get() != NONE;
        }
        if (oldest != null && (full || log.isNearlyFull())) {
            // What a walk leaves was not in the index yet. Its writer may be suspended: others have their turn first.
            long age = oldest.age();
            oldest.setAge(log.taken());
            if (!begin(oldest, EVICT)) {
                oldest.setAge(age);
            }
            return victim.get() != NONE;
        }
        return expiry.isUsed() && lookThroughNext(now, end);
    }

    /** Chooses the next segment with expired records, in turn: one for each that is taken into use. */
    private boolean lookThroughNext(long now, int end) {
        long taken = log.taken();
        long before = lookedThrough.get();
        if (taken == before || !lookedThrough.compareAndSet(before, taken)) {
            return false;
        }
        for (int i = 0; i < Math.min(end, MOST_LOOKED_AT); i++) {
            Segment segment = log.segmentOrNull(Math.floorMod(nextTurn.getAndIncrement(), end));
            if (segment != null && segment.hasExpired(now) && segment.canBeWalked()) {
                return beginToLookThrough(segment);
            }
        }
        return false;
    }

    private boolean beginToLookThrough(Segment segment) {
        // Before others can walk it, as they note what is left.
        long first = segment.clearFirstDeadline();
        if (!begin(segment, LEAVE)) {
            segment.noteFirstDeadline(first);
        }
        return victim.get() != NONE;
    }

    /** Makes a segment the victim; returns false if another thread has chosen one meanwhile. */
    private boolean begin(Segment segment, int mode) {
        if (segment.isWalked() || mode != 0) {
            segment.rewindCursor();
        }
        return victim.compareAndSet(NONE, segment.id | mode);
    }

    private boolean isWalkedPreferred(Segment walked, Segment other, boolean full) {
        if (walked.deadBytes() < other.deadBytes()) {
            return false;
        }
        // Where the reserve is in use, every other time: few copies may be all that it takes to have it back.
        boolean scarce = full && log.usedBytes() > log.writableBytes();
        return other.deadBytes() < other.capacity / WORTH_A_WALK
                || looks.getAndIncrement() % (scarce ? 2 : WALKED_AGAIN) == 0;
    }

    private static Segment sparser(Segment segment, @Nullable Segment other) {
        return other == null || segment.deadBytes() > other.deadBytes() ? segment : other;
    }

    /** Looks at one record of the victim, and returns its size; a negative number if the walk is over. */
    private long step() {
        int chosen = victim.get();
        if (chosen == NONE) {
            return -1;
        }
        Segment segment = log.segmentOrNull(chosen & ID_MASK);
        if (segment == null) {
            return -1;
        }
        // In this order: the generation, whether the segment can be walked, the header, and the generation again.
        long cursor = segment.cursor();
        long generation = Segment.generation(cursor);
        long at = Segment.offset(cursor);
        if (at >= segment.capacity || !segment.isCurrent(generation) || !segment.canBeWalked()) {
            if (victim.compareAndSet(chosen, NONE)) {
                choose(false);
            }
            return -1;
        }
        long header = headerOf(segment, generation, at);
        if (header == STALE) {
            return 0;
        }
        long bytes = Records.size(header);
        if (!segment.advanceCursor(cursor, bytes)) {
            return 0;
        }
        if ((header & (Records.FILLER | Records.DEAD)) == 0) {
            empty(segment, generation, at, header, chosen & ~ID_MASK);
        }
        return bytes;
    }

    /** Returns a header, which is never {@link #STALE}, or that. */
    private static long headerOf(Segment segment, long generation, long at) {
        long header = STALE;
        try {
            header = segment.words.get(at);
        } catch (IllegalStateException e) {
            // Freed meanwhile: of another generation, unless the map is closed.
            if (segment.isCurrent(generation)) {
                throw e;
            }
        }
        return segment.isCurrent(generation) ? header : STALE;
    }

    /** Moves or removes a record of the victim. */
    private void empty(Segment from, long generation, long at, long header, int mode) {
        long reference = Reference.of(from.id, generation, at);
        boolean shared = (header & Records.SHARED) != 0;
        long keyHash;
        long deadline = Expiry.NO_DEADLINE;
        boolean expired = false;
        int entries = 1;
        try {
            long entry = shared ? at + Records.HEADER : at;
            int keyLength = Records.keyLength(from.words.get(entry));
            if (expiry.isUsed() && !shared) {
                deadline = from.words.get(Records.valueAt(entry, keyLength));
                expired = deadline <= expiry.now();
                if (!expired) {
                    from.noteDeadline(deadline);
                }
            }
            if (mode == LEAVE && !expired) {
                return;
            }
            keyHash = hash.hash(from.words, entry + Records.HEADER, keyLength);
            entries = shared ? Records.entries(from.words, at) : 1;
        } catch (IllegalStateException | IndexOutOfBoundsException e) {
            if (from.isCurrent(generation)) {
                throw e;
            }
            return;
        }
        // Dead, or not in the index yet, or what was read is of what has come after it: not to be touched.
        if (index.get(keyHash) != reference) {
            return;
        }
        if (expired) {
            removals.remove(keyHash, reference, entries, RemovalCause.EXPIRED);
        } else if (mode == EVICT) {
            removals.remove(keyHash, reference, entries, RemovalCause.EVICTED);
        } else {
            evacuate(from, generation, at, header, keyHash, deadline);
        }
    }

    private void evacuate(Segment from, long generation, long at, long header, long keyHash, long deadline) {
        long bytes = Records.size(header);
        long copy = log.append(bytes, log.points());
        if (copy == Log.NONE) {
            copy = log.appendToRest(bytes);
        }
        if (copy == Log.NONE) {
            return;
        }
        Segment to = log.segment(copy);
        boolean owned = true;
        try {
            boolean whole = false;
            try {
                to.inheritAge(from.age(), Reference.offset(copy), bytes);
                if (expiry.isUsed()) {
                    to.noteDeadline(deadline);
                }
                whole = copyRecord(from, generation, at, to, Reference.offset(copy), bytes);
            } finally {
                // Who walks by must find the end, and may not look at entries that are anything.
                to.words.set(Reference.offset(copy), whole ? header : header | Records.DEAD);
                to.settle(bytes);
            }
            if (whole && move(keyHash, Reference.of(from.id, generation, at), copy)) {
                owned = false;
                evacuated.incrementAndGet();
                log.declareDead(from, bytes);
            }
        } finally {
            if (owned) {
                log.declareDead(to, bytes);
            }
        }
    }

    /** Sets the index to the copy, unless it has another record by now. */
    boolean move(long keyHash, long reference, long copy) {
        return index.compareAndSet(keyHash, reference, copy);
    }

    /** Copies a record but for its header; returns false if it was recycled meanwhile. */
    private static boolean copyRecord(Segment from, long generation, long at, Segment to, long toAt, long bytes) {
        try {
            Records.copy(from.words, at + Records.HEADER, to.words, toAt + Records.HEADER, bytes - Records.HEADER);
            return from.isCurrent(generation);
        } catch (IllegalStateException e) {
            if (from.isCurrent(generation)) {
                throw e;
            }
            return false;
        }
    }
}
