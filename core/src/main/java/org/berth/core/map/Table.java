package org.berth.core.map;

import static org.berth.core.map.ValueCodec.ABSENT;
import static org.berth.core.map.ValueCodec.MOVED;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.berth.core.internal.Hashing;
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
final class Table {

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

    /** The bits of an offset that tell a slot from the others of its bucket. */
    private static final long SLOT_MASK = VALUE - Long.BYTES;

    /** The part of the slots that is occupied when a resize begins. */
    private static final double MAX_LOAD = 0.75;

    /** The next table is the smallest in which no more than this part of the slots holds a mapping. */
    private static final double TARGET_LOAD = 0.45;

    /**
     * A probe that is longer has met colliding keys: it is some four times what chance brings about at the load above.
     */
    private static final int MAX_PROBE_BUCKETS = 64;

    /** A table as small as this counts all of its slots. A larger one samples at least so many of its buckets. */
    private static final int SAMPLED_BUCKETS = 256;

    private static final int MAX_SAMPLING = 64;

    /** By how much the sampled buckets may exceed their share by chance, in standard deviations. */
    private static final int SAMPLING_MARGIN = 5;

    /** The buckets that a writer transfers at a time: some microseconds' worth. */
    private static final int RANGE_BUCKETS = 8;

    /** Four counters follow the buckets, each in a cache line of its own, as different threads update them. */
    private static final int OCCUPIED = 0;

    private static final int MAPPINGS = BUCKET;
    private static final int TRANSFER_INDEX = 2 * BUCKET;
    private static final int TRANSFERRED = 3 * BUCKET;
    private static final int COUNTERS = 4 * BUCKET;

    private static final long MIX = Hashing.FIBONACCI;

