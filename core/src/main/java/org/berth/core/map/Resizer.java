package org.berth.core.map;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.berth.core.internal.StackSpace;
import org.jspecify.annotations.Nullable;

/**
 * Decides which size of table follows another, and makes that table. Its memory may consist of several chunks: each
 * thread that comes by allocates one, and the last publishes the table.
 *
 * <p>Its callers have announced the table that is to be followed, or transfer a range of an earlier one.
 */
final class Resizer {

    /** Why a table was followed by another. */
    enum Resize {
        /** Too many mappings: to a larger table. */
        EXPANSION,
        /** Too many tombstones: to a table of the same size. */
        REHASH,
        /** Few mappings: to a smaller table. */
        SHRINK,
        /** A key found no slot: to a table of the same size or larger, with another hash. */
        OVERFLOW
    }

    private static final VarHandle ALLOCATION;

    static {
        try {
            ALLOCATION = MethodHandles.lookup().findVarHandle(Table.class, "allocation", NextTable.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The next table has at least this part of the buckets. */
    private static final int MAX_SHRINK_FACTOR = 4;

    /** For how long a table that need not be resized yet is left alone after a refusal. */
    private static final long RETRY_NANOS = 1_000_000;

    private final TableList list;
    private final MapMemory memory;
    private final LongSupplier seeds;
    private final long minimumBuckets;
    private final Map<Resize, AtomicLong> resizes = new EnumMap<>(Resize.class);

    /** The last refusal, null once an allocation has succeeded since. */
    private volatile @Nullable Refusal refusal;

    Resizer(TableList list, MapMemory memory, LongSupplier seeds, long minimumBuckets) {
        this.list = list;
        this.memory = memory;
        this.seeds = seeds;
        this.minimumBuckets = minimumBuckets;
        for (Resize kind : Resize.values()) {
            resizes.put(kind, new AtomicLong());
        }
    }

    /** Makes the first table. */
    Table first(long buckets) {
        TableMemory first = memory.reserve(Table.bytes(buckets));
        if (first == null) {
            throw new IllegalArgumentException("maximumBytes is too small for the first table: maximumBytes="
                    + memory.maximumBytes() + " needed=" + Table.bytes(buckets));
        }
        boolean made = false;
        try {
            while (!first.allocateNext(false)) {
                // The next chunk.
            }
            Table table = new Table(list, first, seeds.getAsLong(), false);
            made = true;
            return table;
        } finally {
            if (!made) {
                first.reclaim();
            }
        }
    }

    /** Goes on with the table that is to follow one with many occupied slots. */
    void resize(Table table) {
        if (table.next == null && !wasRefused()) {
            step(table, () -> targetBuckets(table), false, false);
        }
    }

    /** Goes on with a smaller table, to follow one with few mappings. */
    void shrink(Table table) {
        // Only once every mapping of the table before has arrived.
        if (table == list.root && table.next == null && !wasRefused()) {
            long mappings = mappings(table);
            if (table.allocation != null || table.isSparse(mappings)) {
                shrinkTo(table, mappings);
            }
        }
    }

    /**
     * Shrinks a table that the caller has announced as far as the mappings allow, without the margin that keeps a map
     * from going to and fro.
     */
    void shrinkToFit(Table table) {
        // Exact: an estimate may stop one size above, and this is for memory, not for speed.
        long mappings = table.exactSize();
        boolean allocating = true;
        while (allocating && table == list.root && table.next == null && !wasRefused()) {
            allocating = shrinkTo(table, mappings) && table.allocation != null;
        }
    }

    private boolean shrinkTo(Table table, long mappings) {
        long buckets = atLeast(table, Table.fewestBuckets(mappings));
        if (buckets >= table.buckets()) {
            return false;
        }
        step(table, () -> buckets, false, true);
        return true;
    }

    /** Returns the estimated number of mappings of a table that need not be announced; many if it is retired. */
    private static long mappings(Table table) {
        try {
            long mappings = table.estimatedSize();
            // The reads come before the look whether they were of this table.
            VarHandle.acquireFence();
            return table.memory.isRetired() ? Table.LARGEST_SIZE : mappings;
        } catch (IllegalStateException e) {
            if (table.memory.isRetired()) {
                return Table.LARGEST_SIZE;
            }
            throw e;
        }
    }

    /**
     * Makes the table that follows one without a slot for a key. If other threads are at it, helps them, waits for a
     * moment, and then does alone what they have not done: one of them may be suspended.
     *
     * @return null if there is a next table
     */
    @SuppressWarnings("ThreadPriorityCheck") // a yield, to the thread that allocates
    @Nullable
    Refusal overflow(Table table) {
        while (table.next == null) {
            NextTable allocation = table.allocation;
            boolean again = allocation != null && allocation.mayAllocateAgain(System.nanoTime());
            Refusal refused = step(table, () -> overflowBuckets(table), true, again);
            if (refused != null && table == list.root) {
                refused = stepToFewer(table, refused);
            }
            if (table.next == null) {
                if (refused != null) {
                    return refused;
                }
                Thread.yield();
            }
        }
        return null;
    }

    /** With another hash, the same buckets will do, unless there are too many keys or it was tried before. */
    private long overflowBuckets(Table table) {
        long buckets = Math.max(targetBuckets(table), table.buckets());
        return table.fromOverflow && !table.isNearlyFull() && buckets == table.buckets() ? buckets * 2 : buckets;
    }

    /** Where memory for so many buckets is refused, there may be enough for those that the mappings need. */
    private @Nullable Refusal stepToFewer(Table table, Refusal refused) {
        long fewer = Math.max(Table.bucketsFor(mappings(table)), minimumBuckets);
        return Table.bytes(fewer) < refused.requestedBytes() ? step(table, () -> fewer, true, true) : refused;
    }

    private long targetBuckets(Table table) {
        long buckets = atLeast(table, table.targetBuckets());
        // The mappings that the table before still holds are not counted yet.
        return table == list.root ? buckets : Math.max(buckets, table.buckets());
    }

    private long atLeast(Table table, long buckets) {
        // Not too few at once: the transferred mappings must not fill the next table before this one is transferred.
        return Math.max(buckets, Math.max(minimumBuckets, table.buckets() / MAX_SHRINK_FACTOR));
    }

    /**
     * Begins the allocation of the next table or allocates one chunk more of it, and publishes the table if that was
     * the last.
     *
     * @param buckets      of the next table, if its allocation is to be begun
     * @param fromOverflow whether a key found no slot
     * @param again        whether to allocate also what other threads are allocating
     * @return null unless memory is refused
     */
    private @Nullable Refusal step(Table table, LongSupplier buckets, boolean fromOverflow, boolean again) {
        NextTable allocation = table.allocation;
        if (allocation == null) {
            long wanted = buckets.getAsLong();
            // Before it is reserved: an error in between would keep it until the map is closed.
            StackSpace.ensure();
            TableMemory reserved = memory.reserve(Table.bytes(wanted));
            if (reserved == null) {
                // Another thread may have the memory, and begin the same.
                return table.next != null || table.allocation != null
                        ? null
                        : refuse(wanted, "maximumBytes=" + memory.maximumBytes(), null);
            }
            allocation = begin(table, reserved, fromOverflow);
            if (allocation == null) {
                return null;
            }
        }
        if (allocation.isDecided()) {
            settle(table, allocation);
            return null;
        }
        return allocateNext(table, allocation, again);
    }

    private static @Nullable NextTable begin(Table table, TableMemory reserved, boolean fromOverflow) {
        boolean begun = false;
        try {
            NextTable allocation = new NextTable(reserved, fromOverflow);
            begun = ALLOCATION.compareAndSet(table, null, allocation);
            return begun ? allocation : null;
        } finally {
            if (!begun) {
                reserved.reclaim();
            }
        }
    }

    private @Nullable Refusal allocateNext(Table table, NextTable allocation, boolean again) {
        boolean kept = false;
        try {
            boolean complete = allocation.memory.allocateNext(again);
            kept = true;
            if (complete) {
                publish(table, allocation);
            }
            return null;
        } catch (OutOfMemoryError e) {
            return refuse(allocation.buckets(), String.valueOf(e.getMessage()), e);
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            // A placement that was granted for one table may be refused for a later one.
            return refuse(allocation.buckets(), "see the placement: " + e.getMessage(), e);
        } finally {
            if (!kept) {
                giveUp(table, allocation);
            }
        }
    }

    private static void giveUp(Table table, NextTable allocation) {
        allocation.giveUp();
        settle(table, allocation);
    }

    private void publish(Table table, NextTable allocation) {
        boolean smaller = allocation.buckets() < table.buckets();
        // Keys may have come since the decision, in great numbers if threads were suspended.
        if (smaller && !allocation.fromOverflow && !Table.fits(mappings(table), allocation.buckets())) {
            giveUp(table, allocation);
            return;
        }
        // If another thread gives it up meanwhile, this is a table without memory, which nobody decides for.
        Table next = new Table(list, allocation.memory, seeds.getAsLong(), allocation.fromOverflow);
        boolean decided = allocation.decide(next);
        settle(table, allocation);
        if (decided) {
            refusal = null;
            count(allocation.fromOverflow ? Resize.OVERFLOW : kindOf(table, allocation.buckets()));
        }
    }

    /** Does what follows from the outcome. Every thread that finds one does, as who has decided may be suspended. */
    private static void settle(Table table, NextTable allocation) {
        Table next = allocation.table();
        if (next != null) {
            table.next = next;
        } else {
            allocation.memory.reclaim();
            ALLOCATION.compareAndSet(table, allocation, null);
        }
    }

    private static Resize kindOf(Table table, long buckets) {
        if (buckets == table.buckets()) {
            return Resize.REHASH;
        }
        return buckets > table.buckets() ? Resize.EXPANSION : Resize.SHRINK;
    }

    private Refusal refuse(long buckets, String limit, @Nullable Throwable cause) {
        Refusal refused = new Refusal(System.nanoTime(), Table.bytes(buckets), limit, cause);
        refusal = refused;
        return refused;
    }

    /** Whether memory was refused a moment ago. */
    boolean wasRefused() {
        Refusal refused = refusal;
        return refused != null && System.nanoTime() - refused.nanoTime() < RETRY_NANOS;
    }

    private void count(Resize kind) {
        counter(kind).getAndIncrement();
    }

    @SuppressWarnings("NullAway") // there is one for each kind
    private AtomicLong counter(Resize kind) {
        return resizes.get(kind);
    }

    /** Returns how often the map was resized for this reason. */
    long resizes(Resize kind) {
        return counter(kind).get();
    }
}
