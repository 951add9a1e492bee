package org.berth.core.map;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.berth.core.internal.Hashing;
import org.berth.offheap.Words;
import org.jspecify.annotations.Nullable;

/**
 * One table of a map: open addressing over lines of 64 bytes, four key words and then their four values.
 *
 * <p>A key's probe begins at one of the four places of its home line, goes round that line, then round the next, and ends at
 * the first word that nobody has claimed, or at the limit. A claimed key word stays as it is for the life of the table.
 *
 * <p>The operations take and return words as they are in memory: a value {@code XOR Long.MIN_VALUE}, {@link #ABSENT}, and
 * {@link #MOVED} for a key that is to be looked for in the {@linkplain #following next table}.
 */
final class Table {

    /** A key word that may be claimed. */
    static final long EMPTY = 0;

    /** A key word that is never claimed in this table. */
    static final long CLOSED = 1;

    /** The value of a key without a mapping. */
    static final long ABSENT = 0;

    /** The value of a key that lives in a later table. */
    static final long MOVED = 1;

    /** In bytes. */
    static final int LINE = 64;

    static final int SLOTS_PER_LINE = 4;

    /** From a key word to its value, in bytes. */
    static final int VALUE = 32;

    /** Results of a search: the key is in no table, or in a later one if there is one. */
    static final long NOWHERE = -1;

    static final long LATER = -2;

    /** A growth begins when so much of a table is claimed. */
    private static final double MAX_LOAD = 0.75;

    /** A table is made so large that no more than this of it is live, and so small that half of its lines would not do. */
    private static final double LIVE_LOAD = 0.45;

    /** A probe that is longer than this has met colliding keys: it is some four times what chance brings about at the load above. */
    private static final int PROBED_LINES = 64;

    /** A table as small as this counts exactly what is in it; larger ones count a part of their lines, so many at least. */
    private static final int COUNTED_LINES = 256;

    private static final int MAX_SAMPLING = 64;

    /** What the counted lines may have more than their share by chance, in standard deviations. */
    private static final int MARGIN = 5;

    /** What a writer moves at a time when it meets a growing table: some microseconds' worth. */
    private static final int CHUNK_LINES = 8;

    /** Behind the lines there are four counters, each in a cache line of its own: the updates of one are nobody else's affair. */
    private static final int CLAIMED = 0;

    private static final int LIVE = LINE;
    private static final int HANDED_OUT = 2 * LINE;
    private static final int DRAINED = 3 * LINE;
    private static final int COUNTERS = 4 * LINE;

    private static final long MIX = Hashing.FIBONACCI;

