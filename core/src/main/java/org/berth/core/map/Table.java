package org.berth.core.map;

import static org.berth.core.map.ValueCodec.ABSENT;
import static org.berth.core.map.ValueCodec.MOVED;

import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLongArray;
import org.berth.core.internal.Hashing;
import org.berth.core.internal.StackSpace;
import org.berth.offheap.Words;
import org.jspecify.annotations.Nullable;

/**
 * One table of a map: open addressing over buckets of one cache line, each of four slots. A slot is a key word and its
 * value word; a bucket is its four key words and then their four value words.
 *
 * <p>A key's probe begins at one of the four slots of its home bucket, goes round that bucket, then round the next, and
 * ends at the first slot that is not occupied, or at the probe limit. An occupied slot keeps its key as long as
 * the table lives.
 *
 * <p>The operations take and return value words, see {@link ValueCodec}. They return {@link ValueCodec#MOVED} for a key
 * that must be looked up in the {@linkplain #nextTable next table}.
 */
final class Table extends TableWords {

    /** The key word of a slot that an insert may claim. */
    static final long EMPTY = 0;

    /** The key word of a slot that no insert of this table claims any more: the transfer has begun. */
    static final long FROZEN = 1;

    /** The size of a bucket, in bytes. */
    static final int BUCKET = 64;

    static final int SLOTS_PER_BUCKET = 4;

    /** The distance from a key word to its value word, in bytes. */
    static final int VALUE = 32;

    /** What {@link #find} returns for a key that is in no table. */
    static final long NOT_FOUND = -1;

    /** What {@link #find} and {@link #claim} return for a key that is in a later table, if there is one. */
    static final long IN_NEXT_TABLE = -2;

    /** What {@link #findInBucket} returns for a key that the next bucket may have. */
    private static final long IN_NEXT_BUCKET = -3;

    /** More mappings than any table has, and few enough to count with. */
    static final long LARGEST_SIZE = 1L << 48;

    /** The bits of an offset that tell a slot from the others of its bucket. */
    private static final long SLOT_MASK = VALUE - Long.BYTES;

    /** The part of the slots that is occupied when a resize begins. */
    private static final double MAX_LOAD = 0.75;

    /** A table of another size is the smallest in which no more than this part of the slots holds a mapping. */
    private static final double TARGET_LOAD = 0.45;

    /** A table is followed by one of its size, though slightly more of the slots hold a mapping. */
    private static final double MAX_REHASHED_LOAD = 1.15 * TARGET_LOAD;

    /**
     * A smaller table is given up if by now more of its slots would hold a mapping: so much more than the target load
     * that an estimate hardly ever says so by mistake.
     */
    private static final double MAX_SHRUNK_LOAD = 0.6;

    /** A table in which less of the slots holds a mapping shrinks: far below what a shrink leads to. */
    private static final double MIN_LOAD = TARGET_LOAD / 4;

    /** How many buckets an estimate looks at. */
    private static final int COUNTED_BUCKETS = 128;

    /** One removal of 256 looks at the load. */
    private static final int LOOKED_AT_SHIFT = Long.SIZE - 8;

    /**
     * A probe that is longer has met colliding keys. At the load above, chance makes one in a table of a million
     * buckets as long as 64 now and then; each further bucket makes it 1.16 times less likely, and so this length does
     * not come by chance below some hundred billion keys.
     */
    static final int MAX_PROBE_BUCKETS = 128;

    /** A table as small as this counts all of its slots. A larger one samples at least so many of its buckets. */
    private static final int SAMPLED_BUCKETS = 256;

    private static final int MAX_SAMPLING = 64;

    /** By how much the sampled buckets may exceed their share by chance, in standard deviations. */
    private static final int SAMPLING_MARGIN = 5;

    /** The buckets that a writer transfers at a time: some microseconds' worth. */
    private static final int RANGE_BUCKETS = 16;

    /** In words: each counter has a cache line of its own, and none is fetched in a pair with another. */
    private static final int COUNTER_SPACING = 16;

