package org.berth.core.store;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.berth.core.internal.StackSpace;
import org.berth.core.map.LongLongMap;
import org.berth.offheap.Words;
import org.jspecify.annotations.Nullable;

/**
 * Copies what is live out of sparse segments, so that they can be recycled. Writers do it, a few records each; there is
 * no thread of its own, and no thread waits for another.
 *
 * <p>An evacuation only moves records: by a CAS of the index, from the old reference to the copy's. It never frees, so
 * any number of threads may walk the same segment, and any may be suspended: the thread whose addition completes a
 * segment's dead bytes recycles it. Tests extend this class to break a step on purpose.
 */
class Evacuator {

    private static final int NONE = -1;

    /** For each byte that a writer appends it walks so many, and some more. */
    private static final int WALKED_PER_BYTE = 3;

    private static final int WALKED_ALWAYS = 64;

    /** Segments are evacuated while they take more than this multiple of what is live in them ... */
    private static final double BOUND = 1.4;

    /** ... and of so many segments more. */
    static final int SLACK = 4;

    /** At most so many segments are looked at for a victim, in turn. */
    private static final int MOST_LOOKED_AT = 1 << 12;

    /** One time of so many, a segment that was walked is chosen though others are sparse. */
    private static final int WALKED_AGAIN = 8;

    /** A segment of which less than this part is dead is not worth a walk: it gives next to no memory. */
    private static final int WORTH_A_WALK = 8;

    private final Log log;
    private final LongLongMap index;
    private final KeyHash hash;
    private final int slack;

    /** The segment that is being evacuated. */
    private final AtomicInteger victim = new AtomicInteger(NONE);

    /** The {@linkplain Log#changes() changes} when a victim was looked for last. */
    private final AtomicLong looked = new AtomicLong();

    private final AtomicInteger nextLook = new AtomicInteger();
    private final AtomicInteger looks = new AtomicInteger();

    private final AtomicLong evacuated = new AtomicLong();

    /**
     * Makes one.
     *
     * @param slack how many segments may be sparse
     */
    Evacuator(Log log, LongLongMap index, KeyHash hash, int slack) {
        this.slack = slack;
        this.log = log;
        this.index = index;
        this.hash = hash;
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
        int id = victim.get();
        while (id != NONE && id == victim.get() && step() >= 0) {
            // The next record.
        }
    }

    /**
     * Chooses the segment with the most dead bytes, of some thousand, that was not walked yet. One that was may still
     * have a record that was not in the index then, or the memory of its copy was refused: it comes again where no
     * other is sparse, and now and then.
     */
    private boolean choose(boolean full) {
        long live = 0;
        long used = 0;
        Segment sparsest = null;
        Segment walked = null;
        int end = log.created();
        int start = end <= MOST_LOOKED_AT ? 0 : nextLook.getAndAdd(MOST_LOOKED_AT);
        for (int i = 0; i < Math.min(end, MOST_LOOKED_AT); i++) {
            Segment segment = log.segmentOrNull(Math.floorMod(start + i, end));
            // A larger one has a single record, which is live.
            if (segment == null || segment.capacity != log.segmentBytes()) {
                continue;
            }
            long dead = segment.deadBytes();
            if (dead >= segment.capacity) {
                continue;
            }
            used += segment.capacity;
            live += segment.capacity - dead;
            if (dead > 0 && segment.canBeWalked()) {
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
        if (sparsest == null
                || sparsest.deadBytes() < sparsest.capacity / WORTH_A_WALK
                || (!full && used <= BOUND * live + (double) slack * log.segmentBytes())) {
            return false;
        }
        if (sparsest.isWalked()) {
            sparsest.rewindCursor();
        }
        return victim.compareAndSet(NONE, sparsest.id) || victim.get() != NONE;
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
        int id = victim.get();
        if (id == NONE) {
            return -1;
        }
        Segment segment = log.segmentOrNull(id);
        if (segment == null) {
            return -1;
        }
        // In this order: the generation, whether the segment can be walked, the header, and the generation again.
        long cursor = segment.cursor();
        long generation = Segment.generation(cursor);
        long at = Segment.offset(cursor);
        if (at >= segment.capacity || !segment.isCurrent(generation) || !segment.canBeWalked()) {
            if (victim.compareAndSet(id, NONE)) {
                choose(false);
            }
            return -1;
        }
        long header;
        try {
            header = segment.words.get(at);
        } catch (IllegalStateException e) {
            // Freed meanwhile: of another generation, unless the store is closed.
            header = 0;
        }
        if (!segment.isCurrent(generation)) {
            return 0;
        }
        long bytes = Records.size(header);
        if (!segment.advanceCursor(cursor, bytes)) {
            return 0;
        }
        if ((header & (Records.FILLER | Records.DEAD)) == 0) {
            evacuate(segment, generation, at, header, bytes);
        }
        return bytes;
    }

    private void evacuate(Segment from, long generation, long at, long header, long bytes) {
        Words words = from.words;
        long reference = Reference.of(from.id, generation, at);
        long keyHash;
        try {
            long entry = (header & Records.SHARED) == 0 ? at : at + Records.HEADER;
            keyHash = hash.hash(words, entry + Records.HEADER, Records.keyLength(words.get(entry)));
        } catch (IllegalStateException | IndexOutOfBoundsException e) {
            if (from.isCurrent(generation)) {
                throw e;
            }
            return;
        }
        // Dead, or not in the index yet, or the hash is of what has come after it: not to be moved.
        if (index.get(keyHash) != reference) {
            return;
        }
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
                whole = copyRecord(from, generation, at, to, Reference.offset(copy), bytes);
            } finally {
                // Who walks by must find the end, and may not look at entries that are anything.
                to.words.set(Reference.offset(copy), whole ? header : header | Records.DEAD);
                to.settle(bytes);
            }
            if (whole && move(keyHash, reference, copy)) {
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