    private static final VarHandle NEXT;
    private static final VarHandle TICKET;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            NEXT = lookup.findVarHandle(Table.class, "next", Table.class);
            TICKET = lookup.findVarHandle(Table.class, "ticket", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final Words words;

    /** Where the counters begin, and so the size of the lines in bytes. */
    final long end;

    /** Whether this table came to be because the one before had no place for a key. */
    final boolean fromOverflow;

    private final TableList chain;
    private final long seed;

    /** The bits of a hash that are the offset of a key's first place. */
    private final long homes;

    /** The length of a probe that finds no end, in bytes. */
    private final long limit;

    /** The lines whose offset has none of these bits are counted. */
    private final long uncounted;

    /** Chunks that were handed out and not finished. */
    private final ConcurrentLinkedQueue<Long> returned = new ConcurrentLinkedQueue<>();

    /** Live keys in the counted lines below which half of this table would do. */
    private final long shrinkLimit;

    /** Claims in the counted lines at which a growth begins. */
    private final long claimLimit;

    /** Volatile, so that a table that is seen is seen whole. Set once. */
    @Nullable
    volatile Table next;

    /** Whether a thread is about to allocate the next table. */
    private volatile boolean ticket;

    Table(TableList chain, Words words, long lines, long seed, boolean fromOverflow) {
        this.chain = chain;
        this.fromOverflow = fromOverflow;
        this.words = words;
        this.seed = seed;
        end = lines * LINE;
        homes = (end - LINE) | (VALUE - Long.BYTES);
        limit = Math.min(lines, PROBED_LINES) * LINE;
        long sampling = sampling(lines);
        uncounted = end - end / sampling;
        claimLimit = claimLimit(lines);
        shrinkLimit = (long) (LIVE_LOAD / 2 * SLOTS_PER_LINE * lines / sampling);
    }

    private static long sampling(long lines) {
        return Math.clamp(lines / COUNTED_LINES, 1, MAX_SAMPLING);
    }

    private static long claimLimit(long lines) {
        return (long) Math.ceil(MAX_LOAD * SLOTS_PER_LINE * lines / sampling(lines));
    }

    /**
     * A table in which one key is claimed from the start, and which never grows: the key collides with a state of a key word, and
     * all of the key words are in this state.
     */
    static Table ofReservedKey(TableList chain, Words words, long key) {
        Table table = new Table(chain, words, 1, 0, false);
        for (int at = 0; at < VALUE; at += Long.BYTES) {
            words.set(at, key);
        }
        return table;
    }

    static long bytes(long lines) {
        return lines * LINE + COUNTERS;
    }

    /** The lines that hold so many keys without growing. */
    static long linesFor(long size) {
        long lines = 1;
        while (size >= holds(lines)) {
            lines *= 2;
        }
        return lines;
    }

    /** With less keys than this no growth begins; if only a part is counted, but for a chance of one in some millions. */
    private static double holds(long lines) {
        long sampling = sampling(lines);
        double limit = claimLimit(lines);
        return sampling == 1 ? limit : (limit - MARGIN * Math.sqrt(limit)) * sampling;
    }

    /** The lines that are right for what is live in this table. */
    long linesForLive() {
        return powerOfTwo(live() / (LIVE_LOAD * SLOTS_PER_LINE));
    }

    private static long powerOfTwo(double lines) {
        return Math.max(1, Long.highestOneBit((long) Math.ceil(lines) * 2 - 1));
    }

    long lines() {
        return end / LINE;
    }

    /** Keys with a mapping, estimated from the counted lines. */
    long live() {
        return Math.max(0, words.getOpaque(end + LIVE)) * sampling(lines());
    }

    /** The value word of a key. */
    long read(long key) {
        long at = find(key);
        if (at >= 0) {
            return words.getAcquire(at);
        }
        return at == NOWHERE ? ABSENT : MOVED;
    }

    /** Sets the value of a key. */
    long exchange(long key, long value) {
        help();
        long at = claim(key);
        if (at < 0) {
            return MOVED;
        }
        // Plain, here and below: a guess that shares the checks of the reads before, and that the CAS puts right.
        long word = words.get(at);
        while (word != MOVED) {
            long seen = words.compareAndExchange(at, word, value);
            if (seen == word) {
                changed(at, word, value);
                break;
            }
            word = seen;
        }
        return word;
    }

    /** Sets the value of a key if it is the expected one; claims the key if that is {@link #ABSENT}. */
    long compareAndExchange(long key, long expected, long value) {
        help();
        long at = expected == ABSENT ? claim(key) : find(key);
        if (at < 0) {
            return at == NOWHERE ? ABSENT : MOVED;
        }
        long seen = words.compareAndExchange(at, expected, value);
        if (seen == expected) {
            changed(at, expected, value);
        }
        return seen;
    }

    /** Takes away the value of a key. */
    long remove(long key) {
        help();
        long at = find(key);
        if (at < 0) {
            return at == NOWHERE ? ABSENT : MOVED;
        }
        long word = words.get(at);
        while (word != MOVED && word != ABSENT) {
            long seen = words.compareAndExchange(at, word, ABSENT);
            if (seen == word) {
                changed(at, word, ABSENT);
                break;
            }
            word = seen;
        }
        return word;
    }

    /** Adds to the value of a key. */
    long add(long key, long delta) {
        help();
        long at = claim(key);
        if (at < 0) {
            return MOVED;
        }
        long word = words.get(at);
        while (word != MOVED) {
            long sum = ValueCodec.add(key, word, delta);
            long seen = words.compareAndExchange(at, word, sum);
            if (seen == word) {
                changed(at, word, sum);
                break;
            }
            word = seen;
        }
        return word;
    }

    /** The first key word that a search for the key looks at; with others, this brings what they need into the cache. */
    long prefetch(long key) {
        return words.get(home(key));
    }

    /**
     * Where the value of a key is, or {@link #NOWHERE} or {@link #LATER}.
     *
     * <p>Plain reads: the volatile read of the root, or of {@link #next}, that led here keeps them from being moved ahead of this
     * operation. Among themselves they may come in any order, as each is of a word that decides by itself.
     */
    long find(long key) {
        long home = home(key);
        long at = home;
        // A line in one go: the JIT compiler prepares a loop at more cost than it takes to look at a line.
        do {
            long word = words.get(at);
            if (word == key) {
                return at + VALUE;
            }
            if (!isClaimed(word)) {
                return result(word);
            }
            at = round(at);
            word = words.get(at);
            if (word == key) {
                return at + VALUE;
            }
            if (!isClaimed(word)) {
                return result(word);
            }
            at = round(at);
            word = words.get(at);
            if (word == key) {
                return at + VALUE;
            }
            if (!isClaimed(word)) {
                return result(word);
            }
            at = round(at);
            word = words.get(at);
            if (word == key) {
                return at + VALUE;
            }
            if (!isClaimed(word)) {
                return result(word);
            }
            at = nextLine(round(at));
        } while (at != behindLimit(home));
        return LATER;
    }

    private static boolean isClaimed(long word) {
        return (word & ~CLOSED) != 0;
    }

    private static long result(long unclaimed) {
        return unclaimed == EMPTY ? NOWHERE : LATER;
    }

    /** The offset of a key's first place. */
    private long home(long key) {
        return hash(key, seed) & homes;
    }

    static long hash(long key, long seed) {
        // Both halves of a product, so that each bit of the key has a say and a seed that nobody knows changes all.
        // Once more and by the upper bits: one product alone is, for some seeds, too regular where keys are.
        long mixed = key ^ seed;
        long folded = (mixed * MIX) ^ Math.unsignedMultiplyHigh(mixed, MIX);
        return Long.rotateRight(folded * MIX, Integer.SIZE);
    }

    /** The lines that a search for a key looks at, if the key is at this place. */
    long probedLines(long key, long keyAt) {
        long home = home(key) & -LINE;
        return (((keyAt & -LINE) - home + end) & (end - 1)) / LINE + 1;
    }

    /** The next place of the same line. */
    private static long round(long at) {
        return (at & -LINE) | ((at + Long.BYTES) & (VALUE - Long.BYTES));
    }

    /** The same place of the next line. */
    private long nextLine(long at) {
        return (at + LINE) & homes;
    }

    /** Where a probe ends that began here. */
    private long behindLimit(long home) {
        return (home + limit) & homes;
    }

    /** Where the value of a key is, which is claimed if it was not; or {@link #LATER}. */
    long claim(long key) {
        long home = home(key);
        // Mostly that is all, and then no loop is set up. Of the reserved keys it always is.
        return words.get(home) == key ? home + VALUE : claimFrom(home, key);
    }

    private long claimFrom(long home, long key) {
        long at = home;
        while (true) {
            long word = words.get(at);
            if (word == EMPTY) {
                word = take(at, key);
            }
            if (word == key) {
                return at + VALUE;
            }
            if (word == CLOSED) {
                return LATER;
            }
            at = round(at);
            if (at % LINE == home % LINE) {
                at = nextLine(at);
                if (at == behindLimit(home)) {
                    break;
                }
            }
        }
        if (next == null) {
            chain.overflow(this);
        }
        return LATER;
    }

    /**
     * Claims a place that is empty or, once this table grows, closes it.
     *
     * <p>A next table that appears between the look and the claim does no harm: who moves this place comes later, and finds the key.
     *
     * @return what is in it now
     */
    private long take(long at, long key) {
        long wanted = next == null ? key : CLOSED;
        long found = words.compareAndExchange(at, EMPTY, wanted);
        if (found != EMPTY) {
            return found;
        }
        if (wanted == key && (at & uncounted) == 0 && words.getAndAdd(end + CLAIMED, 1) + 1 >= claimLimit) {
            chain.start(this);
        }
        return wanted;
    }

    /** Counts a change of a value. */
    void changed(long at, long before, long after) {
        if ((before == ABSENT) != (after == ABSENT) && (at & uncounted) == 0) {
            long live = words.getAndAdd(end + LIVE, after == ABSENT ? -1 : 1);
            if (after == ABSENT && live <= shrinkLimit) {
                chain.shrink(this);
            }
        }
    }

    /** Whether half of this table would do. */
    boolean isSparse() {
        return words.getOpaque(end + LIVE) < shrinkLimit;
    }

    /** To be given back. */
    boolean takeTicket() {
        // A look before the CAS: while another thread allocates, this line stays in everybody's cache.
        if (next != null || ticket || !TICKET.compareAndSet(this, false, true)) {
            return false;
        }
        if (next == null) {
            return true;
        }
        ticket = false;
        return false;
    }

    void giveTicketBack() {
        ticket = false;
    }

    /** Lets a growth begin; false if it has already. */
    boolean publish(Table table) {
        return NEXT.compareAndSet(this, null, table);
    }

    /** The table after this one; there is one, as a word that was read says so. */
    Table following() {
        // That word is read before the reference is, even if it was a plain read.
        VarHandle.acquireFence();
        Table table = next;
        if (table == null) {
            throw new AssertionError("a table says that another follows, and there is none");
        }
        return table;
    }

    /** The table after this one, for those who look only. */
    @Nullable
    Table followingOrNull() {
        VarHandle.acquireFence();
        return next;
    }

    /** The last table of the chain. */
    Table newest() {
        Table table = this;
        for (@Nullable Table later = next; later != null; later = later.next) {
            table = later;
        }
        return table;
    }

    /** Moves a chunk if this table is growing. Writers do this before anything else. */
    private void help() {
        if (next != null) {
            chain.help(this);
        }
    }

    /**
     * Moves a chunk, if there is one left.
     *
     * @param moveReturned whether to try again what another mover had to give up
     */
    boolean moveChunk(boolean moveReturned) {
        if (words.getOpaque(end + HANDED_OUT) < chunks()) {
            long chunk = words.getAndAdd(end + HANDED_OUT, 1);
            if (chunk < chunks()) {
                move(chunk, false);
                return true;
            }
        }
        return moveReturned && moveReturnedChunk();
    }

    private boolean moveReturnedChunk() {
        Long chunk = returned.isEmpty() ? null : returned.poll();
        if (chunk == null) {
            return false;
        }
        move(chunk, true);
        return true;
    }

    private void move(long chunk, boolean again) {
        boolean finished = false;
        try {
            long from = chunk * CHUNK_LINES * LINE;
            chain.mover.move(this, from, Math.min(end, from + CHUNK_LINES * LINE), again);
            finished = true;
        } finally {
            if (!finished) {
                returned.add(chunk);
            }
        }
        if (words.getAndAdd(end + DRAINED, 1) + 1 == chunks()) {
            chain.advance();
        }
    }

    private long chunks() {
        return (lines() + CHUNK_LINES - 1) / CHUNK_LINES;
    }

    /** Whether everything was moved out of this table. Volatile: of two that are drained at once, one thread sees both. */
    boolean isDrained() {
        return words.getVolatile(end + DRAINED) == chunks();
    }
}