    private static final int OCCUPIED = COUNTER_SPACING;
    private static final int TRANSFER_INDEX = 2 * COUNTER_SPACING;
    private static final int TRANSFERRED = 3 * COUNTER_SPACING;
    private static final int COUNTERS = 5 * COUNTER_SPACING;

    private static final long MIX = Hashing.FIBONACCI;

    /** The offset at which the buckets end. */
    final long end;

    /** Whether this table was made because the one before had no slot for a key. */
    final boolean fromOverflow;

    private final TableList list;
    private final long seed;

    /** The bits of a hash that are the offset of a key's first slot. */
    private final long homeMask;

    /** The length of a probe that finds no end, in bytes. */
    private final long probeLimit;

    /** Whether the slots of a bucket are claimed in their order, and searched without branches. In one chunk only. */
    private final boolean ordered;

    /** The buckets whose offset has none of these bits are sampled: they are spread evenly. */
    private final long unsampledMask;

    /** The occupied slots in the sampled buckets at which a resize begins. */
    private final long resizeThreshold;

    /**
     * Whether so many slots are occupied that a resize is due. Plain: set once, and a thread that sees it late takes a
     * slot more.
     */
    private boolean nearlyFull;

    /** On the heap: unlike the slots, they are read after the table's memory may have been reused. */
    private final AtomicLongArray counters = new AtomicLongArray(COUNTERS);

    /** Ranges whose transfer was begun and not finished. */
    private final AbandonedRanges abandoned;

    /** Volatile, so that a thread that sees a table sees all of it. Set once. */
    @Nullable
    volatile Table next;

    /** The allocation of the next table, while it is under way. */
    @Nullable
    volatile NextTable allocation;

    Table(TableList list, TableMemory memory, long seed, boolean fromOverflow) {
        super(memory);
        this.list = list;
        this.fromOverflow = fromOverflow;
        this.seed = seed;
        end = memory.bytes();
        long buckets = buckets();
        ordered = end <= list.orderedBytes() && words != null;
        homeMask = ordered ? end - BUCKET : (end - BUCKET) | SLOT_MASK;
        probeLimit = Math.min(buckets, MAX_PROBE_BUCKETS) * BUCKET;
        unsampledMask = (sampling(buckets) - 1) * BUCKET;
        resizeThreshold = resizeThreshold(buckets);
        abandoned = new AbandonedRanges(ranges());
    }

    /** One bucket of so many is sampled. */
    private static long sampling(long buckets) {
        return Math.clamp(buckets / SAMPLED_BUCKETS, 1, MAX_SAMPLING);
    }

    private static long resizeThreshold(long buckets) {
        return (long) Math.ceil(MAX_LOAD * SLOTS_PER_BUCKET * buckets / sampling(buckets));
    }

    /** Returns the memory of a table, in bytes. */
    static long bytes(long buckets) {
        return buckets * BUCKET;
    }

    /** Returns the buckets of the smallest table that holds so many mappings without a resize. */
    static long bucketsFor(long size) {
        long buckets = 1;
        while (size >= maxSize(buckets)) {
            buckets *= 2;
        }
        return buckets;
    }

    /** With fewer keys no resize begins; where buckets are sampled, but for a chance of one in some millions. */
    private static double maxSize(long buckets) {
        long sampling = sampling(buckets);
        double threshold = resizeThreshold(buckets);
        return sampling == 1 ? threshold : (threshold - SAMPLING_MARGIN * Math.sqrt(threshold)) * sampling;
    }

    /**
     * Returns the buckets that suit the mappings of this table: as many as it has while they take a part of the slots
     * that is neither too small nor too large, and otherwise the fewest in which they take the target load. Without
     * such a margin, a map of a constant size that is churned would go to and fro between two sizes.
     */
    long targetBuckets() {
        // One more: the mapping for which a slot was claimed just now.
        long mappings = estimatedSize() + 1;
        double load = (double) mappings / (buckets() * SLOTS_PER_BUCKET);
        return load >= MIN_LOAD && load <= MAX_REHASHED_LOAD ? buckets() : fewestBuckets(mappings);
    }

    /** Whether a table of so many buckets holds so many mappings, and some more that come during the transfer. */
    static boolean fits(long mappings, long buckets) {
        return mappings <= MAX_SHRUNK_LOAD * SLOTS_PER_BUCKET * buckets;
    }