    private static final VarHandle NEXT;
    private static final VarHandle RESIZING;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            NEXT = lookup.findVarHandle(Table.class, "next", Table.class);
            RESIZING = lookup.findVarHandle(Table.class, "resizing", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final Words words;

    /** The offset at which the buckets end and the counters begin. */
    final long end;

    /** Whether this table was made because the one before had no slot for a key. */
    final boolean fromOverflow;

    private final TableList list;
    private final long seed;

    /** The bits of a hash that are the offset of a key's first slot. */
    private final long homeMask;

    /** The length of a probe that finds no end, in bytes. */
    private final long probeLimit;

    /** The buckets whose offset has none of these bits are sampled. */
    private final long unsampledMask;

    /** Ranges whose transfer was begun and not finished. */
    private final ConcurrentLinkedQueue<Long> abandoned = new ConcurrentLinkedQueue<>();

    /** The mappings in the sampled buckets below which a table of half the size would do. */
    private final long shrinkThreshold;

    /** The occupied slots in the sampled buckets at which a resize begins. */
    private final long resizeThreshold;

    /** Volatile, so that a thread that sees a table sees all of it. Set once. */
    @Nullable
    volatile Table next;

    /** Whether a thread is about to allocate the next table. */
    private volatile boolean resizing;

    Table(TableList list, Words words, long buckets, long seed, boolean fromOverflow) {
        this.list = list;
        this.fromOverflow = fromOverflow;
        this.words = words;
        this.seed = seed;
        end = buckets * BUCKET;
        homeMask = (end - BUCKET) | SLOT_MASK;
        probeLimit = Math.min(buckets, MAX_PROBE_BUCKETS) * BUCKET;
        long sampling = sampling(buckets);
        unsampledMask = end - end / sampling;
        resizeThreshold = resizeThreshold(buckets);
        shrinkThreshold = (long) (TARGET_LOAD / 2 * SLOTS_PER_BUCKET * buckets / sampling);
    }

    /** One bucket of so many is sampled. */
    private static long sampling(long buckets) {
        return Math.clamp(buckets / SAMPLED_BUCKETS, 1, MAX_SAMPLING);
    }

    private static long resizeThreshold(long buckets) {
        return (long) Math.ceil(MAX_LOAD * SLOTS_PER_BUCKET * buckets / sampling(buckets));
    }

    /**
     * Makes a table for one key that collides with a state of a key word. All of its slots are occupied by that key
     * from the start, and it is never resized.
     */
    static Table ofReservedKey(TableList list, Words words, long key) {
        Table table = new Table(list, words, 1, 0, false);
        for (int at = 0; at < VALUE; at += Long.BYTES) {
            words.set(at, key);
        }
        return table;
    }

    /** Returns the memory of a table, in bytes. */
    static long bytes(long buckets) {
        return buckets * BUCKET + COUNTERS;
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

    /** Returns the buckets of the smallest table that holds the mappings of this one at the target load. */
    long targetBuckets() {
        return powerOfTwo(estimatedSize() / (TARGET_LOAD * SLOTS_PER_BUCKET));
    }

    private static long powerOfTwo(double buckets) {
        return Math.max(1, Long.highestOneBit((long) Math.ceil(buckets) * 2 - 1));
    }

    long buckets() {
        return end / BUCKET;
    }

    /** Returns the number of mappings, estimated from the sampled buckets. */
    long estimatedSize() {
        return Math.max(0, words.getOpaque(end + MAPPINGS)) * sampling(buckets());
    }

    long get(long key) {
        long at = find(key);
        if (at >= 0) {
            return words.getAcquire(at);
        }
        return at == NOT_FOUND ? ABSENT : MOVED;
    }

    long getAndSet(long key, long value) {
        helpTransfer();
        long at = claim(key);
        if (at < 0) {
            return MOVED;
        }
        // Plain, here and below: a guess that shares the bounds checks of the reads before, and that the CAS corrects.
        long word = words.get(at);
        while (word != MOVED) {
            long witness = words.compareAndExchange(at, word, value);
            if (witness == word) {
                countChange(at, word, value);
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
        long witness = words.compareAndExchange(at, expected, value);
        if (witness == expected) {
            countChange(at, expected, value);
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
        long word = words.get(at);
        while (word != MOVED && word != ABSENT) {
            long witness = words.compareAndExchange(at, word, ABSENT);
            if (witness == word) {
                countChange(at, word, ABSENT);
                break;
            }
            word = witness;
        }
        return word;
    }

    long getAndAdd(long key, long delta) {
        helpTransfer();
        long at = claim(key);
        if (at < 0) {
            return MOVED;
        }
        long word = words.get(at);
        while (word != MOVED) {
            long sum = list.codec.add(key, word, delta);
            long witness = words.compareAndExchange(at, word, sum);
            if (witness == word) {
                countChange(at, word, sum);
                break;
            }
            word = witness;
        }
        return word;
    }

    /** Reads the first key word of a key's probe, which brings the home bucket into the cache. */
    long prefetch(long key) {
        return words.get(home(key));
    }

    /**
     * Returns the offset of a key's value word, or {@link #NOT_FOUND} or {@link #IN_NEXT_TABLE}.
     *
     * <p>Plain reads: the volatile read of the root, or of {@link #next}, that led here keeps them from being moved
     * ahead of this operation. They may come in any order among themselves, as each word decides by itself.
     */
    long find(long key) {
        long home = home(key);
        long at = home;
        // The four slots are written out: for the JIT compiler, preparing a loop costs more than probing a bucket.
        do {
            long word = words.get(at);
            if (word == key) {
                return at + VALUE;
            }
            if (!isOccupied(word)) {
                return missed(word);
            }
            at = nextSlot(at);
            word = words.get(at);
            if (word == key) {
                return at + VALUE;
            }
            if (!isOccupied(word)) {
                return missed(word);
            }
            at = nextSlot(at);
            word = words.get(at);
            if (word == key) {
                return at + VALUE;
            }
            if (!isOccupied(word)) {
                return missed(word);
            }
            at = nextSlot(at);
            word = words.get(at);
            if (word == key) {
                return at + VALUE;
            }
            if (!isOccupied(word)) {
                return missed(word);
            }
            at = nextBucket(nextSlot(at));
        } while (at != probeEnd(home));
        return IN_NEXT_TABLE;
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
        long home = home(key);
        // Mostly the first slot is the key's, and no loop is set up. For the reserved keys it always is.
        return words.get(home) == key ? home + VALUE : claimFrom(home, key);
    }

    private long claimFrom(long home, long key) {
        long at = home;
        while (true) {
            long word = words.get(at);
            if (word == EMPTY) {
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
                    break;
                }
            }
        }
        if (next == null) {
            list.overflow(this);
        }
        return IN_NEXT_TABLE;
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
        long witness = words.compareAndExchange(at, EMPTY, wanted);
        if (witness != EMPTY) {
            return witness;
        }
        if (wanted == key && (at & unsampledMask) == 0 && words.getAndAdd(end + OCCUPIED, 1) + 1 >= resizeThreshold) {
            list.resize(this);
        }
        return wanted;
    }

    /** Counts a mapping that came or went. */
    void countChange(long at, long before, long after) {
        if ((before == ABSENT) != (after == ABSENT) && (at & unsampledMask) == 0) {
            long mappings = words.getAndAdd(end + MAPPINGS, after == ABSENT ? -1 : 1);
            if (after == ABSENT && mappings <= shrinkThreshold) {
                list.shrink(this);
            }
        }
    }

    /** Whether a table of half the size would do. */
    boolean isSparse() {
        return words.getOpaque(end + MAPPINGS) < shrinkThreshold;
    }

    /** Claims the right to allocate the next table, until {@link #endResizing}; false if another thread has it. */
    boolean tryBeginResizing() {
        // A look before the CAS: while another thread allocates, this cache line stays shared.
        if (next != null || resizing || !RESIZING.compareAndSet(this, false, true)) {
            return false;
        }
        if (next == null) {
            return true;
        }
        resizing = false;
        return false;
    }

    void endResizing() {
        resizing = false;
    }

    /** Publishes the next table, which begins the transfer; false if there is one already. */
    boolean publish(Table table) {
        return NEXT.compareAndSet(this, null, table);
    }

    /** Returns the next table. There is one, as a word that the caller has read says so. */
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
        if (words.getOpaque(end + TRANSFER_INDEX) < ranges()) {
            long range = words.getAndAdd(end + TRANSFER_INDEX, 1);
            if (range < ranges()) {
                transfer(range, false);
                return true;
            }
        }
        return retryAbandoned && transferAbandonedRange();
    }

    private boolean transferAbandonedRange() {
        Long range = abandoned.isEmpty() ? null : abandoned.poll();
        if (range == null) {
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
        if (words.getAndAdd(end + TRANSFERRED, 1) + 1 == ranges()) {
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
        return words.getVolatile(end + TRANSFERRED) == ranges();
    }
}