    /** Returns the buckets of the smallest table that holds so many mappings at the target load. */
    static long fewestBuckets(long mappings) {
        return powerOfTwo(mappings / (TARGET_LOAD * SLOTS_PER_BUCKET));
    }

    private static long powerOfTwo(double buckets) {
        return Math.max(1, Long.highestOneBit((long) Math.ceil(buckets) * 2 - 1));
    }

    TableList list() {
        return list;
    }

    long buckets() {
        return end / BUCKET;
    }

    /**
     * Returns the number of mappings, estimated by a look at some buckets that are spread evenly; exact in a small
     * table. If the table is retired meanwhile, the result means nothing.
     */
    long estimatedSize() {
        return size(Math.max(1, buckets() / COUNTED_BUCKETS));
    }

    /** Returns the number of mappings, by a look at every bucket. */
    long exactSize() {
        return size(1);
    }

    /** Counts the mappings of each bucket of so many, and returns as many times that number. */
    private long size(long step) {
        long mappings = 0;
        for (long bucket = 0; bucket < end; bucket += step * BUCKET) {
            for (long at = bucket + VALUE; at < bucket + BUCKET; at += Long.BYTES) {
                mappings += isMapping(wordAt(at)) ? 1 : 0;
            }
        }
        return mappings * step;
    }

    private static boolean isMapping(long word) {
        return (word & ~MOVED) != 0;
    }

    long get(long key) {
        if (!ordered) {
            long home = home(key);
            Words words = chunkOf(home);
            long slot = inChunk(home);
            // Mostly the first slot is the key's: then no loop is set up, and the chunk is fetched once.
            if (words.get(slot) == key) {
                return words.getAcquire(slot + VALUE);
            }
        }
        long at = find(key);
        if (at >= 0) {
            return wordAtAcquire(at);
        }
        return at == NOT_FOUND ? ABSENT : MOVED;
    }

    long getAndSet(long key, long value) {
        helpTransfer();
        long at = claim(key);
        if (at < 0) {
            return MOVED;
        }
        // Plain: a guess that shares the bounds checks of the reads before, and that the CAS corrects.
        long word = wordAt(at);
        while (word != MOVED) {
            long witness = compareAndExchangeAt(at, word, value);
            if (witness == word) {
                break;
            }
            word = witness;
        }
        return word;
    }

    /**
     * Sets the value of a key if it is the expected one; claims a slot for the key if that is {@link
     * ValueCodec#ABSENT}.
     */
    long compareAndExchange(long key, long expected, long value) {
        helpTransfer();
        long at = expected == ABSENT ? claim(key) : find(key);
        if (at < 0) {
            return at == NOT_FOUND ? ABSENT : MOVED;
        }
        long witness = compareAndExchangeAt(at, expected, value);
        if (witness == expected && value == ABSENT) {
            removed(key);
        }
        return witness;
    }

    /** Removes a mapping. Its slot stays occupied, as a tombstone. */
    long remove(long key) {
        helpTransfer();
        long at = find(key);
        if (at < 0) {
            return at == NOT_FOUND ? ABSENT : MOVED;
        }
        return removeAt(key, at);
    }

    long getAndAdd(long key, long delta) {
        helpTransfer();
        long at = claim(key);
        if (at < 0) {
            return MOVED;
        }
        // Acquire: that the sum is a reserved value is an answer.
        long word = wordAtAcquire(at);
        while (word != MOVED) {
            long sum = list.codec.add(key, word, delta);
            long witness = compareAndExchangeAt(at, word, sum);
            if (witness == word) {
                break;
            }
            word = witness;
        }
        return word;
    }

    /** Reads the first key word of a key's probe, which brings the home bucket into the cache. */
    long prefetch(long key) {
        return wordAt(home(key));
    }

    /**
     * Returns the offset of a key's value word, or {@link #NOT_FOUND} or {@link #IN_NEXT_TABLE}.
     *
     * <p>Plain reads: the volatile read of the root, or of {@link #next}, that led here keeps them from being moved
     * ahead of this operation. They may come in any order among themselves, as each word decides by itself.
     */
    long find(long key) {
        return ordered ? findOrdered(key) : findFromHome(key);
    }

    /** Reads a whole bucket at a time. Its occupied slots are the first ones. */
    private long findOrdered(long key) {
        Words chunk = Objects.requireNonNull(words);
        long home = home(key);
        long at = home;
        do {
            long last = chunk.get(at + 3 * Long.BYTES);
            long first = chunk.get(at);
            long second = chunk.get(at + Long.BYTES);
            long third = chunk.get(at + 2 * Long.BYTES);
            long slot = matchingSlot(key, first, second, third, last);
            if (slot >= 0) {
                return at + slot + VALUE;
            }
            if (!isOccupied(last)) {
                return next == null ? NOT_FOUND : missed(firstUnoccupied(first, second, third, last));
            }
            at = nextBucket(at);
        } while (at != probeEnd(home));
        return IN_NEXT_TABLE;
    }

    /** Returns the word that decides, as it was when it was read: the first slot that is not occupied. */
    private static long firstUnoccupied(long first, long second, long third, long last) {
        if (!isOccupied(first)) {
            return first;
        }
        if (!isOccupied(second)) {
            return second;
        }
        return isOccupied(third) ? last : third;
    }

    /** Returns the offset in its bucket of the slot with this key, or a negative number; without a branch. */
    private static long matchingSlot(long key, long first, long second, long third, long last) {
        // The highest bit is set where the words are equal, and the others are there for the sum below.
        long isFirst = signIfZero(first ^ key);
        long isSecond = signIfZero(second ^ key);
        long isThird = signIfZero(third ^ key);
        long isLast = signIfZero(last ^ key);
        long none = (isFirst | isSecond | isThird | isLast) >>> 63 ^ 1;
        return (isSecond >> 63 & 8) | (isThird >> 63 & 16) | (isLast >> 63 & 24) | -none;
    }

    /** Returns a number that is negative if and only if the argument is zero. */
    private static long signIfZero(long word) {
        return (word - 1) & ~word;
    }

    private long findFromHome(long key) {
        long home = home(key);
        long at = home;
        do {
            long found = findInBucket(chunkOf(at), inChunk(at), key);
            if (found >= 0) {
                return (at & -BUCKET) | (found & (BUCKET - 1));
            }
            if (found != IN_NEXT_BUCKET) {
                return found;
            }
            at = nextBucket(at);
        } while (at != probeEnd(home));
        return IN_NEXT_TABLE;
    }

    /**
     * Returns the offset of a key's value word, in a chunk, if the key is in the bucket of this slot; or a negative
     * number. The four slots are written out: for the JIT compiler, preparing a loop costs more than probing a bucket.
     * In a method of its own, as the search is then small enough to be inlined where large tables are read.
     */
    private static long findInBucket(Words chunk, long slot, long key) {
        long at = slot;
        long word = chunk.get(at);
        if (word == key) {
            return at + VALUE;
        }
        if (!isOccupied(word)) {
            return missed(word);
        }
        at = nextSlot(at);
        word = chunk.get(at);
        if (word == key) {
            return at + VALUE;
        }
        if (!isOccupied(word)) {
            return missed(word);
        }
        at = nextSlot(at);
        word = chunk.get(at);
        if (word == key) {
            return at + VALUE;
        }
        if (!isOccupied(word)) {
            return missed(word);
        }
        at = nextSlot(at);
        word = chunk.get(at);
        if (word == key) {
            return at + VALUE;
        }
        return isOccupied(word) ? IN_NEXT_BUCKET : missed(word);
    }

    private static boolean isOccupied(long word) {
        return (word & ~FROZEN) != 0;
    }

    private static long missed(long unoccupied) {
        return unoccupied == EMPTY ? NOT_FOUND : IN_NEXT_TABLE;
    }

    /** Returns the offset of a key's first slot. */
    private long home(long key) {
        return hash(key, seed) & homeMask;
    }

    static long hash(long key, long seed) {
        // Both halves of a product, so that each bit of the key matters and a secret seed changes every hash. A second
        // product, by the upper bits: for some seeds, one alone is too regular where the keys are regular.
        long mixed = key ^ seed;
        long folded = (mixed * MIX) ^ Math.unsignedMultiplyHigh(mixed, MIX);
        return Long.rotateRight(folded * MIX, Integer.SIZE);
    }

    /** Returns the buckets that a search for a key probes, if the key is in this slot. */
    long probeLength(long key, long keyAt) {
        long home = home(key) & -BUCKET;
        return (((keyAt & -BUCKET) - home + end) & (end - 1)) / BUCKET + 1;
    }

    /** Returns the next slot of the same bucket, round to the first. */
    private static long nextSlot(long at) {
        return (at & -BUCKET) | ((at + Long.BYTES) & SLOT_MASK);
    }

    /** Returns the same slot of the next bucket. */
    private long nextBucket(long at) {
        return (at + BUCKET) & homeMask;
    }

    /** Returns the slot at which a probe that began here gives up. */
    private long probeEnd(long home) {
        return (home + probeLimit) & homeMask;
    }

    /**
     * Returns the offset of a key's value word, after claiming a slot if the key has none; or {@link #IN_NEXT_TABLE}.
     */
    long claim(long key) {
        if (ordered) {
            return claimOrdered(key);
        }
        long home = home(key);
        // Mostly the first slot is the key's, and no loop is set up.
        return wordAt(home) == key ? home + VALUE : claimFrom(home, key, false);
    }

    private long claimOrdered(long key) {
        long home = home(key);
        Words chunk = Objects.requireNonNull(words);
        long last = chunk.get(home + 3 * Long.BYTES);
        long first = chunk.get(home);
        long second = chunk.get(home + Long.BYTES);
        long third = chunk.get(home + 2 * Long.BYTES);
        long slot = matchingSlot(key, first, second, third, last);
        if (slot >= 0) {
            return home + slot + VALUE;
        }
        if (last == EMPTY && !nearlyFull) {
            // Before the look at next: if there is none after these reads, then none of the words was FROZEN.
            VarHandle.loadLoadFence();
            if (next == null) {
                // As many slots were occupied, and they are the first ones. If one was claimed since, the CAS fails.
                long empty = (signIfZero(first) >>> 63) + (signIfZero(second) >>> 63) + (signIfZero(third) >>> 63);
                long at = home + (3 - empty) * Long.BYTES;
                if (claimOrFreeze(at, key) == key) {
                    return at + VALUE;
                }
            }
        }
        return claimFrom(home, key, false);
    }

    /**
     * Does the same as {@link #claim} for a mapping of an earlier table, for which the last slots are reserved: if
     * inserts took them all while a transfer is suspended, its mappings would find no slot when it goes on, and the
     * tables before could not be retired to give memory for another.
     */
    long claimForTransfer(long key) {
        long at = claim(key);
        return at == IN_NEXT_TABLE && nearlyFull ? claimFrom(home(key), key, true) : at;
    }

    private long claimFrom(long home, long key, boolean fromReserve) {
        long at = home;
        while (true) {
            long word = wordAt(at);
            if (word == EMPTY) {
                if (nearlyFull && !fromReserve && next == null && list.root != this) {
                    return IN_NEXT_TABLE;
                }
                word = claimOrFreeze(at, key);
            }
            if (word == key) {
                return at + VALUE;
            }
            if (word == FROZEN) {
                return IN_NEXT_TABLE;
            }
            at = nextSlot(at);
            if (at % BUCKET == home % BUCKET) {
                at = nextBucket(at);
                if (at == probeEnd(home)) {
                    return IN_NEXT_TABLE;
                }
            }
        }
    }

    /**
     * Claims an empty slot or, once there is a next table, freezes it.
     *
     * <p>A next table that appears between the look and the claim does no harm: the transfer of this slot comes later,
     * and finds the key.
     *
     * @return the key word afterwards
     */
    private long claimOrFreeze(long at, long key) {
        long wanted = next == null ? key : FROZEN;
        long witness = compareAndExchangeAt(at, EMPTY, wanted);
        if (witness != EMPTY) {
            return witness;
        }
        if (wanted == key && (at & unsampledMask) == 0) {
            occupied(counters.getAndIncrement(OCCUPIED) + 1);
        }
        return wanted;
    }

    private void occupied(long sampled) {
        if (sampled >= resizeThreshold) {
            nearlyFull = true;
            list.resizer.resize(this);
        }
    }

    /** Whether so many slots are occupied that a key without a slot says nothing about the hash. */
    boolean isNearlyFull() {
        return nearlyFull;
    }

    /**
     * Removes the mapping whose value word is at this offset. For a caller that has announced or pinned this table.
     *
     * @return the value word before
     */
    long removeAt(long key, long valueAt) {
        // Acquire: that there is no mapping is an answer.
        long word = wordAtAcquire(valueAt);
        while (word != MOVED && word != ABSENT) {
            long witness = compareAndExchangeAt(valueAt, word, ABSENT);
            if (witness == word) {
                removed(key);
                break;
            }
            word = witness;
        }
        return word;
    }

    /** Looks after one removal of many whether the table has become sparse. Which keys, a hash decides. */
    private void removed(long key) {
        if ((key * MIX) >>> LOOKED_AT_SHIFT == 0) {
            try {
                list.resizer.shrink(this);
            } catch (RuntimeException | Error e) {
                // The removal has taken effect, so it must not throw. A later one looks again.
            }
        }
    }

    /** Whether a smaller table would do for so many mappings, with a margin. */
    boolean isSparse(long mappings) {
        return mappings < (long) (MIN_LOAD * SLOTS_PER_BUCKET * buckets());
    }

    /** Returns the next table of a table that is followed by one. */
    Table nextTable() {
        // That word is read before the reference is, even if it was a plain read.
        VarHandle.acquireFence();
        Table table = next;
        if (table == null) {
            throw new AssertionError("a table refers to the next one, and there is none: buckets=" + buckets());
        }
        return table;
    }

    /** Returns the next table or null, for operations that insert nothing. */
    @Nullable
    Table nextTableOrNull() {
        VarHandle.acquireFence();
        return next;
    }

    /** Returns the last table of the list. */
    Table newest() {
        Table table = this;
        for (@Nullable Table later = next; later != null; later = later.next) {
            table = later;
        }
        return table;
    }

    /** Transfers a range, if there is a next table. Each writer does this first. */
    private void helpTransfer() {
        if (next != null) {
            list.helpTransfer(this);
        }
    }

    /**
     * Transfers a range, if one is left.
     *
     * @param retryAbandoned whether to retry a range whose transfer another thread had to abandon
     */
    boolean transferRange(boolean retryAbandoned) {
        if (counters.getOpaque(TRANSFER_INDEX) < ranges()) {
            // Before the range is this thread's: an error in between would lose it.
            StackSpace.ensure();
            long range = counters.getAndIncrement(TRANSFER_INDEX);
            if (range < ranges()) {
                transfer(range, false);
                return true;
            }
        }
        return retryAbandoned && transferAbandonedRange();
    }

    private boolean transferAbandonedRange() {
        StackSpace.ensure();
        long range = abandoned.poll();
        if (range == AbandonedRanges.NONE) {
            return false;
        }
        transfer(range, true);
        return true;
    }

    private void transfer(long range, boolean retry) {
        boolean finished = false;
        try {
            long begin = range * RANGE_BUCKETS * BUCKET;
            list.transfer.transferSlots(this, begin, Math.min(end, begin + RANGE_BUCKETS * BUCKET), retry);
            finished = true;
        } finally {
            if (!finished) {
                abandoned.add(range);
            }
        }
        if (counters.getAndIncrement(TRANSFERRED) + 1 == ranges()) {
            list.advanceRoot();
        }
    }

    private long ranges() {
        return (buckets() + RANGE_BUCKETS - 1) / RANGE_BUCKETS;
    }

    /**
     * Whether every range is transferred. Volatile: of two tables that are transferred at once, one thread sees both.
     */
    boolean isTransferred() {
        return counters.get(TRANSFERRED) == ranges();
    }

    /** Whether the slots of a bucket are occupied in their order, so that one frozen slot ends it. */
    boolean isOrdered() {
        return ordered;
    }
}
